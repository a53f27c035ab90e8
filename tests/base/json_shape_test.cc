#include "base/json_shape.h"

#include <gtest/gtest.h>

namespace quipu::base {
namespace {

constexpr JsonShape kTier{"upTo", "unitPrice"};
constexpr JsonShape kFeature{"slug", {"tiers", kTier}};
constexpr JsonShape kItem{"value"};
constexpr JsonShape kOrder =
    JsonShape{"name", "metadata"} + JsonShape{{"features", kFeature},
                                              {"items", kItem, FieldUse::Apart},
                                              {"colour", FieldUse::Unused}};

Inspection look(std::string_view json, std::string_view path = {}) {
    JsonReader reader;
    return inspect(*reader.read(json), kOrder, path);
}

// The sentence; "" when every field is known.
std::string unknown_in(std::string_view json) {
    const auto found = look(json);
    if (!found.unknown) return {};
    EXPECT_EQ(found.unknown->code, ErrorCode("unknown_field"));
    return found.unknown->message;
}

TEST(JsonShape, KnownFieldsAreSound) {
    EXPECT_EQ(unknown_in(R"({"name":"a","metadata":{"any":{"thing":1}},
                             "features":[{"slug":"x","tiers":[{"upTo":1}]},{"slug":null}]})"),
              "");
    EXPECT_EQ(unknown_in("{}"), "");
}

TEST(JsonShape, AnUnknownFieldIsNamedWithItsPathAndTheNearest) {
    EXPECT_EQ(unknown_in(R"({"nane":1})"), "Unknown field 'nane'. Did you mean 'name'?");
    EXPECT_EQ(unknown_in(R"({"features":[{},{},{"slog":1}]})"),
              "Unknown field 'features[2].slog'. Did you mean 'slug'?");
    EXPECT_EQ(unknown_in(R"({"features":[{"tiers":[{},{"unitprize":1}]}]})"),
              "Unknown field 'features[0].tiers[1].unitprize'. Did you mean 'unitPrice'?");
    EXPECT_EQ(unknown_in(R"({"weather":1})"), "Unknown field 'weather'.");
}

TEST(JsonShape, TheFirstUnknownFieldIsTold) {
    EXPECT_EQ(unknown_in(R"({"features":[{"x":1}],"y":1})"), "Unknown field 'features[0].x'.");
}

// Whoever reads it says what is wrong with it.
TEST(JsonShape, WhatIsOfAnotherKindHasNoFields) {
    for (const char* json : {"[]", R"([{"x":1}])", "1", "null", R"({"features":{"slug":"a"}})",
                             R"({"features":["x",1]})", R"({"features":"x"})"})
        EXPECT_EQ(unknown_in(json), "") << json;
    EXPECT_EQ(unknown_in(R"({"features":{"x":1}})"), "Unknown field 'features.x'.");
}

TEST(JsonShape, ItemsThatStandApartAreLeftToTheirReader) {
    EXPECT_EQ(unknown_in(R"({"items":[{"valu":1}]})"), "");
    JsonReader reader;
    const auto item = inspect(*reader.read(R"({"valu":1})"), kItem, "items[3].");
    EXPECT_EQ(item.unknown->message, "Unknown field 'items[3].valu'. Did you mean 'value'?");
}

TEST(JsonShape, UnusedFieldsAreToldUnlessTheyAreNull) {
    EXPECT_EQ(look(R"({"colour":"red","name":"a"})").unused, std::vector<std::string>{"colour"});
    EXPECT_TRUE(look(R"({"colour":null})").unused.empty());
}

}  // namespace
}  // namespace quipu::base
