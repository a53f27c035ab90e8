#include "ledger/usage/decide_usage.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/usage/rollover.h"
#include "ledger/usage/usage_notices.h"
#include "rating/price.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

UsageDecision denied(Code code, std::string_view feature, std::string message) {
    UsageDecision decision;
    decision.answer.code = code;
    decision.answer.metered = false;
    decision.answer.feature = feature;
    decision.answer.message = std::move(message);
    return decision;
}

// Splits a value over the sources, in order, keeping what is still to be paid.
class Funding {
public:
    Funding(const Sources& sources, Quantity value) : sources_(sources), rest_(value) {}

    // False when a number left its range.
    bool draw_rollover(const std::vector<Source>& from) {
        for (const Source& source : from) {
            if (source.rollover.empty() || rest_.is_zero()) continue;
            const auto wanted = at_cost(rest_, source.cost);
            if (!wanted) return false;
            take(source, Bucket::Rollover, *wanted, sum_of(source.rollover), 0);
        }
        return true;
    }

    bool draw_allowances(const std::vector<Source>& from) {
        for (const Source& source : from) {
            if (rest_.is_zero()) return true;
            if (source.bills_all_usage()) continue;
            const auto wanted = at_cost(rest_, source.cost);
            if (!wanted) return false;
            if (!source.limit) {
                post(source, Bucket::Allowance, rest_, *wanted);
            } else {
                take(source, Bucket::Allowance, *wanted, source.allowance_left(), 0);
            }
        }
        return true;
    }

    bool draw_grants() {
        for (const CreditGrant* grant : sources_.grants) {
            if (rest_.is_zero()) return true;
            const auto wanted = at_cost(rest_, sources_.system_cost);
            if (!wanted) return false;
            take(sources_.pools.front(), Bucket::Credit, *wanted, grant->remaining, grant->seq);
        }
        return true;
    }

    void post_overage(const Source& source, Quantity amount, std::int64_t charge_minor) {
        post(source, Bucket::Overage, rest_, amount);
        postings_.back().charge_minor = charge_minor;
        postings_.back().currency = source.currency;
    }

    [[nodiscard]] Quantity rest() const { return rest_; }
    [[nodiscard]] std::vector<Posting>& postings() { return postings_; }

private:
    void take(const Source& source, Bucket bucket, Quantity wanted, Quantity available,
              std::uint32_t grant) {
        if (wanted <= available) {
            post(source, bucket, rest_, wanted);
            postings_.back().grant = grant;
            return;
        }
        const Quantity units = std::min(affordable(available, source.cost), rest_);
        const auto amount = at_cost(units, source.cost);
        if (!units.is_positive() || !amount) return;
        post(source, bucket, units, std::min(*amount, available));
        postings_.back().grant = grant;
    }

    void post(const Source& source, Bucket bucket, Quantity units, Quantity amount) {
        postings_.push_back({bucket, source.meter_key(), source.window, 0, units, amount, 0, {}});
        rest_ -= units;
    }

    const Sources& sources_;
    Quantity rest_;
    std::vector<Posting> postings_;
};

Quantity posted(const std::vector<Posting>& postings, const Source& source, Bucket bucket) {
    Quantity sum;
    for (const Posting& posting : postings) {
        if (posting.bucket == bucket && posting.meter.subscription == source.subscription->seq &&
            posting.meter.feature == source.meter_feature) {
            sum += posting.amount;
        }
    }
    return sum;
}

struct Totals {
    Quantity usage;
    Quantity allowance_used;
    Quantity overage;
    Quantity rollover;  // still there
    Quantity held;      // of the allowances
    std::optional<Quantity> limit = Quantity{};
    bool unlimited_or_billed = false;
};

