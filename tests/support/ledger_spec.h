// Given / when / then for the ledger's rules, in plain C++.
//
//     Given ledger(catalog, "2026-01-01");
//     ledger.attach("pro").track("api", 90_u);
//     const Then then = ledger.when(track("api", 55_u));
//     EXPECT_EQ(then.code(), Code::TrackedOverage);
//
// Time moves with `at`; the account is folded exactly as `handle` does it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ledger/fold/apply.h"
#include "ledger/fold/handle.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/usage/decide_usage.h"
#include "support/catalog_builder.h"

namespace quipu::ledger {

inline void PrintTo(const Code& code, std::ostream* out) {
    *out << name_of(code);
}

}  // namespace quipu::ledger

namespace quipu::testing {

// What one command led to: its events, its answer, and what was issued on the way.
struct Then {
    ledger::Events events;
    ledger::Handled handled;

    [[nodiscard]] const ledger::UsageAnswer& usage() const {
        return std::get<ledger::UsageAnswer>(handled.outcome);
    }
    [[nodiscard]] const ledger::AttachAnswer& attached() const {
        return std::get<ledger::AttachAnswer>(handled.outcome);
    }
    [[nodiscard]] const ledger::AddonAnswer& addon() const {
        return std::get<ledger::AddonAnswer>(handled.outcome);
    }
    [[nodiscard]] const ledger::PaymentAnswer& payment() const {
        return std::get<ledger::PaymentAnswer>(handled.outcome);
    }
    [[nodiscard]] const ledger::EntityAnswer& entity() const {
        return std::get<ledger::EntityAnswer>(handled.outcome);
    }
    [[nodiscard]] const std::vector<ledger::Invoice>& invoices() const {
        return handled.effects.invoices;
    }
    // The answer's code; Ok where the answer needs none.
    [[nodiscard]] ledger::Code code() const {
        if (const auto* rejection = std::get_if<ledger::Rejection>(&handled.outcome))
            return rejection->code;
        if (const auto* answer = std::get_if<ledger::UsageAnswer>(&handled.outcome))
            return answer->code;
        if (std::holds_alternative<ledger::EntityRefused>(handled.outcome))
            return ledger::Code::LimitExceeded;
        return ledger::Code::Ok;
    }
    // Units of the postings that went to one bucket.
    [[nodiscard]] base::Quantity units(ledger::Bucket bucket) const {
        base::Quantity sum;
        for (const ledger::Posting& posting : handled.postings) {
            if (posting.bucket == bucket) sum += posting.units;
        }
        return sum;
    }
    template <typename Event>
    [[nodiscard]] const Event* event() const {
        for (const ledger::Event& event : events) {
            if (const auto* found = std::get_if<Event>(&event)) return found;
        }
        return nullptr;
    }
};

[[nodiscard]] inline ledger::Track track(std::string feature, base::Quantity value,
                                         std::string entity = {}) {
    return {std::move(feature), value, std::move(entity), {}, false};
}

// One customer's ledger and its past.
class Given {
public:
    Given(const ledger::Catalog& payload, std::string_view start) : now_(moment(start)) {
        publish(payload);
        ledger::Effects effects;
        account_ = ledger::open_account(book_, "org_1", {"cus_1", "acme", "a@example.com", true},
                                        now_, changes_, effects);
        keep(effects);
    }

    Given& at(std::string_view when) {
        now_ = moment(when);
        return *this;
    }
    // Later than everything before; nothing but timers happens.
    Given& tick(std::string_view when) {
        at(when);
        fire();
        return *this;
    }
    Given& publish(const ledger::Catalog& payload) {
        auto merged = ledger::merge(book_.newest(), payload, now_);
        book_.publish(std::make_shared<const ledger::Catalog>(std::move(merged.catalog)), now_);
        return *this;
    }

