// Renewals, dunning and threshold billing, by the ledger's clock
// (docs/contract/billing-settings.md#collecting).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";

Catalog catalog() {
    return CatalogBuilder()
        .metered("api")
        .plan(testing::Plan("free").auto_enabled().with(Includes("api").limit(1_u)))
        .plan(testing::Plan("pro").costs(3000).with(Includes("api").limit(100_u).charge(10_price)))
        .plan(testing::Plan("try").costs(2000).trial_days(10).group("t").with(
            Includes("api").limit(50_u)))
        .build();
}

// On pro since the start, with a card.
Given subscribed(BillingSettings settings = {}) {
    Given ledger(catalog(), kStart);
    ledger.collects(std::move(settings));
    (void)ledger.paid(ledger.when(Attach{"pro"}).attached().intent);
    return ledger;
}

const Subscription& last(Given& ledger) {
    return ledger.account().subscriptions.back();
}

TEST(Dunning, ARenewalChargesItsFee) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 3000);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.invoices().back().status, InvoiceStatus::Open);
    (void)ledger.paid(ledger.calls()[0].intent, false);
    EXPECT_EQ(ledger.invoices().back().status, InvoiceStatus::Paid);
    EXPECT_EQ(last(ledger).fee_invoice, 0u);
    EXPECT_TRUE(ledger.account().dunnings.empty());
}

TEST(Dunning, AFullRefundOfARenewalEndsThePeriodThatItPaid) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    const std::string intent = ledger.calls()[0].intent;
    (void)ledger.paid(intent, false);
    ledger.done(RecordRefund{intent, 1000, "USD", "rfd_1", {}, {}});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Active);
    ledger.done(RecordRefund{intent, 2000, "USD", "rfd_2", {}, {}});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Refunded);
    EXPECT_EQ(last(ledger).plan, "free");
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
}

TEST(Dunning, ARefundOfAPeriodThatIsOverTakesNothingAway) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    const std::string intent = ledger.calls()[0].intent;
    (void)ledger.paid(intent, false);
    ledger.tick("2026-03-01T00:00:00Z");
    (void)ledger.paid(ledger.calls()[1].intent, false);
    ledger.done(RecordRefund{intent, 3000, "USD", "rfd_1", {}, {}});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Active);
}

TEST(Dunning, ARefundThatTheProviderRefusesIsTold) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    const std::string intent = ledger.calls()[0].intent;
    (void)ledger.paid(intent, false);
    const RecordRefund refused{intent, 3000, "USD", {}, "provider_refused", "The card is closed."};
    EXPECT_EQ(ledger.when(refused).code(), Code::Ok);
    EXPECT_EQ(ledger.told_of("payment.refund_failed"), 1u);
    EXPECT_EQ(ledger.account().find_intent(intent)->refunded_minor, 0);
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Active);
}

// The vector `billing.run`: a charge that is refused for good is not made again, and overage is
// blocked.
TEST(Dunning, APermanentErrorIsNotRetriedAndBlocksOverage) {
    Given ledger = subscribed({.threshold_enabled = true, .threshold_minor = 100});
    ledger.track("api", 110_u);
    ASSERT_EQ(ledger.calls().size(), 1u);
    RecordPayment failed{ledger.calls()[0].intent, PaymentResult::Failed, 100, "USD"};
    failed.failure = "method_not_found";
    failed.permanent = true;
    ledger.done(failed);
    EXPECT_EQ(ledger.account().overage_block->reason, base::ErrorCode("threshold_charge_failed"));
    ledger.tick("2026-01-29T00:00:00Z");
    EXPECT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.invoices().back().status, InvoiceStatus::Open);
}

TEST(Dunning, OverageIsBlockedUntilEveryFailedInvoiceIsPaid) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("gpu")
                     .plan(testing::Plan("usd").with(Includes("api").limit(0_u).charge(10_price)))
                     .plan(testing::Plan("eur").in("EUR").addon().with(
                         Includes("gpu").limit(0_u).charge(10_price)))
                     .build(),
                 kStart);
    ledger.collects({.threshold_enabled = true, .threshold_minor = 100, .grace_hours = 1}).card();
    ledger.attach("usd").attach("eur").track("api", 10_u).track("gpu", 10_u);
    ledger.tick("2026-01-01T01:00:00Z");
    ASSERT_EQ(ledger.invoices().size(), 2u);
    ASSERT_EQ(ledger.calls().size(), 2u);
    for (const std::string& intent : {ledger.calls()[0].intent, ledger.calls()[1].intent})
        (void)ledger.declined(intent);
    EXPECT_EQ(ledger.check("gpu", 1_u).refused.why, Refusal::Blocked);
    ledger.done(MarkInvoicePaid{ledger.invoices()[0].id, "wire"});
    EXPECT_EQ(ledger.check("gpu", 1_u).refused.why, Refusal::Blocked);
    ledger.done(MarkInvoicePaid{ledger.invoices()[1].id, "wire"});
    EXPECT_EQ(ledger.check("gpu", 1_u).code, Code::OverageAllowed);
    EXPECT_FALSE(ledger.account().overage_block.has_value());
}

