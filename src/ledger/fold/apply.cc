#include "ledger/fold/apply.h"

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "base/one_of.h"

namespace quipu::ledger {
namespace {

template <typename Items, typename Key, typename Projection>
auto* find_mutable(Items& items, const Key& key, Projection projection) {
    const auto found = std::ranges::find(items, key, projection);
    return found == items.end() ? nullptr : &*found;
}

template <typename Items, typename Item, typename Projection>
void save(Items& items, Item item, Projection projection) {
    if (auto* known = find_mutable(items, std::invoke(projection, item), projection)) {
        *known = std::move(item);
    } else {
        items.push_back(std::move(item));
    }
}

// Paid intents stay for as long as a refund may come, unpaid ones as long as a late payment.
void forget_old_intents(Account& account, base::Instant now) {
    constexpr std::int64_t kKeepPaidMicros = 400 * base::kMicrosPerDay;
    constexpr std::int64_t kKeepUnpaidMicros = 30 * base::kMicrosPerDay;
    std::erase_if(account.intents, [&](const PaymentIntent& intent) {
        if (intent.status == IntentStatus::Pending) return false;
        const bool paid =
            intent.status == IntentStatus::Succeeded || intent.status == IntentStatus::Refunded;
        const std::int64_t keep = paid ? kKeepPaidMicros : kKeepUnpaidMicros;
        return intent.created_at.micros < now.micros - keep;
    });
}

void spend_rollover(MeterWindow& window, base::Quantity amount) {
    window.rollover_used += amount;
    for (RolloverLot& lot : window.rollover) {
        const base::Quantity taken = std::min(lot.amount, amount);
        lot.amount -= taken;
        amount -= taken;
    }
    // What a correction gives back lasts as long as the longest of them.
    if (!amount.is_zero() && !window.rollover.empty()) window.rollover.back().amount -= amount;
}

bool is_billed(const MeterWindow& window) {
    return window.charge_minor == window.invoiced_minor;
}

CreditGrant& grant_of(Account& account, std::uint32_t seq) {
    const auto found = std::ranges::find(account.grants, seq, &CreditGrant::seq);
    QUIPU_CHECK(found != account.grants.end());
    return *found;
}

Subscription& subscription_of(Account& account, std::uint32_t seq) {
    Subscription* found = account.find_subscription(seq);
    QUIPU_CHECK(found != nullptr);
    return *found;
}

struct Applier {
    Account& account;
    AccountChanges& changes;

    MeterWindow& window_of(const MeterKey& key, base::Period period) const {
        auto node = account.meters.find(key);
        if (node == account.meters.end()) node = account.meters.try_emplace(key).first;
        MeterWindow& window = node->second.windows[period.start];
        window.period = period;
        changes.window(*node, period.start);
        return window;
    }

    // What invoices hold of a window counts towards the overage limit until the window ends, or its
    // subscription does.
    void count_invoiced(const MeterWindow& window, const Subscription& owner,
                        base::Currency currency, std::int64_t amount_minor) const {
        if (owner.ended_at) return;
        auto& charges = account.invoiced_charges[currency];
        // Windows that ended before this one began are open at no later time.
        charges.erase(charges.begin(), charges.upper_bound(window.period.start));
        const auto at = charges.try_emplace(window.period.end).first;
        at->second += amount_minor;
        if (at->second == 0) charges.erase(at);
    }

    void set_charge(MeterWindow& window, base::Currency currency, std::int64_t charge_minor) const {
        if (charge_minor != window.charge_minor) {
            account.unbilled_charges[currency] += charge_minor - window.charge_minor;
            changes.head = true;
        }
        window.charge_minor = charge_minor;
    }

    void pool_overage(const MeterKey& key, base::Period period, base::Quantity amount) const {
        window_of({key.subscription, key.feature, {}}, period).pooled_overage += amount;
    }

