#include "base/error_code.h"

#include <gtest/gtest.h>

#include <set>

namespace quipu::base {
namespace {

TEST(ErrorCode, EveryRowIsFoundByItsText) {
    for (const ErrorCodeRow& row : kErrorCodes) {
        const auto code = ErrorCode::find(row.text);
        ASSERT_TRUE(code) << row.text;
        EXPECT_EQ(code->text(), row.text);
        EXPECT_EQ(code->status(), row.status);
    }
    EXPECT_FALSE(ErrorCode::find("no_such_code"));
    EXPECT_FALSE(ErrorCode::find(""));
}

TEST(ErrorCode, IsOneOfEachInSnakeCase) {
    std::set<std::string_view> seen;
    for (const ErrorCodeRow& row : kErrorCodes) {
        EXPECT_TRUE(seen.insert(row.text).second) << row.text;
        EXPECT_EQ(row.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string_view::npos)
            << row.text;
    }
}

TEST(ErrorCode, ALiteralIsLookedUpWhenItIsCompiled) {
    static_assert(ErrorCode("not_found").status() == 404);
    static_assert(ErrorCode("not_found") == ErrorCode("not_found"));
    static_assert(ErrorCode("not_found") != ErrorCode("invalid_api_key"));
    EXPECT_EQ(ErrorCode("log_overloaded").text(), "log_overloaded");
}

}  // namespace
}  // namespace quipu::base
