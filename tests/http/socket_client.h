// A blocking HTTP client for tests that sends exactly the bytes it is told to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::http::testing {

struct Reply {
    int status = 0;
    std::string head;  // status line and headers, as received
    std::string body;

    [[nodiscard]] bool has(std::string_view text) const {
        return head.find(text) != std::string::npos;
    }
};

// Every wait ends after 20 s; what then is missing fails the test.
class Client {
public:
    explicit Client(std::uint16_t port, int receive_buffer = 0);  // buffer in bytes; 0: the default
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool send(std::string_view bytes);  // false when the server closed
    void end_sending();                 // half-close
    void reset();                       // closes with a reset

    // The next answer; nothing when the connection ended first.
    [[nodiscard]] std::optional<Reply> read(bool head_only = false);
    // Whether the server closes without sending anything more.
    [[nodiscard]] bool closed();

private:
    bool receive();

    int fd_;
    std::string got_;
};

// Sends one request on a fresh connection and reads the answer.
[[nodiscard]] std::optional<Reply> ask(std::uint16_t port, std::string_view request);

// "POST <path>" with a body and its length.
[[nodiscard]] std::string post_text(std::string_view path, std::string_view body);
[[nodiscard]] std::string get_text(std::string_view path);

}  // namespace quipu::http::testing
