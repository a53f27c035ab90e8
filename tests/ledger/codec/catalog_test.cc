// Catalog versions, invoice events and notifications survive their bytes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/codec/notification_codec.h"
#include "quipu/v1/catalog.pb.h"
#include "quipu/v1/invoice.pb.h"
#include "quipu/v1/notification.pb.h"
#include "support/generators.h"

namespace quipu::ledger {
namespace {

RC_GTEST_PROP(CatalogCodec, EveryCatalogSurvivesARoundTrip, ()) {
    const Catalog catalog = *testing::catalog();
    RC_ASSERT(decode_catalog(encode_catalog(catalog)).value() == catalog);
}

RC_GTEST_PROP(InvoiceCodec, EveryInvoiceSurvivesARoundTrip, ()) {
    const Invoice invoice = *testing::invoice();
    RC_ASSERT(decode_invoice(encode_invoice(invoice)).value() == invoice);
}

RC_GTEST_PROP(NotificationCodec, EveryNotificationSurvivesARoundTrip, ()) {
    const Notification notification = *testing::notification();
    RC_ASSERT(decode_notification(encode_notification(notification)).value() == notification);
}

TEST(NotificationCodec, AFactWithoutAValueIsRefused) {
    v1::Notification message;
    message.add_facts()->set_name("customer");
    EXPECT_EQ(decode_notification(message.SerializeAsString()).error().code,
              base::ErrorCode("value_unspecified"));
}

TEST(CatalogCodec, AnEnumOfANewerVersionIsRefused) {
    v1::Catalog catalog;
    catalog.add_plans()->set_interval(static_cast<v1::Interval>(200));
    EXPECT_EQ(decode_catalog(catalog.SerializeAsString()).error().code,
              base::ErrorCode("record_unknown_command"));
}

// Logs of before hold what was sent: "usd" is USD, and what is no currency cannot be priced.
TEST(CatalogCodec, ACurrencyIsACodeInEitherCase) {
    const auto read = [](const std::string& code) {
        v1::Catalog catalog;
        v1::CreditPack& pack = *catalog.add_credit_packs();
        pack.set_currency(code);
        return decode_catalog(catalog.SerializeAsString());
    };
    for (const char* code : {"USD", "usd", "Usd"})
        EXPECT_EQ(read(code).value().credit_packs.at(0).currency, base::Currency("USD")) << code;
    EXPECT_TRUE(read("").value().credit_packs.at(0).currency.is_none());
    for (const char* code : {"USDT", "CREDITS", "XAU", "US"})
        EXPECT_EQ(read(code).error().code, base::ErrorCode("currency_unknown")) << code;
}

TEST(InvoiceCodec, AFieldOfANewerVersionIsRefused) {
    v1::Invoice message;
    ASSERT_TRUE(message.ParseFromString(encode_invoice(Invoice{})));
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(900, 1);
    EXPECT_EQ(decode_invoice(message.SerializeAsString()).error().code,
              base::ErrorCode("record_unknown_field"));
}

TEST(InvoiceCodec, BytesOfSomethingElseAreRefused) {
    EXPECT_EQ(decode_invoice("\xff").error().code, base::ErrorCode("record_malformed"));
    EXPECT_EQ(decode_catalog("\xff").error().code, base::ErrorCode("record_malformed"));
}

}  // namespace
}  // namespace quipu::ledger
