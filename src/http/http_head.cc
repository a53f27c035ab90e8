#include "http/http_head.h"

#include <algorithm>
#include <array>
#include <boost/url/pct_string_view.hpp>

#include "http/http_ascii.h"

namespace quipu::http {
namespace {

constexpr std::string_view kAllowed = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";
constexpr std::array<std::string_view, 7> kMethods = {"GET",     "POST",  "PUT", "DELETE",
                                                      "OPTIONS", "PATCH", "HEAD"};

constexpr HttpRefusal kMethodNotAllowed{"method_not_allowed", "This method is not allowed here.",
                                        kAllowed};
constexpr HttpRefusal kMethodUnknown{"method_not_implemented",
                                     "The server does not know this method."};
constexpr HttpRefusal kBadHost{"malformed_request",
                               "An HTTP/1.1 request must have exactly one Host header."};
constexpr HttpRefusal kBadLength{"malformed_request",
                                 "The request must state its length once: by one Content-Length or "
                                 "by Transfer-Encoding: chunked."};
constexpr HttpRefusal kBadTarget{"malformed_request", "The request target is not a valid path."};
constexpr HttpRefusal kRepeated{
    "malformed_request",
    "Authorization, Content-Type and Idempotency-Key may each be sent only once."};
constexpr HttpRefusal kBadExpect{"expectation_failed",
                                 "The only expectation served is 100-continue."};

std::optional<HttpRefusal> refuse_method(std::string_view method) {
    if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) return std::nullopt;
    return method == "TRACE" || method == "CONNECT" ? kMethodNotAllowed : kMethodUnknown;
}

bool is_clean(std::string_view text) {
    const auto is_printable = [](char c) { return c > ' ' && c < '\x7f' && c != '#'; };
    return std::ranges::all_of(text, is_printable) && boost::urls::make_pct_string_view(text) &&
           text.find("%00") == std::string_view::npos;
}

// Splits the target; false when it is none that an origin server serves.
bool read_target(std::string_view target, HttpRequest& request) {
    if (!is_clean(target)) return false;
    constexpr std::string_view kScheme = "http://";
    if (equal_without_case(target.substr(0, kScheme.size()), kScheme)) {
        const std::size_t slash = target.find('/', kScheme.size());
        if (slash == std::string_view::npos) return false;
        target.remove_prefix(slash);
    }
    const bool whole_server = target == "*" && request.method == "OPTIONS";
    if (!whole_server && !target.starts_with('/')) return false;
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    return true;
}

struct Seen {
    int host = 0;
    int length = 0;
    int encoding = 0;
    bool chunked_only = true;
    bool repeated = false;
    bool bad_expect = false;
};

void keep_once(std::string_view& slot, bool& set, std::string_view value, Seen& seen) {
    seen.repeated |= set;
    set = true;
    slot = value;
}

Seen read_fields(std::span<const HttpField> fields, HttpAsk& ask) {
    Seen seen;
    bool authorization = false;
    bool content_type = false;
    bool idempotency_key = false;
    for (const auto& [name, value] : fields) {
        switch (name.size()) {  // a cheap sieve: most headers match none of these
            case 4:
                seen.host += equal_without_case(name, "host");
                break;
            case 6:
                if (!equal_without_case(name, "expect")) break;
                ask.expects_continue = equal_without_case(value, "100-continue");
                seen.bad_expect |= !ask.expects_continue;
                break;
            case 12:
                if (equal_without_case(name, "content-type"))
                    keep_once(ask.request.content_type, content_type, value, seen);
                break;
            case 13:
                if (equal_without_case(name, "authorization"))
                    keep_once(ask.request.authorization, authorization, value, seen);
                break;
            case 14:
                seen.length += equal_without_case(name, "content-length");
                break;
            case 15:
                if (equal_without_case(name, "idempotency-key"))
                    keep_once(ask.request.idempotency_key, idempotency_key, value, seen);
                break;
            case 17:
                if (!equal_without_case(name, "transfer-encoding")) break;
                ++seen.encoding;
                seen.chunked_only &= equal_without_case(value, "chunked");
                break;
            default:
                break;
        }
    }
    return seen;
}

std::optional<HttpRefusal> refuse_fields(const HttpHead& head, const Seen& seen) {
    if (seen.host > 1 || (head.http11 && seen.host == 0)) return kBadHost;
    if (seen.length + seen.encoding > 1 || !seen.chunked_only) return kBadLength;
    if (seen.encoding == 1 && !head.http11) return kBadLength;
    if (seen.repeated) return kRepeated;
    if (seen.bad_expect) return kBadExpect;
    return std::nullopt;
}

}  // namespace

HttpAsk read_head(const HttpHead& head, std::span<const HttpField> fields) {
    HttpAsk ask;
    ask.head_only = head.method == "HEAD";
    ask.request.method = ask.head_only ? "GET" : head.method;
    ask.request.headers = fields;
    const Seen seen = read_fields(fields, ask);
    ask.refusal = refuse_method(head.method);
    if (!ask.refusal) ask.refusal = refuse_fields(head, seen);
    if (!ask.refusal && !read_target(head.target, ask.request)) ask.refusal = kBadTarget;
    ask.expects_continue &= head.http11;
    return ask;
}

}  // namespace quipu::http
