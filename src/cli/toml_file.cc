#include "cli/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>

namespace quipu::cli {
namespace {

std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    const auto* list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::string joined;
    for (const toml::node& element : *list) {
        const auto* text = element.as_string();
        if (text == nullptr) return std::nullopt;
        if (!joined.empty()) joined.push_back(',');
        joined += text->get();
    }
    return joined;
}

}  // namespace

base::Result<std::map<std::string, std::string>> read_toml(const std::string& path) {
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        return base::fail(
            "invalid_config",
            fmt::format("{}:{}: {}.", path, error.source().begin.line, error.description()));
    }
    std::map<std::string, std::string> values;
    for (const auto& [key, node] : table) {
        auto text = text_of(node);
        if (!text) {
            return base::fail("invalid_config",
                              fmt::format("{}: '{}' must be a string, an integer, true or false.",
                                          path, key.str()));
        }
        values.emplace(key.str(), std::move(*text));
    }
    return values;
}

}  // namespace quipu::cli
