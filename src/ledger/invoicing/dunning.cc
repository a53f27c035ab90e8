#include "ledger/invoicing/dunning.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"

namespace quipu::ledger {
namespace {

using base::Instant;

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;
constexpr std::uint32_t kHoursWithoutProvider = 24;
constexpr base::ErrorCode kNoMethod("no_payment_method_on_file");

}  // namespace

Instant hours_after(Instant at, std::uint32_t hours) {
    return {at.micros + hours * kMicrosPerHour};
}

void attempt_charge(Events& events, const Account& account, const CatalogBook& book,
                    Dunning dunning, Instant at) {
    const BillingSettings& settings = book.settings();
    if (!takes_payments(settings)) {  // until a provider collects again
        dunning.next_attempt_at = hours_after(at, kHoursWithoutProvider);
        events.emplace_back(DunningSaved{std::move(dunning)});
        return;
    }
    const bool charging = std::ranges::any_of(account.intents, [&](const PaymentIntent& open) {
        return open.status == IntentStatus::Pending && open.mode == IntentMode::Charge &&
               open.invoice == dunning.invoice;
    });
    if (charging) {  // the customer's own attempt is under way: one charge at a time
        dunning.next_attempt_at = hours_after(at, 1);
        events.emplace_back(DunningSaved{std::move(dunning)});
        return;
    }
    PaymentIntent intent = new_intent(account, settings, IntentPurpose::Invoice, true, at);
    if (intent.mode != IntentMode::Charge) {
        // Nothing to charge: the next attempts wait as after a failed one.
        if (dunning.blocks_overage && !account.overage_block)
            events.emplace_back(OverageBlocked{{kNoMethod, dunning.invoice, at}});
        const bool more = dunning.failures < settings.retry_hours.size();
        dunning.next_attempt_at.reset();
        if (more) dunning.next_attempt_at = hours_after(at, settings.retry_hours[dunning.failures]);
        ++dunning.failures;
        events.emplace_back(DunningSaved{std::move(dunning)});
        return;
    }
    intent.collecting = true;
    intent.invoice = dunning.invoice;
    intent.amount_minor = dunning.amount_minor;
    intent.currency = dunning.currency;
    intent.description = fmt::format("Invoice {}", invoice_id(account.id, dunning.invoice));
    dunning.next_attempt_at.reset();
    events.emplace_back(DunningSaved{std::move(dunning)});
    open_intent(events, account, std::move(intent));
}

}  // namespace quipu::ledger
