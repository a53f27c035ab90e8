// Reads a whole text file, or standard input.
#pragma once

#include <string>

#include "base/result.h"

namespace quipu::server {

// `-` is standard input. At most 4 MiB. Error codes: `file_unreadable`, `file_too_large`.
[[nodiscard]] base::Result<std::string> read_text(const std::string& path);

}  // namespace quipu::server
