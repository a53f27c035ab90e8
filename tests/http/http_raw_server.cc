#include "http/http_raw_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <thread>

namespace quipu::http::testing {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

struct RawServer::Impl {
    explicit Impl(std::string text) : answer(std::move(text)) {}

    std::string answer;
    asio::io_context context;
    Tcp::acceptor acceptor{context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::optional<asio::ssl::context> tls;
    mutable std::mutex heads_mutex;  // guards heads
    std::vector<std::string> heads;
    std::thread thread;

    void accept() {
        acceptor.async_accept([this](const ErrorCode& error, Tcp::socket socket) {
            if (error) return;
            serve(std::move(socket));
            accept();
        });
    }

    void serve(Tcp::socket socket) {
        if (!tls) return talk(socket);
        asio::ssl::stream<Tcp::socket> stream(std::move(socket), *tls);
        ErrorCode error;
        stream.handshake(asio::ssl::stream_base::server, error);
        if (error) return;
        talk(stream);
        stream.shutdown(error);
    }

    void talk(auto& stream) {
        std::string head;
        ErrorCode error;
        asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n", error);
        {
            const std::lock_guard lock(heads_mutex);
            heads.push_back(head);
        }
        asio::write(stream, asio::buffer(answer), error);
    }
};

RawServer::RawServer(std::string answer, const std::optional<Certificate>& tls)
    : impl_(std::make_unique<Impl>(std::move(answer))) {
    if (tls) {
        impl_->tls.emplace(asio::ssl::context::tls_server);
        impl_->tls->use_certificate_chain(asio::buffer(tls->certificate_pem));
        impl_->tls->use_private_key(asio::buffer(tls->key_pem), asio::ssl::context::pem);
    }
    impl_->accept();
    impl_->thread = std::thread([this] { impl_->context.run(); });
}

RawServer::~RawServer() {
    impl_->context.stop();
    impl_->thread.join();
}

std::uint16_t RawServer::port() const {
    return impl_->acceptor.local_endpoint().port();
}

std::vector<std::string> RawServer::heads() const {
    const std::lock_guard lock(impl_->heads_mutex);
    return impl_->heads;
}

}  // namespace quipu::http::testing
