// A second ledger, written from the contract alone and as simply as can be: it keeps what happened
// and adds it all up again for every question. It judges the real one.
//
// Scope: plans in their own groups and add-on plans, allowances, overage and its limits, credit
// systems and packs, entities and seats, feature configuration, reservations, invoices at period
// ends and on demand. No trials, switches or catalog changes. One customer; one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/outcome.h"

namespace quipu::testing {

// price of `billable` units in minor units, by walking packages and tiers.
[[nodiscard]] std::int64_t naive_price(const rating::RateCard& card, base::Quantity billable);

// Where a part of a tracked quantity went.
struct NaiveShare {
    ledger::Bucket bucket = ledger::Bucket::Allowance;
    std::size_t subscription = 0;  // from 1
    std::string meter;
    std::string entity;
    base::Period window;
    std::uint32_t grant = 0;  // from 1
    base::Quantity units;
    base::Quantity amount;
};

struct NaiveLine {
    std::string feature;  // of usage; "" for fees and packs
    std::size_t subscription = 0;
    std::string entity;
    base::Instant window_start;
    std::int64_t amount = 0;
    bool correction = false;
};

struct NaiveInvoice {
    std::uint32_t sequence = 0;
    base::Currency currency;
    std::int64_t total = 0;
    std::vector<NaiveLine> lines;
};

struct NaiveAnswer {
    ledger::Code code = ledger::Code::Ok;
    bool numbers = false;  // the next five are meant
    base::Quantity usage;
    std::optional<base::Quantity> limit;
    std::optional<base::Quantity> balance;
    base::Quantity overage;
    base::Quantity addon_used;
    std::optional<std::uint32_t> entities;  // after adding or removing one
    std::optional<base::Quantity> granted;  // by a pack
    std::vector<NaiveShare> shares;         // of what was used, or is held
    std::vector<NaiveInvoice> invoices;     // of period ends on the way, and of the command
};

// An answer that is a code alone.
[[nodiscard]] NaiveAnswer naive_refusal(ledger::Code code);
// Whether more than is included can be sold.
[[nodiscard]] bool is_priced(const ledger::PlanFeature& terms);

class NaiveLedger {
public:
    NaiveLedger(ledger::Catalog catalog, base::Instant opened)
        : catalog_(std::move(catalog)), now_(opened) {}

    // An id that has happened before hears the same again and changes nothing; a refused one is
    // free.
    NaiveAnswer handle(const ledger::CommandRecord& record, base::Instant now);
    // What a check would hear.
    NaiveAnswer check(const std::string& feature, const std::string& entity, base::Quantity value,
                      base::Instant now);
    // By currency, what is priced and not yet invoiced.
    [[nodiscard]] std::map<base::Currency, std::int64_t> unbilled() const;
    [[nodiscard]] const std::vector<NaiveInvoice>& invoices() const { return invoices_; }
    // Names of those that are open, oldest first.
    [[nodiscard]] std::vector<std::string> reservations() const;

private:
    struct Subscription {
        const ledger::Plan* plan = nullptr;
        base::Instant start;
        base::Period period;
    };
    struct EntityFact {
        std::string feature;
        std::string entity;
        std::optional<base::Instant> remove_at;
    };
    struct Grant {
        std::string system;
        base::Quantity granted;
    };
    struct SeatCount {  // seats over the limit as seen at a moment
        std::size_t subscription = 0;
        std::string feature;
        base::Period window;
        base::Quantity over;
    };
    struct Reservation {
        std::string name;
        std::string feature;
        std::string entity;
        base::Quantity value;
        base::Instant at;
        base::Instant until;
        std::vector<NaiveShare> shares;  // what nobody used and nobody else may have
    };
    struct Use {
        std::string feature;
        std::string entity;
        base::Quantity value;
        base::Instant at;
        bool as_check = false;
        bool record = false;  // not only a question
        // Recorded, but not used: what is held goes there.
        std::optional<Reservation> hold;
        std::string settling;  // the reservation whose units are used
    };
    // A meter window: whose usage of what, when.
    // While a decision takes what is held for used: what is used indeed.
    std::vector<NaiveShare>* really_used_ = nullptr;

