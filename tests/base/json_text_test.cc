#include "base/json_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>

namespace quipu::base {
namespace {

// `levels` containers inside each other: an object, then arrays.
std::string nested(int levels, const std::string& innermost = "") {
    std::string text = "{\"a\":";
    for (int i = 1; i < levels; ++i) text += '[';
    text += innermost;
    for (int i = 1; i < levels; ++i) text += ']';
    return text + "}";
}

TEST(JsonText, KnowsObjects) {
    for (const char* const good :
         {"{}", " { } ", R"({"a":1,"b":[true,false,null],"c":{"d":"e"}})", R"({"":-0.5e+10})",
          R"({"a":"\u00e9\ud83d\ude00\n"})", R"({"a":0,"a":1E9})",
          R"({"a":[1e999,-1E-999,123456789012345678901234567890]})", R"({"a":"\u0000"})"}) {
        EXPECT_TRUE(is_json_object(good)) << good;
    }
    for (const char* const bad : {"",
                                  " ",
                                  "{",
                                  "}",
                                  "[]",
                                  "1",
                                  "{}{}",
                                  "{}]",
                                  "{a:1}",
                                  R"({"a"})",
                                  R"({"a":})",
                                  R"({"a":1,})",
                                  R"({"a":01})",
                                  R"({"a":1.})",
                                  R"({"a":.5})",
                                  R"({"a":+1})",
                                  R"({"a":1e})",
                                  R"({"a":"\x"})",
                                  R"({"a":"\u12g4"})",
                                  R"({"a":"\ud800"})",
                                  R"({"a":"\udc00"})",
                                  R"({"\x":1})",
                                  "{\"a\":\"\n\"}",
                                  R"({"a":tru})",
                                  R"({"a":[1,]})",
                                  R"({'a':1})",
                                  R"({"a":1 "b":2})",
                                  "\xEF\xBB\xBF{}",
                                  "{\"a\":\"\xff\"}"}) {
        EXPECT_FALSE(is_json_object(bad)) << bad;
    }
    EXPECT_FALSE(is_json_object(std::string_view("{}\0", 3)));
}

TEST(JsonText, AScalarIsALevelToo) {
    EXPECT_TRUE(is_json_object(nested(32)));
    EXPECT_FALSE(is_json_object(nested(33)));
    EXPECT_TRUE(is_json_object(nested(31, "1")));
    EXPECT_FALSE(is_json_object(nested(32, "1")));
}

// simdjson skips a string that was not read together with a colon behind it.
TEST(JsonText, AStringIsNoNameOutsideOfAnObject) {
    EXPECT_FALSE(is_json_object(R"({"a":"b":1})"));
    EXPECT_FALSE(is_json_object(R"({"a":["b":1]})"));
    EXPECT_FALSE(is_json_object(R"({"a":"b":"\n"})"));
}

TEST(JsonText, AnObjectThatDoesNotEndIsNotEndedByAnEarlierText) {
    for (const char behind : {'}', ']', ',', ':', '"', '1', ' '}) {
        const std::string cut = R"({"a":{"b":[1]})";
        std::string earlier = "{\"x\":\"" + std::string(300, 'x') + "\"}";
        EXPECT_TRUE(is_json_object(earlier));
        earlier.assign(300, behind);
        EXPECT_FALSE(is_json_object(earlier));
        EXPECT_FALSE(is_json_object(cut)) << behind;
    }
}

// Objects, most of them spoiled: what another library thinks of them is the reference.
TEST(JsonText, AgreesWithAnotherParserOnRandomTexts) {
    static const std::array<std::string, 36> kPieces = {"{",
                                                        "}",
                                                        "[",
                                                        "]",
                                                        ":",
                                                        ",",
                                                        "\"",
                                                        "\\",
                                                        "true",
                                                        "false",
                                                        "null",
                                                        "nul",
                                                        "0",
                                                        "-1",
                                                        "01",
                                                        ".5",
                                                        "1.25e+2",
                                                        "-",
                                                        " ",
                                                        "\n",
                                                        "\"a\"",
                                                        "\"b\":",
                                                        "{}",
                                                        "[1,2]",
                                                        "\"\\n\"",
                                                        "\"\\u00e9",
                                                        "\\ud83d\\ude00",
                                                        "\\udc00",
                                                        "\"é\"",
                                                        "\xe2\x82",
                                                        "\x1f",
                                                        "\x7f",
                                                        "/",
                                                        "\"a\":1,",
                                                        "{\"c\":[{\"d\":\"e\"}]}",
                                                        "\"\\u0061\":"};
    rc::check("is_json_object is nlohmann's accept for objects", [] {
        std::string text = "{";
        const auto pieces =
            *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces));
        for (const std::string& piece : pieces) text += piece;
        if (*rc::gen::arbitrary<bool>()) text += '}';
        RC_ASSERT(is_json_object(text) == nlohmann::json::accept(text));
    });
    rc::check("one changed byte makes the same difference to both", [] {
        std::string text =
            R"( {"a" : [1, -2.5e-3, {"b\n": "\u00e9\ud83d\ude00"}], "c":{}, "é": null, "d":true} )";
        text.at(*rc::gen::inRange<std::size_t>(0, text.size())) = *rc::gen::arbitrary<char>();
        RC_ASSERT(is_json_object(text) == nlohmann::json::accept(text));
    });
}

TEST(JsonText, MergesMemberByMember) {
    EXPECT_EQ(merge_json_objects(R"({"a":1,"b":2})", R"({"b":3,"c":4})"), R"({"a":1,"b":3,"c":4})");
    EXPECT_EQ(merge_json_objects("", R"({"a":1})"), R"({"a":1})");
    EXPECT_EQ(merge_json_objects(R"({"a":1})", ""), R"({"a":1})");
    EXPECT_EQ(merge_json_objects(R"({"a":1})", "{}"), R"({"a":1})");
    EXPECT_EQ(merge_json_objects("", " "), "");
    EXPECT_EQ(merge_json_objects("", "{}"), "{}");
}

TEST(JsonText, AMergeKeepsTheTextOfValues) {
    EXPECT_EQ(
        merge_json_objects(R"( { "a" : 1.50 , "b":{ "x": [ 1 ] } } )", R"({"c" : "\u00e9" })"),
        R"({"a":1.50,"b":{ "x": [ 1 ] },"c":"\u00e9"})");
    EXPECT_EQ(merge_json_objects(R"({"a":{"x":1},"b":"},{"})", R"({"a":{"y":2},"n":1e999})"),
              R"({"a":{"y":2},"b":"},{","n":1e999})");
}

TEST(JsonText, AMergeComparesNamesByteForByte) {
    EXPECT_EQ(merge_json_objects(R"({"\u0061":1,"a\"b":2})", R"({"a":3,"a\"b":4})"),
              R"({"\u0061":1,"a\"b":4,"a":3})");
    EXPECT_EQ(merge_json_objects(R"({"a":1,"a":2})", R"({"a":3})"), R"({"a":3,"a":2})");
    EXPECT_EQ(merge_json_objects("", R"({"a":1,"a":2})"), R"({"a":2})");
}

TEST(JsonText, KnowsUtf8) {
    for (const char* const good : {"", "a", "é", "€", "😀", "\x7f", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* const bad : {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf",
                                  "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xe2\x82"})
        EXPECT_FALSE(is_utf8(bad)) << bad;
    EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace quipu::base
