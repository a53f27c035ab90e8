// The Kafka log on a real broker.
#include "ledger/log/kafka_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <stop_token>
#include <thread>

#include "ledger/log/kafka_broker.h"
#include "ledger/log/kafka_config.h"
#include "ledger/log/kafka_producer.h"
#include "ledger/log/log_contract_test.h"
#include "ledger/log/log_testing.h"

namespace quipu::ledger {
namespace {

constexpr Partition kPartition{Topic::Events, 0};

std::string unused_prefix() {
    static std::atomic<int> number = 0;
    return "t" + std::to_string(getpid()) + "-" + std::to_string(++number);
}

KafkaLogOptions options_for(const KafkaBroker& broker) {
    KafkaLogOptions options;
    options.brokers = broker.address();
    options.prefix = unused_prefix();
    options.query_timeout = kPatience;  // a broker of a busy test machine may take its time
    options.event_partitions = kHarnessPartitions;
    return options;
}

std::unique_ptr<KafkaLog> open(const KafkaLogOptions& options) {
    auto log = KafkaLog::open(options);
    if (!log)
        throw std::runtime_error(std::string(log.error().code.text()) + ": " + log.error().message);
    return std::move(*log);
}

class KafkaHarness final : public LogHarness {
public:
    explicit KafkaHarness(const KafkaBroker& broker)
        : options_(options_for(broker)), log_(open(options_)) {}
    Log& log() override { return *log_; }
    bool reopen() override {
        log_.reset();
        log_ = open(options_);
        return true;
    }

private:
    KafkaLogOptions options_;
    std::unique_ptr<KafkaLog> log_;
};

const LogMaker kKafka{"Kafka", []() -> base::Result<std::unique_ptr<LogHarness>> {
                          const auto broker = KafkaBroker::shared();
                          if (!broker) return tl::unexpected(broker.error());
                          return std::make_unique<KafkaHarness>(**broker);
                      }};

INSTANTIATE_TEST_SUITE_P(Kafka, LogContract, testing::Values(kKafka));

class KafkaLogTest : public testing::Test {
protected:
    void SetUp() override {
        const auto broker = KafkaBroker::shared();
        if (!broker && kafka_is_required()) FAIL() << broker.error().code;
        if (!broker) GTEST_SKIP() << broker.error().message;
        broker_ = *broker;
        options_ = options_for(*broker_);
    }

    KafkaBroker* broker_ = nullptr;
    KafkaLogOptions options_;
};

TEST_F(KafkaLogTest, AnotherPartitionCountIsRefused) {
    open(options_).reset();
    options_.event_partitions = kHarnessPartitions + 1;
    const auto other = KafkaLog::open(options_);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, base::ErrorCode("log_partitions_differ"))
        << other.error().message;
}

TEST_F(KafkaLogTest, ABrokerThatIsNotThereIsUnavailable) {
    options_.brokers = "127.0.0.1:1";
    options_.start_timeout = std::chrono::milliseconds(500);
    options_.query_timeout = std::chrono::milliseconds(200);
    const auto log = KafkaLog::open(options_);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, base::ErrorCode("log_unavailable"));
}

TEST_F(KafkaLogTest, AnUnknownSettingIsRefused) {
    options_.client.emplace_back("no.such.setting", "1");
    const auto log = KafkaLog::open(options_);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, base::ErrorCode("log_misconfigured"));
}

// A producer that is not ours, as a firehose would use.
class ForeignProducer {
public:
    explicit ForeignProducer(const KafkaLogOptions& options)
        : client_(*new_kafka_client(RD_KAFKA_PRODUCER, std::move(*kafka_admin_conf(options)))) {}

