#include "ledger/invoicing/intents.h"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::ledger {
namespace {

bool is_pending(const PaymentIntent& intent) {
    return intent.status == IntentStatus::Pending;
}

// Two intents that cannot both be wanted: the later one takes the other's place.
bool competes(const PaymentIntent& open, const PaymentIntent& wanted) {
    if (!is_open_page(open) || open.purpose != wanted.purpose ||
        wanted.mode != IntentMode::Checkout) {
        return false;
    }
    switch (wanted.purpose) {
        case IntentPurpose::Invoice:
            return open.invoice == wanted.invoice;
        case IntentPurpose::Subscribe:
        case IntentPurpose::Switch:
        case IntentPurpose::Trial:
            return open.plan == wanted.plan;
        case IntentPurpose::Purchase:
        case IntentPurpose::Setup:
            return false;
    }
    return false;
}

}  // namespace

PaymentIntent new_intent(const Account& account, const BillingSettings& settings,
                         IntentPurpose purpose, bool charge_saved, base::Instant now) {
    PaymentIntent intent;
    intent.seq = account.next_intent;
    intent.id =
        fmt::format("pi_{}_{}", account.id.substr(account.id.find('_') + 1), account.next_intent);
    intent.purpose = purpose;
    intent.provider = settings.provider;
    intent.created_at = now;
    intent.expires_at = {now.micros + kCheckoutMicros};
    const PaymentMethod* method = charge_saved ? account.default_method() : nullptr;
    if (method != nullptr && method->provider == settings.provider) {
        intent.mode = IntentMode::Charge;
        intent.method = method->id;
    }
    return intent;
}

const PaymentIntent* same_pending(const Account& account, const PaymentIntent& wanted) {
    const auto same = [&](const PaymentIntent& open) {
        return is_pending(open) && open.purpose == wanted.purpose && open.mode == wanted.mode &&
               open.amount_minor == wanted.amount_minor && open.currency == wanted.currency &&
               open.plan == wanted.plan && open.catalog_version == wanted.catalog_version &&
               open.pack == wanted.pack && open.quantity == wanted.quantity &&
               open.invoice == wanted.invoice && open.subscription == wanted.subscription &&
               open.callback_url == wanted.callback_url &&
               wanted.purpose != IntentPurpose::Purchase;
    };
    const auto found = std::ranges::find_if(account.intents, same);
    return found == account.intents.end() ? nullptr : &*found;
}

std::string open_intent(Events& events, const Account& account, PaymentIntent intent) {
    if (const PaymentIntent* open = same_pending(account, intent)) return open->id;
    for (const PaymentIntent& open : account.intents) {
        if (!competes(open, intent)) continue;
        PaymentIntent canceled = open;
        canceled.status = IntentStatus::Canceled;
        events.emplace_back(IntentSaved{std::move(canceled)});
    }
    std::string id = intent.id;
    const bool charges = intent.mode == IntentMode::Charge;
    ProviderCall call = charge_of(account, intent);
    events.emplace_back(IntentSaved{std::move(intent)});
    if (charges) events.emplace_back(ProviderCalled{std::move(call)});
    return id;
}

ProviderCall charge_of(const Account& account, const PaymentIntent& intent) {
    ProviderCall call;
    call.kind = ProviderCall::Kind::Charge;
    call.organisation = account.organisation;
    call.customer = account.id;
    call.provider = intent.provider;
    call.intent = intent.id;
    call.method = intent.method;
    call.amount_minor = intent.amount_minor;
    call.currency = intent.currency;
    call.description = intent.description;
    return call;
}

std::string refund_id(std::string_view intent) {
    return "re_" + std::string(intent.substr(intent.find('_') + 1));
}

ProviderCall refund_of(const Account& account, const PaymentIntent& intent,
                       std::int64_t amount_minor) {
    ProviderCall call = charge_of(account, intent);
    call.kind = ProviderCall::Kind::Refund;
    call.refund = refund_id(intent.id);
    call.amount_minor = amount_minor;
    return call;
}

std::int64_t minimum_invoice(const Account& account, base::Currency currency) {
    const PaymentMethod* method = account.default_method();
    if (method == nullptr) return 0;
    const auto least = std::ranges::find(method->least_charges, currency, &LeastCharge::currency);
    return least == method->least_charges.end() ? 0 : least->minor;
}

std::string below_minimum_message(const Account& account, std::int64_t total_minor,
                                  base::Currency currency) {
    const PaymentMethod* method = account.default_method();
    return fmt::format("Invalid invoice_amount: {} {} is below the {} minimum charge of {}",
                       total_minor, currency.code(),
                       method != nullptr ? std::string_view(method->provider) : "provider",
                       minimum_invoice(account, currency));
}

PaymentAnswer answer_of(const Account& account, const PaymentIntent& intent, std::string message) {
    PaymentAnswer answer;
    answer.intent = intent.id;
    if (intent.invoice != 0) answer.invoice = invoice_id(account.id, intent.invoice);
    if (intent.subscription != 0)
        answer.subscription = fmt::format("sub_{}_{}", account.id.substr(account.id.find('_') + 1),
                                          intent.subscription);
    answer.message = std::move(message);
    return answer;
}

}  // namespace quipu::ledger
