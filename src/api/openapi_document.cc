#include "api/openapi_document.h"

namespace quipu::api {

std::string_view openapi_document() {
    // Not by its terminator: it is longer than what a compiler counts.
    static constexpr char kDocument[] =
#include "api/openapi_literal.inc"
        ;
    return {kDocument, sizeof(kDocument) - 1};
}

}  // namespace quipu::api
