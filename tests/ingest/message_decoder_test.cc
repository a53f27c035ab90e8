// A message says by its content type what it is; headers and key fill in what it leaves out.
#include "ingest/message_decoder.h"

#include <gtest/gtest.h>

namespace quipu::ingest {
namespace {

constexpr std::string_view kEvent = R"({"specversion":"1.0","id":"e1","type":"api-calls"})";

std::string record_bytes(std::string organisation = {}, std::string customer = {}) {
    return ledger::encode({.id = "e1",
                           .organisation = std::move(organisation),
                           .customer = std::move(customer),
                           .command = ledger::Track{.feature = "api-calls"}});
}

std::string code_of(const base::Result<ledger::CommandRecord>& record) {
    return record ? "accepted" : std::string(record.error().code.text());
}

TEST(MessageDecoder, TheContentTypeSaysWhatTheBytesAre) {
    MessageDecoder decoder;
    const std::vector<ledger::Header> headers{{"organisation", "org_1"}};
    for (const char* const type : {"", "application/x-protobuf", "application/protobuf",
                                   "Application/X-Protobuf", "application/protobuf; v=1"}) {
        EXPECT_EQ(code_of(decoder.decode(type, record_bytes(), "acme", headers)), "accepted");
        EXPECT_EQ(code_of(decoder.decode(type, kEvent, "acme", headers)), "record_malformed");
    }
    for (const char* const type :
         {"application/cloudevents+json", "application/cloudevents+json; charset=UTF-8"}) {
        EXPECT_EQ(code_of(decoder.decode(type, kEvent, "acme", headers)), "accepted");
        EXPECT_EQ(code_of(decoder.decode(type, record_bytes(), "acme", headers)),
                  "event_malformed");
    }
    for (const char* const type : {"application/json", "text/plain", "application/cloudevents"}) {
        EXPECT_EQ(code_of(decoder.decode(type, kEvent, "acme", headers)),
                  "content_type_unsupported");
    }
}

TEST(MessageDecoder, TheRecordsOwnOrganisationAndCustomerCount) {
    const auto record = MessageDecoder().decode("", record_bytes("org_2", "other"), "acme",
                                                {{"organisation", "org_1"}});
    EXPECT_EQ(record.value().organisation, "org_2");
    EXPECT_EQ(record.value().customer, "other");
}

TEST(MessageDecoder, HeaderAndKeyFillInWhatIsLeftOut) {
    const auto record =
        MessageDecoder().decode("", record_bytes(), "acme", {{"Organisation", "org_1"}});
    EXPECT_EQ(record.value().organisation, "org_1");
    EXPECT_EQ(record.value().customer, "acme");
}

TEST(MessageDecoder, UsageOfNobodyIsRefused) {
    MessageDecoder decoder;
    EXPECT_EQ(code_of(decoder.decode("", record_bytes(), "acme", {})), "organisation_missing");
    EXPECT_EQ(code_of(decoder.decode("", record_bytes("org_1"), "", {})), "customer_missing");
}

TEST(MessageDecoder, AKeyThatIsNoCustomerIsRefused) {
    MessageDecoder decoder;
    const std::vector<ledger::Header> headers{{"organisation", "org_1"}};
    EXPECT_EQ(code_of(decoder.decode("", record_bytes(), std::string(257, 'x'), headers)),
              "field_too_long");
    EXPECT_EQ(code_of(decoder.decode("", record_bytes(), "\xff", headers)), "text_malformed");
    EXPECT_EQ(code_of(decoder.decode("", record_bytes(), std::string_view("a\0b", 3), headers)),
              "text_malformed");
}

TEST(MessageDecoder, TheLedgersOwnRecordsHaveNoCustomer) {
    const std::string bytes = ledger::encode({.command = ledger::Tick{}});
    const auto record = MessageDecoder().decode("", bytes, "key", {{"organisation", "org_1"}});
    EXPECT_EQ(record.value(), ledger::CommandRecord{.command = ledger::Tick{}});
}

TEST(MessageDecoder, AStoredMessageBringsItsContentType) {
    const ledger::StoredRecord message{
        .key = "acme",
        .value = std::string(kEvent),
        .headers = {{"Content-Type", "application/cloudevents+json"}, {"organisation", "org_1"}}};
    const auto record = MessageDecoder().decode(message);
    EXPECT_EQ(record.value().customer, "acme");
    EXPECT_EQ(record.value().id, "e1");
}

}  // namespace
}  // namespace quipu::ingest
