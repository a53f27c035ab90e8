#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace quipu::base {
namespace {

TEST(Bytes, WhatWasWrittenIsReadBack) {
    ByteWriter writer;
    writer.varint(0);
    writer.varint(std::numeric_limits<std::uint64_t>::max());
    writer.zigzag(std::numeric_limits<std::int64_t>::min());
    writer.zigzag(-1);
    writer.boolean(true);
    writer.boolean(false);
    writer.string("");
    writer.string(std::string_view("a\0b", 3));
    writer.big_endian_u32(0x01020304);
    writer.big_endian_u64(0xfffefdfcfbfaf9f8);
    writer.instant(Instant{-5});
    writer.byte(200);
    const std::string bytes = writer.take();
    EXPECT_TRUE(writer.view().empty());

    ByteReader reader(bytes);
    EXPECT_EQ(reader.varint(), 0u);
    EXPECT_EQ(reader.varint(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(reader.zigzag(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(reader.zigzag(), -1);
    EXPECT_TRUE(reader.boolean());
    EXPECT_FALSE(reader.boolean());
    EXPECT_EQ(reader.string(), "");
    EXPECT_EQ(reader.string(), std::string_view("a\0b", 3));
    EXPECT_EQ(reader.big_endian_u32(), 0x01020304u);
    EXPECT_EQ(reader.big_endian_u64(), 0xfffefdfcfbfaf9f8u);
    EXPECT_EQ(reader.instant(), Instant{-5});
    EXPECT_FALSE(reader.done());
    EXPECT_EQ(reader.byte(), 200);
    EXPECT_TRUE(reader.done());
}

TEST(Bytes, TheExtremesOf128BitsSurvive) {
    const Int128 highest = static_cast<Int128>((Uint128{1} << 127) - 1);
    for (const Int128 value : {Int128{0}, Int128{-1}, Int128{1}, highest, -highest - 1}) {
        ByteWriter writer;
        writer.i128(value);
        ByteReader reader(writer.view());
        EXPECT_TRUE(reader.i128() == value);
        EXPECT_TRUE(reader.done());
    }
}

TEST(Bytes, SmallNumbersAreShort) {
    ByteWriter writer;
    writer.varint(127);
    writer.zigzag(-64);
    writer.i128(63);
    EXPECT_EQ(writer.view().size(), 3u);
}

TEST(Bytes, AReaderThatFailedStaysFailed) {
    ByteReader reader(
        "\x05"
        "abc");
    EXPECT_EQ(reader.string(), "");
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.byte(), 0);
    EXPECT_EQ(reader.varint(), 0u);
    EXPECT_FALSE(reader.done());
}

TEST(Bytes, AVarintThatDoesNotFitIsRefused) {
    const std::string too_long(11, '\x80');
    ByteReader endless(too_long);
    EXPECT_EQ(endless.varint(), 0u);
    EXPECT_FALSE(endless.ok());

    const std::string too_wide = std::string(9, '\xff') + '\x02';
    ByteReader wide(too_wide);
    EXPECT_EQ(wide.varint(), 0u);
    EXPECT_FALSE(wide.ok());
}

TEST(Bytes, ABooleanIsZeroOrOne) {
    ByteReader reader("\x02");
    EXPECT_FALSE(reader.boolean());
    EXPECT_FALSE(reader.ok());
}

RC_GTEST_PROP(Bytes, BigEndianKeysSortAsTheirNumbers, (std::uint64_t a, std::uint64_t b)) {
    ByteWriter first;
    ByteWriter second;
    first.big_endian_u64(a);
    second.big_endian_u64(b);
    RC_ASSERT((first.view() < second.view()) == (a < b));
}

RC_GTEST_PROP(Bytes, NumbersOfAnySizeSurvive, (std::uint64_t high, std::uint64_t low)) {
    const auto shift = low % 128;
    const auto wide = static_cast<Int128>((static_cast<Uint128>(high) << 64 | low) >> shift);
    ByteWriter writer;
    writer.i128(wide);
    writer.varint(high >> (shift / 2));
    writer.zigzag(static_cast<std::int64_t>(high) >> (shift / 2));
    ByteReader reader(writer.view());
    RC_ASSERT(reader.i128() == wide);
    RC_ASSERT(reader.varint() == high >> (shift / 2));
    RC_ASSERT(reader.zigzag() == static_cast<std::int64_t>(high) >> (shift / 2));
    RC_ASSERT(reader.done());
}

RC_GTEST_PROP(Bytes, NoInputIsReadPastItsEnd, (const std::string& bytes)) {
    ByteReader reader(bytes);
    std::size_t reads = 0;
    while (reader.ok() && !reader.done()) {
        switch (reads++ % 4) {
            case 0:
                (void)reader.string();
                break;
            case 1:
                (void)reader.varint();
                break;
            case 2:
                (void)reader.i128();
                break;
            default:
                (void)reader.big_endian_u32();
                break;
        }
    }
    RC_ASSERT(reads <= bytes.size());
    RC_ASSERT(reader.rest().empty());
}

}  // namespace
}  // namespace quipu::base
