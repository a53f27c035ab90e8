// One request on its way to its route.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/request/responder.h"
#include "base/json_body.h"
#include "http/http_server.h"

namespace quipu::api {

// `request` and `body` live until the handler returns or the call is answered, whichever is first:
// what is needed later is copied before.
struct ApiCall {
    const http::HttpRequest& request;
    Responder respond;
    std::string organisation;      // of the key; "" where a route asks for none
    std::string parameter;         // the first of the path, decoded: `/plans/:slug`
    std::string second_parameter;  // the second: `/webhooks/:organisation/:provider`
    base::JsonValue body;          // of a POST: an object or an array; has no unknown fields
};

// For callbacks, which must be copyable.
using SharedResponder = std::shared_ptr<Responder>;
[[nodiscard]] inline SharedResponder share(Responder respond) {
    return std::make_shared<Responder>(std::move(respond));
}

}  // namespace quipu::api
