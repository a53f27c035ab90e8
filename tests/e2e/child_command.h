// A program run as a child: its output goes to files, it can be killed, and it is when the object
// goes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace quipu::e2e {

// Owned by one thread.
class ChildCommand {
public:
    // `arguments` begin with the program. Its variables are ours and `variables` (NAME=value). It
    // ends with this process, however that ends.
    ChildCommand(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& variables, const std::filesystem::path& out,
                 const std::filesystem::path& err);
    ~ChildCommand();
    ChildCommand(const ChildCommand&) = delete;
    ChildCommand& operator=(const ChildCommand&) = delete;

    void signal(int number);
    // The exit code, or 128 + the signal that ended it.
    int wait();
    // Nothing while it still runs.
    [[nodiscard]] std::optional<int> ended();
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    std::optional<int> code_;
};

[[nodiscard]] std::string text_of_file(const std::filesystem::path& file);

}  // namespace quipu::e2e
