#include "e2e/child_command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace quipu::e2e {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int open_output(const std::filesystem::path& file) {
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

}  // namespace

ChildCommand::ChildCommand(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& variables,
                           const std::filesystem::path& out, const std::filesystem::path& err) {
    std::vector<std::string> words = arguments;
    std::vector<std::string> settings = variables;
    for (char** each = environ; *each != nullptr; ++each) settings.emplace_back(*each);
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> env = pointers(settings);
    const int out_file = open_output(out);
    const int err_file = open_output(err);
    if (out_file < 0 || err_file < 0) throw std::runtime_error("no file for the child's output");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(out_file, STDOUT_FILENO);
        ::dup2(err_file, STDERR_FILENO);
        ::execve(argv[0], argv.data(), env.data());
        ::_exit(127);
    }
    ::close(out_file);
    ::close(err_file);
    if (pid_ < 0) throw std::runtime_error("no child process");
}

ChildCommand::~ChildCommand() {
    if (code_) return;
    signal(SIGKILL);
    wait();
}

void ChildCommand::signal(int number) {
    if (!code_) ::kill(pid_, number);
}

int ChildCommand::wait() {
    if (code_) return *code_;
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    code_ = code_of(status);
    return *code_;
}

std::optional<int> ChildCommand::ended() {
    int status = 0;
    if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) code_ = code_of(status);
    return code_;
}

std::string text_of_file(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace quipu::e2e
