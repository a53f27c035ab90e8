#include "http_load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::bench {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

// Counts durations in buckets of 1/64 of a power of two.
class Histogram {
public:
    void add(std::uint64_t ns) {
        ++counts_[bucket(ns)];
        ++total_;
        max_ = std::max(max_, ns);
    }

    [[nodiscard]] std::uint64_t quantile(double fraction) const {
        const auto wanted = static_cast<std::uint64_t>(fraction * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return std::min(upper_bound(i), max_);
        }
        return max_;
    }

    [[nodiscard]] std::uint64_t max() const { return max_; }

private:
    static constexpr std::uint64_t kSteps = 64;

    static std::size_t bucket(std::uint64_t ns) {
        if (ns < kSteps) return static_cast<std::size_t>(ns);
        const auto shift = static_cast<std::uint64_t>(std::bit_width(ns) - 7);
        return static_cast<std::size_t>(shift * kSteps + (ns >> shift));
    }

    static std::uint64_t upper_bound(std::size_t index) {
        if (index < kSteps) return index;
        const std::uint64_t shift = (index - kSteps) / kSteps;
        return (index - shift * kSteps + 1) << shift;
    }

    std::array<std::uint64_t, 60 * kSteps> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

// The status and whole length of the answer at the front of `text`; length 0 while it is
// incomplete.
struct Answer {
    int status = 0;
    std::size_t length = 0;
};

std::size_t number_behind(std::string_view text, std::string_view label) {
    const std::size_t at = text.find(label);
    std::size_t value = 0;
    if (at == std::string_view::npos) return 0;
    const char* const digits = text.data() + at + label.size();
    std::from_chars(digits, text.data() + text.size(), value);
    return value;
}

Answer read_answer(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return {};
    const std::string_view head = text.substr(0, end + 2);
    const std::size_t length = end + 4 + number_behind(head, "\r\nContent-Length: ");
    if (text.size() < length) return {};
    return {static_cast<int>(number_behind(head, "HTTP/1.1 ")), length};
}

struct Connection {
    std::unique_ptr<Descriptor> socket;
    std::string request;
    std::size_t sent = 0;
    bool blocked = false;  // the socket took only a part of the request
    std::string answer;
    Clock::time_point started;
};

class Load {
public:
    explicit Load(const LoadPlan& plan) : plan_(plan), epoll_(::epoll_create1(0)) {
        head_ = plan.method + " " + plan.path + " HTTP/1.1\r\nHost: " + plan.host + "\r\n" +
                plan.headers;
    }

    base::Result<LoadResult> run() {
        connections_.resize(plan_.connections);
        for (Connection& connection : connections_) {
            if (!connect(connection)) {
                return base::fail("connection_failed",
                                  std::string("Cannot connect: ") + std::strerror(errno) + ".");
            }
        }
        begin_ = Clock::now() + plan_.warm_up;
        end_ = begin_ + plan_.duration;
        for (Connection& connection : connections_) send_next(connection);
        while (Clock::now() < end_) turn();
        LoadResult result{
            .requests = requests_, .errors = errors_, .elapsed = Clock::now() - begin_};
        result.p50 = std::chrono::nanoseconds(latencies_->quantile(0.50));
        result.p99 = std::chrono::nanoseconds(latencies_->quantile(0.99));
        result.max = std::chrono::nanoseconds(latencies_->max());
        return result;
    }

private:
    bool connect(Connection& connection) {
        connection.socket = std::make_unique<Descriptor>(::socket(AF_INET, SOCK_STREAM, 0));
        const int fd = connection.socket->get();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(plan_.port);
        if (::inet_pton(AF_INET, plan_.host.c_str(), &address.sin_addr) != 1) return false;
        if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &connection;
        return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
    }

