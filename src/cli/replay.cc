// quipu replay: rebuilds a ledger's state from its log into a new folder.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress_bar.h"
#include "cli/rebuild.h"
#include "cli/stored_state.h"
#include "server/data_folder.h"
#include "server/log_source.h"

namespace quipu::cli {
namespace {

using base::Result;

struct ReplayOptions {
    server::LogSource source;
    std::string into;
};

Result<void> check(const ReplayOptions& options) {
    if (options.source.data.empty() == options.source.brokers.empty())
        return base::fail(server::kUsage, "Give one of --from-data and --kafka-brokers.");
    if (options.into.empty()) return base::fail(server::kUsage, "--into is required.");
    if (std::filesystem::exists(server::state_folder(options.into))) {
        return base::fail(
            "state_exists",
            fmt::format("{} holds a state already; choose a new folder.", options.into));
    }
    return {};
}

Result<void> run_replay(const ReplayOptions& options) {
    if (auto checked = check(options); !checked) return checked;
    const auto log = server::open_for_reading(options.source);
    if (!log) return tl::unexpected(log.error());
    std::map<ledger::Partition, ledger::Offset> ends;
    for (const ledger::Partition partition : server::folded_partitions(**log)) {
        const auto end = (*log)->end(partition);
        if (!end) return tl::unexpected(end.error());
        ends[partition] = *end;
    }
    const std::string folder = server::state_folder(options.into);
    ProgressBar bar;
    auto rebuilt =
        rebuild(**log, folder, ends, [&bar](const auto& progress) { bar.show(progress); });
    bar.finish();
    if (!rebuilt) return rebuilt;
    const auto digests = digest_state(folder);
    if (!digests) return tl::unexpected(digests.error());
    print_digests(*digests);
    return {};
}

}  // namespace

void add_replay(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<ReplayOptions>();
    CLI::App& replay =
        add_command(app, "replay", "Rebuild the state from the log into a new folder");
    add_option(replay, "--from-data", options->source.data,
               "Folder with the embedded log, its server stopped or running", {.type = "DIR"});
    add_option(replay, "--kafka-brokers", options->source.brokers, "host:port, comma-separated",
               {.type = "LIST"});
    add_option(replay, "--topic-prefix", options->source.prefix, "Prefix of the Kafka topics",
               {.type = "PREFIX", .shows_default = true});
    add_option(replay, "--into", options->into, "Folder for the new state: NEWDIR/state",
               {.type = "NEWDIR"});
    add_footer(replay,
               "Reads what the log holds at the start and prints the lines of `quipu digest`.\n\n"
               "Examples:\n"
               "  quipu replay --from-data ./quipu-data --into ./rebuilt\n"
               "  quipu replay --kafka-brokers localhost:9092 --into ./rebuilt");
    commands.push_back({&replay, [options] { return run_replay(*options); }});
}

}  // namespace quipu::cli
