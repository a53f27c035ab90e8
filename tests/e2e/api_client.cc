#include "e2e/api_client.h"

#include <gtest/gtest.h>

#include <chrono>

#include "support/eventually.h"

namespace quipu::e2e {

Answer answer_of(const std::optional<HttpReply>& reply) {
    if (!reply) return {};
    return {reply->status, Json::parse(reply->body, nullptr, false)};
}

Answer ApiClient::try_post(std::string_view path, const Json& body,
                           std::string_view idempotency_key) {
    return answer_of(http_.call({"POST", path, text_of(body), key_, idempotency_key}));
}

Answer ApiClient::insist(std::string_view path, const Json& body,
                         std::string_view idempotency_key) {
    Answer answer;
    static_cast<void>(testing::eventually(
        [&] {
            answer = try_post(path, body, idempotency_key);
            return !answer.unknown();
        },
        std::chrono::seconds(60)));
    return answer;
}

Answer ApiClient::post(std::string_view path, const Json& body, std::string_view idempotency_key) {
    Answer answer = try_post(path, body, idempotency_key);
    EXPECT_NE(answer.status, 0) << "no answer to POST " << path;
    return answer;
}

Answer ApiClient::get(const std::string& path) {
    Answer answer = answer_of(http_.call({"GET", path, {}, key_}));
    EXPECT_NE(answer.status, 0) << "no answer to GET " << path;
    return answer;
}

void ApiClient::publish(const Json& catalog) {
    const Answer answer = post("/v1/sync", catalog);
    ASSERT_EQ(answer.status, 200) << answer.body;
}

void ApiClient::customer(const std::string& id) {
    const Answer answer =
        post("/v1/customers", {{"id", id}, {"email", id + "@example.com"}, {"name", id}});
    ASSERT_EQ(answer.status, 200) << answer.body;
}

Json ApiClient::attach(const std::string& customer, const std::string& plan) {
    Answer answer = post("/v1/attach", {{"customer", customer}, {"product", plan}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return std::move(answer.body);
}

Json ApiClient::check(const std::string& customer, const std::string& feature) {
    Answer answer = post("/v1/check", {{"customer", customer}, {"feature", feature}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return std::move(answer.body);
}

Json track_body(const std::string& customer, const std::string& feature, int value,
                const std::string& id) {
    Json body{{"customer", customer}, {"feature", feature}, {"value", value}};
    if (!id.empty()) body["id"] = id;
    return body;
}

}  // namespace quipu::e2e
