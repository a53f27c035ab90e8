#include "http/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstring>
#include <deque>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "http/asio_loop.h"
#include "http/http_ascii.h"
#include "http/http_client_exchange.h"
#include "http/http_url.h"

namespace quipu::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Answer = base::Result<HttpClientResponse>;

namespace {

constexpr std::size_t kMaxAddresses = 8;  // tried of one host

asio::ip::address unmapped(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

IpAddress to_value(const asio::ip::address& address) {
    IpAddress value;
    value.v6 = address.is_v6();
    if (value.v6) {
        value.bytes = address.to_v6().to_bytes();
    } else {
        const auto bytes = address.to_v4().to_bytes();
        std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
    }
    return value;
}

ssl::context make_tls(const std::string& ca_file) {
    ssl::context tls(ssl::context::tls_client);
    tls.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                    ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    ErrorCode error;
    if (ca_file.empty()) {
        tls.set_default_verify_paths(error);
    } else {
        tls.load_verify_file(ca_file, error);
    }
    if (error)
        throw std::runtime_error("cannot read the certificate authorities: " + error.message());
    return tls;
}

}  // namespace

class HttpClientCore : public std::enable_shared_from_this<HttpClientCore> {
public:
    HttpClientCore(EngineLoop& loop, HttpClientConfig config)
        : loop_(loop),
          config_(std::move(config)),
          resolvers_(std::max<std::size_t>(config_.resolver_threads, 1)) {
        if (config_.https) tls_.emplace(make_tls(config_.ca_file));
    }

    void send(HttpClientRequest request, HttpClient::Done done) {
        auto url = parse_http_url(request.url);
        if (!url) return answer_later(std::move(done), tl::unexpected(url.error()));
        if (url->tls && !tls_) {
            return answer_later(std::move(done),
                                base::fail("url_invalid", "Only http is spoken here."));
        }
        if (auto valid = check_request(request); !valid)
            return answer_later(std::move(done), tl::unexpected(valid.error()));
        if (waiting_.size() >= config_.max_queued && active_.size() >= config_.max_concurrent) {
            return answer_later(std::move(done), base::fail("too_many_requests",
                                                            "Too many requests wait to be sent."));
        }
        waiting_.push_back({std::move(*url), std::move(request), std::move(done)});
        start_waiting();
    }

    void close() {
        closed_ = true;
        waiting_.clear();
        for (auto& [id, call] : active_) {
            loop_.cancel(call.timer);
            if (call.exchange) call.exchange->abort();
        }
        active_.clear();
        resolvers_.stop();
        resolvers_.join();
    }

    [[nodiscard]] std::size_t active() const { return active_.size(); }
    [[nodiscard]] std::size_t queued() const { return waiting_.size(); }

private:
    struct Waiting {
        HttpUrl url;
        HttpClientRequest request;
        HttpClient::Done done;
    };
    struct Call {
        HttpUrl url;
        HttpClientRequest request;
        HttpClient::Done done;  // empty once answered
        EngineLoop::TimerId timer = 0;
        std::shared_ptr<HttpClientExchange> exchange;  // null while the name is resolved
        // Set when nobody waits for the name any more; read by the resolving thread.
        std::shared_ptr<std::atomic<bool>> given_up = std::make_shared<std::atomic<bool>>(false);
    };
    using Endpoints = std::vector<Tcp::endpoint>;

    void answer_later(HttpClient::Done done, Answer answer) {
        loop_.post([weak = weak_from_this(), done = std::move(done), answer = std::move(answer)] {
            if (const auto core = weak.lock(); core && !core->closed_) done(answer);
        });
    }

    void start_waiting() {
        while (!waiting_.empty() && active_.size() < config_.max_concurrent) {
            Waiting next = std::move(waiting_.front());
            waiting_.pop_front();
            start(std::move(next));
        }
    }

    void start(Waiting next) {
        const std::uint64_t id = ++last_id_;
        Call& call = active_[id];
        call.url = std::move(next.url);
        call.request = std::move(next.request);
        call.done = std::move(next.done);
        call.timer = loop_.run_after(config_.timeout, [weak = weak_from_this(), id] {
            if (const auto core = weak.lock()) core->on_timeout(id);
        });
        resolve(id, call);
    }

