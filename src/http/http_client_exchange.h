// One outbound request on one connection: connect, handshake, write, read. Private to HttpClient.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "http/http_client.h"
#include "http/http_url.h"

namespace quipu::http {

class HttpClientExchange {
public:
    using Done = std::function<void(base::Result<HttpClientResponse>)>;

    virtual ~HttpClientExchange() = default;
    // Tries the endpoints in order until one accepts the connection. `done` is called once, unless
    // `abort` came first.
    virtual void start(std::vector<boost::asio::ip::tcp::endpoint> endpoints, Done done) = 0;
    // Closes the connection and forgets `done`.
    virtual void abort() = 0;
};

struct HttpClientLimits {
    std::size_t header_bytes;
    std::size_t body_bytes;
};

// Its handlers share it, so that it outlives what asio still has to call. `tls` outlives it, and
// may be null where the URL has none.
[[nodiscard]] std::shared_ptr<HttpClientExchange> make_exchange(
    boost::asio::io_context& context, boost::asio::ssl::context* tls, const HttpUrl& url,
    HttpClientRequest request, const std::string& user_agent, HttpClientLimits limits);

// Nothing: the request may be sent. Code: `request_invalid`.
[[nodiscard]] base::Result<void> check_request(const HttpClientRequest& request);

}  // namespace quipu::http
