#include "api/api_fixture.h"

#include <future>

#include "base/check.h"
#include "base/sha256.h"

namespace quipu::api::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

base::Instant beginning() {
    return *base::parse_instant("2026-03-20T12:00:00Z");
}

engine::EngineOptions options_in(const projections::TemporaryFolder& folder) {
    engine::EngineOptions options;
    options.state_folder = folder.path("state");
    options.root_key = kRootKey;
    options.node = 7;
    options.new_ledger_key = {1, 2, 3};
    return options;
}

}  // namespace

ApiServer::ApiServer(Clock clock, std::uint32_t partitions, Start when, Sandbox sandbox)
    : manual_clock_(beginning()),
      log_(partitions, clock == Clock::Manual ? static_cast<ledger::Clock&>(manual_clock_)
                                              : static_cast<ledger::Clock&>(system_clock_)),
      metrics_(http::make_prometheus_metrics()),
      http_metrics_(*metrics_) {
    const bool manual = clock == Clock::Manual;
    auto engine =
        engine::LedgerEngine::open(loop_, log_,
                                   manual ? static_cast<ledger::Clock&>(manual_clock_)
                                          : static_cast<ledger::Clock&>(system_clock_),
                                   manual ? &manual_clock_ : nullptr, options_in(folder_));
    QUIPU_CHECK(engine.has_value());
    engine_ = std::move(*engine);
    ledger::Clock& engine_clock =
        manual ? static_cast<ledger::Clock&>(manual_clock_) : system_clock_;
    if (sandbox == Sandbox::Mounted) {
        auto store = payments::RocksdbSandboxStore::open(folder_.path("sandbox"));
        QUIPU_CHECK(store.has_value());
        auto provider =
            payments::SandboxProvider::open(loop_, std::move(*store), ids_, engine_clock);
        QUIPU_CHECK(provider.has_value());
        sandbox_ = std::move(*provider);
    }
    past_ = std::make_unique<engine::PastAccounts>(loop_, log_);
    intents_ = std::make_unique<payments::PaymentIntents>(loop_, *engine_);
    mount({});
    admin_api_ = std::make_unique<AdminApi>(*engine_, *metrics_);
    server_ = std::make_unique<http::HttpServer>(
        loop_, http::HttpServerConfig{},
        [this](const http::HttpRequest& request, http::Responder respond) {
            api_->handle(request, std::move(respond));
        },
        &http_metrics_);
    admin_server_ = std::make_unique<http::HttpServer>(
        loop_, http::HttpServerConfig{},
        [this](const http::HttpRequest& request, http::Responder respond) {
            admin_api_->handle(request, std::move(respond));
        });
    QUIPU_CHECK(server_->listen("127.0.0.1", 0).has_value());
    QUIPU_CHECK(admin_server_->listen("127.0.0.1", 0).has_value());
    if (sandbox_ != nullptr) {
        const std::string base = "http://127.0.0.1:" + std::to_string(server_->port());
        sandbox_->start({base, base});
    }
    server_->start();
    admin_server_->start();
    thread_ = std::thread([this] { loop_.run(); });
    client_ = std::make_unique<http::testing::Client>(server_->port());
    admin_client_ = std::make_unique<http::testing::Client>(admin_server_->port());
    if (when == Start::Now) start();
}

void ApiServer::mount(const Mounted& mounted) {
    api_ = std::make_unique<Api>(
        ApiParts{.engine = *engine_,
                 .ids = ids_,
                 .past = *past_,
                 .intents = mounted.intents != nullptr ? *mounted.intents : *intents_,
                 .sandbox = sandbox_.get(),
                 .webhooks = mounted.sender,
                 .metrics = &http_metrics_});
}

void ApiServer::start() {
    std::promise<void> ready;
    loop_.post([this, &ready] {
        engine_->start([&ready] { ready.set_value(); },
                       [](const base::Error&) { QUIPU_CHECK(false); });
    });
    QUIPU_CHECK(ready.get_future().wait_for(kPatience) == std::future_status::ready);
}

ApiServer::~ApiServer() {
    on_engine([this] {
        past_->stop();
        QUIPU_CHECK(engine_->stop().has_value());
    });
    loop_.stop();
    thread_.join();
    server_.reset();
    admin_server_.reset();
    intents_.reset();
    engine_.reset();
}

