#include "api/request/responder.h"

#include "base/check.h"
#include "base/json_writer.h"

namespace quipu::api {
namespace {

void add_warnings(std::string& object, const std::vector<std::string>& warnings) {
    QUIPU_CHECK(object.ends_with('}'));
    object.pop_back();
    object += R"(,"warnings":)";
    base::JsonWriter json(object);
    json.begin_array();
    for (const std::string& warning : warnings) json.string(warning);
    json.end_array();
    object.push_back('}');
}

}  // namespace

void Responder::operator()(http::HttpResponse response) {
    if (!warnings_.empty() && response.status == 200) add_warnings(response.body, warnings_);
    respond_(std::move(response));
}

}  // namespace quipu::api