// `hold`: the postings are of units that nobody has used yet.
Totals totals_of(const std::vector<Source>& sources, const std::vector<Posting>& postings,
                 bool hold) {
    Totals totals;
    for (const Source& source : sources) {
        const MeterWindow none;
        const MeterWindow& used = source.used != nullptr ? *source.used : none;
        Quantity allowance = used.allowance_used;
        Quantity overage = used.overage;
        const Quantity carried = posted(postings, source, Bucket::Rollover);
        totals.usage += used.rollover_used + used.credit_used;
        totals.held += source.held;
        if (hold) {
            totals.held += posted(postings, source, Bucket::Allowance);
        } else {
            allowance += posted(postings, source, Bucket::Allowance);
            overage += posted(postings, source, Bucket::Overage);
            totals.usage += carried + posted(postings, source, Bucket::Credit);
        }
        totals.usage += allowance + overage;
        if (!source.rollover.empty()) totals.rollover += sum_of(source.rollover) - carried;
        totals.allowance_used += allowance;
        totals.overage += overage;
        if (!source.limit) totals.limit.reset();
        if (totals.limit) *totals.limit += *source.limit;
    }
    return totals;
}

CreditsView credits_view(const Sources& sources, const std::vector<Posting>& postings, bool hold) {
    const Totals pool = totals_of(sources.pools, postings, hold);
    CreditsView view;
    view.system = sources.system;
    view.cost_per_unit = sources.system_cost;
    view.plan_used = pool.allowance_used;
    view.plan_limit = pool.limit;
    for (const CreditGrant* grant : sources.grants) view.addon_balance += grant->remaining;
    for (const Posting& posting : postings) {
        if (posting.bucket == Bucket::Credit) view.addon_balance -= posting.amount;
    }
    const Source& first = sources.pools.front();
    if (first.window.end != base::kEndOfTime) view.resets_at = first.window.end;
    return view;
}

void describe_window(UsageAnswer& answer, const std::vector<Source>& sources) {
    const Source& first = sources.front();
    answer.window_start = first.window.start;
    answer.reset = first.terms != nullptr ? first.terms->grant.reset : Interval::Never;
    Instant earliest = base::kEndOfTime;
    for (const Source& source : sources) earliest = std::min(earliest, source.window.end);
    if (earliest != base::kEndOfTime) answer.resets_at = earliest;
}

void describe_plan(UsageAnswer& answer, const Source& source) {
    answer.plan = source.subscription->plan;
    answer.catalog_version = source.subscription->catalog_version;
    if (source.terms != nullptr && source.terms->billing != Interval::None)
        answer.terms_feature = source.terms->grant.feature;
    if (!source.trialing) return;
    const bool still = source.subscription->status == SubscriptionStatus::Trialing;
    answer.trial_ends_at = still ? source.subscription->period.end : source.subscription->anchor;
}

// The numbers of the state as `postings` leave it.
UsageAnswer describe(const Sources& sources, const UsageRequest& request,
                     const std::vector<Posting>& postings) {
    UsageAnswer answer;
    answer.feature = request.feature;
    const Totals totals = totals_of(sources.main(), postings, request.hold);
    answer.usage = totals.usage;
    answer.limit = totals.limit;
    answer.overage_units = totals.overage;
    answer.rollover_balance = totals.rollover;
    if (!sources.system.empty()) answer.credits = credits_view(sources, postings, request.hold);
    if (totals.limit) {
        answer.balance = std::max(*totals.limit - totals.allowance_used - totals.held, Quantity{}) +
                         totals.rollover;
        // Any feature of a system shows what is spendable in all
        // (docs/contract/credits.md#spendable).
        if (sources.direct.empty() && answer.credits)
            *answer.balance += answer.credits->addon_balance;
    }
    describe_window(answer, sources.main());
    describe_plan(answer, sources.main().front());
    for (const Posting& posting : postings) {
        if (posting.bucket == Bucket::Credit) answer.addon_used += posting.amount;
    }
    return answer;
}

Code granted_code(const Sources& sources, const std::vector<Posting>& postings, bool check) {
    const auto uses = [&](Bucket bucket) {
        return std::ranges::any_of(postings, [&](const Posting& p) { return p.bucket == bucket; });
    };
    const bool pay_as_you_go =
        std::ranges::any_of(sources.main(), [](const Source& s) { return s.bills_all_usage(); });
    if (uses(Bucket::Overage) && !pay_as_you_go)
        return check ? Code::OverageAllowed : Code::TrackedOverage;
    if (uses(Bucket::Credit)) return Code::AddonCreditsUsed;
    return check ? Code::AccessGranted : Code::Tracked;
}

