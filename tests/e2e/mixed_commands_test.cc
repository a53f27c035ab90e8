// A hundred thousand mixed commands with kills in the middle, judged by the log they left.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <span>

#include "e2e/clients.h"
#include "e2e/command_driver.h"
#include "e2e/command_requests.h"
#include "e2e/ledger_test.h"
#include "e2e/log_audit.h"
#include "model/workload.h"

namespace quipu::e2e {
namespace {

using quipu::testing::NaiveInvoice;
using quipu::testing::NaiveLine;

// Another stream: QUIPU_E2E_SEED=n. The seed makes the catalog too, and not every catalog sells
// overage; this one reaches every code that is asked for below.
std::uint64_t seed() {
    const char* const chosen = std::getenv("QUIPU_E2E_SEED");
    return chosen != nullptr ? std::stoull(chosen) : 10;
}

constexpr std::size_t kCommands = 100'000;
constexpr std::size_t kCustomers = 200;
constexpr int kConnections = 24;
// The manual clock moves by a day behind each: every plan's period closes, and no id is forgotten.
constexpr std::size_t kPhases = 33;
const std::set<std::size_t> kKilledIn{3, 11, 20, 29};
// Longer than the test on the wall clock, or one could end between two looks at a balance. By the
// manual clock all that is held in a phase has expired in the next.
constexpr std::int64_t kShortestHoldMicros = 3 * base::kMicrosPerHour;
constexpr std::chrono::seconds kPatience{120};
constexpr const char* kFeatures[] = {"api", "mail", "gpt", "mini", "ai", "seats"};

// The stream, with an id that is used for something else now and then.
std::vector<Sent> make_commands() {
    quipu::testing::WorkloadOptions options;
    options.seed = seed();
    options.commands = kCommands;
    options.customers = kCustomers;
    options.jumps = 0;
    std::mt19937_64 random(seed());
    std::vector<Sent> commands;
    for (quipu::testing::WorkloadStep& step : quipu::testing::make_workload(options)) {
        if (step.record.occurred_at) {
            // Kept as a distance from when it is sent.
            step.record.occurred_at->micros -= step.now.micros;
        }
        auto* track = std::get_if<ledger::Track>(&step.record.command);
        if (step.duplicate && track != nullptr && random() % 10 == 0) {
            track->value += base::Quantity::from_int(1);
        }
        if (auto* reserve = std::get_if<ledger::Reserve>(&step.record.command)) {
            reserve->hold_micros = std::max(reserve->hold_micros, kShortestHoldMicros);
        }
        commands.push_back({std::move(step.record), {}, {}, false});
    }
    return commands;
}

class MixedCommands : public LedgerTest {
protected:
    void begin() {
        ServerSettings settings;
        settings.manual_clock = kind() == LogKind::Embedded;
        server_ = make_server("ledger", settings);
        server_->start();
        now_ = base::Instant{std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count() /
                             1000 * 1000};
        move_clock(0);
        ApiClient api(*server_);
        api.publish(payload_of(quipu::testing::workload_catalog(seed())));
        for (std::size_t number = 0; number < kCustomers; ++number) {
            api.customer("customer-" + std::to_string(number));
        }
    }

    void move_clock(int days) {
        if (kind() != LogKind::Embedded) return;
        now_.micros += days * base::kMicrosPerDay;
        ApiClient api(*server_);
        const Answer moved = api.post("/v1/test/clock", {{"now", base::format_instant(now_)}});
        ASSERT_EQ(moved.status, 200) << moved.body;
    }

    // What happened earlier says when; a duplicate says the same as the first.
    void date(std::span<Sent> commands) {
        for (Sent& sent : commands) {
            if (!sent.record.occurred_at) continue;
            const std::int64_t behind = sent.record.occurred_at->micros / 1000 * 1000;
            const auto dated =
                dates_.emplace(sent.record.id, base::Instant{now_.micros + behind}).first;
            sent.record.occurred_at = dated->second;
        }
    }

    void send_with_kills(std::vector<Sent>& commands) {
        std::mt19937_64 random(seed());
        for (std::size_t phase = 0; phase < kPhases; ++phase) {
            const std::size_t begin = commands.size() * phase / kPhases;
            const std::size_t end = commands.size() * (phase + 1) / kPhases;
            const std::span<Sent> part(commands.data() + begin, end - begin);
            date(part);
            const auto sending = std::async(std::launch::async, [&] { driver_->send(part); });
            if (kKilledIn.contains(phase)) kill_after(begin + random() % (part.size() * 3 / 4));
            sending.wait();
            move_clock(1);
        }
    }