    void send(const std::string& topic, int partition, const char* key, const char* value,
              const char* content_type) {
        rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
        if (content_type != nullptr) {
            code =
                rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                  RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(key, strlen(key)),
                                  RD_KAFKA_V_VALUE(const_cast<char*>(value), strlen(value)),
                                  RD_KAFKA_V_HEADER("content-type", content_type, -1),
                                  RD_KAFKA_V_TIMESTAMP(1'000), RD_KAFKA_V_END);
        } else {  // neither key, value nor header
            code = rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                     RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_END);
        }
        ASSERT_EQ(code, RD_KAFKA_RESP_ERR_NO_ERROR);
        ASSERT_EQ(rd_kafka_flush(client_.get(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    }

private:
    KafkaClient client_;
};

TEST_F(KafkaLogTest, RecordsOfOtherProducersComeWithHeadersAndTheAppendTime) {
    const auto log = open(options_);
    ForeignProducer foreign(options_);
    const std::string topic = kafka_topic_name(options_, Topic::Events);
    foreign.send(topic, 1, "customer-7", "{\"id\":\"e1\"}", "application/cloudevents+json");
    foreign.send(topic, 1, nullptr, nullptr, nullptr);
    append_one(*log, {Topic::Events, 1}, "ours");

    const auto read = WakingReader(*log, {Topic::Events, 1}, 0).read(3);
    ASSERT_EQ(read.size(), 3U);
    EXPECT_EQ(read[0].key, "customer-7");
    EXPECT_EQ(read[0].value, "{\"id\":\"e1\"}");
    EXPECT_EQ(read[0].headers,
              (std::vector<Header>{{"content-type", "application/cloudevents+json"}}));
    EXPECT_GT(base::to_millis(read[0].recorded_at), 1'000) << "the producer's time was taken";
    EXPECT_EQ(read[1].key, "");
    EXPECT_EQ(read[1].value, "");
    EXPECT_EQ(read[2].value, "ours");
}

TEST_F(KafkaLogTest, AFatalProducerErrorIsSurvived) {
    const auto log = open(options_);
    append_one(*log, kPartition, "before");
    log->producer().raise_fatal_error();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (log->producer().restarts() == 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    ASSERT_EQ(log->producer().restarts(), 1U);
    append_one(*log, kPartition, "after");
    const auto read = WakingReader(*log, kPartition, 0).read(2);
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[1].value, "after");
}

// What became of each value that an appender sent.
struct Sent {
    std::map<std::string, Offset> acknowledged;
    std::set<std::string> unknown;
};

// Appends numbered values, a few at a time, until told to stop.
void append_until(Log& log, const std::stop_token& stop, Sent& sent) {
    for (int i = 0; !stop.stop_requested();) {
        Answers answers;
        std::vector<Append> batch;
        std::vector<std::string> values;
        for (int j = 0; j < 5; ++j) {
            values.push_back(std::to_string(i++));
            batch.push_back({kPartition, {"k", values.back(), {}}, answers.slot()});
        }
        log.append(std::move(batch));
        const auto results = answers.wait();
        for (std::size_t j = 0; j < results.size(); ++j) {
            if (results[j]) {
                sent.acknowledged.emplace(values[j], *results[j]);
            } else if (results[j].error().code == "outcome_unknown") {
                sent.unknown.insert(values[j]);
            } else {
                EXPECT_EQ(results[j].error().code, base::ErrorCode("log_unavailable"));
            }
        }
    }
}

// Every acknowledged value is there, where the answer said, and no value is there twice.
void expect_all_once(Log& log, const Sent& sent) {
    const auto end = log.end(kPartition);
    ASSERT_TRUE(end);
    std::set<std::string> seen;
    std::size_t found = 0;
    WakingReader reader(log, kPartition, 0);
    for (Offset next = 0; next < *end;) {
        for (const StoredRecord& record : reader.read(1)) {
            next = record.offset + 1;
            EXPECT_TRUE(seen.insert(record.value).second) << record.value << " is there twice";
            const auto acknowledged = sent.acknowledged.find(record.value);
            if (acknowledged == sent.acknowledged.end()) {
                EXPECT_TRUE(sent.unknown.contains(record.value)) << record.value << " was refused";
                continue;
            }
            EXPECT_EQ(acknowledged->second, record.offset);
            ++found;
        }
        ASSERT_FALSE(testing::Test::HasFailure());
    }
    EXPECT_EQ(found, sent.acknowledged.size());
}

void restart_while_appending(KafkaLogOptions options, bool kill) {
    auto broker = KafkaBroker::start();
    ASSERT_TRUE(broker);
    options.brokers = (*broker)->address();
    const auto log = open(options);
    WakingReader live(*log, kPartition, 0);  // must come through the restart too
    Sent sent;
    std::jthread appender([&](const std::stop_token& stop) { append_until(*log, stop, sent); });
    EXPECT_EQ(live.read(500).size(), 500U);
    if (kill) {
        (*broker)->kill();
    } else {
        (*broker)->stop();
    }
    (*broker)->restart();
    const auto end = log->end(kPartition);
    ASSERT_TRUE(end) << end.error().message;
    const auto back = std::chrono::steady_clock::now();
    // Records appended after the restart reach the live reader.
    const std::size_t more = static_cast<std::size_t>(*end) + 200 - 500;
    EXPECT_EQ(live.read(more).size(), more);
    EXPECT_LT(std::chrono::steady_clock::now() - back, std::chrono::seconds(10));
    appender.request_stop();
    appender.join();
    EXPECT_GT(sent.acknowledged.size(), 500U);
    expect_all_once(*log, sent);
}

TEST_F(KafkaLogTest, ABrokerRestartLosesAndDoublesNothing) {
    restart_while_appending(options_, false);
}

TEST_F(KafkaLogTest, AKilledBrokerLosesAndDoublesNothing) {
    restart_while_appending(options_, true);
}

TEST_F(KafkaLogTest, AppendsToABrokerThatIsGoneAreAnsweredInTime) {
    auto broker = KafkaBroker::start();
    ASSERT_TRUE(broker);
    options_.brokers = (*broker)->address();
    options_.delivery_timeout = std::chrono::milliseconds(1'000);
    const auto log = open(options_);
    append_one(*log, kPartition, "a");
    (*broker)->kill();
    Answers answers;
    std::vector<Append> batch;
    batch.push_back({kPartition, {"k", "b", {}}, answers.slot()});
    log->append(std::move(batch));
    const auto answer = answers.wait().front();
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().code == "log_unavailable" ||
                answer.error().code == "outcome_unknown")
        << answer.error().code;
    (*broker)->restart();
    // A producer that timed out works again, by itself or made anew.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    base::Result<Offset> later = base::fail("log_unavailable", "not asked yet");
    while (!later && std::chrono::steady_clock::now() < deadline) {
        Answers next;
        std::vector<Append> again;
        again.push_back({kPartition, {"k", "c", {}}, next.slot()});
        log->append(std::move(again));
        later = next.wait().front();
    }
    EXPECT_TRUE(later) << later.error().message;
}

TEST_F(KafkaLogTest, AFullQueueAnswersOverloaded) {
    auto broker = KafkaBroker::start();
    ASSERT_TRUE(broker);
    options_.brokers = (*broker)->address();
    options_.queue_records = 10;
    options_.delivery_timeout = std::chrono::milliseconds(1'000);
    const auto log = open(options_);
    (*broker)->kill();  // nothing leaves the queue
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < 15; ++i) batch.push_back({kPartition, {"k", "v", {}}, answers.slot()});
    log->append(std::move(batch));
    const auto results = answers.wait();
    for (std::size_t i = 0; i < 15; ++i) {
        ASSERT_FALSE(results[i]);
        if (i < 10) {
            EXPECT_NE(results[i].error().code, base::ErrorCode("log_overloaded"));
        } else {
            EXPECT_EQ(results[i].error().code, base::ErrorCode("log_overloaded"));
        }
    }
}

TEST_F(KafkaLogTest, ATopicWithoutAppendTimeIsRefused) {
    open(options_).reset();
    const std::string topic = kafka_topic_name(options_, Topic::Control);
    const KafkaClient client(
        *new_kafka_client(RD_KAFKA_PRODUCER, std::move(*kafka_admin_conf(options_))));
    const KafkaConfigResource resource(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    rd_kafka_ConfigResource_set_config(resource.get(), "message.timestamp.type", "CreateTime");
    rd_kafka_ConfigResource_t* resources[] = {resource.get()};
    const KafkaQueue queue(rd_kafka_queue_new(client.get()));
    rd_kafka_AlterConfigs(client.get(), resources, 1, nullptr, queue.get());
    const KafkaEvent altered(rd_kafka_queue_poll(queue.get(), 10'000));
    ASSERT_TRUE(altered);
    ASSERT_EQ(rd_kafka_event_error(altered.get()), RD_KAFKA_RESP_ERR_NO_ERROR);

    const auto log = KafkaLog::open(options_);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, base::ErrorCode("log_misconfigured")) << log.error().message;
}

TEST_F(KafkaLogTest, ADeletedHeadSaysThatTheLogWasTruncated) {
    const auto log = open(options_);
    for (int i = 0; i < 10; ++i) append_one(*log, kPartition, std::to_string(i));
    const KafkaClient client(
        *new_kafka_client(RD_KAFKA_PRODUCER, std::move(*kafka_admin_conf(options_))));
    const KafkaPartitionList before(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(before.get(),
                                      kafka_topic_name(options_, Topic::Events).c_str(), 0)
        ->offset = 5;
    rd_kafka_DeleteRecords_t* request[] = {rd_kafka_DeleteRecords_new(before.get())};
    const KafkaQueue queue(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteRecords(client.get(), request, 1, nullptr, queue.get());
    rd_kafka_DeleteRecords_destroy(request[0]);
    const KafkaEvent deleted(rd_kafka_queue_poll(queue.get(), 10'000));
    ASSERT_TRUE(deleted);
    ASSERT_EQ(rd_kafka_event_error(deleted.get()), RD_KAFKA_RESP_ERR_NO_ERROR);

    EXPECT_EQ(WakingReader(*log, kPartition, 5).read(5).size(), 5U);
    WakingReader reader(*log, kPartition, 3);
    std::vector<StoredRecord> out;
    auto polled = reader.reader().poll(10, out);
    while (polled && *polled == 0 && reader.wait_for_wake()) polled = reader.reader().poll(10, out);
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code, base::ErrorCode("log_truncated")) << polled.error().message;
    EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace quipu::ledger
