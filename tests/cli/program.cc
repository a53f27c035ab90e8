#include "cli/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace quipu::cli {
namespace {

struct Pipe {
    int read = -1;
    int write = -1;

    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        read = ends[0];
        write = ends[1];
    }
};

std::vector<std::string> environment_with(const Variables& variables) {
    std::vector<std::string> environment;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable = *each;
        if (!variable.starts_with("QUIPU_")) environment.emplace_back(variable);
    }
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

pid_t start(const Arguments& arguments, const Variables& variables, int in, int out, int err) {
    std::vector<std::string> command{QUIPU_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = environment_with(variables);
    const std::vector<char*> argv = pointers(command);
    const std::vector<char*> envp = pointers(environment);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::dup2(in, STDIN_FILENO);
    if (out >= 0) ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execve(QUIPU_PROGRAM, argv.data(), envp.data());
    ::_exit(127);
}

int exit_code_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// False when the other end is closed.
bool read_some(int file, std::string& into) {
    std::array<char, 65536> chunk{};
    const ssize_t size = ::read(file, chunk.data(), chunk.size());
    if (size > 0) into.append(chunk.data(), static_cast<std::size_t>(size));
    return size > 0;
}

void read_both(int out, int err, Outcome& outcome) {
    std::array<pollfd, 2> files{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
    while (files[0].fd >= 0 || files[1].fd >= 0) {
        if (::poll(files.data(), files.size(), -1) < 0) continue;
        if (files[0].revents != 0 && !read_some(out, outcome.out)) files[0].fd = -1;
        if (files[1].revents != 0 && !read_some(err, outcome.err)) files[1].fd = -1;
    }
}

std::string after(const std::string& text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) return {};
    const std::size_t begin = at + mark.size();
    return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

}  // namespace

Outcome run_program(const Arguments& arguments, const std::string& input,
                    const Variables& variables) {
    const Pipe in;
    const Pipe out;
    const Pipe err;
    const pid_t pid = start(arguments, variables, in.read, out.write, err.write);
    ::close(in.read);
    ::close(out.write);
    ::close(err.write);
    // Small enough for the pipe's buffer, so that nobody waits for the other.
    if (::write(in.write, input.data(), input.size()) != static_cast<ssize_t>(input.size()))
        throw std::runtime_error("the input does not fit the pipe");
    ::close(in.write);
    Outcome outcome;
    read_both(out.read, err.read, outcome);
    ::close(out.read);
    ::close(err.read);
    outcome.exit_code = exit_code_of(pid);
    return outcome;
}

ServerProcess::ServerProcess(const std::string& data, Arguments more) {
    Arguments arguments{"serve",       "--data",         data,         "--listen",
                        "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Pipe in;
    const Pipe err;
    pid_ = start(arguments, {{"QUIPU_ROOT_KEY", kRootKey}}, in.read, -1, err.write);
    ::close(in.read);
    ::close(in.write);
    ::close(err.write);
    errors_ = err.read;
    while (messages_.find("caught up") == std::string::npos) {
        if (read_more()) continue;
        ADD_FAILURE() << "the server ended early: " << messages_;
        return;
    }
    url_ = after(messages_, "api ");
    admin_ = after(messages_, "admin http://");
}

ServerProcess::~ServerProcess() {
    kill();
    ::close(errors_);
}

bool ServerProcess::read_more() {
    return read_some(errors_, messages_);
}

int ServerProcess::wait() {
    while (read_more()) {
    }
    return exit_code_of(std::exchange(pid_, -1));
}

int ServerProcess::stop() {
    ::kill(pid_, SIGTERM);
    return wait();
}

void ServerProcess::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    static_cast<void>(wait());
}

}  // namespace quipu::cli
