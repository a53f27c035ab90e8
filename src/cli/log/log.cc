// quipu log show, quipu log tail: the records of a log, one JSON line each.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "cli/command.h"
#include "cli/log/partition_name.h"
#include "cli/log/record_text.h"
#include "cli/options.h"
#include "http/bell.h"
#include "ledger/log/log_errors.h"
#include "ledger/log/partition_layout.h"
#include "server/log_source.h"

namespace quipu::cli {
namespace {

using base::Result;
using ledger::Offset;
using ledger::Partition;

constexpr std::size_t kSlice = 256;
constexpr std::chrono::seconds kLongestWait{10};
constexpr std::chrono::milliseconds kLookAgainAfter{500};

struct LogOptions {
    server::LogSource source;
    std::string partition;  // "" = all
    Offset from = 0;
    std::uint64_t limit = 100;
};

// Prints the records of [from, end), at most `limit`; answers the offset after the last one.
Result<Offset> print_range(ledger::Log& log, Partition partition, Offset from, Offset end,
                           std::uint64_t limit, RecordText& text) {
    auto reader = log.read(partition, from);
    if (!reader) return tl::unexpected(reader.error());
    http::Bell readable;
    (*reader)->on_readable([&readable] { readable.ring(); });
    std::vector<ledger::StoredRecord> records;
    while (from < end && limit > 0) {
        records.clear();
        const auto polled = (*reader)->poll(
            static_cast<std::size_t>(std::min<std::uint64_t>(kSlice, limit)), records);
        if (!polled) return tl::unexpected(polled.error());
        for (const ledger::StoredRecord& record : records) {
            fmt::print("{}\n", text.line(partition, record));
            from = record.offset + 1;
            --limit;
        }
        if (records.empty() && !readable.wait(kLongestWait))
            return base::fail(ledger::kLogUnavailable, "The log's records do not come.");
    }
    reader->reset();  // before the bell
    return from;
}

Result<std::vector<Partition>> chosen(const LogOptions& options, const ledger::Log& log) {
    if (options.partition.empty()) {
        return ledger::PartitionLayout(log.partitions(ledger::Topic::Events)).all();
    }
    const auto partition = parse_partition(options.partition);
    if (!partition || partition->index >= log.partitions(partition->topic)) {
        return base::fail(server::kUsage,
                          fmt::format("There is no partition '{}': control, events-N, "
                                      "invoices, deadletter or notifications.",
                                      options.partition));
    }
    return std::vector{*partition};
}

Result<void> run_show(const LogOptions& options) {
    const auto log = server::open_for_reading(options.source);
    if (!log) return tl::unexpected(log.error());
    const auto partitions = chosen(options, **log);
    if (!partitions) return tl::unexpected(partitions.error());
    RecordText text;
    for (const Partition partition : *partitions) {
        const auto end = (*log)->end(partition);
        if (!end) return tl::unexpected(end.error());
        if (options.from >= *end) continue;
        const auto printed = print_range(**log, partition, options.from, *end, options.limit, text);
        if (!printed) return tl::unexpected(printed.error());
    }
    return {};
}

// Prints what came since the last time; begins with the newest few.
Result<void> print_new(ledger::Log& log, const LogOptions& options,
                       std::map<Partition, Offset>& next, RecordText& text) {
    const auto partitions = chosen(options, log);
    if (!partitions) return tl::unexpected(partitions.error());
    for (const Partition partition : *partitions) {
        const auto end = log.end(partition);
        if (!end) return tl::unexpected(end.error());
        const auto newest = static_cast<Offset>(options.limit);
        const auto [at, first_time] =
            next.try_emplace(partition, std::max<Offset>(*end - newest, 0));
        if (at->second >= *end) continue;
        const auto printed = print_range(log, partition, at->second, *end, UINT64_MAX, text);
        if (!printed) return tl::unexpected(printed.error());
        at->second = *printed;
    }
    std::fflush(stdout);
    return {};
}

// Until it is interrupted.
Result<void> run_tail(const LogOptions& options) {
    std::map<Partition, Offset> next;
    RecordText text;
    std::unique_ptr<ledger::Log> log;
    while (true) {
        // A read-only embedded log shows one moment, so each look opens it anew.
        if (log == nullptr || options.source.brokers.empty()) {
            auto opened = server::open_for_reading(options.source);
            if (!opened) return tl::unexpected(opened.error());
            log = std::move(*opened);
        }
        if (auto printed = print_new(*log, options, next, text); !printed) return printed;
        std::this_thread::sleep_for(kLookAgainAfter);
    }
}

CLI::App& add_log_command(CLI::App& log, const char* name, const char* help, LogOptions& options) {
    CLI::App& command = add_command(log, name, help);
    options.source.data = "./quipu-data";
    add_option(command, "--data", options.source.data, "Folder with the embedded log",
               {.type = "DIR", .shows_default = true});
    add_option(command, "--kafka-brokers", options.source.brokers,
               "Brokers, if the log is in Kafka", {.type = "LIST"});
    add_option(command, "--topic-prefix", options.source.prefix, "Prefix of the Kafka topics",
               {.type = "PREFIX", .shows_default = true});
    add_option(command, "--partition", options.partition,
               "control, events-N, invoices, deadletter or notifications [all of them]",
               {.type = "NAME"});
    return command;
}

}  // namespace

void add_log(CLI::App& app, Commands& commands) {
    CLI::App& log = add_command(app, "log", "Read the log, of a stopped or a running server");
    require_command(log);

    const auto show_options = std::make_shared<LogOptions>();
    CLI::App& show = add_log_command(log, "show", "Print records as lines of JSON", *show_options);
    add_option(show, "--from", show_options->from, "First offset",
               {.type = "N", .shows_default = true});
    add_option(show, "--limit", show_options->limit, "At most so many records of each partition",
               {.type = "M", .shows_default = true});
    add_footer(show,
               "Examples:\n"
               "  quipu log show --data ./quipu-data --partition events-0 --from 100 --limit 20\n"
               "  quipu log show --kafka-brokers localhost:9092 --partition control");
    commands.push_back({&show, [show_options] { return run_show(*show_options); }});

    const auto tail_options = std::make_shared<LogOptions>();
    tail_options->limit = 10;
    CLI::App& tail =
        add_log_command(log, "tail", "Print the newest records and what follows", *tail_options);
    add_option(tail, "--limit", tail_options->limit, "Begin with so many of each partition",
               {.type = "M", .shows_default = true});
    add_footer(tail, "Example:\n  quipu log tail --data ./quipu-data");
    commands.push_back({&tail, [tail_options] { return run_tail(*tail_options); }});
}

}  // namespace quipu::cli
