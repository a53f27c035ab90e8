// What a change of plan may not do: net two currencies, forget what was agreed, give up a trial, or
// leave a credit behind whose fee is withdrawn (docs/contract/subscriptions.md#later).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2027-01-01";

std::vector<Invoice> fees(Given& ledger) {
    return ledger.invoices();
}

TEST(AgreedTerms, ASwitchToAnotherCurrencyWaitsForThePeriodsEnd) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("euro").costs(1000).in("EUR").with(Includes("api")))
                     .plan(testing::Plan("dollar").costs(10000).with(Includes("api")))
                     .build(),
                 kStart);
    ledger.attach("euro").at("2027-01-30");
    const auto answer = std::get<AttachAnswer>(ledger.when(Attach{"dollar"}).handled.outcome);
    EXPECT_EQ(answer.scheduled_at, moment("2027-02-01"));
    EXPECT_EQ(answer.message, "Switch to Dollar scheduled for 2027-02-01T00:00:00.000Z");
    ASSERT_EQ(fees(ledger).size(), 1u);
    ledger.tick("2027-02-01");
    ASSERT_EQ(fees(ledger).size(), 2u);
    EXPECT_EQ(fees(ledger)[1].total_minor, 10000);
    EXPECT_EQ(fees(ledger)[1].currency, base::Currency("USD"));
}

TEST(AgreedTerms, ADowngradeHappensAtThePriceItWasAgreedAt) {
    const auto catalog = [](std::int64_t basic) {
        return CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("pro").costs(3000).with(Includes("api").limit(100_u)))
            .plan(testing::Plan("basic").costs(basic).with(Includes("api").limit(10_u)))
            .build();
    };
    Given ledger(catalog(1000), kStart);
    ledger.attach("pro").at("2027-01-10").attach("basic").publish(catalog(5000));
    ledger.tick("2027-02-01");
    EXPECT_EQ(fees(ledger).back().total_minor, 1000);
    ledger.tick("2027-03-01");
    EXPECT_EQ(fees(ledger).back().total_minor, 1000);
}

Given with_trials() {
    return Given(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("a").costs(1000).trial_days(14).with(Includes("api")))
                     .plan(testing::Plan("b").costs(3000).trial_days(7).with(Includes("api")))
                     .plan(testing::Plan("c").costs(2000).with(Includes("api")))
                     .build(),
                 kStart);
}

TEST(AgreedTerms, AnUnpaidTrialIsLeftForAnother) {
    Given ledger = with_trials();
    ledger.attach("a").at("2027-01-04");
    const auto other = std::get<AttachAnswer>(ledger.when(Attach{"b"}).handled.outcome);
    EXPECT_EQ(other.type, AttachType::Trial);
    EXPECT_EQ(other.trial_ends_at, moment("2027-01-11"));
    EXPECT_TRUE(fees(ledger).empty());
    // Back again: the rest of the first.
    ledger.at("2027-01-06");
    const auto back = std::get<AttachAnswer>(ledger.when(Attach{"a"}).handled.outcome);
    EXPECT_EQ(back.type, AttachType::Trial);
    EXPECT_EQ(back.trial_ends_at, moment("2027-01-15"));
    ledger.tick("2027-01-15");
    ASSERT_EQ(fees(ledger).size(), 1u);
    EXPECT_EQ(fees(ledger)[0].total_minor, 1000);
    // What was left of the other has gone by: it is a plan like any now.
    const auto late = std::get<AttachAnswer>(ledger.when(Attach{"b"}).handled.outcome);
    EXPECT_EQ(late.type, AttachType::Upgrade);
}

TEST(AgreedTerms, ATrialThatWasCanceledDoesNotGoOn) {
    Given ledger = with_trials();
    ledger.attach("a").at("2027-01-04").done(Cancel{"a", true});
    const auto again = std::get<AttachAnswer>(ledger.when(Attach{"a"}).handled.outcome);
    EXPECT_EQ(again.type, AttachType::New);
    EXPECT_EQ(fees(ledger).size(), 1u);
}

TEST(AgreedTerms, AFeeThatGaveCreditCannotBeWithdrawnAlone) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("a").costs(3000).with(Includes("api")))
                     .plan(testing::Plan("b").costs(5000).with(Includes("api")))
                     .plan(testing::Plan("c").costs(9000).with(Includes("api")))
                     .build(),
                 kStart);
    ledger.attach("a").at("2027-01-16T12:00:00Z").attach("b");
    ASSERT_EQ(fees(ledger).size(), 2u);
    EXPECT_EQ(fees(ledger)[1].total_minor, 1000);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[0].id, {}}).code(), Code::InvoiceCredited);
    ledger.at("2027-01-20").attach("c");
    // Neither of those whose rest the newest plan was given.
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[0].id, {}}).code(), Code::InvoiceCredited);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[1].id, {}}).code(), Code::InvoiceCredited);
    // The last one first; then there is no credit that would be left behind.
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[2].id, {}}).code(), Code::Ok);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[0].id, {}}).code(), Code::InvoiceCredited);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[1].id, {}}).code(), Code::Ok);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[0].id, {}}).code(), Code::Ok);
}

TEST(AgreedTerms, AFeeOfAnEarlierPeriodMayStillBeWithdrawn) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("a").costs(3000).with(Includes("api")))
                     .plan(testing::Plan("b").costs(5000).with(Includes("api")))
                     .build(),
                 kStart);
    ledger.attach("a").tick("2027-02-01").at("2027-02-15").attach("b");
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[0].id, {}}).code(), Code::Ok);
    EXPECT_EQ(ledger.when(VoidInvoice{fees(ledger)[1].id, {}}).code(), Code::InvoiceCredited);
}

}  // namespace
}  // namespace quipu::ledger