const Source* overage_source(const Account& account, const Sources& sources) {
    for (const auto* list : {&sources.direct, &sources.pools}) {
        for (const Source& source : *list) {
            if (overage_mode(account, source) == OverageMode::Charge) return &source;
        }
    }
    return nullptr;
}

UsageDecision refused(const Sources& sources, const UsageRequest& request,
                      const OverageVerdict& verdict) {
    UsageDecision decision;
    decision.answer = describe(sources, request, {});
    decision.answer.code = verdict.out_of_range ? Code::AmountOutOfRange : Code::LimitExceeded;
    decision.answer.refused.why = verdict.refusal;
    decision.answer.refused.used = verdict.used;
    decision.answer.refused.cap = verdict.cap;
    return decision;
}

UsageDecision out_of_range(const Sources& sources, const UsageRequest& request) {
    OverageVerdict verdict;
    verdict.out_of_range = true;
    return refused(sources, request, verdict);
}

bool within_range(const Sources& sources, const std::vector<Posting>& postings) {
    const Totals totals = totals_of(sources.main(), postings, false);
    return totals.usage <= base::kMaxTotal;
}

UsageDecision decide_metered(const Account& account, const BillingSettings& settings,
                             const Holds& holds, const Sources& sources,
                             const UsageRequest& request) {
    Funding funding(sources, request.value);
    if (!funding.draw_rollover(sources.direct) || !funding.draw_rollover(sources.pools) ||
        !funding.draw_allowances(sources.direct) || !funding.draw_allowances(sources.pools) ||
        !funding.draw_grants()) {
        return out_of_range(sources, request);
    }
    if (funding.rest().is_positive()) {
        const Source* source = overage_source(account, sources);
        if (source == nullptr) {
            OverageVerdict verdict;
            verdict.refusal = Refusal::LimitReached;
            UsageDecision decision = refused(sources, request, verdict);
            if (request.record) decision.notices = limit_notices(sources, decision.answer);
            return decision;
        }
        const auto amount = at_cost(funding.rest(), source->cost);
        if (!amount) return out_of_range(sources, request);
        const OverageVerdict verdict = guard_overage(account, settings, holds, *source, *amount);
        if (verdict.out_of_range || verdict.refusal != Refusal::None) {
            UsageDecision decision = refused(sources, request, verdict);
            const bool says_why = !request.check || source->bills_all_usage();
            if (verdict.refusal == Refusal::Blocked && says_why)
                decision.answer.message = account.overage_block->reason.text();
            if (request.record) decision.notices = limit_notices(sources, decision.answer);
            return decision;
        }
        funding.post_overage(*source, *amount, verdict.charge_after);
    }
    if (!within_range(sources, funding.postings())) return out_of_range(sources, request);

    UsageDecision decision;
    decision.allowed = true;
    decision.postings = std::move(funding.postings());
    static const std::vector<Posting> kNothing;
    decision.answer = describe(sources, request, request.record ? decision.postings : kNothing);
    decision.answer.code = granted_code(sources, decision.postings, request.check);
    if (request.record) {
        decision.opening = window_openings(sources);
        decision.notices = usage_notices(account, sources, decision.postings, decision.answer);
    }
    if (!request.record) {
        for (const Posting& posting : decision.postings) {
            if (posting.bucket == Bucket::Credit) decision.answer.addon_used += posting.amount;
        }
    }
    return decision;
}

UsageDecision decide_boolean(const Sources& sources, const UsageRequest& request) {
    UsageDecision decision;
    decision.allowed = true;
    decision.answer.code = Code::AccessGranted;
    decision.answer.metered = false;
    decision.answer.feature = request.feature;
    describe_plan(decision.answer, sources.direct.front());
    return decision;
}

