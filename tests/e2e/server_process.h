// A `quipu serve` of a test's own: free ports, a folder of its own, killed and started again at
// will.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/child_command.h"

namespace quipu::e2e {

enum class LogKind : std::uint8_t { Embedded, Kafka };

inline constexpr char kRootKey[] = "owo_sk_e2e0123456789abcdef";

struct ServerSettings {
    LogKind log = LogKind::Embedded;
    std::filesystem::path data;
    std::string brokers;  // with Kafka
    std::string prefix;
    int partitions = 4;
    bool manual_clock = false;
    std::vector<std::string> arguments;  // more of them, as they are
};

// What a run of the program left behind.
struct Ran {
    int code = 0;
    std::string out;
    std::string err;
};

// Started and stopped by one thread, which must outlive it; the ports may be read by any.
class ServerProcess {
public:
    explicit ServerProcess(ServerSettings settings) : settings_(std::move(settings)) {}
    // Stops it, if it runs; a failed test then shows what it wrote.
    ~ServerProcess();

    // Returns once /readyz answers 200; throws after 60 s or when the process ends before that.
    void start();
    // For a start that fails: waits for the end.
    [[nodiscard]] Ran start_and_wait();
    void kill();                // SIGKILL
    void ask_to_stop();         // SIGTERM
    [[nodiscard]] int wait();   // the exit code, once it has ended
    [[nodiscard]] int stop() {  // both
        ask_to_stop();
        return wait();
    }
    void restart() {
        kill();
        start();
    }

    [[nodiscard]] const std::atomic<std::uint16_t>& api_port() const { return api_port_; }
    [[nodiscard]] const std::atomic<std::uint16_t>& admin_port() const { return admin_port_; }
    [[nodiscard]] const ServerSettings& settings() const { return settings_; }
    [[nodiscard]] std::filesystem::path state() const { return settings_.data / "state"; }
    [[nodiscard]] std::filesystem::path log() const { return settings_.data / "log"; }
    [[nodiscard]] std::string messages() const;  // what it wrote since the last start
    // What /metrics shows of `series` (a name, with labels as they stand there); 0 = not there.
    [[nodiscard]] std::int64_t metric(std::string_view series) const;

private:
    void launch();
    [[nodiscard]] bool read_ports();
    [[nodiscard]] bool is_ready() const;

    const ServerSettings settings_;
    std::unique_ptr<ChildCommand> process_;
    std::filesystem::path err_file_;  // of the last start
    std::atomic<std::uint16_t> api_port_{0};
    std::atomic<std::uint16_t> admin_port_{0};
};

// Runs the program with these arguments to its end.
[[nodiscard]] Ran run_quipu(const std::vector<std::string>& arguments);

}  // namespace quipu::e2e
