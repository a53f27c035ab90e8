// What a port or a parser answers: a value, or an error with a stable code and one clear sentence.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace quipu::base {

// `code` is stable snake_case that callers may branch on; `message` is one sentence for a person.
struct Error {
    std::string code;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(std::string code, std::string message) {
    return tl::unexpected<Error>(Error{std::move(code), std::move(message)});
}

}  // namespace quipu::base