void ApiServer::on_engine(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    QUIPU_CHECK(done.get_future().wait_for(kPatience) == std::future_status::ready);
}

std::string ApiServer::request_text(std::string_view method, std::string_view path,
                                    std::string_view body, const std::string& headers) const {
    std::string request(method);
    request.append(" ").append(path).append(" HTTP/1.1\r\nHost: test\r\n");
    if (!key_.empty()) request.append("Authorization: Bearer ").append(key_).append("\r\n");
    request.append(headers);
    if (method == "POST")
        request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    request.append("\r\n").append(body);
    return request;
}

Answer ApiServer::read_answer(http::testing::Client& client) {
    const auto reply = client.read();
    QUIPU_CHECK(reply.has_value());
    Answer answer{reply->status, reply->head, Json(), reply->body};
    if (Json::accept(reply->body)) answer.body = Json::parse(reply->body);
    return answer;
}

Answer ApiServer::ask(http::testing::Client& client, std::string_view method, std::string_view path,
                      std::string_view body, const std::string& headers) {
    QUIPU_CHECK(client.send(request_text(method, path, body, headers)));
    return read_answer(client);
}

std::pair<Answer, Answer> ApiServer::get_then_post(std::string_view get_path,
                                                   std::string_view post_path, const Json& body) {
    QUIPU_CHECK(client_->send(
        request_text("GET", get_path, {}, {}) +
        request_text("POST", post_path, body.dump(), "Content-Type: application/json\r\n")));
    Answer first = read_answer(*client_);
    return {std::move(first), read_answer(*client_)};
}

Answer ApiServer::post(std::string_view path, const Json& body, const std::string& headers) {
    return post_text(path, body.dump(), headers);
}

Answer ApiServer::post_text(std::string_view path, std::string_view body,
                            const std::string& headers) {
    return ask(*client_, "POST", path, body,
               headers.find("Content-Type") == std::string::npos
                   ? headers + "Content-Type: application/json\r\n"
                   : headers);
}

Answer ApiServer::get(std::string_view path, const std::string& headers) {
    return ask(*client_, "GET", path, {}, headers);
}

Answer ApiServer::remove(std::string_view path) {
    return ask(*client_, "DELETE", path, {}, {});
}

Answer ApiServer::ask(std::string_view method, std::string_view path) {
    return ask(*client_, method, path, {}, {});
}

Answer ApiServer::admin(std::string_view method, std::string_view path, std::string_view body) {
    return ask(*admin_client_, method, path, body, {});
}

void ApiServer::add_organisation(const std::string& organisation, const std::string& secret) {
    std::promise<bool> made;
    loop_.post([&] {
        constexpr ledger::Partition kControl{ledger::Topic::Control, 0};
        ledger::CommandRecord create;
        create.id = "create:" + organisation;
        create.organisation = organisation;
        create.command = ledger::CreateOrganisation{organisation, organisation};
        ledger::CommandRecord key;
        key.id = "key:" + organisation;
        key.organisation = organisation;
        key.command = ledger::CreateKey{"key_" + organisation, "first", "", base::sha256(secret)};
        engine_->gateway().submit(kControl, {}, create, [](const auto&) {});
        engine_->gateway().submit(kControl, {}, key,
                                  [&](const auto& reply) { made.set_value(reply.has_value()); });
    });
    auto done = made.get_future();
    QUIPU_CHECK(done.wait_for(kPatience) == std::future_status::ready && done.get());
}

void ApiServer::set_clock(const std::string& iso) {
    const Answer moved = post("/v1/test/clock", {{"now", iso}});
    QUIPU_CHECK(moved.status == 200);
}

Json catalog_of(const std::string& plan, const std::string& feature, const Json& terms,
                std::int64_t price) {
    Json granted = {{"slug", feature}, {"enabled", true}};
    granted.update(terms);
    return {
        {"features", Json::array({{{"slug", feature}, {"type", "metered"}, {"name", "Calls"}}})},
        {"plans", Json::array({{{"slug", plan},
                                {"name", "Pro"},
                                {"price", price},
                                {"currency", "USD"},
                                {"interval", "monthly"},
                                {"features", Json::array({granted})}}})}};
}

}  // namespace quipu::api::testing
