// quipu verify: proves that a ledger's live state is what its log says.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cli/admin_client.h"
#include "cli/command.h"
#include "cli/log/partition_name.h"
#include "cli/options.h"
#include "cli/progress_bar.h"
#include "cli/rebuild.h"
#include "cli/state_difference.h"
#include "cli/stored_state.h"
#include "projections/partition_digest.h"
#include "server/data_folder.h"
#include "server/log_source.h"

namespace quipu::cli {
namespace {

using base::Result;

struct VerifyOptions {
    server::LogSource source;
    std::string scratch;  // "" = the ledger's own folder
};

// A folder for the copy and the replay; removed with all that is in it.
class ScratchFolder {
public:
    static Result<ScratchFolder> make(const std::string& parent) {
        std::error_code failed;
        const auto absolute = std::filesystem::absolute(parent, failed);
        std::string path = (absolute / "verify-XXXXXX").string();
        if (failed || ::mkdtemp(path.data()) == nullptr) {
            return base::fail("data_unavailable",
                              fmt::format("No folder can be made in {}.", parent));
        }
        return ScratchFolder(std::move(path));
    }
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string operator/(const char* name) const { return path_ + "/" + name; }

private:
    explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

    std::string path_;
};

// The folder to verify: that of the stopped server, or a copy that the running one makes.
Result<std::string> live_folder(const std::string& data, const ScratchFolder& scratch) {
    const auto server = server::find_server(data);
    if (!server) return tl::unexpected(server.error());
    if (!*server) return server::state_folder(data);
    std::string copy = scratch / "live";
    if (auto copied = ask_checkpoint(**server, copy); !copied)
        return tl::unexpected(copied.error());
    return copy;
}

Result<void> compare(const StoredPartition& live, const StoredPartition& replayed) {
    const auto one = projections::partition_digest(*live.store);
    if (!one) return tl::unexpected(one.error());
    const auto other = projections::partition_digest(*replayed.store);
    if (!other) return tl::unexpected(other.error());
    const std::string name = partition_name(live.partition);
    if (*one == *other) {
        fmt::print("{}\t{}\t{}\tequal\n", name, live.position.next_offset, *one);
        return {};
    }
    const auto difference = find_difference(*live.store, *replayed.store);
    if (!difference) return tl::unexpected(difference.error());
    return base::fail("state_differs",
                      fmt::format("Partition {} is not what its log says: {}.", name,
                                  difference->value_or("no row that can be named")));
}

Result<void> run_verify(const VerifyOptions& options) {
    const std::string& data = options.source.data;
    const auto scratch = ScratchFolder::make(options.scratch.empty() ? data : options.scratch);
    if (!scratch) return tl::unexpected(scratch.error());
    const auto folder = live_folder(data, *scratch);
    if (!folder) return tl::unexpected(folder.error());
    const projections::RocksdbMemory memory;
    const auto live = open_state(*folder, memory);
    if (!live) return tl::unexpected(live.error());
    const auto log = server::open_for_reading(options.source);
    if (!log) return tl::unexpected(log.error());

    std::map<ledger::Partition, ledger::Offset> ends;
    for (const StoredPartition& each : *live) ends[each.partition] = each.position.next_offset;
    const std::string rebuilt_folder = *scratch / "replayed";
    ProgressBar bar;
    auto rebuilt =
        rebuild(**log, rebuilt_folder, ends, [&bar](const auto& progress) { bar.show(progress); });
    bar.finish();
    if (!rebuilt) return rebuilt;
    const auto replayed = open_state(rebuilt_folder, memory);
    if (!replayed) return tl::unexpected(replayed.error());
    for (std::size_t at = 0; at < live->size(); ++at) {
        if (auto equal = compare((*live)[at], (*replayed)[at]); !equal) return equal;
    }
    return {};
}

}  // namespace

void add_verify(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<VerifyOptions>();
    options->source.data = "./quipu-data";
    CLI::App& verify =
        add_command(app, "verify", "Replay the log and compare it with the live state");
    add_option(verify, "--data", options->source.data,
               "Folder of the ledger, its server stopped or running",
               {.type = "DIR", .shows_default = true});
    add_option(verify, "--kafka-brokers", options->source.brokers,
               "Brokers of the log, where it is not the embedded one", {.type = "LIST"});
    add_option(verify, "--topic-prefix", options->source.prefix, "Prefix of the Kafka topics",
               {.type = "PREFIX", .shows_default = true});
    add_option(verify, "--scratch", options->scratch,
               "Where the replay is kept meanwhile [the ledger's folder]", {.type = "DIR"});
    add_footer(
        verify,
        "Ends with 0 when every partition is what the log says; else names the first table and "
        "key\n"
        "that differ and ends with 1.\n\n"
        "Examples:\n"
        "  quipu verify --data ./quipu-data\n"
        "  quipu verify --data ./quipu-data --kafka-brokers localhost:9092");
    commands.push_back({&verify, [options] { return run_verify(*options); }});
}

}  // namespace quipu::cli
