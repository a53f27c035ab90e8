// The pure parts of the HTTP layer: query, error shape, dates, metrics text.
#include <gtest/gtest.h>

#include <string>

#include "http/http_error.h"
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
    EXPECT_EQ(percent_decode("%41%4"), "A%4");
    EXPECT_EQ(percent_decode("%zz%"), "%zz%");
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
