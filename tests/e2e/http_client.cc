#include "e2e/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace quipu::e2e {
namespace {

constexpr timeval kPatience{60, 0};

std::string text_of(const HttpCall& call) {
    std::string text;
    text.reserve(call.body.size() + 256);
    text.append(call.method).append(" ").append(call.path).append(" HTTP/1.1\r\nHost: test\r\n");
    if (!call.key.empty()) text.append("Authorization: Bearer ").append(call.key).append("\r\n");
    if (!call.idempotency_key.empty()) {
        text.append("Idempotency-Key: ").append(call.idempotency_key).append("\r\n");
    }
    text.append(call.headers);
    if (call.method == "POST") {
        text.append("Content-Type: ").append(call.content_type).append("\r\nContent-Length: ");
        text.append(std::to_string(call.body.size())).append("\r\n");
    }
    return text.append("\r\n").append(call.body);
}

std::optional<std::size_t> number_of_header(std::string_view head, std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    const auto found = std::ranges::search(head, name, {}, lower, lower);
    if (found.empty()) return std::nullopt;
    std::size_t number = 0;
    const char* const begin = head.data() + (found.end() - head.begin());
    const auto [end, error] = std::from_chars(begin, head.data() + head.size(), number);
    if (error != std::errc()) return std::nullopt;
    return number;
}

}  // namespace

bool HttpClient::connect() {
    const std::uint16_t port = port_;
    if (socket_ >= 0 && port == connected_to_) return true;
    close();  // the server that it led to is gone
    if (port == 0) return false;
    connected_to_ = port;
    received_.clear();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
    close();
    return false;
}

void HttpClient::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

bool HttpClient::send(const HttpCall& call) {
    if (!connect()) return false;
    const std::string text = text_of(call);
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            close();
            return false;
        }
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpClient::fill() {
    std::array<char, 64 * 1024> buffer;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
        close();
        return false;
    }
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
}

std::optional<HttpReply> HttpClient::receive() {
    if (socket_ < 0) return std::nullopt;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return std::nullopt;
    }
    const std::string head = received_.substr(0, end + 2);
    const auto status = number_of_header(head, "HTTP/1.1 ");
    const std::size_t length = number_of_header(head, "\r\nContent-Length: ").value_or(0);
    while (received_.size() < end + 4 + length) {
        if (!fill()) return std::nullopt;
    }
    HttpReply reply{static_cast<int>(status.value_or(0)), received_.substr(end + 4, length)};
    received_.erase(0, end + 4 + length);
    if (head.find("onnection: close") != std::string::npos) close();
    return reply;
}

std::optional<HttpReply> HttpClient::call(const HttpCall& call) {
    if (!send(call)) return std::nullopt;
    return receive();
}

}  // namespace quipu::e2e
