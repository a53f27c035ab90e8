// What a port or a parser answers: a value, or an error with a stable code and one clear sentence.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "base/error_code.h"

namespace quipu::base {

// Callers may branch on `code`; `message` is one sentence for a person.
struct Error {
    ErrorCode code;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace quipu::base
