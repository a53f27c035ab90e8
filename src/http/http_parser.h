// Beast's HTTP/1 parser for one message at a time, without its containers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/http_server.h"

namespace quipu::http {

// What a head says; views look into the text given to parse_head.
struct HttpHead {
    std::string_view method;
    std::string_view target;
    bool http11 = false;
    bool keep_alive = false;
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
};

// Whether these bytes of a chunked body have to wait for more: a last chunk has five at least, 0 CR
// LF CR LF, and Beast 1.81 aborts when it is given fewer of one for the second time.
[[nodiscard]] inline bool may_be_cut_last_chunk(std::string_view input) {
    return input.size() < 5 && input.starts_with('0');
}

enum class ChunkedStep { NeedMore, Done, TooLarge, Malformed };

class HttpParser {
public:
    HttpParser();
    ~HttpParser();

    // `text` is one whole head, up to and with its empty line. Replaces `fields`. Nothing:
    // malformed.
    [[nodiscard]] std::optional<HttpHead> parse_head(std::string_view text,
                                                     std::vector<HttpField>& fields);

    // Reads the chunked body that follows the head just parsed: takes what it can from the front of
    // `input` and appends content to `body`, which never grows past `limit`. Trailers are dropped.
    [[nodiscard]] ChunkedStep parse_chunked(std::string_view& input, std::string& body,
                                            std::size_t limit);

private:
    class Message;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::http