    void post(const Posting& posting) const {
        MeterWindow& window = window_of(posting.meter, posting.window);
        switch (posting.bucket) {
            case Bucket::Rollover:
                spend_rollover(window, posting.amount);
                break;
            case Bucket::Prepaid:
            case Bucket::Allowance:
                window.allowance_used += posting.amount;
                break;
            case Bucket::Credit: {
                window.credit_used += posting.amount;
                CreditGrant& grant = grant_of(account, posting.grant);
                grant.remaining -= posting.amount;
                changes.grant(grant.seq);
                break;
            }
            case Bucket::Overage:
                window.overage += posting.amount;
                set_charge(window, posting.currency, posting.charge_minor);
                if (posting.meter.entity.empty()) {
                    window.pooled_overage += posting.amount;
                } else {
                    pool_overage(posting.meter, posting.window, posting.amount);
                }
                break;
        }
    }

    void operator()(const AccountOpened& event) const {
        account.organisation = event.organisation;
        account.id = event.id;
        account.external_id = event.external_id;
        account.email = event.email;
        account.created_at = event.at;
    }
    void operator()(const AccountRenamed& event) const {
        account.external_id = event.external_id;
        account.email = event.email;
    }
    void operator()(const SubscriptionStarted& event) const {
        QUIPU_CHECK(event.subscription.seq == account.subscriptions.size() + 1);
        account.subscriptions.push_back(event.subscription);
    }
    void operator()(const SubscriptionEnded& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.ended_in_trial = subscription.status == SubscriptionStatus::Trialing;
        subscription.ending =
            subscription.status == SubscriptionStatus::Pending ? Ending::NeverBegan : event.ending;
        subscription.status = event.status;
        subscription.ended_at = event.at;
    }
    void operator()(const CancellationScheduled& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        // A trial stays one until its end, so that what it uses is never billed.
        if (subscription.status != SubscriptionStatus::Trialing) {
            subscription.status = SubscriptionStatus::PendingCancel;
        }
        subscription.cancel_at = event.at;
        subscription.scheduled_plan.reset();
        subscription.scheduled_version = 0;
    }
    void operator()(const SwitchScheduled& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.cancel_at = subscription.period.end;
        subscription.scheduled_plan = event.plan;
        subscription.scheduled_version = event.catalog_version;
    }
    void operator()(const ScheduleCleared& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        if (subscription.status == SubscriptionStatus::PendingCancel) {
            subscription.status = SubscriptionStatus::Active;
        }
        subscription.cancel_at.reset();
        subscription.scheduled_plan.reset();
        subscription.scheduled_version = 0;
    }
    void operator()(const PeriodAdvanced& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.status = event.status;
        subscription.anchor = event.anchor;
        subscription.period = event.period;
    }
    void operator()(const TrialUsed& event) const { account.trialed_plans.push_back(event.plan); }
    void operator()(const UsageRecorded& event) const {
        for (const Posting& posting : event.postings) post(posting);
    }
    void operator()(const SeatsCounted& event) const {
        MeterWindow& window = window_of(event.meter, event.window);
        window.allowance_used = event.included;
        window.pooled_overage += event.overage - window.overage;
        window.overage = event.overage;
        set_charge(window, event.currency, event.charge_minor);
    }
    void operator()(const CreditsGranted& event) const {
        account.grants.push_back(event.grant);
        changes.grant(event.grant.seq);
        account.next_grant = event.grant.seq + 1;
    }
    void operator()(const CreditsExpired& event) const {
        CreditGrant& grant = grant_of(account, event.grant);
        grant.remaining = base::Quantity{};
        changes.grant(grant.seq);
    }
    void operator()(const EntityAdded& event) const {
        Entity& entity = account.entities[event.key];
        entity = event.entity;
        changes.entity(event.key);
        ++account.entity_counts[event.key.feature];
    }
    void operator()(const EntityRestored& event) const {
        Entity& entity = account.entities[event.key];
        if (entity.remove_at) account.removals.erase({*entity.remove_at, event.key});
        entity.remove_at.reset();
        if (event.name) entity.name = event.name;
        if (event.email) entity.email = event.email;
        if (!event.metadata_json.empty()) entity.metadata_json = event.metadata_json;
        changes.entity(event.key);
    }
    void operator()(const EntityRemovalScheduled& event) const {
        Entity& entity = account.entities[event.key];
        entity.remove_at = event.remove_at;
        account.removals.emplace(event.remove_at, event.key);
        changes.entity(event.key);
    }
    void operator()(const EntityRemoved& event) const {
        const auto entity = account.entities.find(event.key);
        QUIPU_CHECK(entity != account.entities.end());
        if (entity->second.remove_at)
            account.removals.erase({*entity->second.remove_at, event.key});
        // A row to delete: it is listed once, however it came to be there.
        changes.entity(event.key);
        account.entities.erase(entity);
        const auto count = account.entity_counts.find(event.key.feature);
        if (--count->second == 0) account.entity_counts.erase(count);
    }
    void operator()(const FeatureConfigSet& event) const {
        std::erase_if(account.feature_configs, [&](const FeatureConfig& config) {
            return config.feature == event.config.feature;
        });
        if (event.config.overage || event.config.max_overage_units) {
            account.feature_configs.push_back(event.config);
        }
    }
    void operator()(const OverageLimitSet& event) const { account.overage_limit = event.limit; }
    void operator()(const InvoiceIssued& event) const {
        account.next_invoice = event.invoice.sequence + 1;
        for (const InvoiceLine& line : event.invoice.lines) {
            if (line.kind != LineKind::Usage) continue;
            MeterWindow& window =
                window_of({line.subscription, line.feature, line.entity}, line.period);
            window.invoiced_minor += line.amount_minor;
            window.invoiced_overage += line.quantity;
            account.unbilled_charges[event.invoice.currency] -= line.amount_minor;
            count_invoiced(window, subscription_of(account, line.subscription),
                           event.invoice.currency, line.amount_minor);
        }
    }
    void operator()(const SubscriptionActivated& event) const {
        subscription_of(account, event.subscription.seq) = event.subscription;
    }
    void operator()(const SubscriptionPastDue& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.status = SubscriptionStatus::PastDue;
        subscription.past_due_at.reset();
    }
    void operator()(const SubscriptionRecovered& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.fee_invoice = 0;
        subscription.past_due_at.reset();
        if (subscription.status != SubscriptionStatus::PastDue) return;
        const bool ends = subscription.cancel_at && !subscription.scheduled_plan;
        subscription.status = ends ? SubscriptionStatus::PendingCancel : SubscriptionStatus::Active;
    }
    void operator()(const FeeOutstanding& event) const {
        Subscription& subscription = subscription_of(account, event.seq);
        subscription.fee_invoice = event.invoice;
        subscription.past_due_at = event.past_due_at;
    }
    void operator()(const PaymentMethodSaved& event) const {
        for (PaymentMethod& other : account.payment_methods) {
            if (event.method.is_default) other.is_default = false;
        }
        save(account.payment_methods, event.method, &PaymentMethod::id);
    }
    void operator()(const PaymentMethodRemoved& event) const {
        std::erase_if(account.payment_methods,
                      [&](const PaymentMethod& method) { return method.id == event.method; });
    }
    void operator()(const IntentSaved& event) const {
        forget_old_intents(account, event.intent.created_at);
        save(account.intents, event.intent, &PaymentIntent::seq);
        account.next_intent = std::max(account.next_intent, event.intent.seq + 1);
    }
    void operator()(const DunningSaved& event) const {
        save(account.dunnings, event.dunning, &Dunning::invoice);
    }
    void operator()(const DunningEnded& event) const {
        std::erase_if(account.dunnings,
                      [&](const Dunning& dunning) { return dunning.invoice == event.invoice; });
    }
    void operator()(const ProviderCalled&) const {}
    void operator()(const PaymentFailed&) const {}
    void operator()(const InvoiceSettled& event) const {
        if (event.invoice.status != InvoiceStatus::Void) return;
        for (const InvoiceLine& line : event.invoice.lines) {
            if (line.kind == LineKind::Proration) take_credit_back(line.period.start);
            if (line.kind != LineKind::Usage) continue;
            MeterWindow& window =
                window_of({line.subscription, line.feature, line.entity}, line.period);
            window.invoiced_minor -= line.amount_minor;
            window.invoiced_overage -= line.quantity;
            account.unbilled_charges[event.invoice.currency] += line.amount_minor;
            count_invoiced(window, subscription_of(account, line.subscription),
                           event.invoice.currency, -line.amount_minor);
        }
    }
    void operator()(const OverageBlocked& event) const { account.overage_block = event.block; }
    void operator()(const OverageUnblocked&) const { account.overage_block.reset(); }
    void operator()(const ThresholdScheduled& event) const { account.threshold_due = event.at; }
    void operator()(const OverrideGranted& event) const {
        save(account.overrides, event.granted, &Override::feature);
    }
    void operator()(const OverrideRevoked& event) const {
        std::erase_if(account.overrides,
                      [&](const Override& granted) { return granted.feature == event.feature; });
    }
    void operator()(const CreditsRevoked& event) const {
        CreditGrant& grant = grant_of(account, event.grant);
        grant.granted -= event.amount;
        grant.remaining -= event.amount;
        changes.grant(grant.seq);
    }
    void operator()(const RolledOver& event) const {
        window_of(event.meter, event.window).rollover = event.lots;
    }
    void operator()(const ThresholdsPassed& event) const {
        MeterWindow& window = window_of(event.meter, event.window);
        if (window.notified_limit != event.limit) window.notified = 0;
        window.notified = static_cast<std::uint8_t>(window.notified | event.bits);
        window.notified_limit = event.limit;
    }
    void operator()(const OverageLimitPassed&) const {}
    void operator()(const RefundRefused&) const {}
    void operator()(const ReservationMade& event) const {
        account.reservations.push_back(event.reservation);
    }
    void operator()(const ReservationEnded& event) const {
        std::erase_if(account.reservations,
                      [&](const Reservation& held) { return held.id == event.id; });
    }
    void operator()(const WindowsSettled& event) const {
        for (auto meter = account.meters.lower_bound(MeterKeyView{event.subscription, {}, {}});
             meter != account.meters.end() && meter->first.subscription == event.subscription;
             ++meter) {
            settle(*meter, event);
        }
    }

