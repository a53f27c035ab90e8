// Responder: hands the answer to the connection, if that still is there.
#include <utility>

#include "base/check.h"
#include "http/http_connection.h"
#include "http/http_error.h"
#include "http/http_exchange.h"
#include "http/http_server.h"

namespace quipu::http {

Responder::Responder(Responder&& other) noexcept
    : exchange_(std::exchange(other.exchange_, nullptr)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    Responder old(std::move(*this));
    exchange_ = std::exchange(other.exchange_, nullptr);
    return *this;
}

Responder::~Responder() {
    if (exchange_ == nullptr) return;
    (*this)(error_response("internal_error", "The server failed to answer this request."));
}

void Responder::operator()(HttpResponse response) {
    QUIPU_CHECK(exchange_ != nullptr);
    HttpExchange* const exchange = std::exchange(exchange_, nullptr);
    exchange->held_by_responder = false;
    if (exchange->connection == nullptr) {
        delete exchange;
        return;
    }
    exchange->response = std::move(response);
    exchange->answered = true;
    exchange->connection->on_answered(*exchange);
}

void Responder::tag(std::uint32_t route) {
    QUIPU_CHECK(exchange_ != nullptr);
    exchange_->route = route;
}

}  // namespace quipu::http