    void kill_after(std::size_t answered) {
        ASSERT_TRUE(eventually([&] { return driver_->answered() >= answered; }, kPatience));
        const std::size_t repeated = driver_->repeated();
        server_->restart();
        // The kill was in the middle of requests, or this tests nothing.
        EXPECT_TRUE(eventually([&] { return driver_->repeated() > repeated; }));
    }

    void compare_answers(const std::vector<Sent>& commands, const AccountsLog& log,
                         std::map<std::string, Judged>& judged);
    void compare_customer(ApiClient& api, const std::string& customer, Judged& judged);

    base::Instant now_;  // of the manual clock, or when the test began
    std::map<std::string, base::Instant> dates_;
    std::unique_ptr<ServerProcess> server_;
    std::unique_ptr<CommandDriver> driver_;
};
QUIPU_ON_BOTH_LOGS(MixedCommands);

std::map<std::string, Judged> judge_all(const AccountsLog& log) {
    std::vector<const CustomerLog*> customers;
    for (const auto& [id, customer] : log.customers) customers.push_back(&customer);
    std::map<std::string, Judged> judged;
    std::mutex judged_mutex;
    std::atomic<std::size_t> next = 0;
    in_parallel(2, [&](int) {
        for (std::size_t at = next++; at < customers.size(); at = next++) {
            Judged one = judge(log.catalog, *customers[at]);
            const std::lock_guard lock(judged_mutex);
            judged.emplace(customers[at]->external_id, std::move(one));
        }
    });
    return judged;
}

std::int64_t reservations_settled(const std::vector<Sent>& commands) {
    return std::ranges::count_if(commands, [](const Sent& sent) {
        return std::holds_alternative<ledger::ConfirmReservation>(sent.record.command) &&
               (sent.answer.starts_with("tracked") ||
                sent.answer.starts_with("addon_credits_used"));
    });
}

void MixedCommands::compare_answers(const std::vector<Sent>& commands, const AccountsLog& log,
                                    std::map<std::string, Judged>& judged) {
    std::size_t differences = 0;
    std::map<std::string, int> by_code;
    for (const Sent& sent : commands) {
        ++by_code[sent.answer.substr(0, sent.answer.find(' '))];
        if (!sent.event_id.empty()) {
            EXPECT_EQ(sent.event_id, sent.record.id);
        }
        const Judged& customer = judged.at(sent.record.customer);
        const auto told = customer.answers.find(sent.record.id);
        ASSERT_NE(told, customer.answers.end())
            << sent.record.id << " was answered and is not in the log: " << sent.answer;
        // One of those that its records on the log come to.
        std::string expected;
        const bool same = std::ranges::any_of(told->second, [&](const Judged::Told& each) {
            if (each.record->command != sent.record.command) return false;
            expected += each.answer + "; ";
            return each.answer == sent.answer;
        });
        if (same || ++differences > 10) continue;
        ADD_FAILURE() << sent.record.customer << ' ' << sent.record.id << '\n'
                      << "server:    " << sent.answer << '\n'
                      << "reference: " << expected;
    }
    EXPECT_EQ(differences, 0U);
    // The stream reached all of these, or the agreement would say less than it seems to.
    for (const char* code :
         {"ok", "tracked", "tracked_overage", "addon_credits_used", "access_granted",
          "overage_allowed", "limit_exceeded", "entity_not_found", "entity_exists",
          "feature_not_in_plan", "nothing_to_invoice", "idempotency_conflict",
          "reservation_not_found"}) {
        EXPECT_GE(by_code[code], 50) << code;
    }
    EXPECT_GT(reservations_settled(commands), 500);
    EXPECT_GT(std::ranges::count_if(commands, &Sent::duplicate), 1'000);
    EXPECT_EQ(log.customers.size(), kCustomers);
}

std::string shown_line(const std::string& feature, const std::string& entity,
                       std::int64_t window_start_ms, std::int64_t amount, bool correction) {
    return fmt::format("{} {} {} {}{}; ", feature, entity, window_start_ms, amount,
                       correction ? " correction" : "");
}

std::string shown(const NaiveInvoice& invoice) {
    std::string text =
        fmt::format("{} {} {}: ", invoice.sequence, invoice.currency.code(), invoice.total);
    for (const NaiveLine& line : invoice.lines) {
        text += shown_line(line.feature.empty() ? "fee" : line.feature, line.entity,
                           line.window_start.micros / 1000, line.amount, line.correction);
    }
    return text;
}

std::string shown_invoice(const Json& invoice) {
    const int sequence = std::stoi(invoice["number"].get<std::string>().substr(4, 5));
    std::string text = fmt::format("{} {} {}: ", sequence, invoice["currency"].get<std::string>(),
                                   invoice["total"].get<std::int64_t>());
    for (const Json& line : invoice["lineItems"]) {
        const bool usage = line["kind"] == "usage";
        text += shown_line(usage ? line["featureSlug"].get<std::string>() : "fee",
                           line.value("entity", ""), line["periodStart"].get<std::int64_t>(),
                           line["amount"].get<std::int64_t>(),
                           usage && line.value("correction", false));
    }
    return text;
}

void MixedCommands::compare_customer(ApiClient& api, const std::string& customer, Judged& judged) {
    SCOPED_TRACE(customer);
    for (const char* feature : kFeatures) {
        const auto expected = judged.ledger.check(feature, {}, base::Quantity::from_int(1), now_);
        // What the check would take is not part of its numbers in either.
        EXPECT_EQ(e2e::shown(api.check(customer, feature)), e2e::shown(expected)) << feature;
    }
    std::map<base::Currency, std::int64_t> expected_open = judged.ledger.unbilled();
    std::erase_if(expected_open, [](const auto& each) { return each.second == 0; });
    std::map<base::Currency, std::int64_t> open;
    const Answer usage = api.get("/v1/billing/usage?customer=" + customer);
    ASSERT_EQ(usage.status, 200) << usage.body;
    for (const Json& total : usage.body["totals"]) {
        const auto amount = total["totalEstimated"].get<std::int64_t>();
        if (amount != 0) open[*base::Currency::find(total["currency"].get<std::string>())] = amount;
    }
    EXPECT_EQ(open, expected_open);

    std::vector<std::string> expected_invoices;
    for (const NaiveInvoice& invoice : judged.ledger.invoices()) {
        expected_invoices.push_back(shown(invoice));
    }
    std::vector<std::string> invoices;
    const Answer listed = api.get("/v1/billing/invoices?customer=" + customer);
    ASSERT_EQ(listed.status, 200) << listed.body;
    for (const Json& invoice : listed.body["invoices"]) invoices.push_back(shown_invoice(invoice));
    std::ranges::reverse(invoices);  // the newest come first
    EXPECT_EQ(invoices, expected_invoices);
}

// How long each part took, for whoever wonders where the time goes.
class Stopwatch {
public:
    void lap(const char* what) {
        const auto now = std::chrono::steady_clock::now();
        std::cout << fmt::format("  {}: {:.1f} s\n", what,
                                 std::chrono::duration<double>(now - last_).count());
        last_ = now;
    }

private:
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

TEST_P(MixedCommands,
       AHundredThousandOfTwoHundredCustomersWithKillsEndAsAnUninterruptedRunAndAsTheReference) {
    SCOPED_TRACE(fmt::format("QUIPU_E2E_SEED={}", seed()));
    Stopwatch watch;
    begin();
    driver_ = std::make_unique<CommandDriver>(*server_, kConnections);
    std::vector<Sent> commands = make_commands();
    send_with_kills(commands);
    ASSERT_FALSE(HasFailure());
    EXPECT_EQ(driver_->answered(), kCommands);
    watch.lap(fmt::format("{} commands, {} sent again", kCommands, driver_->repeated()).c_str());

    ASSERT_EQ(server_->stop(), 0);
    const std::string live = digest(*server_);
    EXPECT_EQ(replayed_digest(*server_, folder() / "replayed"), live);
    EXPECT_EQ(std::ranges::count(live, '\n'), 1 + server_->settings().partitions);
    watch.lap("digest and replay");

    const AccountsLog log = read_accounts(*open_log(*server_));
    std::map<std::string, Judged> judged = judge_all(log);
    compare_answers(commands, log, judged);
    watch.lap("the reference");

    server_->start();
    ApiClient api(*server_);
    if (kind() == LogKind::Embedded) {
        move_clock(0);
    } else {
        now_.micros = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
    }
    for (auto& [customer, one] : judged) compare_customer(api, customer, one);
    watch.lap("balances and invoices");
}

}  // namespace
}  // namespace quipu::e2e
