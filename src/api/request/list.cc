#include "api/request/list.h"

#include <fmt/format.h>

#include "api/request/errors.h"

namespace quipu::api {

base::Result<std::size_t> query_limit(const ApiCall& call, std::size_t usual, std::size_t most) {
    const std::string text = query_text(call, "limit");
    if (text.empty()) return usual;
    const base::ParsedCoefficient parsed = base::parse_coefficient(text, 0);
    if (parsed.error || parsed.value < 1 || parsed.value > static_cast<base::Int128>(most)) {
        return tl::unexpected(
            invalid("limit", fmt::format("Expected a whole number between 1 and {}", most)));
    }
    return static_cast<std::size_t>(parsed.value);
}

base::Result<std::uint64_t> query_cursor(const ApiCall& call, std::uint64_t most) {
    const std::string cursor = query_text(call, "cursor");
    if (cursor.empty()) return most;
    const base::ParsedCoefficient parsed = base::parse_coefficient(cursor, 0);
    if (parsed.error || parsed.value < 0 || parsed.value > static_cast<base::Int128>(most))
        return tl::unexpected(not_a_cursor());
    return static_cast<std::uint64_t>(parsed.value);
}

base::Result<std::optional<base::Instant>> query_instant(const ApiCall& call,
                                                         std::string_view name) {
    const std::string text = query_text(call, name);
    if (text.empty()) return std::nullopt;
    const auto at = base::parse_instant(text);
    if (!at) return tl::unexpected(invalid(name, "Expected a moment such as 2026-03-20T12:00:00Z"));
    return at;
}

base::Error not_a_cursor() {
    return invalid("cursor", "Not a cursor of this list");
}

}  // namespace quipu::api
