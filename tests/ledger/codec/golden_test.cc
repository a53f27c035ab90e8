// Bytes that earlier versions wrote decode to the same values for ever. Files are in tests/golden
// by version; scripts/schema-lock adds those that are missing and never touches one that is there.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/command_codec.h"
#include "ledger/codec/golden_values.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/codec/notification_codec.h"
#include "projections/rows/command_digest.h"
#include "projections/rows/row_codec.h"
#include "support/written_files.h"

namespace quipu::ledger {
namespace {

const std::string kFolder = QUIPU_SOURCE_DIR "/tests/golden/v1/";

// The stored bytes; where there are none yet, `bytes` once it may be written.
std::string stored(const std::string& name, const std::string& bytes) {
    const std::string path = kFolder + name + ".bin";
    if (testing::may_write_files() && !testing::read_file(path)) testing::write_file(path, bytes);
    const auto file = testing::read_file(path);
    EXPECT_TRUE(file.has_value()) << path << " is missing: run scripts/schema-lock.";
    return file.value_or("");
}

template <typename T>
T value_or_fail(base::Result<T> result, const std::string& name) {
    EXPECT_TRUE(result.has_value()) << name << ": " << (result ? "" : result.error().message);
    return result ? std::move(*result) : T{};
}

TEST(Golden, EveryRecordDecodesToItsValue) {
    std::set<std::size_t> kinds;
    for (const auto& [name, record] : golden::records()) {
        const std::string bytes = stored("record_" + name, encode(record));
        EXPECT_EQ(value_or_fail(decode_record(bytes), name), record) << name;
        kinds.insert(record.command.index());
    }
    EXPECT_EQ(kinds.size(), std::variant_size_v<AnyCommand>) << "A command has no golden record.";
}

TEST(Golden, WhatANewerVersionWroteIsPutAside) {
    // A record with the command 90, with the field 15, with the overage mode 9.
    const std::string id("\x0a\x01\x31", 3);
    const auto code = [](const std::string& bytes) {
        return decode_record(bytes).error().code.text();
    };
    EXPECT_EQ(code(stored("newer_command", id + std::string("\xd2\x05\x02\x08\x01", 5))),
              "record_unknown_command");
    EXPECT_EQ(code(stored("newer_field", id + std::string("\x78\x01\xda\x01\x00", 5))),
              "record_unknown_field");
    EXPECT_EQ(code(stored("newer_enum", id + std::string("\xba\x01\x05\x0a\x01\x66\x10\x09", 8))),
              "record_unknown_command");
}

TEST(Golden, CatalogInvoiceAndNotificationDecodeToTheirValues) {
    const std::string catalog = stored("catalog", encode_catalog(golden::catalog()));
    EXPECT_EQ(value_or_fail(decode_catalog(catalog), "catalog"), golden::catalog());
    const std::string invoice = stored("invoice", encode_invoice(golden::invoice()));
    EXPECT_EQ(value_or_fail(decode_invoice(invoice), "invoice"), golden::invoice());
    const std::string settled =
        stored("invoice_settled", encode_invoice(golden::settled_invoice()));
    EXPECT_EQ(value_or_fail(decode_invoice(settled), "settled"), golden::settled_invoice());
    const std::string notification =
        stored("notification", encode_notification(golden::notification()));
    EXPECT_EQ(value_or_fail(decode_notification(notification), "notification"),
              golden::notification());
}

// Rows are also written as they always were: the state's digest covers their bytes.
template <typename T, typename Encode, typename DecodeRow>
void expect_row(const std::string& name, const T& value, Encode encode_row, DecodeRow decode_row) {
    const std::string bytes = stored("row_" + name, encode_row(value));
    EXPECT_EQ(value_or_fail(decode_row(bytes), name), value) << name;
    EXPECT_EQ(encode_row(value), bytes) << name;
}

TEST(Golden, EveryRowIsReadAndWrittenAsItWas) {
    expect_row("account", golden::account(), projections::encode_account,
               projections::decode_account);
    expect_row("window", golden::window(), projections::encode_window, projections::decode_window);
    expect_row("grant", golden::grant(), projections::encode_grant, projections::decode_grant);
    expect_row("entity", golden::entity(), projections::encode_entity, projections::decode_entity);
    expect_row("customer", golden::customer(), projections::encode_customer,
               projections::decode_customer);
    expect_row("key", golden::key(), projections::encode_key, projections::decode_key);
    expect_row("settings", golden::settings(), projections::encode_settings,
               projections::decode_settings);
    expect_row("webhook_endpoint", golden::webhook_endpoint(), projections::encode_webhook_endpoint,
               projections::decode_webhook_endpoint);
    const std::string organisation =
        stored("row_organisation", projections::encode_organisation(golden::organisation()));
    EXPECT_EQ(projections::encode_organisation(
                  value_or_fail(projections::decode_organisation(organisation), "organisation")),
              organisation);
    std::set<std::size_t> outcomes;
    int number = 0;
    for (const Entry& entry : golden::entries()) {
        expect_row(
            "entry_" + std::to_string(number++), entry,
            [](const Entry& each) { return projections::encode_entry(each); },
            [&](const std::string& bytes) {
                return projections::decode_entry(entry.offset, bytes);
            });
        outcomes.insert(entry.outcome.index());
    }
    EXPECT_EQ(outcomes.size(), std::variant_size_v<Outcome>) << "An outcome has no golden entry.";
}

// The state is made from the log: rows of an earlier format are refused, not guessed at.
TEST(Golden, RowsOfTheFirstFormatAreRefused) {
    const auto old = testing::read_file(kFolder + "old_row_account.bin");
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(projections::decode_account(*old).error().code, base::ErrorCode("row_corrupt"));
}

// Digests are stored with entries and decide whether a retry is the same event.
TEST(Golden, TheDigestOfATrackIsAsItWas) {
    const auto records = golden::records();
    EXPECT_EQ(projections::content_digest(records[4].record), 7160153413814257751U);
    EXPECT_EQ(projections::content_digest(records[5].record), 6936306622050318358U);
}

TEST(Golden, NoFileIsLeftOver) {
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
        if (file.path().extension() == ".bin") ++files;
    }
    EXPECT_EQ(files, golden::records().size() + 3 + 4 + 9 + 1 + golden::entries().size());
}

}  // namespace
}  // namespace quipu::ledger
