// Invoices that are paid, marked, withdrawn (docs/contract/invoices.md#pay); payment methods.
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";

Given with_overage(bool collects) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("free").with(Includes("api").limit(100_u).charge(10_price)))
            .build(),
        kStart);
    if (collects) ledger.collects().card();
    ledger.attach("free").track("api", 150_u);
    return ledger;
}

TEST(Payment, AnInvoiceIsPaidByTheSavedCard) {
    Given ledger = with_overage(true);
    (void)ledger.when(GenerateInvoice{});
    const std::string invoice = ledger.invoices()[0].id;
    EXPECT_TRUE(ledger.calls().empty());  // asked for by hand, it is not charged by itself
    const Then pay = ledger.when(PayInvoice{invoice, {}});
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 500);
    // Asking again while it is under way charges nothing more.
    EXPECT_EQ(ledger.when(PayInvoice{invoice, {}}).payment().intent, pay.payment().intent);
    EXPECT_EQ(ledger.calls().size(), 1u);
    (void)ledger.paid(pay.payment().intent, false);
    EXPECT_EQ(ledger.invoices()[0].status, InvoiceStatus::Paid);
    EXPECT_TRUE(ledger.when(PayInvoice{invoice, {}}).payment().intent.empty());
}

TEST(Payment, AVoidInvoiceIsNeverPaid) {
    Given ledger = with_overage(true);
    (void)ledger.when(GenerateInvoice{});
    const std::string invoice = ledger.invoices()[0].id;
    const std::string intent = ledger.when(PayInvoice{invoice, {}}).payment().intent;
    (void)ledger.when(VoidInvoice{invoice, "mistake"});
    EXPECT_EQ(ledger.unbilled(), 500);
    (void)ledger.paid(intent, false);  // the charge was on its way
    EXPECT_EQ(ledger.invoices()[0].status, InvoiceStatus::Void);
    ASSERT_EQ(ledger.calls().size(), 2u);
    EXPECT_EQ(ledger.calls()[1].kind, ProviderCall::Kind::Refund);
    EXPECT_EQ(ledger.when(PayInvoice{invoice, {}}).code(), Code::InvoiceNotOpen);
    EXPECT_EQ(ledger.when(VoidInvoice{invoice, {}}).code(), Code::InvoiceNotOpen);
    // Its usage goes to the next one, and only there.
    (void)ledger.when(GenerateInvoice{});
    EXPECT_EQ(ledger.invoices()[1].total_minor, 500);
    EXPECT_EQ(ledger.unbilled(), 0);
}

TEST(Payment, WithoutAProviderInvoicesAreMarkedPaid) {
    Given ledger = with_overage(false);
    (void)ledger.when(GenerateInvoice{});
    const std::string invoice = ledger.invoices()[0].id;
    EXPECT_EQ(ledger.when(PayInvoice{invoice, {}}).code(), Code::ProviderNotConfigured);
    EXPECT_EQ(ledger.when(SetUpPaymentMethod{}).code(), Code::ProviderNotConfigured);
    (void)ledger.when(MarkInvoicePaid{invoice, "wire 17"});
    EXPECT_EQ(ledger.invoices()[0].status, InvoiceStatus::Paid);
    EXPECT_EQ(ledger.invoices()[0].payment, "wire 17");
    EXPECT_EQ(ledger.when(VoidInvoice{invoice, {}}).code(), Code::InvoiceNotOpen);
    EXPECT_EQ(ledger.when(MarkInvoicePaid{"inv_1_7", {}}).code(), Code::InvoiceNotFound);
    EXPECT_EQ(ledger.when(MarkInvoicePaid{"inv_other_1", {}}).code(), Code::InvoiceNotFound);
}

TEST(Payment, AnInvoiceThatTheCardCannotPayIsWithdrawn) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("free").with(Includes("api").limit(100_u).charge(10_price)))
            .build(),
        kStart);
    ledger.collects({.require_payment_method = false}).attach("free").track("api", 104_u);
    (void)ledger.when(GenerateInvoice{});  // without a card there is no minimum
    ASSERT_EQ(ledger.invoices().size(), 1u);
    ledger.card();
    EXPECT_EQ(ledger.when(PayInvoice{ledger.invoices()[0].id, {}}).code(),
              Code::InvoiceBelowMinimum);
    EXPECT_EQ(ledger.invoices()[0].status, InvoiceStatus::Void);
    EXPECT_EQ(ledger.unbilled(), 40);
}

TEST(Payment, TheLeastChargeIsWhatTheMethodsProviderSaid) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("free").with(Includes("api").limit(100_u).charge(10_price)))
            .build(),
        kStart);
    ledger.collects({.require_payment_method = false}).attach("free").track("api", 104_u);
    ledger.charges_at_least({{"EUR", 1000}, {"USD", 41}}).card();
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::InvoiceBelowMinimum);
    ledger.charges_at_least({{"EUR", 1000}, {"USD", 40}}).card();
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 40);
    ledger.track("api", 1_u).charges_at_least({}).card();
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 10);
}

TEST(Payment, ThereIsNoLeastChargeInOtherCurrencies) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("free").in("JPY").with(
                         Includes("api").limit(100_u).charge(10_price)))
                     .build(),
                 kStart);
    ledger.collects({.require_payment_method = false}).attach("free").card();
    ledger.track("api", 101_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 10);
}

TEST(Payment, TheNewestMethodIsChargedAndARemovedOneIsNot) {
    Given ledger = with_overage(true);
    const std::string first = ledger.account().default_method()->id;
    ledger.at("2026-01-02").card();
    const std::string second = ledger.account().default_method()->id;
    EXPECT_NE(first, second);
    (void)ledger.when(RemovePaymentMethod{second});
    EXPECT_EQ(ledger.account().default_method()->id, first);
    (void)ledger.when(RemovePaymentMethod{first});
    EXPECT_EQ(ledger.account().default_method(), nullptr);
    EXPECT_EQ(ledger.when(RemovePaymentMethod{first}).code(), Code::PaymentMethodNotFound);
    (void)ledger.when(GenerateInvoice{});
    const Then pay = ledger.when(PayInvoice{ledger.invoices()[0].id, {}});
    EXPECT_TRUE(is_open_page(*ledger.account().find_intent(pay.payment().intent)));
}

TEST(Payment, AMethodThatCanNeverBeChargedIsNotTriedAgain) {
    Given ledger = with_overage(true);
    (void)ledger.when(GenerateInvoice{});
    RecordPayment failed;
    failed.intent = ledger.when(PayInvoice{ledger.invoices()[0].id, {}}).payment().intent;
    failed.result = PaymentResult::Failed;
    failed.failure = "method_not_found";
    failed.permanent = true;
    (void)ledger.when(failed);
    EXPECT_EQ(ledger.account().default_method(), nullptr);
    EXPECT_FALSE(ledger.account().payment_methods[0].is_valid);
}

}  // namespace
}  // namespace quipu::ledger
