#include "server/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/json_body.h"
#include "base/json_writer.h"
#include "server/text_file.h"

namespace quipu::server {
namespace {

using base::Result;

std::string file_of(const std::string& data) {
    return data + "/server.json";
}

tl::unexpected<base::Error> unavailable(const std::string& path, const char* reason) {
    return base::fail("data_unavailable", fmt::format("{}: {}.", path, reason));
}

// Of the whole file, by whoever has it open; it goes when the process ends, however that happens.
struct flock whole_file() {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

bool lock(int file) {
    struct flock wanted = whole_file();
    return ::fcntl(file, F_OFD_SETLK, &wanted) == 0;
}

bool is_locked(int file) {
    struct flock wanted = whole_file();
    return ::fcntl(file, F_OFD_GETLK, &wanted) == 0 && wanted.l_type != F_UNLCK;
}

bool is_removed(int file) {
    struct stat status{};
    return ::fstat(file, &status) != 0 || status.st_nlink == 0;
}

Result<RunningServer> read_server(const std::string& path) {
    const auto text = read_text(path);
    if (!text) return tl::unexpected(text.error());
    base::JsonReader reader;
    const auto json = reader.read(*text).value_or(base::JsonValue());
    const std::string_view pid = json["pid"].number().value_or("");
    const std::string_view admin = json["admin"].string().value_or("");
    RunningServer server;
    std::from_chars(pid.data(), pid.data() + pid.size(), server.pid);
    if (server.pid <= 0 || admin.empty()) {
        return base::fail("server_starting",
                          "The server of this folder is just starting; try again in a moment.");
    }
    server.admin = admin;
    return server;
}

}  // namespace

Result<ServerFile> ServerFile::claim(const std::string& data) {
    std::error_code failed;
    std::filesystem::create_directories(data, failed);
    if (failed) return unavailable(data, failed.message().c_str());
    const std::string path = file_of(data);
    constexpr int kAttempts = 10;  // against a server that removes its file at this very moment
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        ServerFile claimed(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644), path);
        if (claimed.file_ < 0) return unavailable(path, std::strerror(errno));
        if (!lock(claimed.file_)) {
            ::close(std::exchange(claimed.file_, -1));
            return base::fail("ledger_in_use",
                              fmt::format("Another server works on {} already.", data));
        }
        if (!is_removed(claimed.file_)) {
            if (::ftruncate(claimed.file_, 0) != 0) return unavailable(path, std::strerror(errno));
            return claimed;
        }
        ::close(std::exchange(claimed.file_, -1));
    }
    return unavailable(path, "it keeps changing");
}

ServerFile::ServerFile(ServerFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

ServerFile::~ServerFile() {
    if (file_ < 0) return;
    ::unlink(path_.c_str());
    ::close(file_);
}

Result<void> ServerFile::announce(const RunningServer& server) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object();
    json.key("pid").integer(server.pid);
    json.key("admin").string(server.admin);
    json.end_object();
    text.push_back('\n');
    const auto written = ::pwrite(file_, text.data(), text.size(), 0);
    if (written != static_cast<ssize_t>(text.size()))
        return unavailable(path_, std::strerror(errno));
    return {};
}

Result<std::optional<RunningServer>> find_server(const std::string& data) {
    const std::string path = file_of(data);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        return unavailable(path, std::strerror(errno));
    }
    const bool locked = is_locked(file);
    ::close(file);
    if (!locked) return std::nullopt;
    const auto server = read_server(path);
    if (!server) return tl::unexpected(server.error());
    return *server;
}

}  // namespace quipu::server
