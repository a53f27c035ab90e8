#include "api/request/errors.h"

#include <fmt/format.h>

#include "http/http_error.h"

namespace quipu::api {
namespace {

using ledger::Code;

constexpr int kRetryAfterSeconds = 1;

}  // namespace

int status_of(Code code) {
    return error_code(code).status();
}

int usage_status(Code code) {
    return code == Code::LimitExceeded ? 200 : status_of(code);
}

http::HttpResponse response_of(const base::Error& error) {
    http::HttpResponse response = http::error_response(error.code, error.message);
    if (response.status == 503) response.retry_after_seconds = kRetryAfterSeconds;
    return response;
}

http::HttpResponse response_of(const ledger::Rejection& rejection) {
    return http::error_response(error_code(rejection.code), rejection.message);
}

base::Error invalid(std::string_view field, std::string_view reason) {
    return {"validation_error", fmt::format("Invalid {}: {}", field, reason)};
}

base::Error history_busy() {
    return {"history_busy", "Too many readings of the ledger are under way; try again soon."};
}

base::Error customer_not_found(std::string_view reference) {
    return {"customer_not_found",
            fmt::format("Customer '{}' not found in this organization.", reference)};
}

base::Error short_of(const base::Error& error) {
    if (error.code != error_code(Code::CustomerNotFound)) return error;
    return {error.code, "Customer not found"};
}

}  // namespace quipu::api
