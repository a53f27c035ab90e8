// JSON values of requests and answers, with decimals that are sent as they are written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace quipu::e2e {

using Json = nlohmann::json;

// A number of exactly this text: the library's own are doubles, and it does not always write the
// shortest text of one.
[[nodiscard]] inline Json exact_number(std::string_view text) {
    return "#" + std::string(text) + "#";
}

// The JSON text, with the exact numbers as numbers.
[[nodiscard]] inline std::string text_of(const Json& json) {
    std::string text = json.dump();
    for (const std::string_view quote : {"\"#", "#\""}) {
        for (std::size_t at = text.find(quote); at != std::string::npos;
             at = text.find(quote, at)) {
            text.erase(at, quote.size());
        }
    }
    return text;
}

}  // namespace quipu::e2e
