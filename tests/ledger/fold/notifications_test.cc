// Which type an organisation's back end is told for each event, and what makes two facts one.
#include "ledger/fold/notifications.h"

#include <gtest/gtest.h>

#include <boost/mp11/algorithm.hpp>
#include <set>

#include "support/literals.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using Types = std::vector<std::string>;

constexpr std::uint8_t kAll = kNotified80 | kNotified100 | kNotifiedLimit;

Account an_account() {
    Account account;
    account.organisation = "org_1";
    account.id = "cus_1";
    account.external_id = "acme";
    Subscription subscription;
    subscription.seq = 1;
    subscription.id = "sub_1_1";
    subscription.plan = "pro";
    account.subscriptions.push_back(subscription);
    CreditGrant grant;
    grant.seq = 1;
    grant.system = "ai";
    account.grants.push_back(grant);
    PaymentIntent intent;
    intent.id = "pi_1_1";
    intent.invoice = 7;
    account.intents.push_back(intent);
    return account;
}

std::vector<Notification> told(const Event& event, base::Instant at = "2026-01-01T00:00:00Z"_at,
                               const Account& account = an_account()) {
    std::vector<Notification> out;
    notify(out, account, event, at);
    return out;
}
std::string id_of(const Event& event, base::Instant at = "2026-01-01T00:00:00Z"_at) {
    return told(event, at).at(0).id;
}

SubscriptionStarted started(SubscriptionStatus status) {
    SubscriptionStarted event{an_account().subscriptions[0]};
    event.subscription.status = status;
    return event;
}
template <typename E>
E of_invoice(std::uint32_t sequence, InvoiceStatus status) {
    E event;
    event.invoice.sequence = sequence;
    event.invoice.id = invoice_id("cus_1", sequence);
    event.invoice.status = status;
    return event;
}
ThresholdsPassed passed(std::uint8_t bits, std::string feature = "api", std::string entity = {}) {
    ThresholdsPassed event;
    event.meter = {1, feature, std::move(entity)};
    event.feature = std::move(feature);
    event.window = {"2026-01-01T00:00:00Z"_at, "2026-02-01T00:00:00Z"_at};
    event.bits = bits;
    return event;
}

struct Case {
    Event event;
    Types types;
};

// Every event that somebody is told of.
std::vector<Case> cases() {
    return {
        {started(SubscriptionStatus::Active), {"subscription.started"}},
        {started(SubscriptionStatus::Trialing), {"subscription.trial_started"}},
        {SubscriptionActivated{an_account().subscriptions[0]}, {"subscription.started"}},
        {SubscriptionEnded{1, SubscriptionStatus::Canceled, {}}, {"subscription.ended"}},
        {CancellationScheduled{1, {}}, {"subscription.updated"}},
        {SwitchScheduled{1, "free"}, {"subscription.updated"}},
        {ScheduleCleared{1}, {"subscription.updated"}},
        {PeriodAdvanced{1, SubscriptionStatus::Active, {}, {}}, {"subscription.renewed"}},
        {SubscriptionPastDue{1, {}}, {"subscription.past_due"}},
        {SubscriptionRecovered{1}, {"subscription.recovered"}},
        {passed(kNotified80), {"entitlement.threshold_reached"}},
        {passed(kNotified100), {"entitlement.threshold_reached"}},
        {passed(kNotifiedLimit), {"entitlement.limit_reached"}},
        {passed(kAll),
         {"entitlement.threshold_reached", "entitlement.threshold_reached",
          "entitlement.limit_reached"}},
        {passed(0), {}},
        {OverageLimitPassed{600, 500, "USD"}, {"entitlement.overage_limit_reached"}},
        {CreditsGranted{an_account().grants[0]}, {"credits.granted"}},
        {CreditsExpired{1}, {"credits.expired"}},
        {CreditsRevoked{1, 5_u}, {"credits.revoked"}},
        {of_invoice<InvoiceIssued>(7, InvoiceStatus::Open), {"invoice.issued"}},
        {of_invoice<InvoiceIssued>(8, InvoiceStatus::Paid), {"invoice.issued", "invoice.paid"}},
        {of_invoice<InvoiceSettled>(7, InvoiceStatus::Paid), {"invoice.paid"}},
        {of_invoice<InvoiceSettled>(7, InvoiceStatus::Void), {"invoice.voided"}},
        {PaymentFailed{"pi_1_1", "card_declined", "", {}}, {"invoice.payment_failed"}},
        {RefundRefused{"pi_1_1", 100, "too_late", ""}, {"payment.refund_failed"}},
        {OverageBlocked{{"threshold_charge_failed", 7, {}}}, {"overage.blocked"}},
        {OverageUnblocked{}, {"overage.unblocked"}},
    };
}

TEST(Notifications, EachEventIsToldByItsType) {
    for (const Case& each : cases()) {
        Types types;
        for (const Notification& notification : told(each.event))
            types.push_back(notification.type);
        EXPECT_EQ(types, each.types) << "event " << each.event.index();
    }
}

TEST(Notifications, AllOtherEventsAreToldToNobody) {
    std::set<std::size_t> told_of;
    for (const Case& each : cases()) told_of.insert(each.event.index());
    std::size_t untold = 0;
    boost::mp11::mp_for_each<boost::mp11::mp_iota_c<std::variant_size_v<AnyEvent>>>(
        [&](auto index) {
            if (told_of.contains(index)) return;
            ++untold;
            EXPECT_TRUE(told(Event(std::in_place_index<index>)).empty()) << "event " << index;
        });
    EXPECT_EQ(untold + told_of.size(), std::variant_size_v<AnyEvent>);
}

