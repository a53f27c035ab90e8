// A read model is one class: it hears what was folded, and its rows are stored, loaded, rebuilt and
// in the digest like all others.
#include "projections/projection.h"

#include <gtest/gtest.h>

#include <map>

#include "support/account_partition.h"

namespace quipu::projections {
namespace {

using testing::AccountPartition;

// How many entries each account has had.
class EntryCounts final : public Projection {
public:
    base::Result<void> load(StateStore& store) override {
        return store.scan(Table::View, kPrefix, [this](std::string_view key, std::string_view row) {
            counts_[std::string(key.substr(kPrefix.size()))] = std::stoi(std::string(row));
            return true;
        });
    }
    void project(const Folded& folded) override {
        if (folded.entry == nullptr) return;
        ++counts_[folded.account.id];
        changed_ = true;
    }
    void collect(WriteSet& set) override {
        if (!std::exchange(changed_, false)) return;
        for (const auto& [account, count] : counts_)
            set.rows.push_back(
                {Table::View, std::string(kPrefix) + account, std::to_string(count)});
    }
    [[nodiscard]] int of(const std::string& account) { return counts_[account]; }

private:
    static constexpr std::string_view kPrefix = "entry_counts/";
    std::map<std::string, int> counts_;
    bool changed_ = false;
};

Projections counting() {
    Projections projections;
    projections.push_back(std::make_unique<EntryCounts>());
    return projections;
}

void live(AccountPartition& partition) {
    ASSERT_TRUE(partition.open("cus_1", "acme").has_value());
    const ledger::SetOverageLimit limit{ledger::OverageLimit{500, ledger::LimitReaction::Block}};
    ASSERT_TRUE(partition.ask("evt_1", "acme", limit).has_value());
    ASSERT_TRUE(partition.ask("evt_1", "acme", limit).has_value());  // again
}

TEST(Projection, HearsEachEntryOnce) {
    Projections projections = counting();
    auto& counts = static_cast<EntryCounts&>(*projections.front());
    AccountPartition partition({}, std::move(projections));
    live(partition);
    EXPECT_EQ(counts.of("cus_1"), 2);
}

TEST(Projection, IsLoadedFromItsRows) {
    AccountPartition partition({}, counting());
    live(partition);
    partition.save();
    Projections projections = counting();
    auto& counts = static_cast<EntryCounts&>(*projections.front());
    AccountFold again(AccountPartition::kPartition, partition.store(), AccountPartition::decode, {},
                      std::move(projections));
    ASSERT_TRUE(again.load().has_value());
    EXPECT_EQ(counts.of("cus_1"), 2);
}

TEST(Projection, IsInTheDigestAndRebuiltToTheSame) {
    AccountPartition once({}, counting());
    live(once);
    once.save();
    AccountPartition often({}, counting());
    live(often);
    often.save();
    EXPECT_EQ(once.digest(), often.digest());
    AccountPartition without;
    live(without);
    without.save();
    EXPECT_NE(once.digest(), without.digest());
}

}  // namespace
}  // namespace quipu::projections
