// Given / when / then for the ledger's rules, in plain C++.
//
//     Given ledger(catalog, "2026-01-01");
//     ledger.attach("pro").track("api", 90_u);
//     const Then then = ledger.when(track("api", 55_u));
//     EXPECT_EQ(then.code(), Code::TrackedOverage);
//
// Time moves with `at`; the account is folded exactly as `handle` does it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ledger/apply.h"
#include "ledger/billing.h"
#include "ledger/decide_usage.h"
#include "ledger/handle.h"
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
    [[nodiscard]] const ledger::EntityAnswer& entity() const {
        return std::get<ledger::EntityAnswer>(handled.outcome);
    }
    [[nodiscard]] const std::vector<ledger::Invoice>& invoices() const { return handled.invoices; }
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
        account_ =
            ledger::open_account(book_, "org_1", {"cus_1", "acme", "a@example.com", true}, now_);
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

    [[nodiscard]] Then when(const ledger::Command& command,
                            std::optional<base::Instant> occurred_at = std::nullopt) {
        fire();
        const ledger::CommandRecord record{
            "evt_" + std::to_string(++sequence_), "org_1", "acme", occurred_at, {}, false, command};
        Then then;
        then.events = ledger::decide(account_, book_, record, now_).events;
        then.handled = ledger::handle(account_, book_, record, now_);
        keep(then.handled.invoices);
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
    [[nodiscard]] std::int64_t unbilled(const std::string& currency = "USD") {
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
    [[nodiscard]] const ledger::CatalogBook& book() const { return book_; }
    [[nodiscard]] base::Instant now() const { return now_; }

    // A grant that no pack of the catalog makes: with a priority or an expiry.
    Given& grant(ledger::CreditGrant grant) {
        fire();
        grant.seq = account_.next_grant;
        grant.remaining = grant.granted;
        grant.created_at = now_;
        ledger::apply(account_, ledger::CreditsGranted{std::move(grant)});
        return *this;
    }

private:
    void fire() {
        std::vector<ledger::Invoice> issued;
        ledger::fire_timers(account_, book_, now_, issued);
        keep(issued);
    }
    void keep(const std::vector<ledger::Invoice>& issued) {
        issued_.insert(issued_.end(), issued.begin(), issued.end());
    }

    ledger::CatalogBook book_;
    ledger::Account account_;
    base::Instant now_;
    std::vector<ledger::Invoice> issued_;
    std::uint64_t sequence_ = 0;
};

}  // namespace quipu::testing
