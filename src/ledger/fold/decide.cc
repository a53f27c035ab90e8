#include "ledger/fold/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/one_of.h"
#include "ledger/invoicing/decide_invoice.h"
#include "ledger/invoicing/decide_purchase.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/subscriptions/attach.h"
#include "ledger/subscriptions/decide_entity.h"
#include "ledger/usage/decide_override.h"
#include "ledger/usage/decide_reservation.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::ledger {
namespace {

using base::Instant;

bool within_reach(Instant occurred, Instant now) {
    return occurred.micros >= now.micros - kOldestMicros &&
           occurred.micros <= now.micros + kFutureToleranceMicros;
}

Decision decide(const Asked& asked, const Track& command) {
    const Instant now = asked.now;
    const Instant occurred = asked.record.occurred_at.value_or(now);
    if (!within_reach(occurred, now)) {
        return rejected(
            Code::OccurredAtOutOfRange,
            fmt::format(
                "The event happened at {}, which is more than 400 days before or a day after "
                "the ledger's clock, {}.",
                base::format_instant(occurred), base::format_instant(now)));
    }
    UsageDecision usage = decide_usage(asked.account, asked.book,
                                       {command.feature, command.entity, command.value,
                                        std::min(occurred, now), command.as_check, true},
                                       now);
    Decision decision;
    if (usage.allowed) decision.events = std::move(usage.opening);
    if (usage.allowed) decision.events.emplace_back(UsageRecorded{std::move(usage.postings)});
    for (Event& event : usage.notices) decision.events.push_back(std::move(event));
    decision.outcome = std::move(usage.answer);
    return decision;
}

// Plans of the customer include the feature, and none has a price for more of it.
bool lacks_price(const Asked& asked, const std::string& slug) {
    bool included = false;
    for (const Subscription& subscription : asked.account.subscriptions) {
        const PlanTerms* plan = is_live(subscription) ? asked.book.terms(subscription) : nullptr;
        const Terms* terms = plan != nullptr ? plan->find(slug) : nullptr;
        if (terms == nullptr) continue;
        if (has_overage_price(terms->grant)) return false;
        included = true;
    }
    return included;
}

Decision decide(const Asked& asked, const SetFeatureConfig& command) {
    const std::string& slug = command.config.feature;
    if (find_feature(asked.book.newest(), slug) == nullptr &&
        find_credit_system(asked.book.newest(), slug) == nullptr) {
        return rejected(Code::FeatureNotFound, fmt::format("Feature '{}' not found.", slug));
    }
    if (command.config.overage == OverageMode::Charge && lacks_price(asked, slug)) {
        return rejected(Code::OveragePriceRequired,
                        fmt::format("Overage of '{}' cannot be charged: the customer's plan has no "
                                    "price for it.",
                                    slug));
    }
    return {{FeatureConfigSet{command.config}}, Done{slug}};
}

Decision decide(const Asked& asked, const SetOverageLimit& command) {
    return {{OverageLimitSet{command.limit}}, Done{asked.account.id}};
}

// The account is open already; its home may hear of it more than once, and of new names so.
Decision decide(const Asked& asked, const OpenAccount& command) {
    const Account& account = asked.account;
    Decision decision{{}, Done{account.id}};
    // The caller's own id is given once.
    if (!account.external_id.empty() && account.external_id != command.external_id) return decision;
    if (account.external_id != command.external_id || account.email != command.email)
        decision.events.emplace_back(AccountRenamed{command.external_id, command.email});
    return decision;
}

}  // namespace

Decision decide(const Asked& asked) {
    return std::visit(
        [&]<typename C>(const C& command) {
            if constexpr (base::OneOf<C, AccountCommand>) {
                return decide(asked, command);
            } else {
                return rejected(Code::InvalidRequest,
                                "This command is not for a customer's account.");
            }
        },
        asked.record.command);
}

}  // namespace quipu::ledger