TEST(Notifications, WhatIsNotKnownIsToldToNobody) {
    EXPECT_TRUE(told(SubscriptionEnded{9, SubscriptionStatus::Canceled, {}}).empty());
    EXPECT_TRUE(told(CreditsExpired{9}).empty());
    EXPECT_TRUE(told(PaymentFailed{"pi_9", "", "", {}}).empty());
    EXPECT_TRUE(told(RefundRefused{"pi_9", 1, "", ""}).empty());
}

TEST(Notifications, SayWhoseFactItIsAndWhen) {
    const auto at = "2026-01-05T00:00:00Z"_at;
    for (const Case& each : cases()) {
        for (const Notification& notification : told(each.event, at)) {
            EXPECT_EQ(notification.organisation, "org_1");
            EXPECT_EQ(notification.customer, "cus_1");
            EXPECT_EQ(notification.at, at);
            ASSERT_GE(notification.facts.size(), 2u);
            EXPECT_EQ(notification.facts[0], (Fact{"customer", "cus_1"}));
            EXPECT_EQ(notification.facts[1], (Fact{"externalId", "acme"}));
        }
    }
}

TEST(Notifications, TheSameFactHasTheSameId) {
    for (const Case& each : cases()) {
        const auto once = told(each.event);
        const auto again = told(each.event);
        EXPECT_EQ(once, again) << "event " << each.event.index();
    }
}

TEST(Notifications, DifferentFactsHaveDifferentIds) {
    // Of one moment: what is told under one type, by what it is told of.
    std::set<std::string> ids;
    const auto is_new = [&](const Event& event) {
        bool all_new = true;
        for (const Notification& notification : told(event))
            all_new = ids.insert(notification.id).second && all_new;
        return all_new;
    };
    EXPECT_TRUE(is_new(of_invoice<InvoiceIssued>(7, InvoiceStatus::Open)));
    EXPECT_TRUE(is_new(of_invoice<InvoiceIssued>(8, InvoiceStatus::Paid)));
    EXPECT_TRUE(is_new(of_invoice<InvoiceSettled>(7, InvoiceStatus::Paid)));
    EXPECT_TRUE(is_new(of_invoice<InvoiceSettled>(7, InvoiceStatus::Void)));
    EXPECT_TRUE(is_new(passed(kAll)));
    EXPECT_TRUE(is_new(passed(kAll, "mail")));
    EXPECT_TRUE(is_new(passed(kAll, "api", "seat")));
    EXPECT_TRUE(is_new(CreditsExpired{1}));
    EXPECT_TRUE(is_new(CreditsRevoked{1, 5_u}));
    EXPECT_TRUE(is_new(SubscriptionPastDue{1, {}}));
    EXPECT_TRUE(is_new(SubscriptionRecovered{1}));
    EXPECT_TRUE(is_new(OverageUnblocked{}));
    ThresholdsPassed next_window = passed(kAll);
    next_window.window = {"2026-02-01T00:00:00Z"_at, "2026-03-01T00:00:00Z"_at};
    EXPECT_TRUE(is_new(next_window));
    EXPECT_FALSE(is_new(passed(kAll)));
}

TEST(Notifications, WhatHappensAgainLaterIsAnotherFact) {
    const auto later = "2026-01-02T00:00:00Z"_at;
    for (const Event& event :
         {Event(SubscriptionPastDue{1, {}}), Event(OverageUnblocked{}),
          Event(PaymentFailed{"pi_1_1", "", "", {}}), Event(OverageLimitPassed{600, 500, "USD"})}) {
        EXPECT_NE(id_of(event), id_of(event, later)) << "event " << event.index();
    }
}

TEST(Notifications, AThresholdIsOneFactPerWindow) {
    EXPECT_EQ(id_of(passed(kNotified80)), id_of(passed(kNotified80), "2026-01-02T00:00:00Z"_at));
}

TEST(Notifications, AChangeOfTheSameMomentIsAnotherFactWhenItLeavesAnotherState) {
    const auto at = "2026-01-01T00:00:00Z"_at;
    Account canceled = an_account();
    canceled.subscriptions[0].cancel_at = "2026-02-01T00:00:00Z"_at;
    Account switched = an_account();
    switched.subscriptions[0].scheduled_plan = "free";
    const std::set<std::string> ids{told(ScheduleCleared{1}, at).at(0).id,
                                    told(ScheduleCleared{1}, at, canceled).at(0).id,
                                    told(ScheduleCleared{1}, at, switched).at(0).id};
    EXPECT_EQ(ids.size(), 3u);
}

TEST(Notifications, TheSameOfAnotherCustomerIsAnotherFact) {
    const auto at = "2026-01-01T00:00:00Z"_at;
    Account other = an_account();
    other.id = "cus_2";
    Account elsewhere = an_account();
    elsewhere.organisation = "org_2";
    const std::set<std::string> ids{told(passed(kNotified80), at).at(0).id,
                                    told(passed(kNotified80), at, other).at(0).id,
                                    told(passed(kNotified80), at, elsewhere).at(0).id};
    EXPECT_EQ(ids.size(), 3u);
}

TEST(Notifications, IdsFitIntoAHeader) {
    const std::string id = id_of(passed(kNotified80, "api.v1 \n", "a b\r"));
    EXPECT_EQ(id.size(), 36u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 4), std::string::npos);
    EXPECT_TRUE(id.starts_with("ntf_"));
}

}  // namespace
}  // namespace quipu::ledger
