#include "payments/sandbox/bank.h"

#include <fmt/format.h>

#include <utility>

#include "base/hmac.h"
#include "http/http_url.h"
#include "payments/sandbox/cards.h"
#include "payments/sandbox/event.h"

namespace quipu::payments {
namespace {

constexpr std::string_view kDeclined = "The card was declined. Try another card.";

tl::unexpected<base::Error> refused(std::string sentence) {
    return base::fail("provider_refused", std::move(sentence));
}

tl::unexpected<base::Error> unavailable(const base::Error& error) {
    return base::fail("provider_unavailable", error.message);
}

tl::unexpected<base::Error> damaged(std::string_view what) {
    return base::fail("provider_unavailable",
                      fmt::format("The sandbox cannot read its own {}.", what));
}

// A row that may be missing; one that cannot be read is an error.
template <typename Decode>
auto find(const RocksdbSandboxStore& store, SandboxTable table, std::string_view key, Decode decode)
    -> base::Result<decltype(decode(std::string_view()))> {
    const auto row = store.get(table, key);
    if (!row) return unavailable(row.error());
    if (!*row) return std::nullopt;
    auto value = decode(**row);
    if (!value) return damaged("records");
    return value;
}

bool same(const CheckoutRequest& a, const CheckoutRequest& b) {
    return a.customer == b.customer && a.amount_minor == b.amount_minor && a.currency == b.currency;
}
bool same(const ChargeRequest& a, const ChargeRequest& b) {
    return a.customer == b.customer && a.method == b.method && a.amount_minor == b.amount_minor &&
           a.currency == b.currency;
}
bool same(const RefundRequest& a, const RefundRequest& b) {
    return a.intent == b.intent && a.amount_minor == b.amount_minor && a.currency == b.currency;
}

}  // namespace

SandboxBank::SandboxBank(RocksdbSandboxStore& store, SandboxWebhooks& webhooks, base::ApiIds& ids,
                         ledger::Clock& clock)
    : store_(store), webhooks_(webhooks), ids_(ids), clock_(clock) {}

base::Result<SandboxSession> SandboxBank::open_session(const CheckoutRequest& request) {
    if (request.intent.empty() || request.organisation.empty() || request.customer.empty())
        return refused("A checkout needs an intent, an organisation and a customer.");
    if (request.amount_minor < 0) return refused("A checkout cannot be for less than nothing.");
    if (!request.callback_url.empty() && !http::parse_http_url(request.callback_url))
        return refused("The callback URL is no absolute http or https URL.");
    const std::string key = sandbox_key(request.organisation, request.intent);
    const auto known = store_.get(SandboxTable::SessionOfIntent, key);
    if (!known) return unavailable(known.error());
    if (*known) {
        auto session = find(store_, SandboxTable::Session, **known, decode_session);
        if (!session) return tl::unexpected(session.error());
        if (!*session) return damaged("sessions");
        if (!same((*session)->request, request))
            return refused("The intent " + request.intent + " has a checkout for something else.");
        return std::move(**session);
    }
    SandboxSession session;
    session.id = ids_.fresh("cs_");
    session.request = request;
    SandboxWrites writes;
    writes.put(SandboxTable::SessionOfIntent, key, session.id);
    writes.put(SandboxTable::Session, session.id, encode(session));
    if (const auto done = store_.write(writes); !done) return unavailable(done.error());
    return session;
}

base::Result<ChargeResult> SandboxBank::charge(const ChargeRequest& request) {
    if (request.amount_minor <= 0) return refused("A charge has to be for more than nothing.");
    if (request.intent.empty() || request.attempt == 0)
        return refused("A charge needs an intent and the number of the attempt, from 1.");
    const SandboxBehaviour told = behaviour(request.organisation);
    if (told.charges == SandboxCharges::Unavailable)
        return base::fail("provider_unavailable", "The sandbox was told to be unavailable.");
    const std::string key =
        sandbox_charge_key(request.organisation, request.intent, request.attempt);
    auto known = find(store_, SandboxTable::Charge, key, decode_charge);
    if (!known) return tl::unexpected(known.error());
    if (*known) {
        if (!same((*known)->request, request))
            return refused("This attempt of " + request.intent + " was for something else.");
        return std::move((*known)->result);
    }
    const auto paid = payment_of(request.organisation, request.intent);
    if (!paid) return tl::unexpected(paid.error());
    if (*paid) return refused("The intent " + request.intent + " is already paid.");
    const auto method = find(store_, SandboxTable::Method,
                             sandbox_key(request.organisation, request.method), decode_method);
    if (!method) return tl::unexpected(method.error());

    SandboxCharge charge{request, {}};
    charge.result.reference = ids_.fresh("ch_");
    SandboxWrites writes;
    if (!*method || (*method)->customer != request.customer) {
        charge.result.failure = "method_not_found";
        charge.result.message = "The customer has no such payment method.";
        charge.result.permanent = true;
    } else if ((*method)->fails_later || told.charges == SandboxCharges::Decline) {
        charge.result.failure = "card_declined";
        charge.result.message = "The card was declined.";
    } else {
        charge.result.succeeded = true;
        const SandboxPayment payment{charge.result.reference, request.customer,
                                     request.amount_minor, 0, request.currency};
        writes.put(SandboxTable::Payment, sandbox_key(request.organisation, request.intent),
                   encode(payment));
    }
    writes.put(SandboxTable::Charge, key, encode(charge));

    ProviderEvent event;
    event.type = charge.result.succeeded ? ProviderEventType::PaymentSucceeded
                                         : ProviderEventType::PaymentFailed;
    event.intent = request.intent;
    event.customer = request.customer;
    event.attempt = request.attempt;
    event.amount_minor = request.amount_minor;
    event.currency = request.currency;
    event.reference = charge.result.reference;
    if (*method && charge.result.failure != "method_not_found")
        event.method = to_payment_method(**method);
    event.failure = charge.result.failure;
    event.message = charge.result.message;
    event.permanent = charge.result.permanent;
    if (const auto done = commit(std::move(writes), request.organisation, std::move(event)); !done)
        return tl::unexpected(done.error());
    return charge.result;
}

base::Result<RefundResult> SandboxBank::refund(const RefundRequest& request) {
    if (request.amount_minor <= 0) return refused("A refund has to be of more than nothing.");
    if (request.refund.empty()) return refused("A refund needs an id.");
    const std::string key = sandbox_key(request.organisation, request.refund);
    auto known = find(store_, SandboxTable::Refund, key, decode_refund);
    if (!known) return tl::unexpected(known.error());
    if (*known) {
        if (!same((*known)->request, request))
            return refused("The refund " + request.refund + " was of something else.");
        return std::move((*known)->result);
    }
    auto paid = payment_of(request.organisation, request.intent);
    if (!paid) return tl::unexpected(paid.error());
    if (!*paid)
        return base::fail("never_paid", "The intent " + request.intent + " was never paid.");
    SandboxPayment& payment = **paid;
    if (payment.currency != request.currency)
        return refused("The intent " + request.intent + " was paid in another currency.");
    if (request.amount_minor > payment.amount_minor - payment.refunded_minor)
        return refused("The refund is more than what is left of the payment.");

    payment.refunded_minor += request.amount_minor;
    const SandboxRefund refund{request, {true, ids_.fresh("rfd_"), ""}};
    SandboxWrites writes;
    writes.put(SandboxTable::Payment, sandbox_key(request.organisation, request.intent),
               encode(payment));
    writes.put(SandboxTable::Refund, key, encode(refund));
    ProviderEvent event;
    event.type = ProviderEventType::PaymentRefunded;
    event.intent = request.intent;
    event.customer = payment.customer;
    event.amount_minor = request.amount_minor;
    event.currency = request.currency;
    event.reference = refund.result.reference;
    const auto done =
        commit(std::move(writes), request.organisation, std::move(event), request.refund);
    if (!done) return tl::unexpected(done.error());
    return refund.result;
}

base::Result<std::optional<SandboxSession>> SandboxBank::find_session(std::string_view id) {
    auto session = find(store_, SandboxTable::Session, id, decode_session);
    if (!session || !*session) return session;
    const CheckoutRequest& request = (*session)->request;
    if ((*session)->ended() || request.amount_minor == 0) return session;
    // The saved card may have been charged for the same intent while the page was open.
    const auto paid = payment_of(request.organisation, request.intent);
    if (!paid) return tl::unexpected(paid.error());
    if (*paid) (*session)->state = SandboxState::Paid;
    return session;
}

bool SandboxBank::is_expired(const SandboxSession& session) {
    return !session.ended() && clock_.now() >= session.request.expires_at;
}

// `act` gets a session that is open, or waits for its confirmation.
template <typename Act>
base::Result<SandboxStep> SandboxBank::step(std::string_view id, Act act) {
    auto session = find_session(id);
    if (!session) return tl::unexpected(session.error());
    if (!*session)
        return SandboxStep{SandboxStep::Kind::NotFound, {}, "There is no such checkout."};
    if ((*session)->ended()) return SandboxStep{SandboxStep::Kind::Done, std::move(**session), {}};
    if (is_expired(**session))
        return SandboxStep{SandboxStep::Kind::Expired, std::move(**session), "It is too late."};
    return act(std::move(**session));
}

base::Result<SandboxStep> SandboxBank::pay(std::string_view id, std::string_view typed) {
    return step(id, [&](SandboxSession session) -> base::Result<SandboxStep> {
        const TestCard* const card = find_test_card(typed);
        if (card == nullptr) {
            return SandboxStep{SandboxStep::Kind::Refused, std::move(session),
                               "This is none of the test cards. Use one of those listed below."};
        }
        session.state = SandboxState::Open;
        session.confirmation.clear();
        session.method = {};
        if (card->conduct == CardConduct::Declined) {
            if (const auto done = save(session); !done) return tl::unexpected(done.error());
            return SandboxStep{SandboxStep::Kind::Declined, std::move(session),
                               std::string(kDeclined)};
        }
        session.method.brand = card->brand;
        session.method.last4 = card->last4();
        session.method.fails_later = card->conduct == CardConduct::FailsLater;
        if (card->conduct != CardConduct::NeedsConfirmation) return settle(std::move(session));
        session.state = SandboxState::NeedsConfirmation;
        session.confirmation = ids_.fresh("cn_");
        if (const auto done = save(session); !done) return tl::unexpected(done.error());
        return SandboxStep{SandboxStep::Kind::Done, std::move(session), {}};
    });
}

base::Result<SandboxStep> SandboxBank::confirm(std::string_view id, std::string_view confirmation) {
    return step(id, [&](SandboxSession session) -> base::Result<SandboxStep> {
        if (session.state != SandboxState::NeedsConfirmation ||
            !base::equal_in_constant_time(session.confirmation, confirmation)) {
            return SandboxStep{SandboxStep::Kind::Refused, std::move(session),
                               "There is nothing to confirm, or the confirmation is out of date."};
        }
        return settle(std::move(session));
    });
}

base::Result<SandboxStep> SandboxBank::decline(std::string_view id) {
    return step(id, [&](SandboxSession session) -> base::Result<SandboxStep> {
        session.state = SandboxState::Open;
        session.confirmation.clear();
        session.method = {};
        if (const auto done = save(session); !done) return tl::unexpected(done.error());
        return SandboxStep{SandboxStep::Kind::Declined, std::move(session), std::string(kDeclined)};
    });
}

base::Result<SandboxStep> SandboxBank::abandon(std::string_view id) {
    return step(id, [&](SandboxSession session) -> base::Result<SandboxStep> {
        session.state = SandboxState::Abandoned;
        session.confirmation.clear();
        session.method = {};
        SandboxWrites writes;
        writes.put(SandboxTable::Session, session.id, encode(session));
        ProviderEvent event;
        event.type = ProviderEventType::CheckoutAbandoned;
        event.intent = session.request.intent;
        event.customer = session.request.customer;
        event.amount_minor = session.request.amount_minor;
        event.currency = session.request.currency;
        event.reference = session.id;
        const auto done = commit(std::move(writes), session.request.organisation, std::move(event));
        if (!done) return tl::unexpected(done.error());
        return SandboxStep{SandboxStep::Kind::Done, std::move(session), {}};
    });
}

base::Result<SandboxStep> SandboxBank::settle(SandboxSession session) {
    const CheckoutRequest& request = session.request;
    session.state = SandboxState::Paid;
    session.confirmation.clear();
    session.method.id = ids_.fresh("pm_");
    session.method.organisation = request.organisation;
    session.method.customer = request.customer;
    session.method.added_at = clock_.now();
    SandboxWrites writes;
    writes.put(SandboxTable::Session, session.id, encode(session));
    writes.put(SandboxTable::Method, sandbox_key(request.organisation, session.method.id),
               encode(session.method));
    if (request.amount_minor > 0) {
        writes.put(SandboxTable::Payment, sandbox_key(request.organisation, request.intent),
                   encode(SandboxPayment{session.id, request.customer, request.amount_minor, 0,
                                         request.currency}));
    }
    ProviderEvent event;
    event.type = request.amount_minor > 0 ? ProviderEventType::PaymentSucceeded
                                          : ProviderEventType::MethodAdded;
    event.intent = request.intent;
    event.customer = request.customer;
    event.amount_minor = request.amount_minor;
    event.currency = request.currency;
    event.reference = session.id;
    event.method = to_payment_method(session.method);
    const auto done = commit(std::move(writes), request.organisation, std::move(event));
    if (!done) return tl::unexpected(done.error());
    return SandboxStep{SandboxStep::Kind::Done, std::move(session), {}};
}

base::Result<void> SandboxBank::save(const SandboxSession& session) {
    SandboxWrites writes;
    writes.put(SandboxTable::Session, session.id, encode(session));
    if (const auto done = store_.write(writes); !done) return unavailable(done.error());
    return {};
}

base::Result<std::optional<SandboxPayment>> SandboxBank::payment_of(std::string_view organisation,
                                                                    std::string_view intent) {
    return find(store_, SandboxTable::Payment, sandbox_key(organisation, intent), decode_payment);
}

base::Result<void> SandboxBank::commit(SandboxWrites writes, std::string_view organisation,
                                       ProviderEvent event, std::string_view refund) {
    event.id = ids_.fresh("evt_");
    const auto planned =
        webhooks_.plan(organisation, sandbox_event_body(event, organisation, refund, clock_.now()),
                       behaviour(organisation));
    if (!planned) return unavailable(planned.error());
    for (const SandboxWebhook& webhook : *planned) {
        writes.put(SandboxTable::Webhook, sandbox_webhook_key(webhook.sequence), encode(webhook));
    }
    if (const auto done = store_.write(writes); !done) return unavailable(done.error());
    webhooks_.written(*planned);
    return {};
}

void SandboxBank::set_behaviour(std::string_view organisation, const SandboxBehaviour& wanted) {
    if (wanted == SandboxBehaviour{}) {
        if (const auto entry = behaviours_.find(organisation); entry != behaviours_.end())
            behaviours_.erase(entry);
        return;
    }
    behaviours_.insert_or_assign(std::string(organisation), wanted);
}

SandboxBehaviour SandboxBank::behaviour(std::string_view organisation) const {
    const auto entry = behaviours_.find(organisation);
    return entry == behaviours_.end() ? SandboxBehaviour{} : entry->second;
}

}  // namespace quipu::payments
