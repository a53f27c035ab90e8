#include "base/json_body.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>
#include <vector>

#include "base/json_writer.h"

namespace quipu::base {
namespace {

std::string code_of(std::string_view text) {
    JsonReader reader;
    const auto value = reader.read(text);
    return value ? "ok" : std::string(value.error().code.text());
}

TEST(JsonBody, ReadsTheFieldsOfAnOrdinaryBody) {
    JsonReader reader;
    const auto body = reader.read(
        R"( {"customer":"c\u0031","feature":"f","value":1.50,"id":"x","on":true,"off":false,"none":null,)"
        R"("meta": {"k" : [1, "two" ]  } } )");
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ((*body)["customer"].string(), "c1");
    EXPECT_EQ((*body)["value"].number(), "1.50");
    EXPECT_EQ((*body)["on"].boolean(), true);
    EXPECT_EQ((*body)["off"].boolean(), false);
    EXPECT_TRUE((*body)["none"].is_null());
    EXPECT_TRUE((*body)["none"].is_present());
    EXPECT_FALSE((*body)["absent"].is_present());
    EXPECT_FALSE((*body)["absent"]["deeper"].is_present());
    EXPECT_EQ((*body)["meta"].raw(), R"({"k" : [1, "two" ]  })");
    EXPECT_EQ((*body)["meta"]["k"].raw(), R"([1, "two" ])");
    EXPECT_EQ(body->size(), 8u);
    EXPECT_EQ((*body->begin()).key(), "customer");
}

TEST(JsonBody, AGetterOfAnotherKindAnswersNothing) {
    JsonReader reader;
    const auto body = reader.read(R"({"s":"1","n":1,"b":true,"a":[],"o":{}})");
    ASSERT_TRUE(body);
    EXPECT_FALSE((*body)["s"].number());
    EXPECT_FALSE((*body)["n"].string());
    EXPECT_FALSE((*body)["n"].boolean());
    EXPECT_FALSE((*body)["a"].is_object());
    EXPECT_FALSE((*body)["o"].is_array());
    EXPECT_FALSE((*body)["a"]["s"].is_present());
    EXPECT_EQ((*body)["a"].size(), 0u);
    EXPECT_EQ((*body)["o"].begin(), (*body)["o"].end());
    EXPECT_EQ(JsonValue().begin(), JsonValue().end());
}

TEST(JsonBody, NumbersKeepTheirText) {
    JsonReader reader;
    for (const std::string text :
         {"0", "-0", "1e999", "-1E-999", "9223372036854775808", "0.30000000000000000001", "1.0e+5",
          "123456789012345678901234567890"}) {
        const auto alone = reader.read(text);
        ASSERT_TRUE(alone) << text;
        EXPECT_EQ(alone->number(), text);
        const auto inside = reader.read("[ " + text + " ,\n" + text + "\t]");
        ASSERT_TRUE(inside) << text;
        for (const JsonValue value : *inside) EXPECT_EQ(value.number(), text);
    }
    const std::string digits(100'000, '7');
    EXPECT_EQ(reader.read(digits)->number(), digits);
}

TEST(JsonBody, WhatIsNotOneJsonValueIsMalformed) {
    for (const std::string_view text : {"",
                                        " ",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "{]",
                                        "[}",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "{\"a\" 1}",
                                        "{\"a\":1 \"b\":2}",
                                        "1 2",
                                        "1,2",
                                        "1],[2",
                                        "[1],[2]",
                                        "[1]]",
                                        "{}}",
                                        "{} x",
                                        "nul",
                                        "nulll",
                                        "null1",
                                        "tru",
                                        "truee",
                                        "True",
                                        "fals",
                                        "01",
                                        "-",
                                        "+1",
                                        "1.",
                                        ".5",
                                        "1.e1",
                                        "1e",
                                        "1e+",
                                        "0x1",
                                        "--1",
                                        "1a",
                                        "NaN",
                                        "Infinity",
                                        "-Infinity",
                                        "\"",
                                        "\"a",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\ud800\"",
                                        "\"\\udc00\"",
                                        "\"a\nb\"",
                                        "\"\t\"",
                                        "'a'",
                                        "/**/1",
                                        "[1]//",
                                        "\xEF\xBB\xBF{}",
                                        "{\"a\":1}{\"b\":2}",
                                        "[[1]",
                                        "{\"a\":[}",
                                        "\"a\" \"b\"",
                                        ":",
                                        ",",
                                        "{\"a\"::1}",
                                        "[1,,2]",
                                        "{,}",
                                        "{1:2}",
                                        "{null:1}",
                                        "[\"a\":1]"}) {
        EXPECT_EQ(code_of(text), "malformed_json") << text;
    }
}

TEST(JsonBody, NulAndInvalidUtf8AreMalformed) {
    using namespace std::string_view_literals;
    for (const std::string_view text :
         {"\0"sv, "{}\0"sv, "\"a\0b\""sv, "[1,\0 2]"sv, "\"\xFF\""sv, "\"\xC0\xAF\""sv,
          "\"\xED\xA0\x80\""sv, "\"\xF4\x90\x80\x80\""sv, "\"\xE2\x82\""sv, "{\"\xC3\":1}"sv,
          "\x80"sv}) {
        EXPECT_EQ(code_of(text), "malformed_json");
    }
}

TEST(JsonBody, AnEscapedNulIsACharacterOfTheString) {
    JsonReader reader;
    const auto value = reader.read(R"("a\u0000b")");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->string(), std::string_view("a\0b", 3));
}

TEST(JsonBody, NestingIsLimited) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(code_of(nested(32)), "ok");
    EXPECT_EQ(code_of(nested(33)), "json_too_deep");
    EXPECT_EQ(code_of(nested(100'000)), "json_too_deep");
    EXPECT_NE(code_of(std::string(100'000, '[')), "ok");
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    EXPECT_NE(code_of(objects), "ok");
    EXPECT_EQ(code_of(objects + "1" + std::string(100'000, '}')), "json_too_deep");
}

TEST(JsonBody, AKeyMayStandOnlyOnceInItsObject) {
    EXPECT_EQ(code_of(R"({"a":1,"a":1})"), "json_duplicate_key");
    EXPECT_EQ(code_of(R"({"a":1,"\u0061":2})"), "json_duplicate_key");
    EXPECT_EQ(code_of(R"({"b":{"a":1,"c":[{"x":1,"x":2}]}})"), "json_duplicate_key");
    EXPECT_EQ(code_of(R"({"a":{"a":{"a":1}},"A":1,"":0})"), "ok");
    std::string many = "{";
    for (int i = 0; i < 1000; ++i) many += "\"k" + std::to_string(i) + "\":0,";
    EXPECT_EQ(code_of(many + "\"last\":0}"), "ok");
    EXPECT_EQ(code_of(many + "\"k500\":0}"), "json_duplicate_key");
}

TEST(JsonBody, SizeAndNumberOfValuesAreLimited) {
    JsonReader small(10);
    EXPECT_TRUE(small.read("[1,2,3,45]"));
    EXPECT_EQ(small.read("[1,2,3,456]").error().code, base::ErrorCode("body_too_large"));
    std::string many = "[0";
    for (std::size_t i = 0; i < JsonReader::kMaxNodes; ++i) many += ",0";
    EXPECT_EQ(code_of(many + "]"), "body_too_large");
}

TEST(JsonBody, AReaderGoesOnAfterErrorsAndLargeTexts) {
    JsonReader reader;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(reader.read("[1,"));
        EXPECT_FALSE(reader.read(std::string(100'000, '[')));
        const std::string large = "[\"" + std::string(2'000'000, 'x') + "\",1]";
        EXPECT_EQ(reader.read(large)->size(), 2u);
        EXPECT_EQ((*reader.read(R"({"a":"b"})"))["a"].string(), "b");
    }
}

// A random tree as text, written by our writer.
void write_random(JsonWriter& json, std::size_t depth) {
    const int kind = *rc::gen::inRange(0, depth == 0 ? 5 : 7);
    switch (kind) {
        case 0:
            json.null();
            return;
        case 1:
            json.boolean(*rc::gen::arbitrary<bool>());
            return;
        case 2:
            json.integer(*rc::gen::arbitrary<std::int64_t>());
            return;
        case 3:
            json.number("-12.50e-7");
            return;
        case 4:
            json.string(*rc::gen::arbitrary<std::string>());
            return;
        default:
            break;
    }
    const int members = *rc::gen::inRange(0, 6);
    kind == 5 ? json.begin_array() : json.begin_object();
    for (int i = 0; i < members; ++i) {
        if (kind == 6) json.key(std::to_string(i) + *rc::gen::arbitrary<std::string>());
        write_random(json, depth - 1);
    }
    kind == 5 ? json.end_array() : json.end_object();
}

void rewrite(JsonWriter& json, JsonValue value) {
    switch (value.kind()) {
        case JsonKind::Missing:
            FAIL();
            return;
        case JsonKind::Null:
            json.null();
            return;
        case JsonKind::Boolean:
            json.boolean(*value.boolean());
            return;
        case JsonKind::Number:
            json.number(*value.number());
            return;
        case JsonKind::String:
            json.string(*value.string());
            return;
        case JsonKind::Array:
            json.begin_array();
            for (const JsonValue each : value) rewrite(json, each);
            json.end_array();
            return;
        case JsonKind::Object:
            json.begin_object();
            for (const JsonValue each : value) {
                json.key(each.key());
                rewrite(json, each);
            }
            json.end_object();
            return;
    }
}

TEST(JsonBody, WhatTheWriterWritesIsReadBackTheSame) {
    const bool held = rc::check("write, read, write", [] {
        std::string text;
        JsonWriter json(text);
        write_random(json, 4);
        JsonReader reader;
        const auto value = reader.read(text);
        RC_ASSERT(value.has_value());
        RC_ASSERT(value->raw() == text);
        std::string again;
        JsonWriter second(again);
        rewrite(second, *value);
        RC_ASSERT(again == text);
    });
    EXPECT_TRUE(held);
}

// Damages a valid text in one byte: it must be refused or still be one value, never crash.
TEST(JsonBody, ADamagedTextIsRefusedOrReadNeverMore) {
    const std::string good = R"({"a":[1,-2.5e3,"x\n\u00e9",{"b":null,"c":[true,false]}],"d":""})";
    JsonReader reader;
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string bad = good;
            bad[at] = static_cast<char>(byte);
            const auto value = reader.read(bad);
            if (value) {
                EXPECT_EQ(value->raw(), bad);
            }
        }
        EXPECT_FALSE(reader.read(good.substr(0, at)));
    }
}

}  // namespace
}  // namespace quipu::base
