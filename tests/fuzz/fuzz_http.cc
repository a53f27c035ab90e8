// Any bytes as what a client sends: reading a head and its body never crashes, a target that is let
// through keeps its promises, and how the bytes were cut on their way changes nothing.
#include <algorithm>
#include <vector>

#include "base/check.h"
#include "http/http_head.h"
#include "http/http_parser.h"
#include "http/http_query.h"
#include "http/http_url.h"

using namespace quipu;

namespace {

constexpr std::size_t kBodyLimit = 512;  // bytes; small, so that inputs reach it

bool lies_in(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

struct Chunks {
    http::ChunkedStep step = http::ChunkedStep::NeedMore;
    std::string body;
    std::string rest;  // behind the body, once that is whole
};

// Reads the head again, for a body starts from its parser, then the body in pieces of `piece`
// bytes, keeping what was not taken as a connection does.
Chunks read_chunks(std::string_view head, std::string_view input, std::size_t piece) {
    http::HttpParser parser;
    std::vector<http::HttpField> fields;
    QUIPU_CHECK(parser.parse_head(head, fields).has_value());
    Chunks chunks;
    std::string kept;
    while (chunks.step == http::ChunkedStep::NeedMore && !input.empty()) {
        kept.append(input.substr(0, piece));
        input.remove_prefix(std::min(piece, input.size()));
        std::string_view left = kept;
        chunks.step = parser.parse_chunked(left, chunks.body, kBodyLimit);
        // A connection looks again when an answer has gone out, without new bytes.
        if (chunks.step == http::ChunkedStep::NeedMore)
            QUIPU_CHECK(parser.parse_chunked(left, chunks.body, kBodyLimit) == chunks.step);
        QUIPU_CHECK(chunks.body.size() <= kBodyLimit);
        kept.erase(0, kept.size() - left.size());
    }
    chunks.rest = kept + std::string(input);
    return chunks;
}

void check_chunks(std::string_view head, std::string_view input) {
    const Chunks whole = read_chunks(head, input, std::max<std::size_t>(input.size(), 1));
    for (const std::size_t piece : {1U, 3U}) {
        const Chunks cut = read_chunks(head, input, piece);
        QUIPU_CHECK(cut.step == whole.step);
        if (whole.step != http::ChunkedStep::Done) continue;
        QUIPU_CHECK(cut.body == whole.body);
        QUIPU_CHECK(cut.rest == whole.rest);
    }
}

// http_server.h: printable ASCII whose escapes are whole and hide no NUL.
void check_target_part(std::string_view part, std::string_view head) {
    QUIPU_CHECK(lies_in(part, head));
    QUIPU_CHECK(std::ranges::all_of(part, [](char c) { return c > ' ' && c < '\x7f'; }));
    QUIPU_CHECK(http::percent_decode(part).find('\0') == std::string::npos);
}

void check_request(const http::HttpRequest& request, std::string_view head) {
    check_target_part(request.path, head);
    check_target_part(request.query, head);
    QUIPU_CHECK(request.path.starts_with('/') || request.path == "*");
    for (const std::string_view value :
         {request.authorization, request.content_type, request.idempotency_key}) {
        QUIPU_CHECK(lies_in(value, head));
    }
    static_cast<void>(http::query_value(request.query, "a"));
}

void check_url(std::string_view text) {
    const auto url = http::parse_http_url(text);
    if (!url) return;
    QUIPU_CHECK(text.size() <= http::kMaxUrlBytes);
    QUIPU_CHECK(!url->host.empty());
    QUIPU_CHECK(url->target.starts_with('/'));
    const auto again =
        http::parse_http_url((url->tls ? "https://" : "http://") + url->authority + url->target);
    QUIPU_CHECK(again == url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_url(bytes);
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const std::string_view text = bytes.substr(0, end + 4);
    http::HttpParser parser;
    std::vector<http::HttpField> fields;
    const auto head = parser.parse_head(text, fields);
    if (!head) return 0;
    for (const http::HttpField& field : fields) {
        QUIPU_CHECK(lies_in(field.name, text) && lies_in(field.value, text));
    }
    const http::HttpAsk ask = http::read_head(*head, fields);
    if (ask.refusal) return 0;
    QUIPU_CHECK(!head->chunked || !head->content_length);
    check_request(ask.request, text);
    if (head->chunked) check_chunks(text, bytes.substr(text.size()));
    return 0;
}
