// Runs the `quipu` binary: to its end, or as a server that a test talks to.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace quipu::cli {

struct Outcome {
    int exit_code = -1;  // 128 + the signal that ended it
    std::string out;
    std::string err;
};

using Arguments = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

// `input` is its standard input. Variables of the test's own environment that begin with QUIPU_ are
// not passed on.
[[nodiscard]] Outcome run_program(const Arguments& arguments, const std::string& input = "",
                                  const Variables& variables = {});

// `quipu serve` on free ports; killed when the object goes.
class ServerProcess {
public:
    static constexpr char kRootKey[] = "sk_test";

    // Returns when it has caught up; a server that ends before that is a test failure.
    explicit ServerProcess(const std::string& data, Arguments more = {});
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }            // http://HOST:PORT
    [[nodiscard]] const std::string& admin() const { return admin_; }        // HOST:PORT
    [[nodiscard]] const std::string& messages() const { return messages_; }  // so far
    [[nodiscard]] int stop();  // SIGTERM; the exit code
    void kill();               // SIGKILL

private:
    [[nodiscard]] bool read_more();
    [[nodiscard]] int wait();

    pid_t pid_ = -1;
    int errors_ = -1;
    std::string messages_;
    std::string url_;
    std::string admin_;
};

}  // namespace quipu::cli
