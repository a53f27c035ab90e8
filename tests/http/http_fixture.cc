#include "http/http_fixture.h"

#include <algorithm>
#include <future>
#include <stdexcept>
#include <utility>

#include "base/check.h"
#include "base/json_writer.h"
#include "http/http_error.h"

namespace quipu::http::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

HttpResponse echo(const HttpRequest& request) {
    HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("method").string(request.method);
    json.key("path").string(request.path);
    json.key("query").string(request.query);
    json.key("authorization").string(request.authorization);
    json.key("content_type").string(request.content_type);
    json.key("idempotency_key").string(request.idempotency_key);
    json.key("x_test").string(request.header("X-Test"));
    json.key("body").string(request.body);
    json.end_object();
    return response;
}

}  // namespace

void Counts::connections(std::size_t open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    most_ = std::max(most_, open);
    changed_.notify_all();
}

void Counts::answered(std::uint32_t, int status, std::chrono::nanoseconds) {
    const std::lock_guard lock(mutex_);
    statuses_.push_back(status);
}

void Counts::handler_failed(std::string_view what) {
    const std::lock_guard lock(mutex_);
    failures_.emplace_back(what);
}

void Counts::await_connections(std::size_t open) {
    std::unique_lock lock(mutex_);
    QUIPU_CHECK(changed_.wait_for(lock, kPatience, [&] { return open_ == open; }));
}

std::size_t Counts::most_connections() {
    const std::lock_guard lock(mutex_);
    return most_;
}

std::vector<int> Counts::statuses() {
    const std::lock_guard lock(mutex_);
    return statuses_;
}

std::vector<std::string> Counts::failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
}

TestServer::TestServer(HttpServerConfig config) {
    server_ = std::make_unique<HttpServer>(
        loop_, std::move(config),
        [this](const HttpRequest& request, Responder respond) {
            handle(request, std::move(respond));
        },
        &counts_);
    QUIPU_CHECK(server_->listen("127.0.0.1", 0).has_value());
    port_ = server_->port();
    server_->start();
    engine_ = std::thread([this] { loop_.run(); });
}

TestServer::~TestServer() {
    loop_.stop();
    engine_.join();
}

void TestServer::handle(const HttpRequest& request, Responder respond) {
    const std::string path(request.path);
    {
        const std::lock_guard lock(mutex_);
        ++handled_;
        if (path.starts_with("/hold/")) {
            held_.emplace(path.substr(6), std::move(respond));
            changed_.notify_all();
            return;
        }
    }
    if (path == "/drop") return;
    if (path == "/throw") throw std::runtime_error("a route threw");
    if (path.starts_with("/size/")) {
        return respond({.body = std::string(std::stoul(path.substr(6)), 'x')});
    }
    if (path == "/extra") {
        return respond({.status = 303,
                        .body = "{}",
                        .retry_after_seconds = 7,
                        .location = "http://pay.test/c?x=1\r\nEvil: yes",
                        .allow = "GET"});
    }
    if (path == "/empty") return respond({.status = 204});
    respond(echo(request));
}

std::size_t TestServer::handled() {
    const std::lock_guard lock(mutex_);
    return handled_;
}

void TestServer::on_engine(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    QUIPU_CHECK(done.get_future().wait_for(kPatience) == std::future_status::ready);
}

void TestServer::await_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    QUIPU_CHECK(changed_.wait_for(lock, kPatience, [&] { return held_.size() == count; }));
}

void TestServer::answer(const std::string& id) {
    answer_all({id});
}

void TestServer::answer_all(const std::vector<std::string>& ids) {
    on_engine([&] {
        for (const std::string& id : ids) {
            std::unique_lock lock(mutex_);
            auto held = held_.extract(id);
            lock.unlock();
            QUIPU_CHECK(!held.empty());
            held.mapped()({.body = id});
        }
    });
}

void TestServer::begin_stop(std::chrono::milliseconds deadline) {
    on_engine([&] {
        server_->stop(deadline, [this] {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
            changed_.notify_all();
        });
    });
}

void TestServer::await_stopped() {
    std::unique_lock lock(mutex_);
    QUIPU_CHECK(changed_.wait_for(lock, kPatience, [&] { return stopped_; }));
}

void TestServer::destroy_server() {
    on_engine([this] { server_.reset(); });
}

}  // namespace quipu::http::testing
