// What was answered survives the death of the process, and what can no longer be trusted halts it.
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "e2e/catalogs.h"
#include "e2e/clients.h"
#include "e2e/ledger_test.h"

namespace quipu::e2e {
namespace {

class Durability : public LedgerTest {
protected:
    void begin(ServerProcess& server, int limit = 1'000'000) {
        server.start();
        ApiClient api(server);
        api.publish(one_limit_catalog(limit));
        api.customer("acme");
        api.attach("acme", "free");
    }
};
QUIPU_ON_BOTH_LOGS(Durability);

TEST_P(Durability, AnEventIsThereAfterAKillRightBehindItsAnswer) {
    const auto server = make_server();
    begin(*server);
    ApiClient api(*server);
    for (int killed = 1; killed <= 20; ++killed) {
        const std::string id = "event-" + std::to_string(killed);
        const Answer answer = api.post("/v1/track", track_body("acme", "calls", 1, id));
        server->kill();
        ASSERT_EQ(answer.status, 200) << answer.body;
        server->start();
        EXPECT_EQ(api.check("acme", "calls")["usage"], killed);
        const Answer again = api.post("/v1/track", track_body("acme", "calls", 1, id));
        EXPECT_EQ(again.body["duplicate"], true) << again.body;
        EXPECT_EQ(api.check("acme", "calls")["usage"], killed);
    }
}

TEST_P(Durability, RequestsInFlightAtAKillCountOnceOrNotAtAll) {
    const auto server = make_server();
    begin(*server);
    constexpr std::size_t kWriters = 8;
    std::atomic<bool> over = false;
    std::vector<int> answered(kWriters, 0);
    std::vector<int> unknown(kWriters, 0);
    std::jthread writers([&] {
        in_parallel(kWriters, [&](int writer) {
            const auto number = static_cast<std::size_t>(writer);
            ApiClient own(*server);
            for (int sent = 0; !over; ++sent) {
                while (!over && server->api_port() == 0) std::this_thread::yield();
                const std::string id = std::to_string(number) + "-" + std::to_string(sent);
                const Answer answer = own.try_post("/v1/track", track_body("acme", "calls", 1, id));
                if (answer.status == 200) ++answered[number];
                if (answer.unknown()) ++unknown[number];
            }
        });
    });
    std::mt19937 random(7);
    for (int kills = 0; kills < 3; ++kills) {
        // Not until something: the moment of the kill is what is random here.
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 300));
        server->restart();
    }
    over = true;
    writers.join();

    int sure = 0;
    int possible = 0;
    for (std::size_t number = 0; number < kWriters; ++number) {
        sure += answered[number];
        possible += answered[number] + unknown[number];
    }
    ApiClient api(*server);
    const int usage = api.check("acme", "calls")["usage"].get<int>();
    EXPECT_GT(sure, 0);
    EXPECT_GE(usage, sure);
    EXPECT_LE(usage, possible);
}

TEST_P(Durability, AGracefulStopAnswersEveryRequestInFlight) {
    const auto server = make_server();
    begin(*server);
    constexpr std::size_t kRequests = 200;
    std::vector<std::unique_ptr<ApiClient>> clients;
    for (std::size_t number = 0; number < kRequests; ++number) {
        clients.push_back(std::make_unique<ApiClient>(*server));
        // Connected beforehand, since a stopping server takes no new connection.
        static_cast<void>(clients.back()->check("acme", "calls"));
    }
    for (std::size_t number = 0; number < kRequests; ++number) {
        const std::string body =
            track_body("acme", "calls", 1, "event-" + std::to_string(number)).dump();
        ASSERT_TRUE(clients[number]->http().send({"POST", "/v1/track", body, kRootKey}));
    }
    server->ask_to_stop();
    int accepted = 0;
    for (const auto& client : clients) {
        const Answer answer = answer_of(client->http().receive());
        ASSERT_TRUE(answer.status == 200 || answer.status == 503) << answer.status << answer.body;
        if (answer.status == 200) ++accepted;
    }
    EXPECT_EQ(server->wait(), 0);
    server->start();
    ApiClient api(*server);
    EXPECT_GE(api.check("acme", "calls")["usage"].get<int>(), accepted);
    for (std::size_t number = 0; number < kRequests; ++number) {
        const Answer again = api.post(
            "/v1/track", track_body("acme", "calls", 1, "event-" + std::to_string(number)));
        ASSERT_EQ(again.status, 200) << again.body;
    }
    EXPECT_EQ(api.check("acme", "calls")["usage"], kRequests);
}

TEST_P(Durability, AStateFolderThatIsLostIsMadeAgainFromTheLog) {
    const auto server = make_server();
    begin(*server);
    ApiClient api(*server);
    for (int number = 0; number < 100; ++number) {
        const std::string id = "event-" + std::to_string(number);
        static_cast<void>(api.post("/v1/track", track_body("acme", "calls", number, id)));
    }
    ASSERT_EQ(server->stop(), 0);
    EXPECT_EQ(digest(*server), replayed_digest(*server, folder() / "before"));
    std::filesystem::remove_all(server->state());
    server->start();
    EXPECT_EQ(api.check("acme", "calls")["usage"], 4'950);
    EXPECT_EQ(api.post("/v1/track", track_body("acme", "calls", 7, "event-7")).body["duplicate"],
              true);
    // The log has grown: what the folds had sent on is sent again, and is known already.
    ASSERT_EQ(server->stop(), 0);
    EXPECT_EQ(digest(*server), replayed_digest(*server, folder() / "after"));
}

TEST_P(Durability, ASecondServerOnTheSameFolderIsRefusedInOneSentence) {
    const auto first = make_server();
    first->start();
    const auto second = make_server();
    const Ran ran = second->start_and_wait();
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("Another server works on"), std::string::npos) << ran.err;
    ApiClient api(*first);
    EXPECT_EQ(api.get("/v1/plans").status, 200);
}

class LostLog : public LedgerTest {};
INSTANTIATE_TEST_SUITE_P(, LostLog, ::testing::Values(LogKind::Embedded), name_of);

TEST_P(LostLog, AnOldStateWithAnotherLogIsRefusedInOneSentence) {
    const auto server = make_server();
    server->start();
    ApiClient api(*server);
    api.publish(one_limit_catalog(100));
    api.customer("acme");
    api.attach("acme", "free");
    ASSERT_EQ(server->stop(), 0);
    std::filesystem::remove_all(server->log());

    const auto fresh = make_server("fresh");
    fresh->start();
    ApiClient other(*fresh);
    other.publish(one_limit_catalog(100));
    for (int number = 0; number < 50; ++number) other.customer("user-" + std::to_string(number));
    ASSERT_EQ(fresh->stop(), 0);
    std::filesystem::rename(fresh->log(), server->log());

    const Ran ran = server->start_and_wait();
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("log_truncated"), std::string::npos) << ran.err;
}

TEST_P(LostLog, AnOldStateWithoutItsLogIsRefusedInOneSentence) {
    const auto server = make_server();
    server->start();
    ApiClient api(*server);
    api.publish(one_limit_catalog(100));
    api.customer("acme");
    ASSERT_EQ(server->stop(), 0);
    std::filesystem::remove_all(server->log());

    const Ran ran = server->start_and_wait();
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("log_truncated"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace quipu::e2e
