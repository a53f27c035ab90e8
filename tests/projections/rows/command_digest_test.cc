// The content digest tells what was asked, whoever asked it and however often.
#include "projections/rows/command_digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/command.h"
#include "support/generators.h"

namespace quipu::projections {
namespace {

RC_GTEST_PROP(ContentDigest, DoesNotDependOnWhoAskedAndHow, ()) {
    ledger::CommandRecord record = *testing::command_record();
    const std::uint64_t digest = content_digest(record);
    record.id += "x";
    record.organisation += "x";
    record.customer += "x";
    record.origin.sequence += 1;
    record.routed = !record.routed;
    RC_ASSERT(content_digest(record) == digest);
}

RC_GTEST_PROP(ContentDigest, DiffersForDifferentCommands, ()) {
    const ledger::CommandRecord a = *testing::command_record();
    ledger::CommandRecord b = *testing::command_record();
    b.occurred_at = a.occurred_at;
    if (const auto* first = std::get_if<ledger::UpsertCustomer>(&a.command)) {
        if (auto* second = std::get_if<ledger::UpsertCustomer>(&b.command)) {
            second->candidate = first->candidate;
        }
    }
    RC_ASSERT((content_digest(a) == content_digest(b)) == (a.command == b.command));
}

TEST(ContentDigest, SeesEveryFieldOfATrack) {
    const ledger::Track track{.feature = "f", .value = base::Quantity::from_int(1)};
    const std::uint64_t digest = content_digest({.command = track});
    const auto changed = [&](auto change) {
        ledger::Track other = track;
        change(other);
        return content_digest({.command = other}) != digest;
    };
    EXPECT_TRUE(changed([](ledger::Track& t) { t.feature = "g"; }));
    EXPECT_TRUE(changed([](ledger::Track& t) { t.value = base::Quantity::from_coefficient(1); }));
    EXPECT_TRUE(changed([](ledger::Track& t) { t.entity = "e"; }));
    EXPECT_TRUE(changed([](ledger::Track& t) { t.metadata_json = "{}"; }));
    EXPECT_TRUE(changed([](ledger::Track& t) { t.as_check = true; }));
}

TEST(ContentDigest, SeesTheProducersTimeIfGiven) {
    const std::uint64_t without = content_digest({.command = ledger::Track{}});
    const std::uint64_t with =
        content_digest({.occurred_at = base::Instant{0}, .command = ledger::Track{}});
    EXPECT_NE(without, with);
}

TEST(ContentDigest, TellsKindsWithEqualFieldsApart) {
    EXPECT_NE(content_digest({.command = ledger::Cancel{.plan = "p"}}),
              content_digest({.command = ledger::Uncancel{.plan = "p"}}));
}

TEST(ContentDigest, LeavesOutTheRandomCandidate) {
    EXPECT_EQ(
        content_digest({.command = ledger::UpsertCustomer{.candidate = "cus_1", .email = "a@b.c"}}),
        content_digest(
            {.command = ledger::UpsertCustomer{.candidate = "cus_2", .email = "a@b.c"}}));
}

}  // namespace
}  // namespace quipu::projections
