// What the Kafka producer answers when requests fail, on librdkafka's mock of a broker: no Java
// needed.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// After the header it needs.
#include <librdkafka/rdkafka_mock.h>

#include <chrono>

#include "ledger/log/kafka_config.h"
#include "ledger/log/kafka_producer.h"
#include "ledger/log/log_testing.h"
#include "ledger/log/partition_layout.h"

namespace quipu::ledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr Partition kPartition{Topic::Events, 0};
constexpr std::int16_t kProduceRequest = 0;  // its number in the Kafka protocol
constexpr int kBroker = 1;
constexpr std::chrono::seconds kRecovery{10};

class KafkaFault : public testing::Test {
protected:
    KafkaFault()
        : host_(*new_kafka_client(RD_KAFKA_PRODUCER, KafkaConf(rd_kafka_conf_new()))),
          cluster_(rd_kafka_mock_cluster_new(host_.get(), 1)) {
        options_.brokers = rd_kafka_mock_cluster_bootstraps(cluster_.get());
        options_.prefix = "mock";
        options_.delivery_timeout = std::chrono::milliseconds(2'000);
        for (const Topic topic : kTopics) {
            rd_kafka_mock_topic_create(cluster_.get(), kafka_topic_name(options_, topic).c_str(), 1,
                                       1);
        }
    }

    std::unique_ptr<KafkaProducer> start() {
        auto producer = KafkaProducer::start(options_);
        if (!producer) throw std::runtime_error(producer.error().message);
        return std::move(*producer);
    }

    // The next produce requests answer with these.
    void fail_produce(std::initializer_list<rd_kafka_resp_err_t> errors) {
        rd_kafka_mock_push_request_errors_array(cluster_.get(), kProduceRequest, errors.size(),
                                                std::data(errors));
    }

    void set_answer_delay(std::chrono::milliseconds delay) {
        rd_kafka_mock_broker_set_rtt(cluster_.get(), kBroker, static_cast<int>(delay.count()));
    }

    KafkaClient host_;
    std::unique_ptr<rd_kafka_mock_cluster_t, KafkaDestroy<rd_kafka_mock_cluster_destroy>> cluster_;
    KafkaLogOptions options_;
};

std::vector<base::Result<Offset>> append_some(KafkaProducer& producer, int count) {
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < count; ++i) {
        batch.push_back({kPartition, {"k", std::to_string(i), {}}, answers.slot()});
    }
    producer.append(std::move(batch));
    auto results = answers.wait();
    for (std::size_t slot = 0; slot < results.size(); ++slot) EXPECT_EQ(answers.calls(slot), 1U);
    return results;
}

void expect_recovery(KafkaProducer& producer) {
    const auto deadline = SteadyClock::now() + kRecovery;
    base::Result<Offset> answer = append_some(producer, 1).front();
    while (!answer && SteadyClock::now() < deadline) answer = append_some(producer, 1).front();
    EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(KafkaFault, ARequestThatCanBeRetriedIsRetried) {
    const auto producer = start();
    fail_produce({RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                  RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                  RD_KAFKA_RESP_ERR__TRANSPORT});
    for (const auto& answer : append_some(*producer, 10))
        EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(producer->restarts(), 0U);
}

TEST_F(KafkaFault, ARecordInFlightWhenItsTimeEndsHasAnUnknownOutcome) {
    const auto producer = start();
    ASSERT_TRUE(append_some(*producer, 1).front());  // connected
    set_answer_delay(std::chrono::milliseconds(6'000));
    for (const auto& answer : append_some(*producer, 3)) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, base::ErrorCode("outcome_unknown"))
            << answer.error().message;
    }
    set_answer_delay(std::chrono::milliseconds(0));
    expect_recovery(*producer);
}

TEST_F(KafkaFault, ARecordThatNeverLeftWasNotWritten) {
    const auto producer = start();
    ASSERT_TRUE(append_some(*producer, 1).front());
    rd_kafka_mock_broker_set_down(cluster_.get(), kBroker);
    // The first may have met the closing connection; by now it is known to be closed.
    static_cast<void>(append_some(*producer, 1));
    for (const auto& answer : append_some(*producer, 3)) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, base::ErrorCode("log_unavailable"))
            << answer.error().message;
    }
    rd_kafka_mock_broker_set_up(cluster_.get(), kBroker);
    expect_recovery(*producer);
}

TEST_F(KafkaFault, AFatalErrorAnswersWhatIsInFlightAtOnce) {
    const auto producer = start();
    ASSERT_TRUE(append_some(*producer, 1).front());
    set_answer_delay(std::chrono::milliseconds(1'800));
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < 5; ++i) batch.push_back({kPartition, {"k", "v", {}}, answers.slot()});
    const auto start = SteadyClock::now();
    producer->append(std::move(batch));
    producer->raise_fatal_error();
    for (const auto& answer : answers.wait()) {
        ASSERT_FALSE(answer);
        EXPECT_TRUE(answer.error().code == "outcome_unknown" ||
                    answer.error().code == "log_unavailable");
    }
    EXPECT_LT(SteadyClock::now() - start, std::chrono::milliseconds(1'500));
    set_answer_delay(std::chrono::milliseconds(0));
    expect_recovery(*producer);
    EXPECT_EQ(producer->restarts(), 1U);
}

class KafkaFatal : public KafkaFault, public testing::WithParamInterface<rd_kafka_resp_err_t> {};

TEST_P(KafkaFatal, EveryAppendIsAnsweredAndTheNextOnesWork) {
    const auto producer = start();
    ASSERT_TRUE(append_some(*producer, 1).front());
    fail_produce({GetParam()});
    for (const auto& answer : append_some(*producer, 5)) {
        if (answer) continue;  // librdkafka could repair it by itself
        EXPECT_TRUE(answer.error().code == "outcome_unknown" ||
                    answer.error().code == "log_unavailable")
            << answer.error().code;
    }
    expect_recovery(*producer);
}

INSTANTIATE_TEST_SUITE_P(Errors, KafkaFatal,
                         testing::Values(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                                         RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
                                         RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
                                         RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER,
                                         RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED),
                         [](const auto& error) {
                             return std::string(rd_kafka_err2name(error.param));
                         });

}  // namespace
}  // namespace quipu::ledger
