// One request to a running server, and the wait for its answer.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "http/http_client.h"

namespace quipu::cli {

// A body is sent as JSON, "" is none. `key` goes into `Authorization: Bearer`, "" sends none.
[[nodiscard]] http::HttpClientRequest server_request(std::string method, std::string url,
                                                     std::string body, const std::string& key);

// http, and answers that hold whole digests. `timeout` is for the whole of one call.
[[nodiscard]] http::HttpClientConfig patient(
    std::chrono::milliseconds timeout = std::chrono::minutes(1));

// Blocks. Any status is an answer. Error codes: `server_unreachable` (not sent), `no_answer` (may
// have been done; also when it is longer than config.max_response_body_bytes), `url_invalid`,
// `request_invalid`.
[[nodiscard]] base::Result<http::HttpClientResponse> call_server(http::HttpClientRequest request,
                                                                 http::HttpClientConfig config);

}  // namespace quipu::cli