TEST(Dunning, UsageIsCollectedOnlyWhereTheOrganisationSaysSo) {
    Given ledger = subscribed();
    ledger.track("api", 150_u).tick("2026-02-01T00:00:00Z");
    // The fee is charged, the usage waits on an invoice of its own.
    ASSERT_EQ(ledger.calls().size(), 1u);
    ASSERT_EQ(ledger.invoices().size(), 3u);
    EXPECT_EQ(ledger.invoices()[1].total_minor, 3000);
    EXPECT_EQ(ledger.invoices()[2].total_minor, 500);

    Given both = subscribed({.auto_collect = true});
    both.track("api", 150_u).tick("2026-02-01T00:00:00Z");
    ASSERT_EQ(both.calls().size(), 1u);
    EXPECT_EQ(both.calls()[0].amount_minor, 3500);
}

TEST(Dunning, AFailedChargeIsRetriedOnScheduleAndEndsAccessAfterTheGrace) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.told_of("invoice.payment_failed"), 1u);
    ledger.tick("2026-02-01T23:59:59Z");
    EXPECT_EQ(ledger.calls().size(), 1u);
    ledger.tick("2026-02-02T00:00:00Z");  // 24 h
    ASSERT_EQ(ledger.calls().size(), 2u);
    EXPECT_NE(ledger.calls()[1].intent, ledger.calls()[0].intent);
    (void)ledger.declined(ledger.calls().back().intent);
    ledger.tick("2026-02-03T23:59:59Z");
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    ledger.tick("2026-02-04T00:00:00Z");  // 72 h, and the second retry
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::PastDue);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::NoActiveSubscription);
    EXPECT_EQ(ledger.calls().size(), 3u);
    EXPECT_EQ(ledger.told_of("subscription.past_due"), 1u);
    // Recovery.
    (void)ledger.paid(ledger.calls().back().intent, false);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(last(ledger).period.end, "2026-03-01T00:00:00Z"_at);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.told_of("subscription.recovered"), 1u);
}

TEST(Dunning, WhatIsPastDueDoesNotRenew) {
    Given ledger = subscribed({.retry_hours = {1}});
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ledger.tick("2026-02-01T01:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::PastDue);  // no attempt is left
    ledger.tick("2026-03-01T00:00:00Z");
    EXPECT_EQ(ledger.calls().size(), 2u);
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Canceled);
    // The free plan that new customers get takes over.
    EXPECT_EQ(last(ledger).plan, "free");
}

TEST(Dunning, NobodyPaysForWhatHasEnded) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    const std::string charge = ledger.calls().back().intent;
    (void)ledger.declined(charge);
    ledger.done(Cancel{"pro", true}).at("2026-02-01T06:00:00Z").card();
    ledger.tick("2026-02-20T00:00:00Z");
    EXPECT_EQ(ledger.calls().size(), 1u);
    // A charge that was under way comes back.
    Given racing = subscribed();
    racing.tick("2026-02-01T00:00:00Z");
    racing.done(Cancel{"pro", true});
    (void)racing.paid(racing.calls()[0].intent, false);
    ASSERT_EQ(racing.calls().size(), 2u);
    EXPECT_EQ(racing.calls()[1].kind, ProviderCall::Kind::Refund);
}

TEST(Dunning, AnUnpaidFeeIsNotShedByASwitch) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("a").costs(3000).with(Includes("api").limit(1_u)))
                     .plan(testing::Plan("b").costs(3000).with(Includes("api").limit(2_u)))
                     .build(),
                 kStart);
    ledger.collects();
    (void)ledger.paid(ledger.when(Attach{"a"}).attached().intent);
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    const Then asked = ledger.when(Attach{"b"});
    ASSERT_FALSE(asked.attached().intent.empty());
    EXPECT_EQ(ledger.account().find_intent(asked.attached().intent)->purpose,
              IntentPurpose::Invoice);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "a");
    (void)ledger.paid(asked.attached().intent);
    EXPECT_EQ(ledger.when(Attach{"b"}).attached().type, AttachType::Lateral);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "b");
}

