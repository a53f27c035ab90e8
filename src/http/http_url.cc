#include "http/http_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "http/http_ascii.h"

namespace quipu::http {
namespace {

namespace urls = boost::urls;

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), ascii_lower);
    return result;
}

// A registered name may hold escapes and sub-delimiters by the grammar; no host of the Internet
// does.
bool is_host_name(std::string_view name) {
    return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

std::string_view view(const auto& text) {
    return {text.data(), text.size()};
}

// With an authority: the library aborts on some that have none ("http:?").
std::optional<urls::url_view> parse_absolute(std::string_view text) {
    const std::string_view behind_scheme = text.substr(std::min(text.find(':'), text.size()));
    if (!behind_scheme.starts_with("://")) return std::nullopt;
    const auto parsed = urls::parse_uri(text);
    if (parsed.has_error()) return std::nullopt;
    return *parsed;
}

}  // namespace

base::Result<HttpUrl> parse_http_url(std::string_view text) {
    const auto invalid = [](std::string_view why) {
        return base::fail("url_invalid", fmt::format("The URL is not usable: {}.", why));
    };
    if (text.size() > kMaxUrlBytes)
        return invalid(fmt::format("it is longer than {} bytes", kMaxUrlBytes));
    const auto parsed = parse_absolute(text);
    if (!parsed) return invalid("it is not an absolute URL");
    const urls::url_view& url = *parsed;
    const std::string scheme = lower(view(url.scheme()));
    if (scheme != "http" && scheme != "https") return invalid("it is neither http nor https");
    if (url.has_userinfo()) return invalid("it has a user name");

    HttpUrl result;
    result.tls = scheme == "https";
    const bool v6 = url.host_type() == urls::host_type::ipv6;
    if (url.host_type() == urls::host_type::ipvfuture) return invalid("its host is not known");
    result.host = v6 ? url.host_ipv6_address().to_string() : lower(view(url.encoded_host()));
    if (!v6 && !is_host_name(result.host)) return invalid("it has no valid host");

    const std::uint16_t scheme_port = result.tls ? 443 : 80;
    result.port = scheme_port;
    if (url.has_port() && !url.port().empty()) {
        // The library's own number is cut to 16 bits.
        const std::string_view digits = view(url.port());
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
        if (error != std::errc{} || result.port == 0)
            return invalid("its port is not one from 1 to 65535");
    }
    result.authority = v6 ? "[" + result.host + "]" : result.host;
    if (result.port != scheme_port) result.authority += fmt::format(":{}", result.port);
    result.target = view(url.encoded_path());
    if (result.target.empty()) result.target = "/";
    // The library lets anything follow a port.
    if (!result.target.starts_with('/')) return invalid("its path does not begin with a slash");
    if (url.has_query()) result.target.append("?").append(view(url.encoded_query()));
    return result;
}

std::string with_parameters(std::string_view url, std::string_view parameters) {
    const auto parsed = parse_absolute(url);
    if (!parsed) return std::string(url);
    urls::url longer = *parsed;
    std::string query(view(longer.encoded_query()));
    if (!query.empty() && !query.ends_with('&')) query.push_back('&');
    longer.set_encoded_query(query.append(parameters));
    return longer.buffer();
}

}  // namespace quipu::http
