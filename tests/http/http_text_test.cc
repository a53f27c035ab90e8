// The pure parts of the HTTP layer: target, query, error shape, dates, metrics text.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "http/http_error.h"
#include "http/http_head.h"
#include "http/http_metrics.h"
#include "http/http_query.h"
#include "http/http_response_text.h"
#include "http/prometheus_metrics.h"

namespace quipu::http {
namespace {

TEST(HttpQuery, FindsAndDecodesParameters) {
    const std::string_view query = "a=1&b=two+words&c=%C3%A9%2B&d&=x&a=2&e=";
    EXPECT_EQ(query_value(query, "a"), "1");
    EXPECT_EQ(query_value(query, "b"), "two words");
    EXPECT_EQ(query_value(query, "c"), "é+");
    EXPECT_EQ(query_value(query, "d"), "");
    EXPECT_EQ(query_value(query, "e"), "");
    EXPECT_EQ(query_value(query, "f"), std::nullopt);
    EXPECT_EQ(query_value("", "a"), std::nullopt);
}

TEST(HttpQuery, IsAViewIntoALongerText) {
    const std::string_view text = "/?a=1%4&b=2%41 HTTP/1.1";
    EXPECT_EQ(query_value(text.substr(2, 3), "a"), "1");
    EXPECT_EQ(query_value(text.substr(2, 5), "a"), "1%4");
    EXPECT_EQ(query_value(text.substr(2, 5), "b"), std::nullopt);
    EXPECT_EQ(query_value(text.substr(2, 12), "b"), "2A");
    EXPECT_EQ(query_value(text.substr(2, 0), "a"), std::nullopt);
    EXPECT_EQ(query_value(std::string_view(), "a"), std::nullopt);
    EXPECT_EQ(percent_decode(text.substr(11, 2)), "%4");
    EXPECT_EQ(percent_decode(text.substr(5, 2)), "%4");
    EXPECT_EQ(percent_decode(std::string_view()), "");
}

TEST(HttpQuery, TheFirstOfANameCountsAndNamesAreComparedAsTheyAreSent) {
    EXPECT_EQ(query_value("a&a=1", "a"), "");
    EXPECT_EQ(query_value("&&a=b=c&", "a"), "b=c");
    EXPECT_EQ(query_value("aa=1&A=2", "a"), std::nullopt);
    EXPECT_EQ(query_value("%61=1", "a"), std::nullopt);
    EXPECT_EQ(query_value("%61=1", "%61"), "1");
    EXPECT_EQ(query_value("a=x;b=2", "b"), std::nullopt);
}

TEST(HttpQuery, TakesWhatIsNoQueryByRfc3986) {
    EXPECT_EQ(query_value(R"(a={"b":[1|2]}&c=`^\`)", "a"), R"({"b":[1|2]})");
    EXPECT_EQ(query_value(R"(a={"b":[1|2]}&c=`^\`)", "c"), R"(`^\`)");
    EXPECT_EQ(query_value("a=é 1", "a"), "é 1");
    EXPECT_EQ(query_value("b=%&a=%zz+%2B%2", "a"), "%zz +%2");
}

TEST(HttpQuery, ABrokenEscapeStaysAsItIs) {
    for (const auto& [text, decoded] :
         std::to_array<std::pair<std::string_view, std::string_view>>({{"", ""},
                                                                       {"a+b", "a+b"},
                                                                       {"%41%4", "A%4"},
                                                                       {"%zz%", "%zz%"},
                                                                       {"%", "%"},
                                                                       {"a%4", "a%4"},
                                                                       {"%%41", "%A"},
                                                                       {"%4%41", "%4A"},
                                                                       {"%4g%c3%A9", "%4gé"},
                                                                       {"%2541", "%41"},
                                                                       {"%41\xff%ff", "A\xff\xff"},
                                                                       {"a%2Fb%2fc", "a/b/c"}})) {
        EXPECT_EQ(percent_decode(text), decoded) << text;
    }
    EXPECT_EQ(percent_decode("a%00b"), std::string("a\0b", 3));
}

// Path and query of a request for the target; nothing when it is refused.
std::optional<std::pair<std::string, std::string>> parts_of(std::string_view target,
                                                            std::string_view method = "GET") {
    const std::array<HttpField, 1> host{{{"Host", "h"}}};
    const HttpAsk ask = read_head({.method = method, .target = target, .http11 = true}, host);
    if (ask.refusal) return std::nullopt;
    return std::pair(std::string(ask.request.path), std::string(ask.request.query));
}

TEST(HttpTarget, IsCutAtItsQuestionMark) {
    using Parts = std::pair<std::string, std::string>;
    EXPECT_EQ(parts_of("/"), Parts("/", ""));
    EXPECT_EQ(parts_of("/a%2fb?c=%41&d?e"), Parts("/a%2fb", "c=%41&d?e"));
    EXPECT_EQ(parts_of("/?"), Parts("/", ""));
    EXPECT_EQ(parts_of("//a"), Parts("//a", ""));
    EXPECT_EQ(parts_of(R"(/{a|b}?"c"=^`\)"), Parts("/{a|b}", R"("c"=^`\)"));
    EXPECT_EQ(parts_of("HTTP://h:1/a?b"), Parts("/a", "b"));
    EXPECT_EQ(parts_of("*", "OPTIONS"), Parts("*", ""));
}

TEST(HttpTarget, IsPrintableWithWholeEscapesAndNoNul) {
    for (const std::string_view target :
         {"",          "a",    "*",         "?a",  "/ a",      "/\t",         "/\x7f",
          "/\xc3\xa9", "/#",   "/a#b",      "/%",  "/%4",      "/%4g",        "/%g4",
          "/%%41",     "/%00", "/a?b=%00c", "/?%", "http://h", "http://h?/%", "https://h/"}) {
        EXPECT_EQ(parts_of(target), std::nullopt) << target;
    }
    EXPECT_TRUE(parts_of("/%01%10%0a"));
    EXPECT_TRUE(parts_of("/%2500"));
    EXPECT_TRUE(parts_of("/a%41"));
}

TEST(HttpError, HasTheOneShape) {
    EXPECT_EQ(error_body("not_found", "No \"x\"."),
              R"({"success":false,"code":"not_found","error":"No \"x\".","message":"No \"x\"."})");
}

TEST(HttpDate, IsTheFormOfTheStandard) {
    EXPECT_EQ(date_line(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    EXPECT_EQ(date_line(1709164800), "Date: Thu, 29 Feb 2024 00:00:00 GMT\r\n");
}

TEST(HttpMetrics, CountsByRouteAndStatusClass) {
    const auto metrics = make_prometheus_metrics();
    HttpMetrics http(*metrics);
    const std::uint32_t check = http.add_route("POST /v1/check");
    http.connections(3);
    http.answered(check, 200, std::chrono::microseconds(80));
    http.answered(check, 201, std::chrono::milliseconds(2));
    http.answered(check, 404, std::chrono::milliseconds(2));
    http.answered(HttpObserver::kNoRoute, 431, std::chrono::milliseconds(2));
    http.answered(99, 700, std::chrono::milliseconds(2));
    http.handler_failed("why");
    const std::string text = metrics->text();
    for (const char* line :
         {"quipu_http_connections 3\n",
          "quipu_http_requests_total{route=\"POST /v1/check\",status=\"2xx\"} 2\n",
          "quipu_http_requests_total{route=\"POST /v1/check\",status=\"4xx\"} 1\n",
          "quipu_http_requests_total{route=\"none\",status=\"4xx\"} 1\n",
          "quipu_http_requests_total{route=\"none\",status=\"other\"} 1\n",
          "quipu_http_request_seconds_bucket{route=\"POST /v1/check\",le=\"0.0001\"} 1\n",
          "quipu_http_request_seconds_count{route=\"POST /v1/check\"} 3\n",
          "quipu_http_handler_failures_total 1\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameHandle) {
    const auto metrics = make_prometheus_metrics();
    Counter& first = metrics->counter("quipu_test_total", "Test.", {{"a", "1"}});
    EXPECT_EQ(&first, &metrics->counter("quipu_test_total", "Another help.", {{"a", "1"}}));
    EXPECT_NE(&first, &metrics->counter("quipu_test_total", "Test.", {{"a", "2"}}));
}

}  // namespace
}  // namespace quipu::http
