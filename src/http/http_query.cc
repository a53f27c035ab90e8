#include "http/http_query.h"

#include <algorithm>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/url.hpp>
#include <cstddef>

namespace quipu::http {
namespace {

namespace urls = boost::urls;

// A % that opens no escape as one that stands for itself.
std::string with_whole_escapes(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t mark = std::min(text.find('%'), text.size());
        out.append(text.substr(0, mark));
        text.remove_prefix(mark);
        if (text.empty()) break;
        out.append(urls::make_pct_string_view(text.substr(0, 3)) ? "%" : "%25");
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace

std::string percent_decode(std::string_view text) {
    if (const auto whole = urls::make_pct_string_view(text)) return whole->decode();
    return urls::pct_string_view(with_whole_escapes(text)).decode();
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    if (query.empty()) return std::nullopt;
    // A copy, which escapes what RFC 3986 refuses: parse_query of Boost 1.81 besides reads beyond
    // the end of a view, on to the next NUL.
    urls::url url;
    url.set_encoded_query(with_whole_escapes(query));
    for (const auto& [key, value, has_value] : url.encoded_params()) {
        if (std::string_view(key.data(), key.size()) == name)
            return value.decode(urls::encoding_opts{/*space_as_plus=*/true});
    }
    return std::nullopt;
}

std::vector<std::string_view> query_names(std::string_view query) {
    std::vector<std::string_view> names;
    while (!query.empty()) {
        const std::string_view parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(parameter.size() + 1, query.size()));
        const std::string_view name = parameter.substr(0, parameter.find('='));
        if (!name.empty()) names.push_back(name);
    }
    return names;
}

}  // namespace quipu::http
