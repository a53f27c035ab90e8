// What the commands ask of the admin listener of a server that runs on the same folder.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/ledger_engine.h"
#include "server/data_folder.h"

namespace quipu::cli {

// As of now; the server writes its state first. Error codes: those of call_server and the server's.
[[nodiscard]] base::Result<std::vector<engine::PartitionDigest>> ask_digests(
    const server::RunningServer& server);

// Has the server copy its state to `folder`, an absolute path that does not exist.
[[nodiscard]] base::Result<void> ask_checkpoint(const server::RunningServer& server,
                                                const std::string& folder);

}  // namespace quipu::cli
