// What a check said, it says again as of then: on either log, through kills, and not without the
// log's beginning.
#include <chrono>
#include <thread>

#include "base/instant.h"
#include "base/murmur2.h"
#include "e2e/catalogs.h"
#include "e2e/clients.h"
#include "e2e/kafka_peer.h"
#include "e2e/ledger_test.h"
#include "ledger/codec/command_codec.h"

namespace quipu::e2e {
namespace {

constexpr int kPartitions = 2;

class Past : public LedgerTest {
protected:
    void SetUp() override {
        LedgerTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        ServerSettings settings;
        settings.partitions = kPartitions;
        server_ = make_server("ledger", settings);
        server_->start();
        api_ = std::make_unique<ApiClient>(*server_);
        api_->publish(one_limit_catalog(100));
        for (const char* customer : {"acme", "zeta"}) {
            api_->customer(customer);
            api_->attach(customer, "free");
        }
    }

    static std::int32_t home() {
        return static_cast<std::int32_t>(base::partition_for("acme", kPartitions));
    }
    void track(const std::string& customer, int value, const std::string& id = {}) {
        const Answer tracked = api_->post("/v1/track", track_body(customer, "calls", value, id));
        ASSERT_EQ(tracked.status, 200) << tracked.body;
    }
    // A moment after all that was answered and before all that is asked from now on.
    static std::string between() {
        // Nothing else happens in it: what is waited for is that the clocks have gone on.
        const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
        pause();
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        pause();
        return base::format_instant(
            {std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
    }
    Answer check_at(const std::string& customer, const std::string& at) {
        return api_->get("/v1/check?customer=" + customer + "&feature=calls&at=" + at);
    }
    void expect_the_same(const std::string& customer, const std::string& at, const Json& said) {
        Answer then = check_at(customer, at);
        ASSERT_EQ(then.status, 200) << then.body;
        EXPECT_EQ(then.body["asOf"], at);
        then.body.erase("asOf");
        EXPECT_EQ(then.body, said);
    }

    std::unique_ptr<ServerProcess> server_;
    std::unique_ptr<ApiClient> api_;
};
QUIPU_ON_BOTH_LOGS(Past);

TEST_P(Past, WhatACheckSaidItSaysAgainAlsoAfterAKillAndWithoutTheState) {
    struct Said {
        std::string customer, at;
        Json answer;
    };
    std::vector<Said> said;
    for (int round = 0; round < 8; ++round) {
        track("acme", 11, "event-" + std::to_string(round));
        track("acme", 11, "event-" + std::to_string(round / 2));  // mostly again
        track("zeta", 3);
        const std::string customer = round % 2 == 0 ? "acme" : "zeta@example.com";
        const Json answer = api_->check(customer, "calls");
        said.push_back({customer, between(), answer});
        if (round == 4) api_->publish(one_limit_catalog(60));
    }
    EXPECT_EQ(said.front().answer["usage"], 11);
    EXPECT_NE(said.front().answer, said.back().answer);
    for (const Said& each : said) expect_the_same(each.customer, each.at, each.answer);

    server_->kill();
    static_cast<void>(server_->wait());
    std::filesystem::remove_all(server_->state());
    server_->restart();
    for (const Said& each : said) expect_the_same(each.customer, each.at, each.answer);
}

class PastOnKafka : public Past {};
INSTANTIATE_TEST_SUITE_P(, PastOnKafka, ::testing::Values(LogKind::Kafka), name_of);

TEST_P(PastOnKafka, RecordsOfOtherProducersCountFromWhenTheLogHadThem) {
    KafkaPeer peer(server_->settings().brokers);
    const std::string topic = server_->settings().prefix + ".events";
    const std::string before = between();
    ledger::CommandRecord record;
    record.id = "once";
    record.organisation = "default";
    record.customer = "ACME@example.com";  // known by that name, in whatever case
    record.command = ledger::Track{"calls", base::Quantity::from_int(9), {}, {}, false};
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        peer.produce(topic, partition, {"a key of theirs", ledger::encode(record), {}});
        peer.produce(topic, partition, {"acme", "no record", {}});
    }
    // Folded in order behind them, and behind what the other partition sent home.
    EXPECT_TRUE(eventually([&] { return api_->check("acme", "calls")["usage"] == 9; }));
    const std::string after = between();
    track("acme", 1);
    EXPECT_EQ(check_at("acme", before).body["usage"], 0);
    EXPECT_EQ(check_at("acme", after).body["usage"], 9);
    EXPECT_EQ(check_at("acme", between()).body["usage"], 10);
}

TEST_P(PastOnKafka, WithoutTheLogsBeginningThereIsNoPast) {
    track("acme", 5);
    const std::string at = between();
    KafkaPeer peer(server_->settings().brokers);
    peer.delete_before(server_->settings().prefix + ".events", home(), 2);
    const Answer refused = check_at("acme", at);
    EXPECT_EQ(refused.status, 410) << refused.body;
    EXPECT_EQ(refused.code(), "history_not_available");
    // The present needs only its state.
    EXPECT_EQ(api_->check("acme", "calls")["usage"], 5);
}

}  // namespace
}  // namespace quipu::e2e