    // The organisation's settings from now on, with a provider that collects.
    Given& collects(ledger::BillingSettings settings = {}) {
        if (!ledger::takes_payments(settings)) settings.provider = "sandbox";
        settings.version = book_.settings().version + 1;
        book_.publish(std::move(settings));
        return *this;
    }
    Given& book_settings(const std::string& provider) {
        ledger::BillingSettings settings = book_.settings();
        settings.provider = provider;
        ++settings.version;
        book_.publish(std::move(settings));
        return *this;
    }
    // The provider has charged, or could not.
    [[nodiscard]] Then paid(const std::string& intent, bool method = true) {
        return when(payment_of(intent, ledger::PaymentResult::Succeeded, method));
    }
    [[nodiscard]] Then declined(const std::string& intent) {
        auto payment = payment_of(intent, ledger::PaymentResult::Failed, false);
        payment.failure = "card_declined";
        payment.message = "The card was declined.";
        return when(payment);
    }
    // What the provider says of the cards that are left from now on.
    Given& charges_at_least(std::vector<ledger::LeastCharge> least) {
        least_charges_ = std::move(least);
        return *this;
    }
    // Leaves a card on file.
    Given& card() {
        const Then asked = when(ledger::SetUpPaymentMethod{});
        (void)paid(std::get<ledger::PaymentAnswer>(asked.handled.outcome).intent);
        return *this;
    }
    [[nodiscard]] const std::vector<ledger::ProviderCall>& calls() const { return calls_; }
    [[nodiscard]] const std::vector<ledger::Notification>& told() const { return told_; }
    [[nodiscard]] std::size_t told_of(std::string_view type) const {
        return static_cast<std::size_t>(
            std::ranges::count(told_, type, &ledger::Notification::type));
    }

    [[nodiscard]] Then when(const ledger::Command& command,
                            std::optional<base::Instant> occurred_at = std::nullopt) {
        fire();
        const ledger::CommandRecord record{
            "evt_" + std::to_string(++sequence_), "org_1", "acme", occurred_at, {}, false, command};
        Then then;
        const auto subject = ledger::subject_invoice(account_, command);
        const auto invoice = subject ? find_invoice(*subject) : std::nullopt;
        then.events =
            ledger::decide({account_, book_, record, invoice ? &*invoice : nullptr, now_}).events;
        then.handled = *ledger::handle(
            account_, book_, record, now_,
            [this](std::uint32_t sequence) { return find_invoice(sequence); }, changes_);
        keep(then.handled.effects);
        return then;
    }

    Given& done(const ledger::Command& command) {
        (void)when(command);
        return *this;
    }
    Given& attach(const std::string& plan) { return done(ledger::Attach{plan, {}}); }
    Given& track(const std::string& feature, base::Quantity value, const std::string& entity = {}) {
        return done(testing::track(feature, value, entity));
    }
    Given& track_late(const std::string& feature, base::Quantity value, std::string_view occurred) {
        (void)when(testing::track(feature, value), moment(occurred));
        return *this;
    }
    Given& add(const std::string& feature, const std::string& entity) {
        return done(ledger::AddEntity{feature, entity, {}, {}, {}});
    }
    Given& remove(const std::string& feature, const std::string& entity) {
        return done(ledger::RemoveEntity{feature, entity});
    }
    Given& buy(const std::string& pack, std::int64_t quantity = 1) {
        return done(ledger::PurchaseAddon{pack, quantity});
    }
    Given& configure(const std::string& feature, std::optional<ledger::OverageMode> overage,
                     std::optional<base::Quantity> max_units = std::nullopt) {
        return done(ledger::SetFeatureConfig{{feature, overage, max_units}});
    }
    Given& overage_limit(std::int64_t max_minor,
                         ledger::LimitReaction reaction = ledger::LimitReaction::Block) {
        return done(ledger::SetOverageLimit{ledger::OverageLimit{max_minor, reaction}});
    }

