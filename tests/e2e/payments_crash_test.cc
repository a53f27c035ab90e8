// Payments through kills: whatever dies when, the ledger and the provider agree about the money.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <random>
#include <thread>

#include "e2e/clients.h"
#include "e2e/ledger_test.h"
#include "e2e/payment_audit.h"
#include "e2e/payment_clients.h"
#include "e2e/payment_mix.h"
#include "e2e/sandbox_books.h"

namespace quipu::e2e {
namespace {

using std::chrono::milliseconds;

// Another mix: QUIPU_E2E_SEED=n.
std::uint64_t seed() {
    const char* const chosen = std::getenv("QUIPU_E2E_SEED");
    return chosen != nullptr ? std::stoull(chosen) : 17;
}

constexpr int kCustomers = 60;
constexpr int kClients = 12;
constexpr int kPhases = 5;
constexpr int kStepsPerPhase = 25;  // of each client
constexpr int kKillsPerPhase = 2;
constexpr int kDaysBetweenPhases = 9;  // together more than a month: plans are renewed
constexpr int kMostRounds = 8;         // of waiting for quiet
constexpr std::chrono::seconds kPatience{120};

class PaymentsCrash : public LedgerTest {
protected:
    void begin() {
        ServerSettings settings;
        settings.manual_clock = kind() == LogKind::Embedded;
        server_ = make_server("ledger", with_sandbox(settings));
        server_->start();
        now_ = base::Instant{std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count() /
                             1000 * 1000};
        move_clock(0);
        ApiClient api(*server_);
        api.publish(payments_catalog());
    }

    void move_clock(int days) {
        if (kind() != LogKind::Embedded) return;
        now_.micros += days * base::kMicrosPerDay;
        ApiClient api(*server_);
        const Answer moved = api.post("/v1/test/clock", {{"now", base::format_instant(now_)}});
        ASSERT_EQ(moved.status, 200) << moved.body;
    }

    // A sandbox that is as bad as it may be, while the mix runs and the server is killed.
    void run_with_kills(PaymentMix& mix, std::mt19937_64& random) {
        std::atomic<bool> over = false;
        std::jthread worse([&, own = std::mt19937_64(random())]() mutable {
            while (!over) {
                misbehave(own);
                std::this_thread::sleep_for(milliseconds(60));  // how often, not until what
            }
        });
        const std::size_t begin = mix.answered();
        auto running = std::async(std::launch::async, [&] { mix.run(kClients, kStepsPerPhase); });
        const std::size_t steps = kClients * kStepsPerPhase;
        for (std::size_t kill = 1; kill <= kKillsPerPhase; ++kill) {
            // Anywhere in its share of the phase, never behind the last step.
            const std::size_t share = steps / (kKillsPerPhase + 1);
            kill_after(mix, begin + share * (kill - 1) + random() % share);
        }
        running.wait();
        over = true;
    }

    void misbehave(std::mt19937_64& random) {
        static constexpr const char* kCharges[] = {"ok", "ok", "ok", "decline", "unavailable"};
        static constexpr const char* kWebhooks[] = {"once", "twice", "twice", "late"};
        ApiClient api(*server_);
        static_cast<void>(api.try_post("/v1/test/sandbox", {{"charges", kCharges[random() % 5]},
                                                            {"webhooks", kWebhooks[random() % 4]},
                                                            {"delayMs", 1 + random() % 800}}));
    }

    void kill_after(const PaymentMix& mix, std::size_t answered) {
        ASSERT_TRUE(eventually([&] { return mix.answered() >= answered; }, kPatience));
        const std::size_t repeated = mix.repeated();
        server_->restart();
        // The kill was in the middle of requests, or this tests nothing.
        EXPECT_TRUE(eventually([&] { return mix.repeated() > repeated; }));
    }

    [[nodiscard]] std::size_t records() const {
        const auto log = open_log(*server_);
        std::size_t records = 0;
        for (std::uint32_t index = 0; index < log->partitions(ledger::Topic::Events); ++index)
            records += static_cast<std::size_t>(log->end({ledger::Topic::Events, index}).value());
        return records;
    }

