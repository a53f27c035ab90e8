#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace quipu::base {
namespace {

std::string as_json(std::string_view text) {
    std::string out;
    JsonWriter(out).string(text);
    return out;
}

TEST(JsonWriter, NestsWithCommasWhereTheyBelong) {
    std::string out = "> ";
    JsonWriter json(out);
    json.begin_object();
    json.key("a").begin_array().integer(1).integer(-2).begin_object().end_object().end_array();
    json.key("b").begin_array().end_array().key("c").null().key("d").boolean(true);
    json.key("e").number("0.30000000000000000001").key("f").raw("[1,2]").key("").string("");
    json.end_object();
    EXPECT_EQ(
        out,
        R"(> {"a":[1,-2,{}],"b":[],"c":null,"d":true,"e":0.30000000000000000001,"f":[1,2],"":""})");
}

TEST(JsonWriter, WritesTheWholeRangeOfIntegers) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.integer(std::numeric_limits<std::int64_t>::min()).integer(0);
    json.integer(std::numeric_limits<std::int64_t>::max()).end_array();
    EXPECT_EQ(out, "[-9223372036854775808,0,9223372036854775807]");
}

TEST(JsonWriter, EscapesWhatJsonForbids) {
    EXPECT_EQ(as_json("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(as_json("\n\r\t\b\f"), R"("\n\r\t\u0008\u000c")");
    EXPECT_EQ(as_json(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
}

TEST(JsonWriter, KeepsValidUtf8AndReplacesEachInvalidByte) {
    const std::string bad = "\xEF\xBF\xBD";
    const std::vector<std::pair<std::string, std::string>> table = {
        {"é€😀", "é€😀"},
        {"\x80", bad},
        {"a\xFFz", "a" + bad + "z"},
        {"\xC3", bad},                                // cut short
        {"\xE2\x82", bad + bad},                      // cut short
        {"\xC0\xAF", bad + bad},                      // overlong
        {"\xE0\x80\xAF", bad + bad + bad},            // overlong
        {"\xED\xA0\x80", bad + bad + bad},            // surrogate
        {"\xF4\x90\x80\x80", bad + bad + bad + bad},  // above U+10FFFF
        {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},     // U+10FFFF
        {"\xC3\"", bad + "\\\""},                     // does not swallow a quote
    };
    for (const auto& [text, expected] : table) EXPECT_EQ(as_json(text), "\"" + expected + "\"");
}

}  // namespace
}  // namespace quipu::base
