// Files of the repository that a test compares with, and may write anew when it is asked to.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace quipu::testing {

// Set by scripts/schema-lock and scripts/record-log alone.
[[nodiscard]] inline bool may_write_files() {
    return std::getenv("QUIPU_WRITE_EXPECTED") != nullptr;
}

[[nodiscard]] inline std::optional<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace quipu::testing
