// Reads a configuration file: one flat TOML table of settings.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace quipu::cli {

// Values as text: strings, integers and booleans; a list of strings is joined by commas. Error
// code: `invalid_config`.
[[nodiscard]] base::Result<std::map<std::string, std::string>> read_toml(const std::string& path);

}  // namespace quipu::cli
