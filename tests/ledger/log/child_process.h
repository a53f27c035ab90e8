// A child process whose standard output is read line by line; killed when the object goes.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace quipu::ledger {

class ChildProcess {
public:
    explicit ChildProcess(const std::vector<std::string>& command);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // One line without its end; false when the output has ended (a cut last line is dropped).
    [[nodiscard]] bool read_line(std::string& line);
    void kill();  // SIGKILL, and waits
    // Waits; the exit code, or 128 + the signal that ended it.
    [[nodiscard]] int wait();

private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::string buffer_;
};

}  // namespace quipu::ledger