    struct Window {
        std::size_t subscription = 0;
        std::string meter;
        std::string entity;
        base::Instant start;
        base::Instant end;

        auto key() const { return std::tie(subscription, meter, entity, start); }
        friend bool operator<(const Window& a, const Window& b) { return a.key() < b.key(); }
    };
    // A plan's grant that could pay.
    struct Offer {
        std::size_t subscription = 0;
        const ledger::PlanFeature* terms = nullptr;  // null: add-on credits without a plan
        Window window;
        base::Quantity cost;
    };

    void advance(base::Instant to);
    void close(std::size_t subscription, base::Instant at);
    void count_seats();
    void drop_entities(base::Instant at);
    NaiveAnswer apply(const ledger::CommandRecord& record);
    NaiveAnswer use(const Use& wanted);
    NaiveAnswer reserve(const std::string& name, const ledger::Reserve& command);
    NaiveAnswer confirm(const ledger::ConfirmReservation& command);
    NaiveAnswer release(const std::string& name);
    // What was used and what is held but by the reservation `but`, as if all of it were used.
    [[nodiscard]] std::vector<NaiveShare> used_or_held(const std::string& but) const;
    NaiveAnswer seats(const std::string& feature, base::Quantity value);
    NaiveAnswer add_entity(const ledger::AddEntity& command);
    NaiveAnswer remove_entity(const ledger::RemoveEntity& command);
    NaiveAnswer buy(const ledger::PurchaseAddon& command);
    NaiveAnswer attach(const std::string& plan);

    [[nodiscard]] base::Period window_at(const ledger::PlanFeature& terms, base::Instant anchor,
                                         base::Instant at) const;
    [[nodiscard]] std::vector<Offer> offers(const std::string& meter, const std::string& entity,
                                            base::Quantity cost, base::Instant at) const;
    [[nodiscard]] std::vector<Offer> main_offers(const std::string& feature) const;
    [[nodiscard]] base::Quantity spent(const Window& window, ledger::Bucket bucket) const;
    [[nodiscard]] base::Quantity overage_of(const Window& window) const;
    [[nodiscard]] base::Quantity pooled_overage(const Window& window) const;
    [[nodiscard]] base::Quantity grant_left(std::uint32_t grant) const;
    [[nodiscard]] std::set<Window> windows() const;
    [[nodiscard]] std::int64_t charge(const Window& window) const;
    [[nodiscard]] std::int64_t invoiced(const Window& window) const;
    [[nodiscard]] const ledger::PlanFeature* terms_of(const Window& window) const;
    [[nodiscard]] base::Currency currency_of(std::size_t subscription) const;
    [[nodiscard]] bool may_charge(const Offer& offer) const;
    [[nodiscard]] bool has_no_price(const std::string& feature) const;
    [[nodiscard]] bool overage_fits(const Offer& offer, base::Quantity amount);
    [[nodiscard]] std::uint32_t entity_count(const std::string& feature) const;
    [[nodiscard]] std::map<base::Currency, std::vector<NaiveLine>> usage_lines(
        std::optional<std::size_t> subscription) const;
    void issue(std::map<base::Currency, std::vector<NaiveLine>> lines);

    ledger::Catalog catalog_;
    base::Instant now_;
    std::vector<Subscription> subscriptions_;
    std::vector<NaiveShare> shares_;
    std::vector<Reservation> reservations_;  // open at now_, oldest first
    std::vector<SeatCount> seat_counts_;
    std::vector<EntityFact> entities_;
    std::vector<Grant> grants_;
    std::vector<NaiveInvoice> invoices_;
    std::map<std::string, ledger::FeatureConfig> configs_;
    std::optional<ledger::OverageLimit> overage_limit_;
    std::map<std::string, NaiveAnswer> answered_;
};

}  // namespace quipu::testing
