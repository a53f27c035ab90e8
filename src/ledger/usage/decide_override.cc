#include "ledger/usage/decide_override.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/usage/remainder.h"
#include "ledger/usage/sources.h"
#include "rating/price.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

bool is_known(const CatalogBook& book, const std::string& feature) {
    return find_feature(book.newest(), feature) != nullptr ||
           find_credit_system(book.newest(), feature) != nullptr;
}

// What one window gives back.
class TakingBack {
public:
    TakingBack(const Account& account, Quantity units) : account_(account), rest_(units) {}

    void from(const Source& source) {
        if (source.used == nullptr) return;
        returned_ = {};
        take_overage(source);
        take(source, Bucket::Allowance, source.used->allowance_used);
        take(source, Bucket::Rollover, source.used->rollover_used);
    }
    [[nodiscard]] bool done() const { return rest_.is_zero(); }
    [[nodiscard]] std::vector<Posting>& postings() { return postings_; }

private:
    void take_overage(const Source& source) {
        const std::size_t before = postings_.size();
        take(source, Bucket::Overage, source.used->overage);
        if (postings_.size() == before) {
            take_credits(source);
            return;
        }
        const Quantity left = source.used->overage + postings_.back().amount;
        const auto charge = rating::price_minor(source.terms->grant.card, left);
        postings_.back().charge_minor = charge.value_or(source.used->charge_minor);
        postings_.back().currency = source.currency;
        take_credits(source);
    }

    // Credits go back to the grants that were spent last.
    void take_credits(const Source& source) {
        for (auto grant = account_.grants.rbegin(); grant != account_.grants.rend(); ++grant) {
            if (grant->system != source.meter_feature) continue;
            const Quantity spent =
                std::min(grant->granted - grant->remaining, source.used->credit_used - returned_);
            const std::size_t before = postings_.size();
            take(source, Bucket::Credit, spent);
            if (postings_.size() == before) continue;
            postings_.back().grant = grant->seq;
            returned_ -= postings_.back().amount;
        }
    }

    void take(const Source& source, Bucket bucket, Quantity available) {
        if (rest_.is_zero() || !available.is_positive()) return;
        const auto wanted = rest_.at(source.cost);
        if (!wanted) return;  // more than was ever recorded
        const Quantity amount = std::min(*wanted, available);
        const Quantity units = rest_.take(amount);
        postings_.push_back({bucket,
                             source.meter_key(),
                             source.window,
                             0,
                             Quantity{} - units,
                             Quantity{} - amount,
                             0,
                             {}});
    }

    const Account& account_;
    Remainder rest_;
    Quantity returned_;  // of the credits that this meter counted
    std::vector<Posting> postings_;
};

}  // namespace

Decision decide(const Asked& asked, const GrantOverride& command) {
    const Instant now = asked.now;
    const Override& wanted = command.granted;
    if (!is_known(asked.book, wanted.feature)) {
        return rejected(Code::FeatureNotFound,
                        fmt::format("Feature '{}' not found.", wanted.feature));
    }
    if (wanted.expires_at && *wanted.expires_at <= now)
        return rejected(Code::InvalidRequest, "The override would have expired already.");
    Override granted = wanted;
    granted.created_at = now;
    return {{OverrideGranted{std::move(granted)}}, Done{wanted.feature}};
}

Decision decide(const Asked& asked, const RevokeOverride& command) {
    if (asked.account.find_override(command.feature) == nullptr) {
        return rejected(Code::OverrideNotFound,
                        fmt::format("The customer has no override of '{}'.", command.feature));
    }
    return {{OverrideRevoked{command.feature}}, Done{command.feature}};
}

Decision decide(const Asked& asked, const CorrectUsage& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant at = asked.record.occurred_at.value_or(asked.now);
    const Instant now = asked.now;
    if (!is_known(book, command.feature)) {
        return rejected(Code::FeatureNotFound,
                        fmt::format("Feature '{}' not found.", command.feature));
    }
    const Sources sources =
        find_sources(account, book, command.feature, command.entity, std::min(at, now), now);
    TakingBack taking(account, command.value);
    for (const auto* list : {&sources.direct, &sources.pools}) {
        for (auto source = list->rbegin(); source != list->rend(); ++source) taking.from(*source);
    }
    if (!taking.done()) {
        return rejected(Code::InvalidRequest,
                        fmt::format("Less than {} units of '{}' were recorded in this window.",
                                    command.value.to_string(), command.feature));
    }
    Decision decision;
    decision.events.emplace_back(UsageRecorded{std::move(taking.postings())});
    decision.outcome = Done{command.feature};
    return decision;
}

}  // namespace quipu::ledger
