// A hard limit under concurrency, and reads that must see every answered write.
#include <atomic>

#include "e2e/catalogs.h"
#include "e2e/clients.h"
#include "e2e/ledger_test.h"

namespace quipu::e2e {
namespace {

class Limit : public LedgerTest {};
QUIPU_ON_BOTH_LOGS(Limit);

constexpr int kLimit = 10'000;
constexpr int kClients = 64;
// Together 10,240 units: the last 240 have to be refused.
constexpr int kTracksPerClient = 160;

// With its own id, with the id of the batch's key, or with none, as clients do.
Answer track_one(ApiClient& api, int client, int number) {
    const std::string id = "c" + std::to_string(client) + "-" + std::to_string(number);
    switch (number % 3) {
        case 0:
            return api.post("/v1/track", track_body("acme", "calls", 1, id));
        case 1:
            return api.post("/v1/track", track_body("acme", "calls", 1), id);
        default:
            return api.post("/v1/track", track_body("acme", "calls", 1));
    }
}

TEST_P(Limit, SixtyFourClientsTogetherGetExactlyTheTenThousandUnitsOfABlockedLimit) {
    const auto server = make_server();
    server->start();
    ApiClient api(*server);
    api.publish(one_limit_catalog(kLimit));
    api.customer("acme");
    api.attach("acme", "free");

    std::atomic<int> accepted = 0;
    std::atomic<int> refused = 0;
    in_parallel(kClients, [&](int client) {
        ApiClient own(*server);
        for (int number = 0; number < kTracksPerClient; ++number) {
            const Answer answer = track_one(own, client, number);
            ASSERT_EQ(answer.status, 200) << answer.body;
            ++(answer.body["success"] == true ? accepted : refused);
            if (answer.body["success"] != true) {
                EXPECT_EQ(answer.code(), "limit_exceeded");
            }
        }
    });

    EXPECT_EQ(accepted, kLimit);
    EXPECT_EQ(refused, kClients * kTracksPerClient - kLimit);
    const Json check = api.check("acme", "calls");
    EXPECT_EQ(check["usage"], kLimit);
    EXPECT_EQ(check["balance"], 0);
    EXPECT_EQ(check["allowed"], false);
}

TEST_P(Limit, ACheckAfterAnAnsweredTrackAlwaysSeesIt) {
    const auto server = make_server();
    server->start();
    ApiClient api(*server);
    api.publish(one_limit_catalog(1'000'000));
    constexpr int kPairs = 200;
    constexpr int kReaders = 16;
    for (int customer = 0; customer < kReaders; ++customer) {
        api.customer("user-" + std::to_string(customer));
        api.attach("user-" + std::to_string(customer), "free");
    }
    in_parallel(kReaders, [&](int number) {
        const std::string customer = "user-" + std::to_string(number);
        ApiClient writer(*server);
        ApiClient reader(*server);  // another connection than the one that wrote
        for (int tracked = 1; tracked <= kPairs; ++tracked) {
            const Answer answer = writer.post("/v1/track", track_body(customer, "calls", 1));
            ASSERT_EQ(answer.status, 200) << answer.body;
            ASSERT_EQ(reader.check(customer, "calls")["usage"], tracked);
        }
    });
}

// One customer, many writers: the check may see more than its own track, never less.
TEST_P(Limit, ACheckSeesAtLeastWhatWasAnsweredWhileOthersWriteToTheSameCustomer) {
    const auto server = make_server();
    server->start();
    ApiClient api(*server);
    api.publish(one_limit_catalog(1'000'000));
    api.customer("acme");
    api.attach("acme", "free");
    std::atomic<int> answered = 0;
    in_parallel(16, [&](int) {
        ApiClient own(*server);
        for (int number = 0; number < 100; ++number) {
            const Answer answer = own.post("/v1/track", track_body("acme", "calls", 1));
            ASSERT_EQ(answer.status, 200) << answer.body;
            const int before_check = ++answered;
            ASSERT_GE(own.check("acme", "calls")["usage"].get<int>(), before_check);
        }
    });
    EXPECT_EQ(api.check("acme", "calls")["usage"], 1'600);
}

}  // namespace
}  // namespace quipu::e2e
