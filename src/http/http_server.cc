#include "http/http_server.h"

#include <utility>

#include "http/http_core.h"

namespace quipu::http {

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
