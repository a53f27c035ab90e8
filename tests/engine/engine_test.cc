// The engine on a real embedded log and real stores, driven through its gateway.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "engine/clocks.h"
#include "engine/ledger_engine.h"
#include "http/asio_loop.h"
#include "ledger/codec/command_codec.h"
#include "ledger/codec/notification_codec.h"
#include "ledger/log/embedded_log.h"

namespace quipu::engine {
namespace {

using base::Result;
using ingest::Reply;

constexpr ledger::Partition kControl{ledger::Topic::Control, 0};

// One process's worth of engine over a folder, on a thread of its own; made again over the same
// folder, it is a restart.
class RunningEngine {
public:
    explicit RunningEngine(const std::filesystem::path& folder,
                           ledger::RulesVersion known_rules = ledger::kNewestRules)
        : clock_(base::Instant{1'800'000'000'000'000}) {
        log_ =
            ledger::EmbeddedLog::open({.directory = folder / "log", .event_partitions = 2}, clock_)
                .value();
        clock_.set(std::max(clock_.now(), log_->last_recorded_at()));
        EngineOptions options;
        options.state_folder = folder / "state";
        options.root_key = "sk_root";
        options.node = ++nodes_;
        options.new_ledger_key = {7};
        options.known_rules = known_rules;
        options.release = "9.9.9";
        engine_ = LedgerEngine::open(loop_, *log_, clock_, &clock_, options).value();
        // Each partition that halts says so.
        const auto told = [this](const std::string& failure) {
            if (!std::exchange(told_, true)) started_.set_value(failure);
        };
        engine_->start([told] { told(""); },
                       [told](const base::Error& error) { told(std::string(error.code.text())); });
        thread_ = std::thread([this] { loop_.run(); });
        failed_ = started_.get_future().get();
    }
    ~RunningEngine() {
        EXPECT_TRUE(on_engine([this] { return engine_->stop(); }).has_value());
        loop_.stop();
        thread_.join();
    }

    // What `task` returns on the engine's thread.
    template <typename Task>
    auto on_engine(Task task) -> decltype(task()) {
        std::promise<decltype(task())> done;
        loop_.post([&] { done.set_value(task()); });
        return done.get_future().get();
    }

    ledger::Outcome ask(ledger::Partition partition, ledger::CommandRecord record,
                        bool* duplicate = nullptr) {
        std::promise<ledger::Outcome> answered;
        loop_.post([&] {
            engine_->gateway().submit(partition, {}, record, [&](const Result<Reply>& reply) {
                if (reply && duplicate != nullptr) *duplicate = reply->duplicate;
                answered.set_value(reply ? reply->outcome
                                         : ledger::Outcome(ledger::Rejection{
                                               ledger::Code::InvalidRequest,
                                               std::string(reply.error().code.text())}));
            });
        });
        return answered.get_future().get();
    }

    void barrier() {
        std::promise<bool> done;
        loop_.post([&] {
            engine_->gateway().barrier(
                engine_->account_partitions(),
                [&](const Result<void>& passed) { done.set_value(passed.has_value()); });
        });
        EXPECT_TRUE(done.get_future().get());
    }

    // How often each partition of the ledger was told of new rules.
    [[nodiscard]] std::vector<std::size_t> barriers() {
        std::vector<std::size_t> counts;
        for (const ledger::Partition partition :
             {kControl, ledger::Partition{ledger::Topic::Events, 0},
              ledger::Partition{ledger::Topic::Events, 1}}) {
            std::vector<ledger::StoredRecord> records;
            const auto reader = log_->read(partition, 0).value();
            while (reader->poll(1000, records).value() > 0) {
            }
            counts.push_back(static_cast<std::size_t>(
                std::ranges::count_if(records, [](const ledger::StoredRecord& stored) {
                    return std::holds_alternative<ledger::AdoptRules>(
                        ledger::decode_record(stored.value).value().command);
                })));
        }
        return counts;
    }

    // The ids of all that are on their topic.
    [[nodiscard]] std::vector<std::string> notifications() {
        constexpr ledger::Partition kTopic{ledger::Topic::Notifications, 0};
        constexpr std::size_t kAll = 1000;
        std::vector<ledger::StoredRecord> records;
        const auto reader = log_->read(kTopic, 0).value();
        while (reader->poll(kAll, records).value() > 0) {
        }
        std::vector<std::string> ids;
        for (const ledger::StoredRecord& record : records)
            ids.push_back(ledger::decode_notification(record.value).value().id);
        return ids;
    }

    [[nodiscard]] LedgerEngine& engine() { return *engine_; }
    [[nodiscard]] ManualClock& clock() { return clock_; }
    [[nodiscard]] const std::string& failed() const { return failed_; }

private:
    inline static std::uint64_t nodes_ = 0;
    ManualClock clock_;
    http::EngineLoop loop_;
    std::unique_ptr<ledger::EmbeddedLog> log_;
    std::unique_ptr<LedgerEngine> engine_;
    bool told_ = false;
    std::promise<std::string> started_;
    std::string failed_;
    std::thread thread_;
};

class Engine : public testing::Test {
protected:
    Engine()
        : folder_(std::filesystem::temp_directory_path() /
                  ("quipu-engine-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~Engine() override { std::filesystem::remove_all(folder_); }

    static ledger::CommandRecord record(std::string id, std::string customer,
                                        ledger::Command command) {
        ledger::CommandRecord record;
        record.id = std::move(id);
        record.organisation = "default";
        record.customer = std::move(customer);
        record.command = std::move(command);
        return record;
    }

    static ledger::PublishPayload catalog() {
        ledger::Catalog catalog;
        catalog.features.push_back({"calls", "Calls"});
        ledger::Plan plan;
        plan.slug = "pro";
        plan.name = "Pro";
        plan.currency = "USD";
        plan.price_minor = 1000;
        ledger::PlanFeature feature;
        feature.feature = "calls";
        feature.card.included = base::Quantity::from_int(10);
        feature.card.overage_price = base::UnitPrice::from_int(3);
        feature.overage = ledger::OverageMode::Charge;
        plan.features.push_back(feature);
        catalog.plans.push_back(plan);
        return {catalog};
    }

    // A customer `ada` on the plan; her home partition.
    static ledger::Partition set_up(RunningEngine& running) {
        EXPECT_TRUE(std::holds_alternative<ledger::SyncAnswer>(
            running.ask(kControl, record("sync", "", catalog()))));
        ledger::UpsertCustomer upsert;
        upsert.candidate = "cus_1";
        upsert.external_id = "ada";
        EXPECT_TRUE(std::holds_alternative<ledger::CustomerAnswer>(
            running.ask(kControl, record("new", "", upsert))));
        running.barrier();
        const ledger::Partition home = running.engine().gateway().home_of("ada");
        const auto attached =
            running.ask(home, record("attach", "cus_1", ledger::Attach{"pro", ""}));
        EXPECT_TRUE(std::holds_alternative<ledger::AttachAnswer>(attached));
        return home;
    }

    static ledger::CommandRecord track(const std::string& id, std::int64_t value,
                                       std::string customer = "cus_1") {
        ledger::Track track;
        track.feature = "calls";
        track.value = base::Quantity::from_int(value);
        return record(id, std::move(customer), track);
    }

    static std::vector<std::string> digests(RunningEngine& running) {
        const auto partitions =
            running.on_engine([&] { return running.engine().digests().value(); });
        std::vector<std::string> digests;
        for (const PartitionDigest& each : partitions) digests.push_back(each.digest);
        return digests;
    }

    static ledger::Code code_of(const ledger::Outcome& outcome) {
        if (const auto* usage = std::get_if<ledger::UsageAnswer>(&outcome)) return usage->code;
        if (const auto* rejection = std::get_if<ledger::Rejection>(&outcome))
            return rejection->code;
        return ledger::Code::Ok;
    }

    std::filesystem::path folder_;
};

TEST_F(Engine, ANewLedgerHasItsRootKey) {
    RunningEngine running(folder_);
    EXPECT_EQ(running.failed(), "");
    EXPECT_EQ(running.engine().control().organisations.size(), 1u);
    EXPECT_EQ(running.engine().control().keys.size(), 1u);
}

TEST_F(Engine, UsageIsAnsweredAndADuplicateHearsTheSame) {
    RunningEngine running(folder_);
    const ledger::Partition home = set_up(running);
    bool duplicate = true;
    const auto first = running.ask(home, track("e1", 12), &duplicate);
    EXPECT_EQ(code_of(first), ledger::Code::TrackedOverage);
    EXPECT_FALSE(duplicate);
    const auto second = running.ask(home, track("e1", 12), &duplicate);
    EXPECT_EQ(first, second);
    EXPECT_TRUE(duplicate);
    EXPECT_EQ(code_of(running.ask(home, track("e1", 13))), ledger::Code::IdempotencyConflict);
}

TEST_F(Engine, ARestartKeepsStateAndFirstAnswers) {
    ledger::Outcome first;
    ledger::Partition home;
    {
        RunningEngine running(folder_);
        home = set_up(running);
        first = running.ask(home, track("e1", 12));
    }
    RunningEngine running(folder_);
    bool duplicate = false;
    EXPECT_EQ(running.ask(home, track("e1", 12), &duplicate), first);
    EXPECT_TRUE(duplicate);
    const auto next = running.ask(home, track("e2", 1));
    EXPECT_EQ(std::get<ledger::UsageAnswer>(next).usage, base::Quantity::from_int(13));
    // The account's entries go on as one chain.
    const ledger::Customer& ada =
        *ledger::find_customer(running.engine().control(), "default", "ada");
    const auto ids = running.on_engine([&] {
        std::vector<std::string> found;
        projections::AccountFold& fold = running.engine().home_of(ada);
        EXPECT_TRUE(fold.visit_entries(*fold.find("default", ada.id),
                                       std::numeric_limits<ledger::Offset>::max(),
                                       [&](const ledger::Entry& entry) {
                                           found.push_back(entry.id);
                                           return true;
                                       })
                        .has_value());
        return found;
    });
    EXPECT_EQ(ids, (std::vector<std::string>{"e2", "e1", "attach", "open:cus_1"}));
}

TEST_F(Engine, AWipedStateIsRebuiltWithTheSameDigests) {
    std::vector<std::string> before;
    {
        RunningEngine running(folder_);
        const ledger::Partition home = set_up(running);
        for (int n = 0; n < 50; ++n) running.ask(home, track("e" + std::to_string(n % 40), 1));
        running.clock().set(base::Instant{running.clock().now().micros + 70 * base::kMicrosPerDay});
        running.barrier();
        before = digests(running);
    }
    std::filesystem::remove_all(folder_ / "state");
    RunningEngine running(folder_);
    std::vector<std::string> after;
    after = digests(running);
    const auto length = [&] {
        std::vector<ledger::Offset> offsets;
        for (const auto& each : running.engine().progress()) offsets.push_back(each.next_offset);
        return offsets;
    };
    std::vector<ledger::Offset> expected = running.on_engine(length);
    running.barrier();  // its ticks come behind anything that was sent again
    for (std::size_t at = 1; at < expected.size(); ++at) ++expected[at];
    EXPECT_EQ(running.on_engine(length), expected);
    const std::vector<std::string> told = running.notifications();
    EXPECT_GT(told.size(), 1U);
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), told.size());
    EXPECT_EQ(before, after);
    EXPECT_EQ(before.size(), 3u);
}

TEST_F(Engine, ARecordOnTheWrongPartitionIsRoutedHomeOnce) {
    RunningEngine running(folder_);
    const ledger::Partition home = set_up(running);
    const ledger::Partition elsewhere{ledger::Topic::Events, 1 - home.index};
    EXPECT_EQ(code_of(running.ask(elsewhere, track("e1", 5, "ada"))), ledger::Code::Tracked);
    bool duplicate = false;
    running.ask(home, track("e1", 5), &duplicate);
    EXPECT_TRUE(duplicate);
}

TEST_F(Engine, AnUnknownCustomerIsPutAside) {
    RunningEngine running(folder_);
    const ledger::Partition home = set_up(running);
    running.on_engine([&] {
        running.engine().gateway().submit_logged(home, {}, track("e1", 5, "nobody"),
                                                 [](const Result<ledger::Offset>&) {});
        return true;
    });
    running.barrier();
    EXPECT_EQ(code_of(running.ask(home, track("e2", 1))), ledger::Code::Tracked);
}

TEST_F(Engine, ACatalogDeliveredTwiceIsTakenOnce) {
    std::vector<std::string> before;
    {
        RunningEngine running(folder_);
        const ledger::Partition home = set_up(running);
        ledger::Catalog again = *running.engine().control().organisations.begin()->second.catalog;
        for (int times = 0; times < 2; ++times) {
            running.ask(home, record("", "", ledger::PublishCatalog{again}));
        }
        before = digests(running);
    }
    std::filesystem::remove_all(folder_ / "state");
    RunningEngine running(folder_);
    EXPECT_EQ(digests(running), before);
}

TEST_F(Engine, TimeMovedByHandClosesPeriods) {
    RunningEngine running(folder_);
    set_up(running);
    running.clock().set(base::Instant{running.clock().now().micros + 70 * base::kMicrosPerDay});
    running.barrier();
    const ledger::Customer& ada =
        *ledger::find_customer(running.engine().control(), "default", "ada");
    const ledger::Account* account = running.engine().home_of(ada).find("default", ada.id);
    ASSERT_NE(account, nullptr);
    EXPECT_EQ(account->next_invoice, 4u);  // the first fee and two more
}

TEST_F(Engine, ANewerReleaseAdoptsItsRulesOnceOnEveryPartition) {
    const std::vector<std::size_t> kNone{0, 0, 0};
    const std::vector<std::size_t> kOne{1, 1, 1};
    EXPECT_EQ(RunningEngine(folder_, 1).barriers(), kNone);
    {
        RunningEngine newer(folder_, 2);
        EXPECT_EQ(newer.failed(), "");
        EXPECT_EQ(newer.barriers(), kOne);
    }
    EXPECT_EQ(RunningEngine(folder_, 2).barriers(), kOne);
    // Without its state it folds the barriers again and asks for no more.
    std::filesystem::remove_all(folder_ / "state");
    EXPECT_EQ(RunningEngine(folder_, 2).barriers(), kOne);
}

TEST_F(Engine, AnOlderReleaseHaltsAtTheBarrierAndLosesNothing) {
    {
        RunningEngine newer(folder_, 2);
    }
    std::filesystem::remove_all(folder_ / "state");
    EXPECT_EQ(RunningEngine(folder_, 1).failed(), "rules_unknown");
    RunningEngine again(folder_, 2);
    EXPECT_EQ(again.failed(), "");
}

}  // namespace
}  // namespace quipu::engine
