#include "payments/payment_intents.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"

namespace quipu::payments {

using base::Error;
using base::Result;
using ledger::ProviderCall;

namespace {

constexpr std::chrono::milliseconds kFirstRetry{500};
constexpr std::chrono::milliseconds kLongestRetry{60'000};
constexpr std::chrono::milliseconds kWaitForCharge{30'000};
constexpr int kMostDoublings = 8;

std::chrono::milliseconds pause_before(int attempt) {
    return std::min(kFirstRetry * (1 << std::min(attempt, kMostDoublings)), kLongestRetry);
}

ledger::RecordPayment payment_of(const ProviderCall& call) {
    ledger::RecordPayment payment;
    payment.intent = call.intent;
    payment.amount_minor = call.amount_minor;
    payment.currency = call.currency;
    return payment;
}

}  // namespace

PaymentIntents::PaymentIntents(http::EngineLoop& loop, engine::LedgerEngine& engine)
    : loop_(loop), engine_(engine) {}

PaymentIntents::~PaymentIntents() {
    *alive_ = false;
}

void PaymentIntents::add(PaymentProvider& provider) {
    providers_[std::string(provider.name())] = &provider;
}

PaymentProvider* PaymentIntents::find(std::string_view name) const {
    const auto found = providers_.find(name);
    return found == providers_.end() ? nullptr : found->second;
}

std::map<std::string, std::size_t> PaymentIntents::missing() const {
    std::map<std::string, std::size_t> missing;
    for (const auto& [id, organisation] : engine_.control().organisations) {
        const ledger::BillingSettings& settings = organisation.settings;
        if (ledger::takes_payments(settings) && find(settings.provider) == nullptr)
            ++missing[settings.provider];
    }
    return missing;
}

void PaymentIntents::call(const ProviderCall& call, std::function<void()> settled) {
    if (call.kind == ProviderCall::Kind::Charge) return charge(call, std::move(settled), 0);
    refund(call, call, std::move(settled), 0);
}

const ledger::PaymentIntent* PaymentIntents::intent_of(const ProviderCall& call) const {
    const ledger::Customer* customer =
        ledger::find_customer(engine_.control(), call.organisation, call.customer);
    if (customer == nullptr) return nullptr;
    const ledger::Account* account =
        engine_.home_of(*customer).find(call.organisation, call.customer);
    return account != nullptr ? account->find_intent(call.intent) : nullptr;
}

void PaymentIntents::charge(const ProviderCall& call, std::function<void()> settled, int attempt) {
    const ledger::PaymentIntent* intent = intent_of(call);
    if (intent == nullptr) return settled();
    if (intent->status == ledger::IntentStatus::Canceled) {
        // It is not wanted any more; whether it was charged before a crash, the provider knows.
        ProviderCall back = call;
        back.kind = ProviderCall::Kind::Refund;
        back.refund = ledger::refund_id(call.intent);
        return refund(back, call, std::move(settled), attempt);
    }
    if (intent->status != ledger::IntentStatus::Pending) return settled();
    PaymentProvider* provider = find(call.provider);
    if (provider == nullptr) return again(call, std::move(settled), attempt);
    ChargeRequest request;
    request.intent = call.intent;
    request.organisation = call.organisation;
    request.customer = call.customer;
    request.method = call.method;
    request.description = call.description;
    request.amount_minor = call.amount_minor;
    request.currency = call.currency;
    provider->charge(request, [this, alive = alive_, call, settled = std::move(settled),
                               attempt](const Result<ChargeResult>& result) {
        if (!*alive) return;
        ledger::RecordPayment payment = payment_of(call);
        if (result) {
            payment.result = result->succeeded ? ledger::PaymentResult::Succeeded
                                               : ledger::PaymentResult::Failed;
            payment.reference = result->reference;
            payment.failure = result->failure;
            payment.message = result->message;
            payment.permanent = result->permanent;
        } else if (result.error().code == "provider_refused") {
            payment.result = ledger::PaymentResult::Failed;
            payment.failure = result.error().code.text();
            payment.message = result.error().message;
        } else {
            return again(call, settled, attempt);
        }
        record_answer(call, "charge:" + call.intent, std::move(payment), settled);
    });
}

void PaymentIntents::refund(const ProviderCall& call, const ProviderCall& asked,
                            std::function<void()> settled, int attempt) {
    const ledger::PaymentIntent* intent = intent_of(call);
    const bool nothing_left = intent != nullptr && intent->amount_minor > 0 &&
                              intent->refunded_minor == intent->amount_minor;
    if (nothing_left) return settled();
    PaymentProvider* provider = find(call.provider);
    if (provider == nullptr) return again(asked, std::move(settled), attempt);
    const RefundRequest request{call.refund, call.intent, call.organisation, call.amount_minor,
                                call.currency};
    provider->refund(request, [this, alive = alive_, call, asked, settled = std::move(settled),
                               attempt](const Result<RefundResult>& result) {
        if (!*alive) return;
        const bool never_paid = !result && result.error().code == "never_paid";
        if (never_paid && asked.kind == ProviderCall::Kind::Charge) return settled();
        const bool refused = never_paid || (!result && result.error().code == "provider_refused");
        if (!refused && (!result || !result->succeeded)) return again(asked, settled, attempt);
        if (refused) {
            spdlog::error("refund {} of {} was refused: {}", call.refund, call.intent,
                          result.error().message);
        }
        ledger::RecordRefund refunded{call.intent, call.amount_minor, call.currency, {}, {}, {}};
        if (refused) {
            refunded.failure = result.error().code.text();
            refunded.message = result.error().message;
        } else {
            refunded.reference = result->reference;
        }
        record_answer(call, "refund:" + call.refund, std::move(refunded), settled);
    });
}

void PaymentIntents::again(const ProviderCall& call, std::function<void()> settled, int attempt) {
    if (attempt == 0) {
        spdlog::warn("payment provider {} is not there for {}; it is called again later",
                     call.provider, call.intent);
    }
    loop_.run_after(pause_before(attempt),
                    [this, alive = alive_, call, settled = std::move(settled), attempt] {
                        if (!*alive) return;
                        if (call.kind == ProviderCall::Kind::Charge) {
                            charge(call, settled, attempt + 1);
                        } else {
                            refund(call, call, settled, attempt + 1);
                        }
                    });
}

void PaymentIntents::record_answer(const ProviderCall& call, std::string event_id,
                                   ledger::Command command, std::function<void()> settled) {
    const ledger::Customer* customer =
        ledger::find_customer(engine_.control(), call.organisation, call.customer);
    if (customer == nullptr) return settled();  // its account was never known here
    record(*customer, event_id, command,
           [this, alive = alive_, call, event_id, command,
            settled = std::move(settled)](const Result<ingest::Reply>& reply) {
               if (!*alive) return;
               if (reply) {
                   settled();
                   return wake(call.intent);
               }
               // The same record with the same id, until the log has it.
               loop_.run_after(kFirstRetry, [this, alive, call, event_id, command, settled] {
                   if (*alive) record_answer(call, event_id, command, settled);
               });
           });
}

void PaymentIntents::open_page(const ledger::Account& account, const ledger::Customer& customer,
                               const ledger::PaymentIntent& intent,
                               PaymentProvider::CheckoutDone done) {
    PaymentProvider* provider = find(intent.provider);
    if (provider == nullptr) {
        return done(base::fail("provider_not_configured",
                               "Provider '" + intent.provider + "' not configured"));
    }
    CheckoutRequest request;
    request.intent = intent.id;
    request.organisation = account.organisation;
    request.customer = account.id;
    request.email = customer.email;
    request.description = intent.description;
    request.amount_minor = intent.amount_minor;
    request.currency = intent.currency;
    request.callback_url = intent.callback_url;
    request.expires_at = intent.expires_at;
    provider->create_checkout(request, std::move(done));
}

void PaymentIntents::when_settled(const std::string& intent, std::function<void()> then) {
    const std::uint64_t number = next_waiter_++;
    waiting_[intent].push_back({number, std::move(then)});
    loop_.run_after(kWaitForCharge, [this, alive = alive_, intent, number] {
        if (!*alive) return;
        const auto waiters = waiting_.find(intent);
        if (waiters == waiting_.end()) return;
        const auto late = std::ranges::find(waiters->second, number, &Waiter::number);
        if (late == waiters->second.end()) return;
        const auto give_up = std::move(late->then);
        waiters->second.erase(late);
        if (waiters->second.empty()) waiting_.erase(waiters);
        give_up();
    });
}

void PaymentIntents::wake(const std::string& intent) {
    const auto waiting = waiting_.extract(intent);
    if (waiting.empty()) return;
    for (const Waiter& waiter : waiting.mapped()) waiter.then();
}

void PaymentIntents::record(const ledger::Customer& customer, std::string event_id,
                            ledger::Command command, ingest::Done done) {
    ledger::CommandRecord record;
    record.id = std::move(event_id);
    record.organisation = customer.organisation;
    record.customer = customer.id;
    record.command = std::move(command);
    ingest::Gateway& gateway = engine_.gateway();
    gateway.submit(gateway.home_of(customer.home_key), customer.home_key, std::move(record),
                   std::move(done));
}

}  // namespace quipu::payments
