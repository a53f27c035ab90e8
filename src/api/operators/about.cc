// What the API says of itself: that it is alive, and what it is.
#include "api/openapi_document.h"
#include "api/operators/handlers.h"

namespace quipu::api {

void get_health(ApiCall call) {
    call.respond(http::HttpResponse{.body = R"({"status":"healthy"})"});
}

void get_openapi(ApiCall call) {
    call.respond(http::HttpResponse{.body = std::string(openapi_document())});
}

}  // namespace quipu::api
