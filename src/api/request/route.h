// One row of the route table: which requests it takes, what it asks of them, and who answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "api/request/call.h"
#include "api/request/input.h"

namespace quipu::api {

// Answers `call` once, at once or later from the engine thread.
using Handler = std::function<void(ApiCall)>;

// None: whoever asks is answered, and the call has no organisation.
enum class Auth : std::uint8_t { Key, None };

// AtOnce: also while the log is still being read.
enum class Opens : std::uint8_t { CaughtUp, AtOnce };

struct Route {
    std::string_view method;  // static text: GET, POST or DELETE
    // Static text. A part that begins with : takes any value, two of them at most. What is below
    // /v1 is served below /api/v1 too.
    std::string_view path;
    Handler handler;
    Input input;
    Auth auth = Auth::Key;
    Opens opens = Opens::CaughtUp;
};

// What a handler keeps of a thing that it uses: a pointer, which may be null, as it is.
template <typename Use>
using Kept = std::conditional_t<std::is_pointer_v<Use>, Use, std::reference_wrapper<Use>>;

// A handler with what it uses, all of which outlives it.
template <typename Handle, typename... Uses>
[[nodiscard]] Handler with(Handle* handle, Uses&... uses) {
    return
        [handle, ... uses = Kept<Uses>(uses)](ApiCall call) { handle(uses..., std::move(call)); };
}

}  // namespace quipu::api
