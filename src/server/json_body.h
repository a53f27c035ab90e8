// The JSON reader of request bodies: base/json_body.h under the server's name.
#pragma once

#include "base/json_body.h"

namespace quipu::server {

using base::JsonKind;
using base::JsonReader;
using base::JsonValue;

}  // namespace quipu::server
