// quipu digest: one line per partition that is equal wherever the same log was folded.
#include <memory>
#include <string>

#include "cli/admin_client.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/stored_state.h"
#include "server/data_folder.h"

namespace quipu::cli {
namespace {

base::Result<void> run_digest(const std::string& data) {
    const auto server = server::find_server(data);
    if (!server) return tl::unexpected(server.error());
    const auto digests = *server ? ask_digests(**server) : digest_state(server::state_folder(data));
    if (!digests) return tl::unexpected(digests.error());
    print_digests(*digests);
    return {};
}

}  // namespace

void add_digest(CLI::App& app, Commands& commands) {
    const auto data = std::make_shared<std::string>("./quipu-data");
    CLI::App& digest = add_command(app, "digest", "Print the digest of every partition's state");
    add_option(digest, "--data", *data, "Folder of the ledger, its server stopped or running",
               {.type = "DIR", .shows_default = true});
    add_footer(
        digest,
        "Prints partition, next offset and SHA-256, separated by tabs. Two states of one log are\n"
        "equal when these lines are.\n\n"
        "Example:\n"
        "  quipu digest --data ./quipu-data");
    commands.push_back({&digest, [data] { return run_digest(*data); }});
}

}  // namespace quipu::cli
