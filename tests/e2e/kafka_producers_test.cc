// Producers that write to the topics themselves, and what the ledger writes for others to read.
#include <map>

#include "base/murmur2.h"
#include "e2e/catalogs.h"
#include "e2e/clients.h"
#include "e2e/kafka_peer.h"
#include "e2e/ledger_test.h"
#include "ledger/codec/command_codec.h"
#include "ledger/codec/invoice_codec.h"

namespace quipu::e2e {
namespace {

using ledger::NewRecord;
using ledger::StoredRecord;
using ledger::Topic;

constexpr int kPartitions = 4;

NewRecord protobuf_track(const std::string& id, const std::string& customer, int value) {
    ledger::CommandRecord record;
    record.id = id;
    record.organisation = "default";
    record.customer = customer;
    record.command = ledger::Track{"calls", base::Quantity::from_int(value), {}, {}, false};
    return {customer, ledger::encode(record), {{"content-type", "application/x-protobuf"}}};
}

NewRecord cloud_event(const std::string& id, const std::string& customer, int value) {
    const Json event{{"specversion", "1.0"}, {"id", id},
                     {"source", "quipu"},    {"type", "calls"},
                     {"subject", customer},  {"data", {{"value", value}}}};
    return {customer,
            event.dump(),
            {{"content-type", "application/cloudevents+json; charset=utf-8"},
             {"organisation", "default"}}};
}

std::map<std::string, std::string> headers_of(const StoredRecord& record) {
    std::map<std::string, std::string> headers;
    for (const ledger::Header& header : record.headers) headers[header.name] = header.value;
    return headers;
}

class KafkaProducers : public LedgerTest {
protected:
    void SetUp() override {
        LedgerTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        ServerSettings settings;
        settings.partitions = kPartitions;
        server_ = make_server("ledger", settings);
        server_->start();
        api_ = std::make_unique<ApiClient>(*server_);
        peer_ = std::make_unique<KafkaPeer>(server_->settings().brokers);
        api_->publish(one_limit_catalog(1'000'000));
        api_->customer("acme");
        api_->attach("acme", "free");
    }

    static std::int32_t home() {
        return static_cast<std::int32_t>(base::partition_for("acme", kPartitions));
    }
    void produce(std::int32_t partition, const NewRecord& record) {
        peer_->produce(server_->settings().prefix + ".events", partition, record);
    }
    bool usage_becomes(int usage) {
        return eventually([&] { return api_->check("acme", "calls")["usage"] == usage; });
    }
    // What is on an outgoing topic once it holds at least `count` records.
    std::vector<StoredRecord> outgoing(Topic topic, std::size_t count) {
        const auto log = open_log(*server_);
        std::vector<StoredRecord> records;
        EXPECT_TRUE(eventually([&] {
            records = read_log(*log, {topic, 0});
            return records.size() >= count;
        })) << records.size()
            << " of " << count;
        return records;
    }

    std::unique_ptr<ServerProcess> server_;
    std::unique_ptr<ApiClient> api_;
    std::unique_ptr<KafkaPeer> peer_;
};
INSTANTIATE_TEST_SUITE_P(, KafkaProducers, ::testing::Values(LogKind::Kafka), name_of);

TEST_P(KafkaProducers, AProtobufRecordAndACloudEventAreFoldedLikeATrackAndCountOnce) {
    for (int sent = 0; sent < 3; ++sent) {
        produce(home(), protobuf_track("record-1", "acme", 5));
        produce(home(), cloud_event("event-1", "acme", 7));
    }
    produce(home(), protobuf_track("last", "acme", 100));
    ASSERT_TRUE(usage_becomes(112));
}

TEST_P(KafkaProducers, ARecordOnTheWrongPartitionIsRoutedHomeAndCountsOnce) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        produce(partition, protobuf_track("record-1", "acme", 5));
        produce(partition, cloud_event("event-1", "acme", 7));
    }
    // Each partition hands on in order, so what follows these is folded behind all of the others.
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        produce(partition, protobuf_track("last-" + std::to_string(partition), "acme", 100));
    }
    ASSERT_TRUE(usage_becomes(412));
    EXPECT_TRUE(read_log(*open_log(*server_), {Topic::Deadletter, 0}).empty());
}

TEST_P(KafkaProducers, ACustomerMayBeNamedByEmailOnAnyPartition) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        produce(partition,
                cloud_event("event-" + std::to_string(partition), "ACME@example.com", 1));
    }
    EXPECT_TRUE(usage_becomes(kPartitions));
}

