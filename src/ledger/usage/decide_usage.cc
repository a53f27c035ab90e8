#include "ledger/usage/decide_usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ledger/usage/remainder.h"
#include "ledger/usage/rollover.h"
#include "ledger/usage/usage_notices.h"
#include "ledger/usage/usage_numbers.h"
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

// Splits a value over the sources, in order, each in the unit of its own meter.
class Funding {
public:
    Funding(const Sources& sources, Quantity value) : sources_(sources), rest_(value) {}

    // False when a number left its range.
    bool draw_rollover(const std::vector<Source>& from) {
        for (const Source& source : from) {
            if (source.rollover.empty()) continue;
            if (!draw(source, Bucket::Rollover, sum_of(source.rollover))) return false;
        }
        return true;
    }

    bool draw_allowances(const std::vector<Source>& from) {
        for (const Source& source : from) {
            if (source.bills_all_usage()) continue;
            const auto left = source.limit ? source.allowance_left() : kUnlimited;
            if (!draw(source, Bucket::Allowance, left)) return false;
        }
        return true;
    }

    bool draw_grants() {
        for (const auto& [grant, pool] : sources_.grants) {
            if (!draw(sources_.pools[pool], Bucket::Credit, grant->remaining, grant->seq))
                return false;
        }
        return true;
    }

    // The rest, in units of the source's meter; nullopt when that is out of range.
    [[nodiscard]] std::optional<Quantity> rest_at(const Source& source) {
        return rest_.at(source.cost);
    }
    // All of the rest.
    void post_overage(const Source& source, Quantity amount, std::int64_t charge_minor) {
        post(source, Bucket::Overage, amount);
        postings_.back().charge_minor = charge_minor;
        postings_.back().currency = source.currency;
    }

    [[nodiscard]] bool is_paid() const { return rest_.is_zero(); }
    [[nodiscard]] std::vector<Posting>& postings() { return postings_; }

private:
    static constexpr Quantity kUnlimited =
        Quantity::from_coefficient(std::numeric_limits<base::Int128>::max());

    bool draw(const Source& source, Bucket bucket, Quantity available, std::uint32_t grant = 0) {
        if (rest_.is_zero()) return true;
        const auto wanted = rest_at(source);
        if (!wanted) return false;
        const Quantity amount = std::min(*wanted, available);
        if (amount != *wanted && !amount.is_positive()) return true;
        post(source, bucket, amount);
        postings_.back().grant = grant;
        return true;
    }

    void post(const Source& source, Bucket bucket, Quantity amount) {
        const Quantity units = rest_.take(amount);
        postings_.push_back({bucket, source.meter_key(), source.window, 0, units, amount, 0, {}});
    }

    const Sources& sources_;
    Remainder rest_;
    std::vector<Posting> postings_;
};

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

UsageDecision decide_metered(const Account& account, const BillingSettings& settings,
                             const Holds& holds, const Sources& sources,
                             const UsageRequest& request, Instant now) {
    Funding funding(sources, request.value);
    if (!funding.draw_rollover(sources.direct) || !funding.draw_rollover(sources.pools) ||
        !funding.draw_allowances(sources.direct) || !funding.draw_allowances(sources.pools) ||
        !funding.draw_grants()) {
        return out_of_range(sources, request);
    }
    if (!funding.is_paid()) {
        const Source* source = overage_source(account, sources);
        if (source == nullptr) {
            OverageVerdict verdict;
            verdict.refusal = Refusal::LimitReached;
            UsageDecision decision = refused(sources, request, verdict);
            if (request.record) decision.notices = limit_notices(sources, decision.answer);
            return decision;
        }
        const auto amount = funding.rest_at(*source);
        if (!amount) return out_of_range(sources, request);
        const OverageVerdict verdict =
            guard_overage(account, settings, holds, *source, *amount, now);
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
        decision.notices = usage_notices(account, sources, decision.postings, decision.answer, now);
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
                           const Holds& holds, const Sources& sources, const UsageRequest& request,
                           Instant now) {
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
        verdict = guard_overage(account, settings, holds, *charging,
                                std::max(after - held, Quantity{}), now);
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
        // What is settled was begun when the entity was there. One that is to be removed has its
        // place, and all its rights, until it leaves.
        if (entity == nullptr && request.settling.empty()) {
            return denied(Code::EntityNotFound, request.feature,
                          fmt::format("Entity '{}' not found for feature '{}'. Use addEntity() to "
                                      "create it first.",
                                      request.entity, request.feature));
        }
    }
    if (!has_subscription(account, request.at) &&
        !has_override(account, book, request.feature, request.at)) {
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
                return decide_seats(account, book.settings(), holds, sources, request, now);
            return denied(
                Code::UnknownFeatureType, request.feature,
                fmt::format("Feature '{}' counts its entities: add or remove them instead "
                            "of tracking usage.",
                            request.feature));
        }
    }
    return decide_metered(account, book.settings(), holds, sources, request, now);
}

}  // namespace quipu::ledger
