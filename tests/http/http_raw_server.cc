#include "http/http_raw_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <mutex>
#include <thread>

namespace quipu::http::testing {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

struct RawServer::Impl {
    explicit Impl(std::vector<std::string> texts) : pieces(std::move(texts)) {}

    std::vector<std::string> pieces;
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
        ErrorCode ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
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
        for (const std::string& piece : pieces) {
            // Sent at once, the pieces would be read as one; the other side shows nothing of it.
            if (&piece != pieces.data()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
            asio::write(stream, asio::buffer(piece), error);
        }
    }
};

RawServer::RawServer(std::vector<std::string> pieces, const std::optional<Certificate>& tls)
    : impl_(std::make_unique<Impl>(std::move(pieces))) {
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
