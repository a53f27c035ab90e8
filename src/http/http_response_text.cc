#include "http/http_response_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace quipu::http {
namespace {

std::string_view status_line(int status) {
    switch (status) {
        case 200:
            return "HTTP/1.1 200 OK\r\n";
        case 201:
            return "HTTP/1.1 201 Created\r\n";
        case 202:
            return "HTTP/1.1 202 Accepted\r\n";
        case 204:
            return "HTTP/1.1 204 No Content\r\n";
        case 302:
            return "HTTP/1.1 302 Found\r\n";
        case 303:
            return "HTTP/1.1 303 See Other\r\n";
        case 304:
            return "HTTP/1.1 304 Not Modified\r\n";
        case 400:
            return "HTTP/1.1 400 Bad Request\r\n";
        case 401:
            return "HTTP/1.1 401 Unauthorized\r\n";
        case 402:
            return "HTTP/1.1 402 Payment Required\r\n";
        case 403:
            return "HTTP/1.1 403 Forbidden\r\n";
        case 404:
            return "HTTP/1.1 404 Not Found\r\n";
        case 405:
            return "HTTP/1.1 405 Method Not Allowed\r\n";
        case 408:
            return "HTTP/1.1 408 Request Timeout\r\n";
        case 409:
            return "HTTP/1.1 409 Conflict\r\n";
        case 413:
            return "HTTP/1.1 413 Content Too Large\r\n";
        case 415:
            return "HTTP/1.1 415 Unsupported Media Type\r\n";
        case 417:
            return "HTTP/1.1 417 Expectation Failed\r\n";
        case 422:
            return "HTTP/1.1 422 Unprocessable Content\r\n";
        case 429:
            return "HTTP/1.1 429 Too Many Requests\r\n";
        case 431:
            return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
        case 500:
            return "HTTP/1.1 500 Internal Server Error\r\n";
        case 501:
            return "HTTP/1.1 501 Not Implemented\r\n";
        case 502:
            return "HTTP/1.1 502 Bad Gateway\r\n";
        case 503:
            return "HTTP/1.1 503 Service Unavailable\r\n";
        case 504:
            return "HTTP/1.1 504 Gateway Timeout\r\n";
        default:
            return {};
    }
}

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end.ptr);
}

void append_status(std::string& out, int status) {
    if (const std::string_view line = status_line(status); !line.empty()) {
        out.append(line);
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(status));
    out.append(" -\r\n");
}

// A location may carry text of a caller: a byte that could end the line is left out.
void append_location(std::string& out, std::string_view location) {
    out.append("Location: ");
    for (const char c : location) {
        if (c > ' ' && c < '\x7f') out.push_back(c);
    }
    out.append("\r\n");
}

void append_extra_headers(std::string& out, const HttpResponse& response) {
    if (response.retry_after_seconds >= 0) {
        out.append("Retry-After: ");
        append_number(out, static_cast<std::uint64_t>(response.retry_after_seconds));
        out.append("\r\n");
    }
    if (!response.location.empty()) append_location(out, response.location);
    if (!response.allow.empty()) out.append("Allow: ").append(response.allow).append("\r\n");
}

}  // namespace

void append_response(std::string& out, const HttpExchange& exchange, std::string_view date) {
    const HttpResponse& response = exchange.response;
    const bool bodiless = response.status == 204 || response.status == 304;
    append_status(out, response.status);
    out.append(date);
    if (!bodiless) {
        out.append("Content-Type: ").append(response.content_type);
        out.append("\r\nContent-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    append_extra_headers(out, response);
    append_cors(out, exchange.cors);
    if (!exchange.keep_alive) {
        out.append("Connection: close\r\n");
    } else if (!exchange.http11) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    if (!bodiless && !exchange.head_only) out.append(response.body);
}

std::string date_line(std::int64_t unix_seconds) {
    using namespace std::chrono;
    constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds time{seconds{unix_seconds}};
    const sys_days day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    return fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                       kDays[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

}  // namespace quipu::http