    // The same decision as track, recording nothing.
    [[nodiscard]] ledger::UsageAnswer check(const std::string& feature, base::Quantity value,
                                            const std::string& entity = {}) {
        fire();
        return ledger::decide_usage(account_, book_, {feature, entity, value, now_, true, false},
                                    now_)
            .answer;
    }

    // What an invoice would bill now, by currency.
    [[nodiscard]] std::int64_t unbilled(base::Currency currency = "USD") {
        fire();
        const auto lines = ledger::unbilled_usage(account_, book_, std::nullopt);
        const auto found = lines.find(currency);
        std::int64_t sum = 0;
        if (found != lines.end()) {
            for (const ledger::InvoiceLine& line : found->second) sum += line.amount_minor;
        }
        return sum;
    }

    // Everything issued so far, timers included; an invoice is only ever added.
    [[nodiscard]] const std::vector<ledger::Invoice>& invoices() {
        fire();
        return issued_;
    }
    [[nodiscard]] const ledger::Account& account() {
        fire();
        return account_;
    }
    [[nodiscard]] const ledger::Subscription& subscription(std::size_t index = 0) {
        fire();
        return account_.subscriptions.at(index);
    }
    // The event id of the newest command.
    [[nodiscard]] std::string last_id() const { return "evt_" + std::to_string(sequence_); }
    [[nodiscard]] const ledger::CatalogBook& book() const { return book_; }
    [[nodiscard]] base::Instant now() const { return now_; }

    // A grant that no pack of the catalog makes: with a priority or an expiry.
    Given& grant(ledger::CreditGrant grant) {
        fire();
        grant.seq = account_.next_grant;
        grant.remaining = grant.granted;
        grant.created_at = now_;
        ledger::apply(account_, ledger::CreditsGranted{std::move(grant)}, changes_);
        return *this;
    }

private:
    [[nodiscard]] ledger::RecordPayment payment_of(const std::string& id,
                                                   ledger::PaymentResult result,
                                                   bool method) const {
        const ledger::PaymentIntent* intent = account_.find_intent(id);
        ledger::RecordPayment payment;
        payment.intent = id;
        payment.result = result;
        if (intent != nullptr) {
            payment.amount_minor = intent->amount_minor;
            payment.currency = intent->currency;
        }
        if (method) {
            payment.method.emplace();
            payment.method->id = "pm_" + id;
            payment.method->brand = "visa";
            payment.method->last4 = "4242";
            payment.method->least_charges = least_charges_;
        }
        return payment;
    }
    void fire() {
        ledger::Effects effects;
        ledger::fire_timers(account_, book_, now_, changes_, effects);
        keep(effects);
    }
    // An invoice is kept as it is now.
    void keep(const ledger::Effects& effects) {
        issued_.insert(issued_.end(), effects.invoices.begin(), effects.invoices.end());
        for (const ledger::Invoice& invoice : effects.settled) {
            *std::ranges::find(issued_, invoice.sequence, &ledger::Invoice::sequence) = invoice;
        }
        calls_.insert(calls_.end(), effects.calls.begin(), effects.calls.end());
        told_.insert(told_.end(), effects.notifications.begin(), effects.notifications.end());
    }
    std::optional<ledger::Invoice> find_invoice(std::uint32_t sequence) const {
        const auto known = std::ranges::find(issued_, sequence, &ledger::Invoice::sequence);
        if (known == issued_.end()) return std::nullopt;
        return *known;
    }

    ledger::CatalogBook book_;
    ledger::Account account_;
    ledger::AccountChanges changes_;
    base::Instant now_;
    std::vector<ledger::Invoice> issued_;
    std::vector<ledger::ProviderCall> calls_;
    std::vector<ledger::LeastCharge> least_charges_{{"EUR", 50}, {"GBP", 50}, {"USD", 50}};
    std::vector<ledger::Notification> told_;
    std::uint64_t sequence_ = 0;
};

}  // namespace quipu::testing
