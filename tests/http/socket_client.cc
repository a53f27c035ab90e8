#include "http/socket_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/check.h"

namespace quipu::http::testing {
namespace {

std::size_t number_behind(std::string_view text, std::string_view label) {
    std::size_t value = 0;
    const std::size_t at = text.find(label);
    if (at == std::string_view::npos) return 0;
    std::from_chars(text.data() + at + label.size(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Client::Client(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QUIPU_CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

Client::~Client() {
    if (fd_ >= 0) ::close(fd_);
}

bool Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Client::end_sending() {
    ::shutdown(fd_, SHUT_WR);
}

void Client::reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
}

bool Client::receive() {
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    got_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
}

std::optional<Reply> Client::read(bool head_only) {
    std::size_t end = 0;
    while ((end = got_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return std::nullopt;
    }
    Reply reply;
    reply.head = got_.substr(0, end + 2);
    got_.erase(0, end + 4);
    reply.status = static_cast<int>(number_behind(reply.head, "HTTP/1.1 "));
    const std::size_t length = head_only ? 0 : number_behind(reply.head, "\r\nContent-Length: ");
    while (got_.size() < length) {
        if (!receive()) return std::nullopt;
    }
    reply.body = got_.substr(0, length);
    got_.erase(0, length);
    return reply;
}

bool Client::closed() {
    if (!got_.empty()) return false;
    char byte = 0;
    const ssize_t size = ::recv(fd_, &byte, 1, 0);
    return size == 0 || (size < 0 && errno == ECONNRESET);
}

std::optional<Reply> ask(std::uint16_t port, std::string_view request) {
    Client client(port);
    client.send(request);
    return client.read();
}

std::string post_text(std::string_view path, std::string_view body) {
    std::string text = "POST ";
    text.append(path).append(" HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n");
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return text.append(body);
}

std::string get_text(std::string_view path) {
    return std::string("GET ").append(path).append(" HTTP/1.1\r\nHost: test\r\n\r\n");
}

}  // namespace quipu::http::testing
