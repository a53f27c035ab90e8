#include "http/http_error.h"

#include "base/json_writer.h"

namespace quipu::http {

std::string error_body(base::ErrorCode code, std::string_view sentence) {
    std::string text;
    text.reserve(64 + code.text().size() + 2 * sentence.size());
    base::JsonWriter json(text);
    json.begin_object();
    json.key("success").boolean(false);
    json.key("code").string(code.text());
    json.key("error").string(sentence);
    json.key("message").string(sentence);
    json.end_object();
    return text;
}

HttpResponse error_response(base::ErrorCode code, std::string_view sentence) {
    return error_response(code.status(), code, sentence);
}

HttpResponse error_response(int status, base::ErrorCode code, std::string_view sentence) {
    return HttpResponse{.status = status, .body = error_body(code, sentence)};
}

}  // namespace quipu::http