    // A slot stays taken until its name is resolved, even when the caller has been told that the
    // time is over: else slow names would pile up before the resolving threads.
    void resolve(std::uint64_t id, const Call& call) {
        ErrorCode error;
        const auto numeric = asio::ip::make_address(call.url.host, error);
        if (!error) {
            loop_.post([weak = weak_from_this(), id,
                        endpoints = Endpoints{{numeric, call.url.port}}]() mutable {
                if (const auto core = weak.lock()) core->on_resolved(id, {}, std::move(endpoints));
            });
            return;
        }
        asio::post(resolvers_, [weak = weak_from_this(), id, given_up = call.given_up,
                                &loop = loop_, host = call.url.host, port = call.url.port] {
            ErrorCode failure;
            Endpoints endpoints;
            if (!*given_up) {
                asio::io_context context;
                Tcp::resolver resolver(context);
                const auto found = resolver.resolve(host, std::to_string(port),
                                                    Tcp::resolver::numeric_service, failure);
                for (const auto& entry : found) endpoints.push_back(entry.endpoint());
            }
            loop.post([weak, id, failure, endpoints = std::move(endpoints)]() mutable {
                if (const auto core = weak.lock())
                    core->on_resolved(id, failure, std::move(endpoints));
            });
        });
    }

    void on_resolved(std::uint64_t id, const ErrorCode& error, Endpoints found) {
        const auto entry = active_.find(id);
        if (entry == active_.end()) return;
        Call& call = entry->second;
        if (!call.done) return forget(id);  // timed out meanwhile
        if (error || found.empty()) {
            return finish(id,
                          base::fail("name_not_resolved",
                                     fmt::format("The host {} has no address.", call.url.host)));
        }
        Endpoints allowed;
        for (const Tcp::endpoint& endpoint : found) {
            const auto address = unmapped(endpoint.address());
            if (config_.may_connect && !config_.may_connect(to_value(address))) continue;
            if (allowed.size() < kMaxAddresses) allowed.emplace_back(address, endpoint.port());
        }
        if (allowed.empty()) {
            return finish(id, base::fail("address_forbidden",
                                         fmt::format("The address of the host {} may not be used.",
                                                     call.url.host)));
        }
        call.exchange =
            make_exchange(loop_.context(), tls_ ? &*tls_ : nullptr, call.url,
                          std::move(call.request), config_.user_agent,
                          {config_.max_response_header_bytes, config_.max_response_body_bytes});
        call.exchange->start(std::move(allowed), [weak = weak_from_this(), id](Answer answer) {
            if (const auto core = weak.lock()) core->finish(id, std::move(answer));
        });
    }

    void on_timeout(std::uint64_t id) {
        const auto entry = active_.find(id);
        if (entry == active_.end()) return;
        Call& call = entry->second;
        Answer answer = base::fail(
            "timed_out", fmt::format("The host {} did not answer in time.", call.url.host));
        if (call.exchange) {
            call.exchange->abort();
            return finish(id, std::move(answer));
        }
        call.given_up->store(true);
        std::exchange(call.done, nullptr)(std::move(answer));
    }

    void finish(std::uint64_t id, Answer answer) {
        HttpClient::Done done = std::move(active_.at(id).done);
        done(std::move(answer));  // may destroy the client
        if (!closed_) forget(id);
    }

    void forget(std::uint64_t id) {
        loop_.cancel(active_.at(id).timer);
        active_.erase(id);
        start_waiting();
    }

    EngineLoop& loop_;
    const HttpClientConfig config_;
    std::optional<ssl::context> tls_;
    std::deque<Waiting> waiting_;
    std::unordered_map<std::uint64_t, Call> active_;
    std::uint64_t last_id_ = 0;
    bool closed_ = false;
    asio::thread_pool resolvers_;
};

HttpClient::HttpClient(EngineLoop& loop, HttpClientConfig config)
    : core_(std::make_shared<HttpClientCore>(loop, std::move(config))) {}

HttpClient::~HttpClient() {
    core_->close();
}

void HttpClient::send(HttpClientRequest request, Done done) {
    core_->send(std::move(request), std::move(done));
}

std::size_t HttpClient::active() const {
    return core_->active();
}

std::size_t HttpClient::queued() const {
    return core_->queued();
}

std::string_view HttpClientResponse::header(std::string_view name) const {
    for (const auto& [field, value] : headers) {
        if (equal_without_case(field, name)) return value;
    }
    return {};
}

}  // namespace quipu::http
