#include "http/http_query.h"

#include <algorithm>
#include <boost/url/parse_query.hpp>
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

std::optional<std::string> value_of(urls::params_encoded_view parameters, std::string_view name) {
    for (const auto& [key, value, has_value] : parameters) {
        if (std::string_view(key.data(), key.size()) == name)
            return value.decode(urls::encoding_opts{/*space_as_plus=*/true});
    }
    return std::nullopt;
}

}  // namespace

std::string percent_decode(std::string_view text) {
    if (const auto whole = urls::make_pct_string_view(text)) return whole->decode();
    return urls::pct_string_view(with_whole_escapes(text)).decode();
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    if (const auto strict = urls::parse_query(query)) return value_of(*strict, name);
    urls::url lenient;
    lenient.set_encoded_query(with_whole_escapes(query));
    return value_of(lenient.encoded_params(), name);
}

}  // namespace quipu::http