    void turn() {
        std::array<epoll_event, 256> events;
        const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 10);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            Connection& connection = *static_cast<Connection*>(event.data.ptr);
            if ((event.events & EPOLLOUT) != 0) write(connection);
            if ((event.events & ~EPOLLOUT) != 0) read(connection);
        }
    }

    void send_next(Connection& connection) {
        body_.clear();
        if (plan_.body) plan_.body(next_++, body_);
        connection.request.assign(head_);
        if (!body_.empty()) {
            connection.request.append("Content-Length: ").append(std::to_string(body_.size()));
            connection.request.append("\r\n");
        }
        connection.request.append("\r\n").append(body_);
        connection.sent = 0;
        connection.started = Clock::now();
        write(connection);
    }

    void write(Connection& connection) {
        const std::string_view rest = std::string_view(connection.request).substr(connection.sent);
        if (rest.empty()) return;
        const ssize_t sent =
            ::send(connection.socket->get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return reconnect(connection);
        if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
        const bool blocked = connection.sent < connection.request.size();
        if (blocked != connection.blocked) watch(connection, blocked);
    }

    void watch(Connection& connection, bool blocked) {
        connection.blocked = blocked;
        epoll_event event{};
        event.events = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.ptr = &connection;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket->get(), &event);
    }

    void read(Connection& connection) {
        std::array<char, 64 * 1024> buffer;
        const ssize_t got = ::recv(connection.socket->get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return reconnect(connection);
        connection.answer.append(buffer.data(), static_cast<std::size_t>(got));
        const Answer answer = read_answer(connection.answer);
        if (answer.length == 0) return;
        count(connection, answer.status);
        connection.answer.erase(0, answer.length);
        send_next(connection);
    }

    void count(const Connection& connection, int status) {
        const Clock::time_point now = Clock::now();
        if (now < begin_) return;
        if (status / 100 != 2) {
            ++errors_;
            return;
        }
        ++requests_;
        latencies_->add(static_cast<std::uint64_t>((now - connection.started).count()));
    }

    void reconnect(Connection& connection) {
        ++errors_;
        connection.answer.clear();
        connection.blocked = false;
        connection.sent = connection.request.size();
        if (Clock::now() < end_ && connect(connection)) send_next(connection);
    }

    const LoadPlan& plan_;
    Descriptor epoll_;
    std::string head_;
    std::string body_;
    std::vector<Connection> connections_;
    std::unique_ptr<Histogram> latencies_ = std::make_unique<Histogram>();
    Clock::time_point begin_;
    Clock::time_point end_;
    std::uint64_t next_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t errors_ = 0;
};

}  // namespace

double LoadResult::per_second() const {
    return static_cast<double>(requests) / std::chrono::duration<double>(elapsed).count();
}

base::Result<LoadResult> run_load(const LoadPlan& plan) {
    return Load(plan).run();
}

std::function<void(std::uint64_t, std::string&)> body_template(std::string text) {
    return [text = std::move(text)](std::uint64_t n, std::string& body) {
        std::string_view rest = text;
        for (std::size_t at; (at = rest.find("{n")) != std::string_view::npos;) {
            body.append(rest.substr(0, at));
            rest.remove_prefix(at + 2);
            std::uint64_t modulus = 0;
            if (!rest.empty() && rest.front() == '%') {
                const auto end =
                    std::from_chars(rest.data() + 1, rest.data() + rest.size(), modulus).ptr;
                rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
            }
            body.append(std::to_string(modulus == 0 ? n : n % modulus));
            if (!rest.empty()) rest.remove_prefix(1);  // the closing brace
        }
        body.append(rest);
    };
}

void print(const LoadResult& result) {
    const auto micros = [](std::chrono::nanoseconds time) {
        return static_cast<double>(time.count()) / 1000.0;
    };
    std::printf("%.0f requests/s, p50 %.1f us, p99 %.1f us, max %.1f us, %llu errors\n",
                result.per_second(), micros(result.p50), micros(result.p99), micros(result.max),
                static_cast<unsigned long long>(result.errors));
}

}  // namespace quipu::bench
