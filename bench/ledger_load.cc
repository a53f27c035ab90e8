#include "ledger_load.h"

#include <fmt/format.h>
#include <time.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "ledger/codec/command_codec.h"

namespace quipu::bench {
namespace {

constexpr base::Instant kStart{1'767'225'600'000'000};  // 2026-01-01

std::string customer_id(std::uint64_t n) {
    return fmt::format("cus_{:020}", n);
}

double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

ledger::Catalog catalog() {
    ledger::Catalog catalog;
    catalog.version = 1;
    catalog.features.push_back(
        {"api-calls", "API calls", ledger::FeatureType::Metered, ledger::MeterType::Consumable});
    ledger::Plan plan;
    plan.slug = "pro";
    plan.name = "Pro";
    plan.price_minor = 2'000;
    plan.currency = "USD";
    ledger::PlanFeature feature;
    feature.feature = "api-calls";
    feature.card.included = base::Quantity::from_int(50);
    feature.card.rating_model = rating::RatingModel::Graduated;
    feature.card.tiers = {
        {base::Quantity::from_int(1'000), base::UnitPrice::from_int(10), std::nullopt},
        {std::nullopt, base::UnitPrice::from_int(5), std::nullopt}};
    feature.overage = ledger::OverageMode::Charge;
    plan.features.push_back(feature);
    catalog.plans.push_back(plan);
    return catalog;
}

}  // namespace

std::vector<ledger::CommandRecord> setup_records(const LoadOptions& options) {
    std::vector<ledger::CommandRecord> records;
    ledger::Genesis genesis;
    genesis.partitions = 1;
    genesis.hash_key = {1, 2, 3, 4, 5, 6, 7, 8};
    records.push_back({"", "", "", std::nullopt, {}, false, genesis});
    records.push_back(
        {"", kOrganisation, "", std::nullopt, {}, false, ledger::PublishCatalog{catalog()}});
    for (std::uint32_t n = 0; n < options.customers; ++n) {
        const std::string id = customer_id(n);
        records.push_back({"open:" + id,
                           kOrganisation,
                           id,
                           std::nullopt,
                           {},
                           false,
                           ledger::OpenAccount{id, fmt::format("acme-{}", n), "", false}});
        records.push_back(
            {"attach", kOrganisation, id, std::nullopt, {}, false, ledger::Attach{"pro", ""}});
    }
    return records;
}

ledger::CommandRecord usage_record(const LoadOptions& options, std::uint64_t n) {
    ledger::CommandRecord record;
    record.id = fmt::format("evt_{:016x}", n * 0x9e3779b97f4a7c15ull);
    record.organisation = kOrganisation;
    record.customer = customer_id((n * 2654435761u) % options.customers);
    ledger::Track track;
    track.feature = "api-calls";
    track.value = base::Quantity::from_int(1);
    record.command = std::move(track);
    return record;
}

ledger::StoredRecord stored(const ledger::CommandRecord& record, ledger::Offset offset) {
    return {offset,
            base::Instant{kStart.micros + offset * 10},
            record.customer,
            ledger::encode(record),
            {}};
}

void fill(ledger::Log& log, const LoadOptions& options) {
    constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};
    std::vector<ledger::Append> batch;
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t waiting = 0;
    const auto add = [&](const ledger::CommandRecord& record) {
        batch.push_back({kPartition,
                         {record.customer, ledger::encode(record), {}},
                         [&](const base::Result<ledger::Offset>& done) {
                             if (!done) std::abort();
                             const std::lock_guard lock(mutex);
                             if (--waiting == 0) changed.notify_one();
                         }});
    };
    const auto send = [&] {
        {
            const std::lock_guard lock(mutex);
            waiting = batch.size();
        }
        log.append(std::exchange(batch, {}));
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return waiting == 0; });
    };
    for (const ledger::CommandRecord& record : setup_records(options)) {
        add(record);
        if (batch.size() == 4096) send();
    }
    for (std::uint64_t n = 0; n < options.events; ++n) {
        add(usage_record(options, n));
        if (batch.size() == 4096) send();
    }
    send();
}

double read_seconds(ledger::Log& log, ledger::Offset end) {
    const double began = wall_seconds();
    auto reader = log.read({ledger::Topic::Events, 0}, 0).value();
    std::vector<ledger::StoredRecord> records;
    for (ledger::Offset next = 0; next < end;) {
        records.clear();
        if (!reader->poll(1024, records)) std::abort();
        if (!records.empty()) next = records.back().offset + 1;
    }
    return wall_seconds() - began;
}

double thread_cpu_seconds() {
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}
double process_cpu_seconds() {
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}
double wall_seconds() {
    return seconds(CLOCK_MONOTONIC);
}

}  // namespace quipu::bench
