// The code of an error that the user made on the command line or in a configuration file.
#pragma once

#include "base/error_code.h"

namespace quipu::server {

// It ends the program with 2; any other error ends it with 1.
inline constexpr base::ErrorCode kUsage = "usage";

}  // namespace quipu::server
