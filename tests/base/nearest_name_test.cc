#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace quipu::base {
namespace {

constexpr auto kKnown = std::to_array<std::string_view>(
    {"customer", "feature", "value", "id", "eventId", "billingUnits", "metadata"});

TEST(NearestName, IsWhatTheFewestChangesLeadTo) {
    EXPECT_EQ(nearest_name("valu", kKnown), "value");
    EXPECT_EQ(nearest_name("vlaue", kKnown), "value");
    EXPECT_EQ(nearest_name("Value", kKnown), "value");
    EXPECT_EQ(nearest_name("bilingUnits", kKnown), "billingUnits");
    EXPECT_EQ(nearest_name("billing_units", kKnown), "billingUnits");
    EXPECT_EQ(nearest_name("customers", kKnown), "customer");
    EXPECT_EQ(nearest_name("customer_id", kKnown), "customer");
    EXPECT_EQ(nearest_name("event_id", kKnown), "eventId");
}

TEST(NearestName, IsNoneWhenNoneIsNear) {
    for (const char* name : {"colour", "x", "", "quantity", "plan"})
        EXPECT_EQ(nearest_name(name, kKnown), "") << name;
    EXPECT_EQ(nearest_name("value", {}), "");
    EXPECT_EQ(nearest_name(std::string(1000, 'v'), kKnown), "");
}

TEST(NearestName, StandsBehindASentence) {
    EXPECT_EQ(did_you_mean("valu", kKnown), " Did you mean 'value'?");
    EXPECT_EQ(did_you_mean("colour", kKnown), "");
}

TEST(NearestName, ALongNameIsShownByItsBeginning) {
    EXPECT_EQ(shown_name("valu"), "valu");
    EXPECT_EQ(shown_name(std::string(100, 'a')), std::string(80, 'a') + "…");
    // No character is cut in two.
    EXPECT_EQ(shown_name(std::string(79, 'a') + "éé"), std::string(79, 'a') + "…");
}

}  // namespace
}  // namespace quipu::base
