// Appends to the embedded log of a stopped server what no request of the API stands for:
//   append_foreign DATA organisations   more organisations, the first of them with a key
//   append_foreign DATA producers       what producers write to the topics by themselves
#include <fmt/format.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string_view>

#include "base/sha256.h"
#include "ledger/codec/command_codec.h"
#include "server/log_source.h"

namespace quipu::recorded {
namespace {

using ledger::Append;
using ledger::CommandRecord;
using ledger::NewRecord;
using ledger::Partition;
using ledger::Topic;

const char* const kSecret = "sk_acme_recorded_0123456789";  // scripts of the scenario use it too
constexpr Partition kControl{Topic::Control, 0};

// Stands where the log ends.
class FrozenClock final : public ledger::Clock {
public:
    explicit FrozenClock(base::Instant now) : now_(now) {}
    [[nodiscard]] base::Instant now() override { return now_; }

private:
    const base::Instant now_;
};

CommandRecord command(std::string id, std::string organisation, std::string customer,
                      ledger::Command of) {
    CommandRecord record;
    record.id = std::move(id);
    record.organisation = std::move(organisation);
    record.customer = std::move(customer);
    record.command = std::move(of);
    return record;
}

NewRecord protobuf(const CommandRecord& record) {
    return {record.customer, ledger::encode(record), {{"content-type", "application/x-protobuf"}}};
}

NewRecord cloud_event(std::string_view id, std::string_view customer, std::string_view more) {
    return {std::string(customer),
            fmt::format(R"({{"specversion":"1.0","id":"{}","source":"quipu","subject":"{}",{}}})",
                        id, customer, more),
            {{"content-type", "application/cloudevents+json"}, {"organisation", "default"}}};
}

std::vector<Append> organisations() {
    std::vector<Append> all;
    const auto add = [&all](std::string id, std::string organisation, ledger::Command of) {
        all.push_back(
            {kControl, protobuf(command(std::move(id), std::move(organisation), {}, of)), nullptr});
    };
    const std::string secret(kSecret);
    const ledger::CreateKey key{"key_acme", "first", "6789", base::sha256(secret)};
    add("org:acme", "acme", ledger::CreateOrganisation{"acme", "Acme"});
    add("org:acme", "acme", ledger::CreateOrganisation{"acme", "Acme"});
    add("org:acme:again", "acme", ledger::CreateOrganisation{"acme", "Acme Again"});
    add("key:acme", "acme", key);
    add("org:quiet", "quiet", ledger::CreateOrganisation{"quiet", ""});
    add("key:nobody", "nobody", ledger::CreateKey{"key_nobody", "", "0000", base::sha256("x")});
    add("customer:on:control", "default", ledger::Track{"calls", base::Quantity::from_int(1)});
    all.push_back({kControl, {"", "\xff\xff not a record", {}}, nullptr});
    return all;
}

// Every partition gets the same: what is not at home there is routed, and counts once.
std::vector<Append> producers(std::uint32_t partitions) {
    const auto units = [](int count) { return base::Quantity::from_int(count); };
    CommandRecord late = command("late", "default", "c-01", ledger::Track{"calls", units(3)});
    late.occurred_at = base::Instant{1'500'000'000'000'000};
    std::vector<NewRecord> each{
        protobuf(command("foreign-1", "default", "c-01", ledger::Track{"calls", units(5)})),
        protobuf(command("foreign-1", "default", "c-01", ledger::Track{"calls", units(6)})),
        protobuf(command("foreign-2", "default", "c-02@example.com",
                         ledger::Track{"calls", units(2), "", R"({"job":1})"})),
        protobuf(late),
        protobuf(command("foreign-3", "default", "c-03",
                         ledger::Reserve{"calls", "", units(4), 60'000'000})),
        protobuf(command("foreign-4", "default", "c-03", ledger::ReleaseReservation{"foreign-3"})),
        protobuf(command("foreign-5", "default", "c-04", ledger::Cancel{"", false})),
        protobuf(command("foreign-6", "default", "nobody", ledger::Track{"calls", units(1)})),
        protobuf(command("foreign-7", "nowhere", "c-01", ledger::Track{"calls", units(1)})),
        protobuf(command("foreign-8", "acme", "c-01", ledger::Track{"calls", units(1)})),
        protobuf(command("", "default", "c-01", ledger::Track{"calls", units(1)})),
        protobuf(command("foreign-9", "default", "", ledger::RevokeKey{"key_acme"})),
        cloud_event("event-1", "c-05", R"("type":"calls","data":{"value":7})"),
        cloud_event("event-2", "c-05", R"("type":"tokens","data":{"value":0.125,"region":"eu"})"),
        cloud_event("event-3", "c-05", R"("type":"no-such-feature","data":{"value":1})"),
        cloud_event("event-4", "c-05", R"("type":"calls","data":{"value":-1})"),
        {"c-01", "\xff\xff not a record", {}},
        {"c-01", "{", {{"content-type", "application/cloudevents+json"}}},
        {"c-01", "<event/>", {{"content-type", "text/xml"}}},
        {"", "", {}},
    };
    std::vector<Append> all;
    for (std::uint32_t index = 0; index < partitions; ++index) {
        for (const NewRecord& record : each)
            all.push_back({Partition{Topic::Events, index}, record, nullptr});
    }
    return all;
}

base::Result<void> append(const std::string& data, std::string_view what) {
    const server::LogSource source{.data = data, .brokers = {}, .prefix = {}};
    const auto existing = server::look_at(source);
    if (!existing) return tl::unexpected(existing.error());
    if (!existing->partitions) return base::fail("log_missing", "There is no log in " + data);
    FrozenClock clock(existing->last_recorded_at);
    const auto log = server::open_for_writing(source, *existing->partitions, clock);
    if (!log) return tl::unexpected(log.error());
    std::vector<Append> all =
        what == "organisations" ? organisations() : producers(*existing->partitions);
    std::mutex mutex;
    std::condition_variable came;
    std::size_t left = all.size();
    base::Result<void> result;
    for (Append& each : all) {
        each.done = [&](const base::Result<ledger::Offset>& offset) {
            const std::lock_guard lock(mutex);
            if (!offset) result = tl::unexpected(offset.error());
            if (--left == 0) came.notify_one();
        };
    }
    (*log)->append(std::move(all));
    std::unique_lock lock(mutex);
    came.wait(lock, [&left] { return left == 0; });
    return result;
}

}  // namespace
}  // namespace quipu::recorded

int main(int argc, char** argv) {
    const std::string_view what = argc == 3 ? argv[2] : "";
    if (what != "organisations" && what != "producers") {
        fmt::print(stderr, "append_foreign DATA organisations|producers\n");
        return 2;
    }
    const auto done = quipu::recorded::append(argv[1], what);
    if (!done) fmt::print(stderr, "{}\n", done.error().message);
    return done ? 0 : 1;
}