TEST(Dunning, LeavingForTheFreePlanEndsWhatIsPastDue) {
    Given ledger = subscribed({.retry_hours = {}});
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ASSERT_EQ(ledger.subscription(1).status, SubscriptionStatus::PastDue);
    ledger.attach("free").card();
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Canceled);
    EXPECT_EQ(last(ledger).plan, "free");
    EXPECT_EQ(ledger.calls().size(), 1u);
}

TEST(Dunning, UnderTheManualProviderInvoicesJustWait) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ledger.book_settings("manual").tick("2026-02-10T00:00:00Z");
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.calls().size(), 1u);
}

TEST(Dunning, WhatIsPastDueMakesWayForAFreePlan) {
    Given ledger = subscribed({.retry_hours = {}});
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.when(Attach{"free"});
    (void)ledger.declined(ledger.calls().back().intent);
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::PastDue);
    ledger.tick("2026-03-01T00:00:00Z");
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Canceled);
    EXPECT_EQ(last(ledger).plan, "free");
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
}

TEST(Dunning, WhatIsPastDueEndsWhenAFreePlanIsAttachedAndDoesNotComeBackWhenItIsPaid) {
    Given ledger = subscribed({.retry_hours = {}});
    ledger.track("api", 150_u).tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ASSERT_EQ(last(ledger).status, SubscriptionStatus::PastDue);
    const std::string fee = ledger.invoices()[1].id;
    (void)ledger.when(Attach{"free"});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Canceled);
    ledger.done(MarkInvoicePaid{fee, {}});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Canceled);
    EXPECT_EQ(last(ledger).plan, "free");
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
}

TEST(Dunning, OneChargeOfAnInvoiceIsUnderWayAtATime) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    const std::string invoice = ledger.invoices().back().id;
    const std::string own = ledger.when(PayInvoice{invoice, {}}).payment().intent;
    EXPECT_EQ(ledger.calls().size(), 2u);
    ledger.tick("2026-02-02T00:00:00Z");  // the schedule's next attempt is due
    EXPECT_EQ(ledger.calls().size(), 2u);
    (void)ledger.paid(own, false);
    ledger.tick("2026-02-03T00:00:00Z");
    EXPECT_EQ(ledger.calls().size(), 2u);
}

TEST(Dunning, ANewCardPaysWhatWaits) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ledger.at("2026-02-01T06:00:00Z").card();
    ASSERT_EQ(ledger.calls().size(), 2u);
    EXPECT_EQ(ledger.calls()[1].amount_minor, 3000);
}

TEST(Dunning, AttachingThePlanThatIsPastDueAsksForItsFee) {
    Given ledger = subscribed();
    ledger.tick("2026-02-01T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    ledger.tick("2026-02-04T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    const Then asked = ledger.when(Attach{"pro"});
    ASSERT_FALSE(asked.attached().intent.empty());
    (void)ledger.paid(asked.attached().intent);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.invoices().back().status, InvoiceStatus::Paid);
}

TEST(Dunning, ATrialIsConvertedByItsCharge) {
    Given ledger(catalog(), kStart);
    ledger.collects().card().attach("try").track("api", 50_u).tick("2026-01-11T00:00:00Z");
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 2000);
    (void)ledger.paid(ledger.calls()[0].intent, false);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Active);
    EXPECT_EQ(last(ledger).period.end, "2026-02-11T00:00:00Z"_at);
}

TEST(Dunning, ATrialWithoutACardExpires) {
    Given ledger(catalog(), kStart);
    ledger.collects().attach("try").tick("2026-01-11T00:00:00Z");
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Expired);
    EXPECT_TRUE(ledger.invoices().empty());
    // Not a second time: it has to be paid now.
    EXPECT_EQ(ledger.when(Attach{"try"}).attached().type, AttachType::New);
}

TEST(Dunning, ATrialWhoseChargeFailsIsPastDueAndExpiresInTheEnd) {
    Given ledger(catalog(), kStart);
    ledger.collects({.retry_hours = {24}}).card().attach("try").tick("2026-01-11T00:00:00Z");
    (void)ledger.declined(ledger.calls().back().intent);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::PastDue);
    ledger.tick("2026-01-12T00:00:00Z");
    ASSERT_EQ(ledger.calls().size(), 2u);
    (void)ledger.declined(ledger.calls().back().intent);
    EXPECT_EQ(last(ledger).status, SubscriptionStatus::Expired);
}

