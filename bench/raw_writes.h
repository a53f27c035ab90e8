// The ceiling of the embedded log: a bare file, written in order and synced after each group.
#pragma once

#include <cstddef>
#include <filesystem>

namespace quipu::bench {

// Seconds for `groups` writes of `group_bytes`, each followed by fdatasync, to a new file in
// `directory`, which is removed again.
[[nodiscard]] double time_synced_writes(const std::filesystem::path& directory, std::size_t groups,
                                        std::size_t group_bytes);

}  // namespace quipu::bench
