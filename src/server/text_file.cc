#include "server/text_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

namespace quipu::server {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

}  // namespace

base::Result<std::string> read_text(const std::string& path) {
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    std::istream& input = path == "-" ? std::cin : file;
    std::string text(kMaxBytes + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    if (input.bad() || (path != "-" && !file.is_open()) || (input.fail() && !input.eof())) {
        return base::fail("file_unreadable", fmt::format("{} cannot be read.", path));
    }
    if (text.size() > kMaxBytes)
        return base::fail("file_too_large", fmt::format("{} has more than 4 MiB.", path));
    return text;
}

}  // namespace quipu::server
