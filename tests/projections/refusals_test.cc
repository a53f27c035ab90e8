// What was refused has not happened: its id is free
// (docs/contract/requests-and-errors.md#refusals).
#include <gtest/gtest.h>

#include <limits>

#include "support/account_partition.h"
#include "support/catalog_builder.h"

namespace quipu::projections {
namespace {

using namespace quipu::testing;
using ledger::Code;

// An account partition with a customer on a plan.
class Partition {
public:
    Partition() {
        const auto payload = CatalogBuilder()
                                 .metered("api")
                                 .plan(quipu::testing::Plan("pro").with(
                                     Includes("api").limit(100_u).charge(10_price)))
                                 .build();
        QUIPU_CHECK(partition_.tell(ledger::PublishCatalog{ledger::merge({}, payload, {}).catalog})
                        .has_value());
        QUIPU_CHECK(partition_.open("cus_1", "acme").has_value());
        (void)done("attach", ledger::Attach{"pro", {}, {}});
    }
    KeptAnswer done(std::string id, ledger::Command command) {
        QUIPU_CHECK(partition_.ask(std::move(id), "acme", std::move(command)).has_value());
        return partition_.answers().back();
    }
    KeptAnswer track(std::string id, base::Quantity value) {
        return done(std::move(id), ledger::Track{"api", value, {}, {}, false});
    }
    void overage(std::string id, ledger::OverageMode mode) {
        (void)done(std::move(id), ledger::SetFeatureConfig{{"api", mode, std::nullopt}});
    }
    void save() { partition_.save(); }
    // Newest first, of the events with this id: whether it was refused.
    std::vector<bool> refusals(const std::string& id) {
        std::vector<bool> refused;
        AccountFold& fold = partition_.fold();
        const auto visited = fold.visit_entries(
            *fold.find("org_1", "acme"), std::numeric_limits<ledger::Offset>::max(),
            [&](const ledger::Entry& entry) {
                if (entry.id == id) refused.push_back(is_refusal(entry.outcome));
                return true;
            });
        QUIPU_CHECK(visited.has_value());
        return refused;
    }

private:
    AccountPartition partition_;
};

TEST(Refusals, ARefusedUsageIsJudgedAgainWhenItIsSentAgain) {
    Partition partition;
    partition.overage("block", ledger::OverageMode::Block);
    EXPECT_TRUE(is_refusal(partition.track("evt_1", 150_u).outcome));
    const KeptAnswer mended = partition.track("evt_1", 160_u);
    EXPECT_TRUE(is_refusal(mended.outcome));
    EXPECT_FALSE(mended.duplicate);
    partition.overage("charge", ledger::OverageMode::Charge);
    partition.save();
    const KeptAnswer then = partition.track("evt_1", 150_u);
    EXPECT_FALSE(then.duplicate);
    EXPECT_EQ(std::get<ledger::UsageAnswer>(then.outcome).usage, 150_u);
    EXPECT_EQ(partition.refusals("evt_1"), (std::vector<bool>{false, true, true}));
}

TEST(Refusals, WhatHappenedThenIsRemembered) {
    Partition partition;
    partition.overage("block", ledger::OverageMode::Block);
    (void)partition.track("evt_1", 150_u);
    EXPECT_FALSE(is_refusal(partition.track("evt_1", 100_u).outcome));
    EXPECT_TRUE(partition.track("evt_1", 100_u).duplicate);
    const KeptAnswer conflict = partition.track("evt_1", 150_u);
    EXPECT_EQ(std::get<ledger::Rejection>(conflict.outcome).code, Code::IdempotencyConflict);
}

TEST(Refusals, ARejectedCommandLeavesItsIdFreeToo) {
    Partition partition;
    EXPECT_TRUE(is_refusal(partition.done("cancel", ledger::Cancel{"nope", true}).outcome));
    EXPECT_FALSE(is_refusal(partition.done("cancel", ledger::Cancel{"pro", true}).outcome));
    EXPECT_TRUE(partition.done("cancel", ledger::Cancel{"pro", true}).duplicate);
}

}  // namespace
}  // namespace quipu::projections
