// What lies in a ledger's folder, and which server, if any, works on it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace quipu::server {

[[nodiscard]] inline std::string log_folder(const std::string& data) {
    return data + "/log";
}
[[nodiscard]] inline std::string state_folder(const std::string& data) {
    return data + "/state";
}

struct RunningServer {
    pid_t pid = 0;
    std::string admin;  // HOST:PORT where a client of this machine reaches it
};

// The file DIR/server.json, locked while the server runs: a file that is not locked was left behind
// by a server that was killed.
class ServerFile {
public:
    // Makes the folder and the file. Error codes: `ledger_in_use`, `data_unavailable`.
    [[nodiscard]] static base::Result<ServerFile> claim(const std::string& data);
    ServerFile(ServerFile&& other) noexcept;
    ServerFile& operator=(ServerFile&&) = delete;
    // Removes the file.
    ~ServerFile();

    // Says where the server is to be found. Error code: `data_unavailable`.
    [[nodiscard]] base::Result<void> announce(const RunningServer& server);

private:
    ServerFile(int file, std::string path) : file_(file), path_(std::move(path)) {}

    int file_;  // -1 when moved from
    std::string path_;
};

// Nothing: no server works on the folder. Error codes: `server_starting`, `data_unavailable`.
[[nodiscard]] base::Result<std::optional<RunningServer>> find_server(const std::string& data);

}  // namespace quipu::server