// Seats: what is held counts, removals that wait for the period's end included
// (docs/contract/entities.md#checking-seats).
UsageDecision decide_seats(const Account& account, const BillingSettings& settings,
                           const Holds& holds, const Sources& sources,
                           const UsageRequest& request) {
    const Quantity count = Quantity::from_int(account.entity_count(request.feature));
    UsageDecision decision;
    decision.answer = describe(sources, request, {});
    UsageAnswer& answer = decision.answer;
    answer.usage = count;
    answer.window_start.reset();
    answer.resets_at.reset();
    answer.reset = sources.direct.front().terms->grant.reset;
    if (answer.limit) answer.balance = std::max(*answer.limit - count, Quantity{});
    const Quantity wanted = count + request.value;
    const Source* charging = overage_source(account, sources);
    const bool billed = charging != nullptr && charging->bills_all_usage();
    answer.overage_units = billed         ? count
                           : answer.limit ? std::max(count - *answer.limit, Quantity{})
                                          : Quantity{};
    answer.code = Code::AccessGranted;
    if (!billed && (!answer.limit || wanted <= *answer.limit)) {
        decision.allowed = true;
        return decision;
    }
    OverageVerdict verdict;
    verdict.refusal = Refusal::LimitReached;
    if (charging != nullptr) {
        const Quantity after = billed ? wanted : wanted - *answer.limit;
        const Quantity held = charging->used != nullptr ? charging->used->overage : Quantity{};
        verdict =
            guard_overage(account, settings, holds, *charging, std::max(after - held, Quantity{}));
    }
    decision.allowed = verdict.refusal == Refusal::None && !verdict.out_of_range;
    if (decision.allowed) {
        if (!billed) answer.code = Code::OverageAllowed;
    } else {
        answer.code = verdict.out_of_range ? Code::AmountOutOfRange : Code::LimitExceeded;
        answer.refused.why = verdict.refusal;
        answer.refused.used = verdict.used;
        answer.refused.cap = verdict.cap;
        if (verdict.refusal == Refusal::Blocked)
            answer.message = account.overage_block->reason.text();
    }
    return decision;
}

}  // namespace

UsageDecision decide_usage(const Account& account, const CatalogBook& book,
                           const UsageRequest& request, Instant now) {
    const Feature* feature = find_feature(book.newest(), request.feature);
    if (feature == nullptr && find_credit_system(book.newest(), request.feature) == nullptr) {
        return denied(Code::FeatureNotFound, request.feature,
                      fmt::format("Feature '{}' not found.", request.feature));
    }
    if (!request.entity.empty()) {
        const Entity* entity = account.find_entity_of_any_feature(request.entity);
        // What is settled was begun when the entity was there.
        const bool there = !request.settling.empty() ||
                           (entity != nullptr && !(entity->remove_at && request.record));
        if (!there) {
            return denied(Code::EntityNotFound, request.feature,
                          fmt::format("Entity '{}' not found for feature '{}'. Use addEntity() to "
                                      "create it first.",
                                      request.entity, request.feature));
        }
    }
    if (!has_live_subscription(account) && !has_override(account, book, request.feature)) {
        return denied(Code::NoActiveSubscription, request.feature,
                      "No active or trialing subscription found for this customer.");
    }
    Sources sources = find_sources(account, book, request.feature, request.entity, request.at, now);
    const Holds holds(account, book, request.settling);
    holds.lay_over(sources);
    if (sources.empty()) {
        return denied(Code::FeatureNotInPlan, request.feature,
                      fmt::format("Feature '{}' is not included in the customer's current plan.",
                                  request.feature));
    }
    const bool credit_backed = sources.direct.empty();
    if (feature != nullptr && !credit_backed) {
        if (feature->type == FeatureType::Boolean && !request.record) {
            return decide_boolean(sources, request);
        }
        if (feature->type == FeatureType::Static) {
            return denied(Code::UnknownFeatureType, request.feature,
                          "Unrecognized feature type 'static'.");
        }
        if (feature->meter_type == MeterType::NonConsumable &&
            feature->type == FeatureType::Metered) {
            if (!request.record)
                return decide_seats(account, book.settings(), holds, sources, request);
            return denied(
                Code::UnknownFeatureType, request.feature,
                fmt::format("Feature '{}' counts its entities: add or remove them instead "
                            "of tracking usage.",
                            request.feature));
        }
    }
    return decide_metered(account, book.settings(), holds, sources, request);
}

}  // namespace quipu::ledger
