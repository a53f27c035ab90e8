// Any bytes as a catalog payload and as a rate card: reading never crashes, and what is accepted
// can go on the log, be merged, and be priced as rating/price.h says.
#include <array>
#include <cstdint>

#include "api/catalog/sync_body.h"
#include "base/check.h"
#include "cli/rate_card_text.h"
#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/command_codec.h"
#include "ledger/record_limits.h"
#include "rating/price.h"

using namespace quipu;

namespace {

constexpr std::array<std::int64_t, 5> kUsage = {0, 1, 7, 1'000, 1'000'000'000'000};

void check_price(const rating::RateCard& card) {
    for (const std::int64_t units : kUsage) {
        const base::Quantity billable =
            rating::billable_quantity(card, base::Quantity::from_int(units));
        QUIPU_CHECK(!billable.is_negative());
        const auto price = rating::price(card, billable);
        QUIPU_CHECK(!rating::price_minor(card, billable) || price);
        static_cast<void>(rating::reached_tier(card, billable));
        const auto steps = rating::tier_steps(card, billable);
        if (!price || steps.empty()) continue;
        base::Amount sum;
        for (const rating::TierStep& step : steps) sum = sum + step.amount;
        QUIPU_CHECK(sum == *price);
    }
}

// A catalog as it is stored is its own payload: laying it over itself changes no feature's terms.
void check_catalog(const ledger::Catalog& payload) {
    const base::Instant now{1'700'000'000'000'000};
    const ledger::MergedCatalog first = ledger::merge({}, payload, now);
    QUIPU_CHECK(ledger::decode_catalog(ledger::encode_catalog(first.catalog)) == first.catalog);
    const ledger::MergedCatalog again = ledger::merge(first.catalog, payload, now);
    QUIPU_CHECK(again.report.features.created.empty() && again.report.plans.created.empty());
    QUIPU_CHECK(again.report.features.updated.empty() && again.report.plans.updated.empty());
    for (const ledger::Plan& plan : first.catalog.plans) {
        for (const ledger::PlanFeature& feature : plan.features) check_price(feature.card);
    }
}

void check_record(const ledger::Catalog& payload) {
    ledger::CommandRecord record;
    record.id = "sync-1";
    record.organisation = "org_1";
    record.command = ledger::PublishPayload{payload};
    if (ledger::problem_of(record)) return;
    QUIPU_CHECK(ledger::decode_record(ledger::encode(record)) == record);
    check_catalog(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static base::JsonReader reader;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto body = reader.read(bytes)) {
        if (const auto payload = api::read_sync(*body, ledger::Catalog{})) check_record(*payload);
    }
    if (const auto card = cli::read_rate_card(bytes)) check_price(card->card);
    return 0;
}
