// Lists in answers, and the pages that long ones are read in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/request/call.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "base/instant.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "http/http_server.h"

namespace quipu::api {

// A whole number within [1, most]; `usual` when not sent.
[[nodiscard]] base::Result<std::size_t> query_limit(const ApiCall& call, std::size_t usual,
                                                    std::size_t most);
// Of a list whose cursors are numbers of at most `most`, which is the answer when none was sent.
[[nodiscard]] base::Result<std::uint64_t> query_cursor(const ApiCall& call, std::uint64_t most);
[[nodiscard]] base::Error not_a_cursor();
// A moment in ISO text; none when not sent.
[[nodiscard]] base::Result<std::optional<base::Instant>> query_instant(const ApiCall& call,
                                                                       std::string_view name);

// "name":[ … ]; `write(json, item)` writes one item.
template <typename Items, typename Write>
void write_list(base::JsonWriter& json, std::string_view name, const Items& items,
                const Write& write) {
    json.key(name).begin_array();
    for (const auto& item : items) write(json, item);
    json.end_array();
}

// {"success":true,"name":[ … ]}
template <typename Items, typename Write>
[[nodiscard]] http::HttpResponse list_response(std::string_view name, const Items& items,
                                               const Write& write) {
    return read_response([&](base::JsonWriter& json) { write_list(json, name, items, write); });
}

// The same of one page. `next` is the cursor of the page behind it; none: it is the last.
template <typename Items, typename Write>
[[nodiscard]] http::HttpResponse page_response(std::string_view name, const Items& items,
                                               const Write& write,
                                               const std::optional<std::string>& next) {
    return read_response([&](base::JsonWriter& json) {
        write_list(json, name, items, write);
        write_text(json.key("nextCursor"), next);
    });
}

}  // namespace quipu::api
