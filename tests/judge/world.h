// What has happened by a moment, as the judge tells it: who had what, where units went, what was
// invoiced. It is told anew for every question and holds no sums: those are added up when asked.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "judge/catalogs.h"
#include "judge/rational.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/invoice.h"
#include "ledger/outcome.h"
#include "ledger/posting.h"

namespace quipu::judge {

// From 1, in order of creation; overrides have numbers of their own, from kFirstOverride.
using Holder = std::size_t;
inline constexpr Holder kFirstOverride = 1'000'000;

// Whose usage of what, when. Two windows that start together are two windows.
struct Window {
    Holder holder = 0;
    std::string meter;   // slug of a feature or a credit system
    std::string entity;  // "" = the customer
    base::Instant start;
    base::Instant end;

    friend auto operator<=>(const Window&, const Window&) = default;
};

struct Share {
    ledger::Bucket bucket = ledger::Bucket::Allowance;
    std::size_t grant = 0;  // of credits, from 1
    Rational units;         // of the tracked feature
    Rational amount;        // of the meter
};

// What takes over when the period ends, on the terms that were agreed; nothing = it just ends.
struct Scheduled {
    std::optional<Sold> next;
};

struct Subscription {
    Holder seq = 0;
    Sold sold;
    bool addon = false;
    bool one_time = false;
    std::int64_t fee_minor = 0;
    base::Currency currency;
    ledger::Interval interval = ledger::Interval::Monthly;
    std::optional<std::string> group;
    base::Instant begin;
    base::Instant anchor;
    base::Period period;
    base::Instant closed_until;  // usage up to here has been invoiced in its course
    std::optional<base::Instant> trial_end;
    std::optional<base::Instant> end;
    std::optional<Scheduled> scheduled;
    std::optional<Holder> took_over_from;  // the plan that it replaced
    bool paid_at_begin = false;            // a fee was charged for it to begin

    [[nodiscard]] bool live_at(base::Instant at) const {
        return begin <= at && (!end || at < *end);
    }
    [[nodiscard]] bool trialing_at(base::Instant at) const { return trial_end && at < *trial_end; }
    // Windows are counted from the beginning in a trial, from its end afterwards.
    [[nodiscard]] base::Instant anchor_at(base::Instant at) const {
        return trialing_at(at) ? begin : anchor;
    }
};

struct OverrideFact {
    Holder holder = 0;
    ledger::Override granted;
    base::Instant from;
    std::optional<base::Instant> until;

    [[nodiscard]] bool holds_at(base::Instant at) const {
        return from <= at && (!until || at < *until);
    }
};

struct Grant {
    std::string system;
    Rational credits;
    base::Instant at;
    std::size_t invoice = 0;  // that sold it; 0 = none
};

struct EntityStay {
    std::string feature;
    std::string entity;
    base::Instant added;
    std::optional<base::Instant> leaves;
};

// The seats over the limit as counted at one moment of a billing period.
struct SeatCount {
    Window window;
    Rational over;
};

// What a line bills of one window, exactly: the difference to what earlier lines billed of it.
struct Part {
    Window window;
    Rational charge;
    Rational overage;
};

struct Line {
    ledger::LineKind kind = ledger::LineKind::Usage;
    Holder subscription = 0;
    std::string feature;    // of usage
    base::Instant closing;  // of usage: the end of the billing period that its windows end in
    std::int64_t amount_minor = 0;
    Rational quantity;
    bool correction = false;
    std::vector<Part> parts;
};

struct Invoice {
    std::size_t sequence = 0;
    base::Currency currency;
    std::int64_t total_minor = 0;  // below zero: a credit
    std::vector<Line> lines;
    base::Instant issued_at;
    bool voided = false;
    std::set<std::size_t> credited_by;  // invoices that gave credit for its fee
};

struct Answer {
    ledger::Code code = ledger::Code::Ok;
    bool numbers = false;  // the next four are meant
    Rational usage;
    std::optional<Rational> limit;
    std::optional<Rational> balance;
    Rational overage;
    bool carries_on = false;  // the plan goes on with what another one's window has used
    std::optional<base::Instant> scheduled_at;  // of a switch or a cancellation that waits

    [[nodiscard]] bool allowed() const;
};

struct World {
    base::Instant now;
    std::int64_t least_usage_invoice_minor = 0;  // of usage alone; what is less waits
    Catalogs catalogs;
    std::vector<Subscription> subscriptions;
    std::vector<OverrideFact> overrides;
    std::vector<Grant> grants;
    std::vector<EntityStay> entities;
    std::map<Window, std::vector<Share>> shares;
    std::vector<SeatCount> seats;
    std::vector<Invoice> invoices;
    std::map<std::string, ledger::FeatureConfig> configs;
    std::optional<ledger::OverageLimit> overage_limit;
    std::set<std::string> trialed;

    [[nodiscard]] const Subscription* subscription(Holder holder) const;
    [[nodiscard]] Subscription* subscription(Holder holder);
    [[nodiscard]] const OverrideFact* override_of(Holder holder) const;

    // Added up from the shares, in units of the meter.
    [[nodiscard]] Rational amount(const Window& window, ledger::Bucket bucket) const;
    [[nodiscard]] Rational overage(const Window& window) const;  // seats included
    [[nodiscard]] Rational usage(const Window& window) const;
    [[nodiscard]] Rational credits_left(std::size_t grant) const;
    // Of the customer and all entities together.
    [[nodiscard]] Rational pooled_overage(const Window& window) const;
    // All that anything was counted in.
    [[nodiscard]] std::set<Window> windows() const;
    [[nodiscard]] Rational charge(const Window& window) const;

    [[nodiscard]] std::size_t entity_count(const std::string& feature) const;
    [[nodiscard]] const EntityStay* entity(const std::string& name) const;
};

}  // namespace quipu::judge
