#include "http/http_server.h"

#include <utility>

#include "base/check.h"
#include "http/http_ascii.h"
#include "http/http_connection.h"
#include "http/http_core.h"
#include "http/http_error.h"
#include "http/http_exchange.h"

namespace quipu::http {

std::string_view HttpRequest::header(std::string_view name) const {
    for (const HttpField& field : headers) {
        if (equal_without_case(field.name, name)) return field.value;
    }
    return {};
}

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

HttpServer::HttpServer(EngineLoop& loop, HttpServerConfig config, Handler handler,
                       HttpObserver* observer)
    : core_(std::make_shared<HttpCore>(loop, std::move(config), std::move(handler), observer)) {}

HttpServer::~HttpServer() {
    core_->close_all();
}

base::Result<void> HttpServer::listen(const std::string& host, std::uint16_t port) {
    return core_->listen(host, port);
}

std::uint16_t HttpServer::port() const {
    return core_->port();
}
void HttpServer::start() {
    core_->start();
}

void HttpServer::stop(std::chrono::milliseconds deadline, std::function<void()> done) {
    core_->stop(deadline, std::move(done));
}

std::size_t HttpServer::open_connections() const {
    return core_->open_connections();
}

}  // namespace quipu::http