    // Leaves the server stopped, with nothing on its way: a start calls the provider for all that
    // is open before it is ready, and what waits is sent at once.
    SandboxBooks come_to_rest() {
        EXPECT_EQ(server_->stop(), 0);
        SandboxBooks books = read_books(*server_);
        for (int round = 0; round < kMostRounds; ++round) {
            const std::size_t before = records();
            const std::size_t waited = books.undelivered.size();
            server_->start();
            ApiClient api(*server_);
            EXPECT_EQ(api.post("/v1/test/sandbox", {{"flush", true}}).status, 200);
            // What the provider has answered waits for the fold like any other request.
            EXPECT_TRUE(eventually([&] {
                return webhooks_taken(*server_) >= waited &&
                       server_->metric("quipu_waiting_requests") == 0;
            }));
            EXPECT_EQ(server_->stop(), 0);
            books = read_books(*server_);
            if (waited == 0 && books.undelivered.empty() && records() == before) return books;
        }
        ADD_FAILURE() << "payments do not come to rest";
        return books;
    }

    void expect_that_all_of_it_was_met(const PaymentMix& mix, const SandboxBooks& books) {
        std::cout << fmt::format("  {} steps, {} sent again; ", mix.answered(), mix.repeated());
        std::cout << fmt::format("{} charges, {} declined; {} pages paid; {} refunds\n ",
                                 books.charges, books.declined, books.pages_paid, books.refunds);
        const auto answers = mix.answers();
        for (const auto& [answer, times] : answers)
            std::cout << fmt::format(" {}: {};", answer, times);
        std::cout << std::endl;
        for (const char* answer :
             {"attach 200", "addon 200", "setup 200", "track 200", "invoice 200", "pay 200",
              "void 200", "mark-paid 200", "override 200", "correct 200", "remove 200",
              "cancel 200", "uncancel 200", "settings 200", "page 200", "page 402"}) {
            EXPECT_TRUE(answers.contains(answer)) << answer;
        }
        EXPECT_GT(books.charges, 30U);
        EXPECT_GT(books.declined, 3U);
        EXPECT_GT(books.pages_paid, 30U);
    }

    // With an empty sandbox, so that any call of it would leave something there.
    void lose_the_state_and_start_again(const std::string& digest_before) {
        const auto books = sandbox_folder(*server_);
        const auto aside = folder() / "books";
        std::filesystem::rename(books, aside);
        std::filesystem::remove_all(server_->state());
        server_->start();  // ready when it has called for all that it takes for open
        EXPECT_EQ(server_->stop(), 0);
        EXPECT_EQ(digest(*server_), digest_before);
        const SandboxBooks called = read_books(*server_);
        EXPECT_EQ(called.charges, 0U);
        EXPECT_EQ(called.refunds, 0U);
        std::filesystem::remove_all(books);
        std::filesystem::rename(aside, books);
    }

    base::Instant now_;  // of the manual clock, or when the test began
    std::unique_ptr<ServerProcess> server_;
};
QUIPU_ON_BOTH_LOGS(PaymentsCrash);

std::vector<PayerFacts> all_facts(ApiClient& api, const PaymentMix& mix) {
    std::vector<PayerFacts> all;
    for (const std::string& customer : mix.customers()) all.push_back(facts_of(api, customer));
    return all;
}

TEST_P(PaymentsCrash, KillsWithMisbehavingProviderLeaveEveryPaymentWhereItBelongs) {
    std::cout << fmt::format("  QUIPU_E2E_SEED={}\n", seed());
    SCOPED_TRACE(fmt::format("QUIPU_E2E_SEED={}", seed()));
    begin();
    PaymentMix mix(*server_, seed(), kCustomers);
    {
        ApiClient api(*server_);
        mix.open(api);
    }
    std::mt19937_64 random(seed());
    for (int phase = 0; phase < kPhases; ++phase) {
        run_with_kills(mix, random);
        move_clock(kDaysBetweenPhases);
        ASSERT_FALSE(HasFailure());
    }
    const SandboxBooks books = come_to_rest();
    expect_that_all_of_it_was_met(mix, books);

    const std::string live = digest(*server_);
    EXPECT_EQ(replayed_digest(*server_, folder() / "replayed"), live);
    lose_the_state_and_start_again(live);

    server_->start();
    ApiClient api(*server_);
    const std::vector<PayerFacts> facts = all_facts(api, mix);
    for (const PayerFacts& each : facts) audit_customer(each);
    audit_money(facts, books);
    EXPECT_EQ(server_->stop(), 0);
    EXPECT_EQ(digest(*server_), live);
    // Nobody was charged again by any of that.
    const SandboxBooks after = read_books(*server_);
    EXPECT_EQ(after.charges, books.charges);
    EXPECT_EQ(after.refunds, books.refunds);
    EXPECT_EQ(after.payments, books.payments);
}

}  // namespace
}  // namespace quipu::e2e
