// State rows survive the store, and equal values have equal bytes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "projections/rows/row_codec.h"
#include "support/generators.h"

namespace quipu::projections {
namespace {

RC_GTEST_PROP(RowCodec, AnAccountSurvives, ()) {
    const ledger::Account account = *testing::account();
    RC_ASSERT(decode_account(encode_account(account)).value() == account);
}
RC_GTEST_PROP(RowCodec, AWindowSurvives, ()) {
    const ledger::MeterWindow window = *testing::meter_window();
    RC_ASSERT(decode_window(encode_window(window)).value() == window);
}
RC_GTEST_PROP(RowCodec, AGrantSurvives, ()) {
    const ledger::CreditGrant grant = *testing::credit_grant();
    RC_ASSERT(decode_grant(encode_grant(grant)).value() == grant);
}
RC_GTEST_PROP(RowCodec, AnEntitySurvives, ()) {
    const ledger::Entity entity = *testing::entity();
    RC_ASSERT(decode_entity(encode_entity(entity)).value() == entity);
}
RC_GTEST_PROP(RowCodec, ACustomerSurvives, ()) {
    const ledger::Customer customer = *testing::customer();
    RC_ASSERT(decode_customer(encode_customer(customer)).value() == customer);
}
RC_GTEST_PROP(RowCodec, AKeySurvives, ()) {
    const ledger::ApiKey key = *testing::api_key();
    RC_ASSERT(decode_key(encode_key(key)).value() == key);
}
RC_GTEST_PROP(RowCodec, AWebhookEndpointSurvives, ()) {
    const ledger::WebhookEndpoint endpoint = *testing::webhook_endpoint();
    RC_ASSERT(decode_webhook_endpoint(encode_webhook_endpoint(endpoint)).value() == endpoint);
}
RC_GTEST_PROP(RowCodec, AnEntrySurvivesWithAnyOutcome, ()) {
    const ledger::Entry entry = *testing::entry();
    RC_ASSERT(decode_entry(entry.offset, encode_entry(entry)).value() == entry);
}

RC_GTEST_PROP(RowCodec, ACutEntryIsCorrupt, ()) {
    const std::string bytes = encode_entry(*testing::entry());
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const base::Result<ledger::Entry> decoded = decode_entry(0, bytes.substr(0, size));
    RC_ASSERT_FALSE(decoded.has_value());
    RC_ASSERT(decoded.error().code == base::ErrorCode("row_corrupt"));
}
RC_GTEST_PROP(RowCodec, ACutAccountIsCorrupt, ()) {
    const std::string bytes = encode_account(*testing::account());
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    RC_ASSERT(decode_account(bytes.substr(0, size)).error().code == base::ErrorCode("row_corrupt"));
}
RC_GTEST_PROP(RowCodec, ALongerEntryIsCorrupt, ()) {
    RC_ASSERT_FALSE(decode_entry(0, encode_entry(*testing::entry()) + '\0').has_value());
}

TEST(RowCodec, AnOrganisationSurvivesWithoutItsCatalog) {
    const ledger::Organisation organisation{
        .id = "org_1", .name = "Example", .created_at = base::Instant{7}};
    const ledger::Organisation decoded =
        decode_organisation(encode_organisation(organisation)).value();
    EXPECT_EQ(decoded.id, "org_1");
    EXPECT_EQ(decoded.name, "Example");
    EXPECT_EQ(decoded.created_at, base::Instant{7});
    EXPECT_EQ(*decoded.catalog, ledger::Catalog{});
}

TEST(RowCodec, WhatHasRowsOfItsOwnIsNotInTheAccountRow) {
    ledger::Account account;
    account.organisation = "o";
    account.id = "c";
    const std::string bytes = encode_account(account);
    account.meters[{1, "f", ""}].windows[base::Instant{0}] = {};
    account.grants.push_back({.seq = 1});
    account.entities[{"f", "e"}] = {};
    account.entity_counts["f"] = 1;
    EXPECT_EQ(encode_account(account), bytes);
}

TEST(RowCodec, AnotherFormatIsCorrupt) {
    std::string bytes = encode_window({});
    ASSERT_TRUE(decode_window(bytes).has_value());
    ++bytes[0];
    EXPECT_EQ(decode_window(bytes).error().code, base::ErrorCode("row_corrupt"));
}

TEST(RowCodec, AnUnknownEnumeratorIsCorrupt) {
    ledger::Entry entry{.outcome = ledger::Rejection{.code = static_cast<ledger::Code>(250)}};
    EXPECT_EQ(decode_entry(0, encode_entry(entry)).error().code, base::ErrorCode("row_corrupt"));
}

// The size is a promise: one such row is written for every event.
TEST(RowCodec, ATypicalEntryIsSmall) {
    const base::Period month{{1'793'491'200'123'456}, {1'796'083'200'123'456}};
    const base::Quantity one = base::Quantity::from_int(1);
    const ledger::Entry entry{
        .offset = 1'000'000,
        .id = "0b9c2f1e-6c50-4a3e-9d0e-3f6f0f1f2a3b",
        .content = 0x9e3779b97f4a7c15,
        .kind = 16,
        .recorded_at = {1'794'000'000'654'321},
        .occurred_at = {1'794'000'000'654'321},
        .outcome = ledger::UsageAnswer{.feature = "api-calls",
                                       .usage = base::Quantity::from_int(4711),
                                       .limit = base::Quantity::from_int(10'000),
                                       .balance = base::Quantity::from_int(5289),
                                       .window_start = month.start,
                                       .resets_at = month.end,
                                       .reset = ledger::Interval::Monthly,
                                       .plan = "pro",
                                       .catalog_version = 3,
                                       .terms_feature = "api-calls"},
        .value = one,
        .postings = {{.bucket = ledger::Bucket::Allowance,
                      .meter = {1, "api-calls", ""},
                      .window = month,
                      .units = one,
                      .amount = one}}};
    const std::string bytes = encode_entry(entry);
    EXPECT_EQ(decode_entry(entry.offset, bytes).value(), entry);
    EXPECT_LE(bytes.size(), 125U);
}

}  // namespace
}  // namespace quipu::projections