TEST_P(KafkaProducers, OneIdOverKafkaAndHttpCountsOnceWhicheverComesFirst) {
    EXPECT_EQ(api_->post("/v1/track", track_body("acme", "calls", 5, "http-first")).status, 200);
    produce(home(), protobuf_track("http-first", "acme", 5));
    produce(home(), cloud_event("kafka-first", "acme", 7));
    ASSERT_TRUE(usage_becomes(12));
    const Answer second = api_->post("/v1/track", track_body("acme", "calls", 7, "kafka-first"));
    EXPECT_EQ(second.status, 200) << second.body;
    EXPECT_EQ(second.body["duplicate"], true) << second.body;
    EXPECT_EQ(api_->post("/v1/track", track_body("acme", "calls", 8, "kafka-first")).status, 409);
    EXPECT_EQ(api_->check("acme", "calls")["usage"], 12);
}

TEST_P(KafkaProducers, WhatCannotBeFoldedGoesToTheDeadLettersWithTheReasonAndTheFoldGoesOn) {
    produce(home(), {"acme", "\xff\xff not a record", {}});
    produce(home(), {"acme", "{", {{"content-type", "application/cloudevents+json"}}});
    produce(home(), {"acme", "<event/>", {{"content-type", "text/xml"}}});
    produce(0, protobuf_track("record-1", "nobody", 5));
    produce(home(), protobuf_track("record-2", "acme", 5));
    ASSERT_TRUE(usage_becomes(5));

    const std::vector<StoredRecord> letters = outgoing(Topic::Deadletter, 4);
    ASSERT_EQ(letters.size(), 4U);
    std::map<std::string, std::map<std::string, std::string>> by_code;
    for (const StoredRecord& letter : letters) {
        const auto headers = headers_of(letter);
        EXPECT_EQ(headers.at("quipu-topic"), "events");
        EXPECT_FALSE(headers.at("quipu-reason").empty());
        EXPECT_TRUE(headers.contains("quipu-offset"));
        by_code[headers.at("quipu-code")] = headers;
    }
    ASSERT_TRUE(by_code.contains("record_malformed"));
    EXPECT_EQ(by_code["record_malformed"]["quipu-partition"], std::to_string(home()));
    EXPECT_TRUE(by_code.contains("event_malformed"));
    EXPECT_TRUE(by_code.contains("content_type_unsupported"));
    ASSERT_TRUE(by_code.contains("customer_not_found"));
    EXPECT_EQ(by_code["customer_not_found"]["quipu-partition"], "0");
    for (const StoredRecord& letter : letters) {
        if (headers_of(letter).at("quipu-code") == "content_type_unsupported") {
            EXPECT_EQ(letter.value, "<event/>");
            EXPECT_EQ(letter.key, "acme");
        }
    }
}

TEST_P(KafkaProducers, EveryInvoiceIsPublishedUnderOneIdAlsoAcrossKills) {
    Json catalog = one_limit_catalog(1'000'000);
    catalog["features"].push_back(metered("mails", "Mails"));
    catalog["plans"].push_back(plan("pro", 2'000, {charged("mails", 10, 3, 1)}));
    catalog["plans"].back()["planGroup"] = "mail";
    api_->publish(catalog);
    api_->attach("acme", "pro");
    constexpr int kInvoices = 6;  // with the fee's
    for (int issued = 1; issued < kInvoices; ++issued) {
        ASSERT_EQ(api_->post("/v1/track", track_body("acme", "mails", 20)).status, 200);
        const Answer made = api_->post("/v1/billing/invoice", {{"customer", "acme"}});
        ASSERT_EQ(made.status, 200) << made.body;
        server_->restart();  // some right between the answer and the publication
    }
    const Answer listed = api_->get("/v1/billing/invoices?customer=acme");
    std::map<std::string, std::int64_t> expected;
    for (const Json& invoice : listed.body["invoices"]) {
        expected[invoice["id"]] = invoice["total"].get<std::int64_t>();
    }
    ASSERT_EQ(expected.size(), static_cast<std::size_t>(kInvoices));

    std::map<std::string, std::string> published;  // the bytes, by id
    const auto log = open_log(*server_);
    EXPECT_TRUE(eventually([&] {
        for (const StoredRecord& record : read_log(*log, {Topic::Invoices, 0})) {
            const auto invoice = ledger::decode_invoice(record.value);
            if (!invoice) throw std::runtime_error(invoice.error().message);
            EXPECT_EQ(record.key, invoice->customer);
            EXPECT_EQ(headers_of(record).at("id"), invoice->id);
            const auto [known, fresh] = published.emplace(invoice->id, record.value);
            EXPECT_EQ(known->second, record.value) << "two invoices under one id";
        }
        return published.size() >= expected.size();
    }));
    ASSERT_EQ(published.size(), expected.size());
    for (const auto& [id, bytes] : published) {
        ASSERT_TRUE(expected.contains(id));
        EXPECT_EQ(ledger::decode_invoice(bytes)->total_minor, expected[id]);
    }
}

}  // namespace
}  // namespace quipu::e2e
