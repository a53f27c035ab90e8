// The hashes against the numbers that their authors published.
#include <gtest/gtest.h>

#include "base/hmac.h"
#include "base/murmur2.h"
#include "base/sha256.h"
#include "base/siphash.h"

namespace quipu::base {
namespace {

SipKey counting_key() {
    SipKey key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    return key;
}

std::string counting_bytes(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
}

std::string siphash_hex(std::string_view bytes) {
    return to_hex(siphash128(counting_key(), bytes).bytes);
}

TEST(SipHash, GivesTheReferenceVectors) {
    EXPECT_EQ(siphash_hex(counting_bytes(0)), "a3817f04ba25a8e66df67214c7550293");
    EXPECT_EQ(siphash_hex(counting_bytes(1)), "da87c1d86b99af44347659119b22fc45");
    EXPECT_EQ(siphash_hex(counting_bytes(2)), "8177228da4a45dc7fca38bdef60affe4");
    EXPECT_EQ(siphash_hex(counting_bytes(7)), "a1f1ebbed8dbc153c0b84aa61ff08239");
    EXPECT_EQ(siphash_hex(counting_bytes(8)), "3b62a9ba6258f5610f83e264f31497b4");
    EXPECT_EQ(siphash_hex(counting_bytes(15)), "5493e99933b0a8117e08ec0f97cfc3d9");
    EXPECT_EQ(siphash_hex(counting_bytes(16)), "6ee2a4ca67b054bbfd3315bf85230577");
    EXPECT_EQ(siphash_hex(counting_bytes(63)), "5150d1772f50834a503e069a973fbd7c");
}

TEST(SipHash, GivesAllSixtyFourReferenceVectors) {
    Sha256 all;
    for (std::size_t size = 0; size < 64; ++size) {
        all.update(siphash128(counting_key(), counting_bytes(size)).view());
    }
    EXPECT_EQ(to_hex(all.finish()),
              "ecfaa9fe47ff788fa834a9863ea2715a2880cd37d2b8c3c194402838428119b9");
}

TEST(SipHash, AnotherKeyGivesAnotherHash) {
    SipKey other = counting_key();
    other[15] ^= 1;
    EXPECT_NE(siphash128(other, "event"), siphash128(counting_key(), "event"));
}

TEST(Fingerprint, SortsAsItsBytesDo) {
    Fingerprint a;
    Fingerprint b;
    a.bytes[0] = 1;
    b.bytes[15] = 255;
    EXPECT_LT(b, a);
    EXPECT_LT(b.view(), a.view());
    EXPECT_NE(a, b);
    EXPECT_EQ(a, a);
}

TEST(Murmur2, AgreesWithTheJavaClient) {
    const auto java = [](std::string_view key) { return static_cast<std::int32_t>(murmur2(key)); };
    EXPECT_EQ(java("21"), -973932308);
    EXPECT_EQ(java("foobar"), -790332482);
    EXPECT_EQ(java("a-little-bit-long-string"), -985981536);
    EXPECT_EQ(java("a-little-bit-longer-string"), -1486304829);
    EXPECT_EQ(java("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
    EXPECT_EQ(java("abc"), 479470107);
    EXPECT_EQ(java("\x0c\x2a\x38\x18\x6d\x6f"), 274204207);
}

TEST(Murmur2, AgreesWithLibrdkafka) {
    EXPECT_EQ(murmur2("kafka"), 0xd067cf64u);
    EXPECT_EQ(murmur2("giberish123456789"), 0x8f552b0cu);
    EXPECT_EQ(murmur2("1234"), 0x9fc97b14u);
    EXPECT_EQ(murmur2("234"), 0xe7c009cau);
    EXPECT_EQ(murmur2("34"), 0x873930dau);
    EXPECT_EQ(murmur2("4"), 0x5a4b5ca1u);
    EXPECT_EQ(murmur2(""), 0x106e08d9u);
}

TEST(Murmur2, APartitionDropsTheSignOfTheHash) {
    EXPECT_EQ(partition_for("foobar", 4), 1357151166u % 4);
    EXPECT_EQ(partition_for("foobar", 7), 1357151166u % 7);
    EXPECT_EQ(partition_for("21", 12), 1173551340u % 12);
    EXPECT_EQ(partition_for("anything", 1), 0u);
}

TEST(Murmur2, BytesAboveAsciiAreUnsigned) {
    EXPECT_EQ(murmur2("\xff\xfe\xfd"), 0x3b85fe24u);
}

TEST(Sha256, GivesThePublishedDigests) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
    Sha256 pieces;
    pieces.update("a");
    pieces.update("");
    pieces.update("bc");
    EXPECT_EQ(pieces.finish(), sha256("abc"));
}

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                                 "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    // An empty key is one too, not the key of the call before.
    EXPECT_EQ(to_hex(hmac_sha256({}, {})),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(EqualInConstantTime, ComparesAllOfBoth) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
    EXPECT_FALSE(equal_in_constant_time("", "a"));
}

}  // namespace
}  // namespace quipu::base
