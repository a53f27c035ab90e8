// Where a call is answered, once: what of the request means nothing here is said beside the answer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "http/http_server.h"

namespace quipu::api {

// Engine thread. Like http::Responder, which it has, but for the `warnings` that it writes into an
// answer of status 200, which must then be a JSON object with members.
class Responder {
public:
    explicit Responder(http::Responder respond, std::vector<std::string> warnings = {})
        : respond_(std::move(respond)), warnings_(std::move(warnings)) {}

    void operator()(http::HttpResponse response);

    // For a route that writes `warnings` of its own: these join them, and are not written again.
    [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }
    // For an answer that is no JSON.
    [[nodiscard]] http::Responder release() && { return std::move(respond_); }

private:
    http::Responder respond_;
    std::vector<std::string> warnings_;
};

}  // namespace quipu::api
