#include "ledger/usage/remainder.h"

#include <gtest/gtest.h>

#include "support/literals.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;

TEST(Remainder, OfOneMeterIsExact) {
    Remainder rest(4_u);
    EXPECT_EQ(rest.at(3_u), 12_u);
    EXPECT_EQ(rest.take(10_u), 3.333333333_u);
    EXPECT_EQ(rest.at(3_u), 2_u);
    EXPECT_FALSE(rest.is_zero());
    EXPECT_EQ(rest.take(2_u), 0.666666667_u);
    EXPECT_TRUE(rest.is_zero());
}

TEST(Remainder, IsConvertedFromTheExactRest) {
    Remainder rest(2_u);
    EXPECT_EQ(rest.at(7_u), 14_u);
    (void)rest.take(10_u);
    EXPECT_EQ(rest.at(3_u), 1.714285714_u);
    (void)rest.take(1_u);
    EXPECT_EQ(rest.at(7_u), 1.666666667_u);  // of 5/3; from 0.714285714 it would end in 666
}

TEST(Remainder, OfNothingIsZeroAtOnce) {
    EXPECT_TRUE(Remainder(0_u).is_zero());
}

TEST(Remainder, WhatCostsLessThanABillionthIsTakenWithNothing) {
    Remainder rest(0.000000001_u);
    EXPECT_EQ(rest.at(0.1_u), 0_u);
    EXPECT_EQ(rest.take(0_u), 0.000000001_u);
    EXPECT_TRUE(rest.is_zero());
}

TEST(Remainder, SaysWhenACostLeavesTheRange) {
    Remainder rest(base::kMaxQuantity);
    EXPECT_EQ(rest.at(base::kMaxQuantity), std::nullopt);
}

}  // namespace
}  // namespace quipu::ledger
