#include "ledger/payments/decide_payment.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/decide_purchase.h"
#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/subscriptions/attach.h"
#include "ledger/subscriptions/decide_checkout.h"
#include "ledger/subscriptions/subscription_changes.h"

namespace quipu::ledger {
namespace {

using base::Instant;

Decision no_invoice() {
    return rejected(Code::InvoiceNotFound, "Invoice not found");
}

// The answer where there is nothing to pay: no such invoice, paid before, or not open.
std::optional<Decision> unless_payable(const Invoice* invoice) {
    if (invoice == nullptr) return no_invoice();
    if (invoice->status == InvoiceStatus::Open) return std::nullopt;
    if (invoice->status == InvoiceStatus::Paid)
        return Decision{{}, PaymentAnswer{{}, {}, invoice->id, {}}};
    return rejected(
        Code::InvoiceNotOpen,
        fmt::format("Invoice is {} — only open invoices can be paid", name_of(invoice->status)));
}

Decision no_provider() {
    return rejected(Code::ProviderNotConfigured,
                    "No payment provider configured for this customer or environment");
}

Invoice settled(Invoice invoice, InvoiceStatus status, std::string payment, Instant now) {
    invoice.status = status;
    invoice.settled_at = now;
    invoice.payment = std::move(payment);
    return invoice;
}

void save_method(Events& events, const RecordPayment& command, const PaymentIntent& intent,
                 Instant now) {
    if (!command.method) return;
    PaymentMethod method = *command.method;
    method.provider = intent.provider;
    method.is_default = true;
    method.added_at = now;
    events.emplace_back(PaymentMethodSaved{std::move(method)});
}

// The newest valid method but this one, as the one that is charged from now on.
std::optional<PaymentMethod> newest_other(const Account& account, const std::string& method) {
    const PaymentMethod* newest = nullptr;
    for (const PaymentMethod& other : account.payment_methods) {
        if (other.id == method || !other.is_valid) continue;
        if (newest == nullptr || other.added_at >= newest->added_at) newest = &other;
    }
    if (newest == nullptr) return std::nullopt;
    PaymentMethod chosen = *newest;
    chosen.is_default = true;
    return chosen;
}

// The money came for something that nobody wants any more: it goes back.
Decision give_back(Events events, const Account& account, PaymentIntent intent) {
    intent.status = IntentStatus::Canceled;
    const std::int64_t kept = intent.amount_minor - intent.refunded_minor;
    if (kept > 0) events.emplace_back(ProviderCalled{refund_of(account, intent, kept)});
    PaymentAnswer answer = answer_of(
        account, intent, "What this would have paid for is gone; the payment is refunded.");
    events.emplace_back(IntentSaved{std::move(intent)});
    return {std::move(events), std::move(answer)};
}

Decision succeed(const Account& account, const CatalogBook& book, const RecordPayment& command,
                 PaymentIntent intent, const Invoice* invoice, Instant now) {
    const bool same_money = command.amount_minor == intent.amount_minor &&
                            (intent.amount_minor == 0 || command.currency == intent.currency);
    if (!same_money) {
        return rejected(
            Code::PaymentMismatch,
            fmt::format("{} {} was paid for an intent of {} {}.", command.amount_minor,
                        command.currency.code(), intent.amount_minor, intent.currency.code()));
    }
    Events events;
    if (intent.amount_minor > 0 && intent.refunded_minor == intent.amount_minor) {
        intent.status = IntentStatus::Refunded;  // the refund was told of before the payment
        PaymentAnswer answer = answer_of(account, intent, "The payment was refunded before.");
        events.emplace_back(IntentSaved{std::move(intent)});
        return {std::move(events), std::move(answer)};
    }
    const bool wanted =
        intent.status == IntentStatus::Pending || intent.status == IntentStatus::Failed;
    // A page asked for the method; a charge only used one that may be gone by now.
    if (wanted && intent.mode == IntentMode::Checkout) save_method(events, command, intent, now);
    if (!wanted) return give_back(std::move(events), account, std::move(intent));
    bool done = true;
    switch (intent.purpose) {
        case IntentPurpose::Invoice: {
            done = invoice != nullptr && invoice->status == InvoiceStatus::Open &&
                   invoice->total_minor == intent.amount_minor &&
                   invoice->currency == intent.currency;
            if (done) {
                events.emplace_back(
                    InvoiceSettled{settled(*invoice, InvoiceStatus::Paid, intent.id, now)});
            }
            break;
        }
        case IntentPurpose::Subscribe:
            done = finish_subscribe(events, account, book, intent, now);
            break;
        case IntentPurpose::Switch:
            done = finish_switch(events, account, book, intent, now);
            break;
        case IntentPurpose::Purchase:
            done = finish_purchase(events, account, book, intent, now);
            break;
        case IntentPurpose::Setup:
            break;
        case IntentPurpose::Trial:
            done = finish_trial(events, account, book, intent, now);
            break;
    }
    if (!done) return give_back(std::move(events), account, std::move(intent));
    intent.status = IntentStatus::Succeeded;
    PaymentAnswer answer = answer_of(account, intent, "The payment is recorded.");
    events.emplace_back(IntentSaved{std::move(intent)});
    return {std::move(events), std::move(answer)};
}

Decision fail(const Account& account, const RecordPayment& command, PaymentIntent intent,
              Instant now) {
    // On a page the customer may try another card.
    if (intent.mode == IntentMode::Checkout || intent.status != IntentStatus::Pending)
        return {{}, answer_of(account, intent, command.message)};
    Events events;
    const PaymentMethod* method = account.find_method(intent.method);
    if (command.permanent && method != nullptr) {
        PaymentMethod unusable = *method;
        unusable.is_valid = unusable.is_default = false;
        events.emplace_back(PaymentMethodSaved{std::move(unusable)});
        if (auto next = newest_other(account, method->id))
            events.emplace_back(PaymentMethodSaved{std::move(*next)});
    }
    events.emplace_back(PaymentFailed{intent.id, command.failure, command.message, now});
    PaymentAnswer answer = answer_of(account, intent, command.message);
    if (intent.collecting) {
        intent.status = IntentStatus::Failed;
    } else {
        // Somebody waits for it: what the saved method did not pay is paid on a page.
        intent.mode = IntentMode::Checkout;
        intent.expires_at = {now.micros + kCheckoutMicros};
    }
    events.emplace_back(IntentSaved{std::move(intent)});
    return {std::move(events), std::move(answer)};
}

std::optional<std::uint32_t> invoice_of(const Account& account, std::string_view id) {
    const PaymentIntent* intent = account.find_intent(id);
    const bool for_invoice =
        intent != nullptr && intent->purpose == IntentPurpose::Invoice && intent->invoice != 0;
    if (for_invoice) return intent->invoice;
    return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> subject_invoice(const Account& account, const Command& command) {
    return std::visit(
        [&](const auto& asked) -> std::optional<std::uint32_t> {
            if constexpr (requires { asked.intent; }) {
                return invoice_of(account, asked.intent);
            } else if constexpr (requires { asked.invoice; }) {
                return invoice_sequence(account.id, asked.invoice);
            } else {
                return std::nullopt;
            }
        },
        command);
}

Decision decide(const Asked& asked, const RecordPayment& command) {
    const Account& account = asked.account;
    const Instant now = asked.now;
    const PaymentIntent* intent = account.find_intent(command.intent);
    if (intent == nullptr) {
        return rejected(Code::PaymentNotFound,
                        fmt::format("There is no payment '{}'.", command.intent));
    }
    const bool settled_before =
        intent->status == IntentStatus::Succeeded || intent->status == IntentStatus::Refunded;
    if (settled_before)
        return {{}, answer_of(account, *intent, "The payment was recorded before.")};
    switch (command.result) {
        case PaymentResult::Succeeded:
            return succeed(account, asked.book, command, *intent, asked.invoice, now);
        case PaymentResult::Failed:
            return fail(account, command, *intent, now);
        case PaymentResult::Abandoned:
            break;
    }
    Decision decision{{}, answer_of(account, *intent, "The page was left without a payment.")};
    if (is_open_page(*intent)) {
        PaymentIntent left = *intent;
        left.status = IntentStatus::Canceled;
        decision.events.emplace_back(IntentSaved{std::move(left)});
    }
    return decision;
}

Decision decide(const Asked& asked, const PayInvoice& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Invoice* invoice = asked.invoice;
    const Instant now = asked.now;
    if (auto answered = unless_payable(invoice)) return std::move(*answered);
    PaymentAnswer answer;
    answer.invoice = invoice->id;
    if (!takes_payments(book.settings())) return no_provider();
    Decision decision;
    const bool usage_only = std::ranges::all_of(
        invoice->lines, [](const InvoiceLine& line) { return line.kind == LineKind::Usage; });
    if (usage_only && invoice->total_minor < minimum_invoice(account, invoice->currency)) {
        const std::string message =
            below_minimum_message(account, invoice->total_minor, invoice->currency);
        decision.events.emplace_back(
            InvoiceSettled{settled(*invoice, InvoiceStatus::Void, "below provider minimum", now)});
        decision.outcome = Rejection{Code::InvoiceBelowMinimum, message};
        return decision;
    }
    // A charge of the ledger's own that is under way answers for this one too.
    for (const PaymentIntent& open : account.intents) {
        const bool charging =
            open.status == IntentStatus::Pending && open.mode == IntentMode::Charge &&
            open.provider == book.settings().provider && open.invoice == invoice->sequence;
        if (!charging) continue;
        answer.intent = open.id;
        return {{}, std::move(answer)};
    }
    PaymentIntent intent = new_intent(account, book.settings(), IntentPurpose::Invoice, true, now);
    intent.invoice = invoice->sequence;
    intent.amount_minor = invoice->total_minor;
    intent.currency = invoice->currency;
    intent.description = "Invoice " + invoice->number;
    intent.callback_url = command.callback_url;
    answer.intent = open_intent(decision.events, account, std::move(intent));
    decision.outcome = std::move(answer);
    return decision;
}

Decision decide(const Asked& asked, const MarkInvoicePaid& command) {
    const Invoice* invoice = asked.invoice;
    if (auto answered = unless_payable(invoice)) return std::move(*answered);
    PaymentAnswer answer;
    answer.invoice = invoice->id;
    return {{InvoiceSettled{settled(*invoice, InvoiceStatus::Paid, command.reference, asked.now)}},
            std::move(answer)};
}

namespace {

// What is left of this fee has been taken off that of the plan that came after it.
bool gave_credit(const Account& account, const InvoiceLine& line) {
    if (line.kind != LineKind::PlanFee && line.kind != LineKind::Proration) return false;
    const Subscription* owner = account.find_subscription(line.subscription);
    return owner != nullptr && owner->ending == Ending::CreditedSwitch &&
           line.period.contains(*owner->ended_at);
}

}  // namespace

Decision decide(const Asked& asked, const VoidInvoice& command) {
    const Invoice* invoice = asked.invoice;
    if (invoice == nullptr) return no_invoice();
    if (invoice->status != InvoiceStatus::Open) {
        return rejected(Code::InvoiceNotOpen,
                        fmt::format("Invoice is {} — only open invoices can be voided",
                                    name_of(invoice->status)));
    }
    for (const InvoiceLine& line : invoice->lines) {
        if (gave_credit(asked.account, line)) {
            return rejected(Code::InvoiceCredited,
                            fmt::format("A change of plan gave credit for the fee of {}, so this "
                                        "invoice cannot be voided alone.",
                                        line.name));
        }
        if (line.kind != LineKind::Usage) continue;
        const Meter* meter =
            asked.account.find_meter({line.subscription, line.feature, line.entity});
        if (meter == nullptr || meter->find(line.period.start) == nullptr) {
            return rejected(Code::InvoiceNotOpen,
                            "The usage of this invoice is too old to become unbilled again.");
        }
    }
    return {{InvoiceSettled{settled(*invoice, InvoiceStatus::Void, command.reason, asked.now)}},
            PaymentAnswer{{}, {}, invoice->id, {}}};
}

Decision decide(const Asked& asked, const SetUpPaymentMethod& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    if (!takes_payments(book.settings()))
        return rejected(Code::ProviderNotConfigured, "No payment provider configured");
    PaymentIntent intent =
        new_intent(account, book.settings(), IntentPurpose::Setup, false, asked.now);
    intent.description = "Payment method";
    intent.callback_url = command.callback_url;
    Decision decision;
    PaymentAnswer answer;
    answer.intent = open_intent(decision.events, account, std::move(intent));
    decision.outcome = std::move(answer);
    return decision;
}

Decision decide(const Asked& asked, const RemovePaymentMethod& command) {
    const Account& account = asked.account;
    const PaymentMethod* method = account.find_method(command.method);
    if (method == nullptr) return rejected(Code::PaymentMethodNotFound, "Payment method not found");
    Decision decision{{PaymentMethodRemoved{method->id}}, Done{method->id}};
    if (!method->is_default) return decision;
    if (auto next = newest_other(account, method->id))
        decision.events.emplace_back(PaymentMethodSaved{std::move(*next)});
    return decision;
}

Decision decide(const Asked& asked, const ActivateSubscription& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    const auto found =
        std::ranges::find(account.subscriptions, command.subscription, &Subscription::id);
    if (found == account.subscriptions.end())
        return rejected(Code::SubscriptionNotFound, "Subscription not found");
    if (found->status != SubscriptionStatus::Pending) {
        return rejected(Code::SubscriptionNotPending,
                        fmt::format("Subscription is {} — only pending subscriptions can be "
                                    "activated",
                                    name_of(found->status)));
    }
    const Attach attach{found->plan, {}, command.callback_url};
    Decision attached;
    if (command.page_only) {
        const Plan* plan = find_plan(book.newest(), found->plan);
        if (!takes_payments(book.settings()) || plan == nullptr || is_free(*plan))
            return no_provider();
        // Whoever has the link opens no second page, whatever they ask for besides.
        for (const PaymentIntent& open : account.intents) {
            const bool same = is_open_page(open) && open.purpose == IntentPurpose::Subscribe &&
                              open.plan == plan->slug &&
                              open.catalog_version == book.newest().version;
            if (same) return {{}, PaymentAnswer{open.id, found->id, {}, {}}};
        }
        attached = checkout_plan(account, book, *plan, AttachType::New, false, attach, now);
    } else {
        attached = decide(asked, attach);
    }
    const auto* answer = std::get_if<AttachAnswer>(&attached.outcome);
    if (answer == nullptr) return attached;
    PaymentAnswer activated;
    activated.intent = answer->intent;
    activated.subscription = found->id;
    activated.invoice = answer->invoice;
    activated.message = answer->message;
    attached.outcome = std::move(activated);
    return attached;
}

}  // namespace quipu::ledger