    // The switch of this moment is paid by nobody: the fee before it gave no credit for one.
    void take_credit_back(base::Instant at) const {
        for (Subscription& left : account.subscriptions) {
            if (left.ending == Ending::CreditedSwitch && left.ended_at == at)
                left.ending = Ending::Switch;
        }
    }

    // Of an ended subscription: what invoices hold of its windows counts no longer.
    void release(const MeterWindow& window, base::Currency currency) const {
        auto& charges = account.invoiced_charges[currency];
        const auto at = charges.find(window.period.end);
        if (at == charges.end()) return;
        at->second -= window.invoiced_minor;
        if (at->second == 0) charges.erase(at);
    }

    void settle(Meters::value_type& node, const WindowsSettled& event) const {
        Meter& meter = node.second;
        for (auto at = meter.windows.begin(); at != meter.windows.end();) {
            MeterWindow& window = at->second;
            if (event.ended_by == base::kEndOfTime) release(window, event.currency);
            const bool billed = is_billed(window);
            if (window.period.end > event.ended_by || !billed) {
                ++at;
                continue;
            }
            if (window.period.end >= event.forget_before) {
                ++at;
                continue;
            }
            changes.window(node, at->first);
            at = meter.windows.erase(at);
        }
    }
};

// Usage alone moves no timer and is in no head.
template <typename E>
inline constexpr bool kLeavesHead =
    base::OneOf<E, std::variant<UsageRecorded, SeatsCounted, RolledOver, ThresholdsPassed>>;

}  // namespace

void apply(Account& account, const Event& event, AccountChanges& changes) {
    std::visit(
        [&]<typename E>(const E& happened) {
            Applier{account, changes}(happened);
            if constexpr (!kLeavesHead<E>) {
                changes.head = true;
                account.next_due = earliest_timer(account);
            }
        },
        event);
}

}  // namespace quipu::ledger
