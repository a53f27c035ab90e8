// Lists of answers, whole and page by page.
#include "api/request/list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quipu::api {
namespace {

void write_number(base::JsonWriter& json, int number) {
    json.integer(number);
}

TEST(List, IsOneMemberOfTheAnswer) {
    EXPECT_EQ(list_response("data", std::vector{1, 2}, write_number).body,
              R"({"success":true,"data":[1,2]})");
    EXPECT_EQ(list_response("data", std::vector<int>(), write_number).body,
              R"({"success":true,"data":[]})");
}

TEST(List, APageSaysWhereTheNextBegins) {
    EXPECT_EQ(page_response("items", std::vector{1, 2}, write_number, "2").body,
              R"({"success":true,"items":[1,2],"nextCursor":"2"})");
}

TEST(List, TheLastPageHasNoNext) {
    EXPECT_EQ(page_response("items", std::vector{3}, write_number, std::nullopt).body,
              R"({"success":true,"items":[3],"nextCursor":null})");
}

}  // namespace
}  // namespace quipu::api
