// A past account is what the live fold had, whatever else is on the partition.
#include "projections/past/account_past.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/codec/command_codec.h"
#include "model/workload.h"
#include "projections/rows/row_codec.h"
#include "projections/store/memory_store.h"

namespace quipu::projections {
namespace {

using ledger::CommandRecord;
using ledger::StoredRecord;
using quipu::testing::WorkloadOptions;
using quipu::testing::WorkloadStep;

constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};
constexpr const char* kOrganisation = "org_1";
constexpr std::uint64_t kCustomers = 3;
constexpr std::uint64_t kStreams = 25;

base::Result<CommandRecord> decode(const StoredRecord& stored) {
    return ledger::decode_record(stored.value);
}

struct NoSink final : FoldSink {
    void answered(const Answer&) override {}
    void emit(Effect) override {}
};

std::string name(const char* prefix, std::uint64_t n) {
    return prefix + std::to_string(n);
}

// All of an account but what is still to be written.
std::vector<std::string> state_of(const ledger::Account* account) {
    if (account == nullptr) return {};
    std::vector<std::string> rows{encode_account(*account),
                                  std::to_string(account->next_due.micros)};
    for (const auto& [key, meter] : account->meters) {
        for (const auto& [start, window] : meter.windows)
            rows.push_back(key.feature + key.entity + std::to_string(start.micros) +
                           encode_window(window));
    }
    for (const auto& grant : account->grants) rows.push_back(encode_grant(grant));
    for (const auto& [key, entity] : account->entities)
        rows.push_back(key.feature + key.entity + encode_entity(entity));
    return rows;
}

// The log of one partition, as it is written.
class Records {
public:
    void add(base::Instant at, CommandRecord record) { add_bytes(at, ledger::encode(record)); }
    void add_bytes(base::Instant at, std::string bytes) {
        all_.push_back({static_cast<ledger::Offset>(all_.size() * 2), at, "a key", bytes, {}});
    }
    void add_again(base::Instant at, std::size_t index) { add_bytes(at, all_[index].value); }
    void open(base::Instant at, const std::string& organisation, const std::string& id,
              const std::string& external_id, const std::string& email) {
        add(at, {"open:" + id,
                 organisation,
                 id,
                 std::nullopt,
                 {},
                 true,
                 ledger::OpenAccount{id, external_id, email, false}});
    }
    [[nodiscard]] const std::vector<StoredRecord>& all() const { return all_; }

private:
    std::vector<StoredRecord> all_;
};

void publish(Records& log, base::Instant at, const std::string& organisation, std::uint64_t version,
             std::uint64_t seed) {
    ledger::Catalog catalog = ledger::merge({}, quipu::testing::workload_catalog(seed), at).catalog;
    catalog.version = version;
    log.add(at, {"", organisation, "", std::nullopt, {}, false, ledger::PublishCatalog{catalog}});
}

// What customer 1 is called later, in place of the first e-mail.
constexpr const char* kRenamed = "renamed@example.com";

CommandRecord with_name(CommandRecord record, const char* name) {
    record.id += "-renamed";
    record.organisation = kOrganisation;
    record.customer = name;
    return record;
}

// Several customers by all their names, retries, noise, another organisation, a new catalog.
Records make_log(std::uint64_t seed) {
    WorkloadOptions options;
    options.seed = seed;
    options.customers = kCustomers;
    options.commands = 150;
    const auto steps = quipu::testing::make_workload(options);
    Records log;
    log.add_bytes(options.start, "written before the ledger was made");
    ledger::Genesis genesis;
    genesis.hash_key = {static_cast<std::uint8_t>(seed)};
    log.add(options.start, {"", "", "", std::nullopt, {}, false, genesis});
    publish(log, options.start, kOrganisation, 1, seed);
    publish(log, options.start, "org_2", 1, seed);
    log.open(options.start, "org_2", "cus_0", "customer-0", "");
    // Its own id differs from the e-mail address of customer 0 in case only.
    log.open(options.start, kOrganisation, "cus_twin", "Customer-0@Example.com", "");
    std::uint64_t opened = 0;
    for (std::size_t n = 0; n < steps.size(); ++n) {
        const WorkloadStep& step = steps[n];
        if (n % 20 == 0 && opened < kCustomers) {
            log.open(step.now, kOrganisation, name("cus_", opened), name("customer-", opened),
                     name("customer-", opened) + "@example.com");
            ++opened;
        }
        CommandRecord record = step.record;
        record.organisation = n % 17 == 3 ? "org_2" : kOrganisation;
        if (n % 5 == 1) record.customer += "@example.com";
        if (n % 5 == 2) record.customer.replace(0, 9, "cus_");
        if (n % 25 == 4) record.customer = "CUSTOMER-0@example.COM";
        if (n % 25 == 6) record.customer = "Customer-0@Example.com";
        log.add(step.now, record);
        if (n % 11 == 5) log.add_again(step.now, log.all().size() - 1 - n % 7);
        if (n % 13 == 7) log.add_bytes({step.now.micros + 1}, "no record");
        if (n % 19 == 8) log.add(step.now, {"", "", "", std::nullopt, {}, false, ledger::Tick{}});
        if (n == 70)
            log.add(step.now, {"renamed",
                               kOrganisation,
                               "cus_1",
                               std::nullopt,
                               {},
                               true,
                               ledger::OpenAccount{"cus_1", "customer-1", kRenamed, false}});
        if (n > 70 && n % 25 == 9) log.add(step.now, with_name(step.record, kRenamed));
        if (n == 90) publish(log, step.now, kOrganisation, 2, seed + 1000);
    }
    return log;
}

PastSubject subject(std::uint64_t n) {
    const std::string email = n == 1 ? kRenamed : name("customer-", n) + "@example.com";
    return {kOrganisation, {name("cus_", n), name("customer-", n), email}};
}

void expect_the_same_past(std::uint64_t seed, const PastOptions& options) {
    const Records log = make_log(seed);
    MemoryStore store;
    AccountFold live(kPartition, store, decode, {options.dedupe_window_micros});
    NoSink sink;
    std::size_t records = 0;
    for (const StoredRecord& record : log.all()) {
        ASSERT_TRUE(live.fold(record, sink).has_value());
        if (++records % (7 + seed % 5) != 0 && records != log.all().size()) continue;
        for (std::uint64_t n = 0; n < kCustomers; ++n) {
            AccountPast past(kPartition, subject(n), decode, options);
            for (std::size_t each = 0; each < records; ++each)
                ASSERT_TRUE(past.fold(log.all()[each]).has_value());
            ASSERT_EQ(past.state().clock(), live.clock());
            ASSERT_EQ(state_of(past.state().find(kOrganisation, name("cus_", n))),
                      state_of(live.find(kOrganisation, name("cus_", n))))
                << "customer " << n << " after " << records << " records";
        }
    }
}

TEST(AccountPast, IsWhatTheLiveFoldHadAfterTheSameRecords) {
    for (std::uint64_t seed = 1; seed <= kStreams; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        PastOptions options;
        options.save_after_records = 1 + seed % 9;
        if (seed % 2 == 0) options.dedupe_window_micros = 3 * base::kMicrosPerDay;
        expect_the_same_past(seed, options);
        if (HasFatalFailure()) return;
    }
}

// A log of one customer, and `events` events a second apart whose ids are remembered.
Records busy_log(std::size_t events) {
    const base::Instant start{1'769'853'600'000'000};
    Records log;
    log.add(start, {"", "", "", std::nullopt, {}, false, ledger::Genesis{}});
    publish(log, start, kOrganisation, 1, 1);
    log.open(start, kOrganisation, "cus_0", "customer-0", "");
    for (std::size_t n = 0; n < events; ++n) {
        CommandRecord record{
            name("event-", n),        kOrganisation, "cus_0", std::nullopt, {}, false,
            ledger::SetOverageLimit{}};
        log.add({start.micros + static_cast<std::int64_t>(n) * base::kMicrosPerSecond}, record);
    }
    return log;
}

TEST(AccountPast, TakesNoMoreMemoryThanItMay) {
    const Records log = busy_log(100);
    PastOptions options;
    options.save_after_records = 10;
    options.limits.seen_events = 50;
    AccountPast past(kPartition, subject(0), decode, options);
    base::Result<void> folded;
    for (const StoredRecord& record : log.all()) {
        folded = past.fold(record);
        if (!folded) break;
    }
    ASSERT_FALSE(folded.has_value());
    EXPECT_EQ(folded.error().code, base::ErrorCode("history_too_long"));
}

TEST(AccountPast, ForgetsIdsThatAreOutsideTheWindow) {
    const Records log = busy_log(100);
    PastOptions options;
    options.save_after_records = 5;
    options.limits.seen_events = 50;
    options.dedupe_window_micros = 20 * base::kMicrosPerSecond;
    AccountPast past(kPartition, subject(0), decode, options);
    for (const StoredRecord& record : log.all()) ASSERT_TRUE(past.fold(record).has_value());
}

}  // namespace
}  // namespace quipu::projections
