// Records survive the log: every command, field by field.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/codec/command_codec.h"
#include "ledger/command.h"
#include "ledger/record_limits.h"
#include "support/generators.h"

namespace quipu::ledger {
namespace {

RC_GTEST_PROP(RecordCodec, EveryRecordSurvivesARoundTrip, ()) {
    const CommandRecord record = *testing::command_record();
    RC_ASSERT_FALSE(problem_of(record).has_value());
    const base::Result<CommandRecord> decoded = decode_record(encode(record));
    if (!decoded) {
        RC_FAIL(std::string(decoded.error().code.text()) + ": " + decoded.error().message);
    }
    RC_ASSERT(*decoded == record);
}

RC_GTEST_PROP(RecordCodec, EqualRecordsHaveEqualBytes, ()) {
    const CommandRecord record = *testing::command_record();
    const CommandRecord copy = record;
    RC_ASSERT(encode(copy) == encode(record));
}

RC_GTEST_PROP(RecordCodec, ADecoderThatIsUsedAgainRemembersNothing, ()) {
    CommandDecoder decoder;
    const CommandRecord first = *testing::command_record();
    const CommandRecord second = *testing::command_record();
    RC_ASSERT(decoder.decode(encode(first)).value() == first);
    RC_ASSERT_FALSE(decoder.decode("\xff\xff").has_value());
    RC_ASSERT(decoder.decode(encode(second)).value() == second);
}

RC_GTEST_PROP(RecordCodec, ACutRecordIsRefusedOrIsARecordOfItsOwn, ()) {
    const std::string bytes = encode(*testing::command_record());
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const base::Result<CommandRecord> decoded = decode_record(bytes.substr(0, size));
    // Fields end at their boundaries, so some cuts are whole messages; those must be sound.
    if (decoded) {
        RC_ASSERT_FALSE(problem_of(*decoded).has_value());
    }
}

// Plain Track records take a shorter way, which must not show.
base::Result<CommandRecord> decode_both_ways(const std::string& bytes) {
    CommandDecoder decoder;
    const base::Result<CommandRecord> by_parser = decoder.decode_any(bytes);
    const bool same = decoder.decode(bytes) == by_parser;
    RC_ASSERT(same);
    return by_parser;
}

RC_GTEST_PROP(RecordCodec, TheShortWayGivesTheSameRecord, ()) {
    CommandRecord record = *testing::command_record();
    record.command = Track{.feature = *testing::word(),
                           .value = *testing::quantity(),
                           .entity = *testing::text(),
                           .metadata_json = *rc::gen::element<std::string>("", "{}", "{", "[1]"),
                           .as_check = *rc::gen::arbitrary<bool>()};
    static_cast<void>(decode_both_ways(encode(record)));
}

RC_GTEST_PROP(RecordCodec, TheShortWayGivesTheSameRecordOfSpoiledBytes, ()) {
    CommandRecord record = *testing::command_record();
    record.command = Track{.feature = *testing::word(), .value = *testing::quantity()};
    std::string bytes = encode(record);
    const auto changes = *rc::gen::container<std::vector<std::pair<std::uint16_t, char>>>(
        rc::gen::arbitrary<std::pair<std::uint16_t, char>>());
    for (const auto& [at, byte] : changes) bytes[at % bytes.size()] = byte;
    static_cast<void>(decode_both_ways(bytes));
    static_cast<void>(decode_both_ways(encode(record) + bytes));  // every field twice
}

TEST(RecordCodec, AbsentAndZeroAreDifferent) {
    CommandRecord record{.id = "1", .command = SetOverageLimit{}};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
    record.command = SetOverageLimit{.limit = OverageLimit{.max_minor = 0}};
    record.occurred_at = base::Instant{0};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
    record.command = SetFeatureConfig{.config = {.feature = "f", .max_overage_units = {}}};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
    record.command =
        SetFeatureConfig{.config = {.feature = "f", .max_overage_units = base::Quantity{}}};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
    record.command = AddEntity{.feature = "f", .entity = "e", .name = "", .email = std::nullopt};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
}

TEST(RecordCodec, ARecordMayLackItsOrganisationAndCustomer) {
    const CommandRecord record{.id = "1", .command = Track{.feature = "f"}};
    EXPECT_EQ(decode_record(encode(record)).value(), record);
}

}  // namespace
}  // namespace quipu::ledger
