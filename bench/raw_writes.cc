#include "raw_writes.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace quipu::bench {

double time_synced_writes(const std::filesystem::path& directory, std::size_t groups,
                          std::size_t group_bytes) {
    const std::string path = (directory / "raw").string();
    const std::string bytes(group_bytes, 'x');
    const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < groups; ++i) {
        const ssize_t written = write(file, bytes.data(), bytes.size());
        if (written != static_cast<ssize_t>(bytes.size()) || fdatasync(file) != 0) {
            std::perror("raw writes");
            std::exit(1);
        }
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    close(file);
    std::filesystem::remove(path);
    return taken.count();
}

}  // namespace quipu::bench
