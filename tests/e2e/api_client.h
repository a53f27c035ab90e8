// The API as a back end uses it: one keep-alive connection, JSON in and out.
#pragma once

#include <string>
#include <string_view>

#include "e2e/http_client.h"
#include "e2e/json_value.h"
#include "e2e/server_process.h"

namespace quipu::e2e {

struct Answer {
    int status = 0;  // 0: the connection broke before the answer
    Json body;

    [[nodiscard]] bool ok() const { return status == 200; }
    // Of an answer that did not come, or says only that the request is to be sent again.
    [[nodiscard]] bool unknown() const { return status == 0 || status == 503; }
    [[nodiscard]] std::string code() const { return body.value("code", ""); }
};

// One thread.
class ApiClient {
public:
    explicit ApiClient(const ServerProcess& server, std::string key = kRootKey)
        : http_(server.api_port()), key_(std::move(key)) {}

    // Once; an answer of status 0 is left to the caller.
    Answer try_post(std::string_view path, const Json& body, std::string_view idempotency_key = {});
    // Until there is an answer that says something, for at most 60 s. Only for requests that carry
    // an id.
    Answer insist(std::string_view path, const Json& body, std::string_view idempotency_key = {});
    // Must be answered.
    Answer post(std::string_view path, const Json& body, std::string_view idempotency_key = {});
    Answer get(const std::string& path);

    // Must succeed.
    void publish(const Json& catalog);
    void customer(const std::string& id);  // with the e-mail <id>@example.com
    Json attach(const std::string& customer, const std::string& plan);
    Json check(const std::string& customer, const std::string& feature);

    [[nodiscard]] HttpClient& http() { return http_; }
    [[nodiscard]] const std::string& key() const { return key_; }

private:
    HttpClient http_;
    std::string key_;
};

[[nodiscard]] Json track_body(const std::string& customer, const std::string& feature, int value,
                              const std::string& id = {});
[[nodiscard]] Answer answer_of(const std::optional<HttpReply>& reply);

}  // namespace quipu::e2e