TEST(Dunning, UnbilledUsageIsCollectedAtTheThreshold) {
    Given ledger =
        subscribed({.threshold_enabled = true, .threshold_minor = 500, .auto_collect = true});
    ledger.track("api", 149_u);
    EXPECT_TRUE(ledger.calls().empty());
    ledger.track("api", 1_u);
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 500);
    EXPECT_EQ(ledger.invoices().back().trigger, InvoiceTrigger::Threshold);
    // While it is being charged nothing more is invoiced.
    ledger.track("api", 100_u);
    EXPECT_EQ(ledger.calls().size(), 1u);
    (void)ledger.paid(ledger.calls()[0].intent, false);
    ledger.track("api", 1_u);
    ASSERT_EQ(ledger.calls().size(), 2u);
    EXPECT_EQ(ledger.calls()[1].amount_minor, 1010);
}

TEST(Dunning, TheGraceDelaysTheThreshold) {
    Given ledger = subscribed({.threshold_enabled = true,
                               .threshold_minor = 500,
                               .auto_collect = true,
                               .grace_hours = 2});
    ledger.track("api", 150_u);
    EXPECT_TRUE(ledger.calls().empty());
    ledger.track("api", 10_u).tick("2026-01-01T02:00:00Z");
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 600);
}

TEST(Dunning, AThresholdThatCannotBeCollectedBlocksOverageUntilItIsPaid) {
    Given ledger =
        subscribed({.threshold_enabled = true, .threshold_minor = 500, .auto_collect = true});
    ledger.track("api", 150_u);
    (void)ledger.declined(ledger.calls().back().intent);
    ASSERT_TRUE(ledger.account().overage_block.has_value());
    EXPECT_EQ(ledger.account().overage_block->reason, base::ErrorCode("threshold_charge_failed"));
    const Then refused = ledger.when(track("api", 1_u));
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_EQ(refused.usage().message, "threshold_charge_failed");
    EXPECT_EQ(ledger.told_of("overage.blocked"), 1u);
    // The schedule tries again.
    ledger.tick("2026-01-02T00:00:00Z");
    ASSERT_EQ(ledger.calls().size(), 2u);
    (void)ledger.paid(ledger.calls().back().intent, false);
    EXPECT_FALSE(ledger.account().overage_block.has_value());
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.told_of("overage.unblocked"), 1u);
}

TEST(Dunning, AThresholdWithoutACardBlocksToo) {
    Given ledger = subscribed({.require_payment_method = false,
                               .threshold_enabled = true,
                               .threshold_minor = 500,
                               .auto_collect = true});
    (void)ledger.when(RemovePaymentMethod{ledger.account().default_method()->id});
    ledger.track("api", 150_u);
    ASSERT_TRUE(ledger.account().overage_block.has_value());
    EXPECT_EQ(ledger.account().overage_block->reason, base::ErrorCode("no_payment_method_on_file"));
    EXPECT_TRUE(ledger.calls().empty());
    // Withdrawing the invoice lifts it, and the usage is unbilled again.
    const std::string invoice = ledger.invoices().back().id;
    (void)ledger.when(VoidInvoice{invoice, "settled otherwise"});
    EXPECT_FALSE(ledger.account().overage_block.has_value());
    EXPECT_EQ(ledger.unbilled(), 500);
}

TEST(Dunning, OverageNeedsACardWhereAProviderCollects) {
    Given ledger = subscribed();
    (void)ledger.when(RemovePaymentMethod{ledger.account().default_method()->id});
    const Then refused = ledger.when(track("api", 101_u));
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_EQ(refused.usage().refused.why, Refusal::NoPaymentMethod);
    Given open = subscribed({.require_payment_method = false});
    (void)open.when(RemovePaymentMethod{open.account().default_method()->id});
    EXPECT_EQ(open.when(track("api", 101_u)).code(), Code::TrackedOverage);
}

TEST(Dunning, AnInvoiceBelowTheProvidersMinimumWaits) {
    Given ledger = subscribed();
    ledger.track("api", 104_u);  // 40 of the 50 that the sandbox charges at least
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::InvoiceBelowMinimum);
    ledger.tick("2026-02-01T00:00:00Z");
    EXPECT_EQ(ledger.invoices().size(), 2u);  // the two fees
    EXPECT_EQ(ledger.unbilled(), 40);
    ledger.track("api", 101_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::Ok);
    EXPECT_EQ(ledger.invoices().back().total_minor, 50);
}

}  // namespace
}  // namespace quipu::ledger
