// A partition goes on under the rules that its log says, and halts where it does not know them.
#include <gtest/gtest.h>

#include "projections/control_fold.h"
#include "support/account_partition.h"

namespace quipu::projections {
namespace {

using ledger::AdoptRules;
using testing::AccountPartition;

AccountFoldOptions knowing(ledger::RulesVersion rules) {
    AccountFoldOptions options;
    options.known_rules = rules;
    return options;
}

TEST(RulesVersion, HoldsFromTheBarrierOn) {
    AccountPartition partition(knowing(3));
    ASSERT_TRUE(partition.open("cus_1", "acme").has_value());
    EXPECT_EQ(partition.fold().rules(), 1U);
    EXPECT_EQ(partition.fold().book("org_1").rules(), 1U);
    ASSERT_TRUE(partition.tell(AdoptRules{3, "0.3.0"}).has_value());
    EXPECT_EQ(partition.fold().rules(), 3U);
    EXPECT_EQ(partition.fold().book("org_1").rules(), 3U);
    // An organisation that comes later is decided by them too.
    ASSERT_TRUE(
        partition
            .add({"", "org_2", "", std::nullopt, {}, false, ledger::PublishCatalog{{.version = 1}}})
            .has_value());
    EXPECT_EQ(partition.fold().book("org_2").rules(), 3U);
}

TEST(RulesVersion, NeverGoesBack) {
    AccountPartition partition(knowing(3));
    ASSERT_TRUE(partition.tell(AdoptRules{3, "0.3.0"}).has_value());
    ASSERT_TRUE(partition.tell(AdoptRules{2, "0.2.0"}).has_value());
    ASSERT_TRUE(partition.tell(AdoptRules{3, "0.3.0"}).has_value());
    EXPECT_EQ(partition.fold().rules(), 3U);
}

TEST(RulesVersion, ThatIsNotKnownHaltsWithTheReleaseThatIsNeeded) {
    AccountPartition partition(knowing(2));
    const auto halted = partition.tell(AdoptRules{3, "0.3.0"});
    ASSERT_FALSE(halted.has_value());
    EXPECT_EQ(halted.error().code, base::ErrorCode("rules_unknown"));
    EXPECT_NE(halted.error().message.find("version 3"), std::string::npos);
    EXPECT_NE(halted.error().message.find("Quipu 0.3.0 or later"), std::string::npos);
    EXPECT_EQ(partition.fold().rules(), 1U);
}

TEST(RulesVersion, IsStoredAndLoaded) {
    AccountPartition partition(knowing(2));
    partition.save();
    const std::string before = partition.digest();
    ASSERT_TRUE(partition.tell(AdoptRules{2, "0.2.0"}).has_value());
    partition.save();
    EXPECT_NE(partition.digest(), before);

    AccountFold again(AccountPartition::kPartition, partition.store(), AccountPartition::decode,
                      knowing(2));
    ASSERT_TRUE(again.load().has_value());
    EXPECT_EQ(again.rules(), 2U);
    EXPECT_EQ(again.book("org_1").rules(), 2U);

    AccountFold older(AccountPartition::kPartition, partition.store(), AccountPartition::decode,
                      knowing(1));
    const auto refused = older.load();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, base::ErrorCode("rules_unknown"));
}

TEST(RulesVersion, OfAGenesisThatIsNotKnownHaltsToo) {
    MemoryStore store;
    AccountFold fold(AccountPartition::kPartition, store, AccountPartition::decode, knowing(1));
    struct NoSink final : FoldSink {
        void answered(const Answer&) override {}
        void emit(Effect) override {}
    } sink;
    ledger::Genesis genesis;
    genesis.partitions = 1;
    genesis.rules_version = 2;
    const auto folded = fold.fold({0, {1}, "", ledger::encode({.command = genesis}), {}}, sink);
    ASSERT_FALSE(folded.has_value());
    EXPECT_EQ(folded.error().code, base::ErrorCode("rules_unknown"));
}

TEST(RulesVersion, OfTheControlPartitionIsAdoptedTheSameWay) {
    MemoryStore store;
    ControlFold fold({ledger::Topic::Control, 0}, store, AccountPartition::decode,
                     kDefaultDedupeWindowMicros, 2);
    struct NoSink final : FoldSink {
        void answered(const Answer&) override {}
        void emit(Effect) override {}
    } sink;
    ledger::Genesis genesis;
    genesis.partitions = 1;
    ASSERT_TRUE(fold.fold({0, {1}, "", ledger::encode({.command = genesis}), {}}, sink));
    ASSERT_TRUE(
        fold.fold({1, {1}, "", ledger::encode({.command = AdoptRules{2, "0.2.0"}}), {}}, sink));
    EXPECT_EQ(fold.rules(), 2U);
    const auto halted =
        fold.fold({2, {1}, "", ledger::encode({.command = AdoptRules{4, ""}}), {}}, sink);
    ASSERT_FALSE(halted.has_value());
    EXPECT_NE(halted.error().message.find("a later release"), std::string::npos);
}

}  // namespace
}  // namespace quipu::projections
