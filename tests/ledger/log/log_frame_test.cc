#include "ledger/log/log_frame.h"

#include <gtest/gtest.h>

namespace quipu::ledger {
namespace {

constexpr FrameAddress kAddress{{Topic::Events, 3}, 1'000};

std::string frame_of_three() {
    FrameBuilder builder;
    builder.add({"a", "first", {{"h", "1"}}});
    builder.add({"", std::string(300, 'x'), {}});
    builder.add({"c", "third", {}});
    return builder.finish(kAddress, base::Instant{42});
}

TEST(LogFrame, ReadsBackWhatWasAdded) {
    const std::string bytes = frame_of_three();
    auto frame = FrameReader::open(kAddress, bytes);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->end_offset(), 1'003);
    StoredRecord record;
    frame->read(record);
    EXPECT_EQ(record.offset, 1'000);
    EXPECT_EQ(record.recorded_at.micros, 42);
    EXPECT_EQ(record.key, "a");
    EXPECT_EQ(record.value, "first");
    EXPECT_EQ(record.headers, (std::vector<Header>{{"h", "1"}}));
    frame->read(record);
    EXPECT_EQ(record.value, std::string(300, 'x'));
    EXPECT_TRUE(record.headers.empty());
    frame->read(record);
    EXPECT_EQ(record.offset, 1'002);
    EXPECT_TRUE(frame->at_end());
}

TEST(LogFrame, SkipsToARecordInTheMiddle) {
    const std::string bytes = frame_of_three();
    auto frame = FrameReader::open(kAddress, bytes);
    ASSERT_TRUE(frame);
    frame->skip_to(1'002);
    StoredRecord record;
    frame->read(record);
    EXPECT_EQ(record.value, "third");
}

TEST(LogFrame, EveryFlippedBitIsFound) {
    const std::string bytes = frame_of_three();
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        const auto frame = FrameReader::open(kAddress, damaged);
        ASSERT_FALSE(frame) << "bit " << bit;
        ASSERT_EQ(frame.error().code, base::ErrorCode("log_damaged"));
    }
}

TEST(LogFrame, EveryCutIsFound) {
    const std::string bytes = frame_of_three();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        ASSERT_FALSE(FrameReader::open(kAddress, std::string_view(bytes).substr(0, size)));
    }
}

TEST(LogFrame, AFrameAtAnotherAddressIsRefused) {
    const std::string bytes = frame_of_three();
    EXPECT_FALSE(FrameReader::open({kAddress.partition, 1'001}, bytes));
    EXPECT_FALSE(FrameReader::open({{Topic::Events, 4}, 1'000}, bytes));
    EXPECT_FALSE(FrameReader::open({{Topic::Control, 3}, 1'000}, bytes));
}

}  // namespace
}  // namespace quipu::ledger
