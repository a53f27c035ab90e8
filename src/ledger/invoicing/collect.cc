#include "ledger/invoicing/collect.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"

namespace quipu::ledger {
namespace {

using base::Instant;

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;
constexpr std::uint32_t kHoursWithoutProvider = 24;
constexpr const char* kNoMethod = "no_payment_method_on_file";

}  // namespace

Instant hours_after(Instant at, std::uint32_t hours) {
    return {at.micros + hours * kMicrosPerHour};
}

void collect(Events& events, const Account& account, const CatalogBook& book, Collection collection,
             Instant at) {
    const BillingSettings& settings = book.settings();
    if (!takes_payments(settings)) {  // until a provider collects again
        collection.next_attempt_at = hours_after(at, kHoursWithoutProvider);
        events.emplace_back(CollectionSaved{std::move(collection)});
        return;
    }
    const bool charging = std::ranges::any_of(account.intents, [&](const PaymentIntent& open) {
        return open.status == IntentStatus::Pending && open.mode == IntentMode::Charge &&
               open.invoice == collection.invoice;
    });
    if (charging) {  // the customer's own attempt is under way: one charge at a time
        collection.next_attempt_at = hours_after(at, 1);
        events.emplace_back(CollectionSaved{std::move(collection)});
        return;
    }
    PaymentIntent intent = new_intent(account, settings, IntentPurpose::Invoice, true, at);
    if (intent.mode != IntentMode::Charge) {
        // Nothing to charge: the next attempts wait as after a failed one.
        if (collection.blocks_overage && !account.overage_block)
            events.emplace_back(OverageBlocked{{kNoMethod, collection.invoice, at}});
        const bool more = collection.failures < settings.retry_hours.size();
        collection.next_attempt_at.reset();
        if (more)
            collection.next_attempt_at = hours_after(at, settings.retry_hours[collection.failures]);
        ++collection.failures;
        events.emplace_back(CollectionSaved{std::move(collection)});
        return;
    }
    intent.collecting = true;
    intent.invoice = collection.invoice;
    intent.amount_minor = collection.amount_minor;
    intent.currency = collection.currency;
    intent.description = fmt::format("Invoice {}", invoice_id(account.id, collection.invoice));
    collection.next_attempt_at.reset();
    events.emplace_back(CollectionSaved{std::move(collection)});
    open_intent(events, account, std::move(intent));
}

}  // namespace quipu::ledger
