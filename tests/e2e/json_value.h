// JSON values of requests and answers.
#pragma once

#include <nlohmann/json.hpp>

namespace quipu::e2e {

using Json = nlohmann::json;

}  // namespace quipu::e2e
