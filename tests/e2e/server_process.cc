#include "e2e/server_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <iostream>
#include <stdexcept>

#include "e2e/http_client.h"
#include "ledger/log/log_testing.h"
#include "support/eventually.h"

namespace quipu::e2e {
namespace {

constexpr std::chrono::seconds kStartPatience{60};

// The port behind `label` and a host in the line that the server writes once it listens.
std::uint16_t port_in(std::string_view text, std::string_view label) {
    std::uint16_t port = 0;
    const std::size_t found = text.find(label);
    if (found == std::string_view::npos) return 0;
    const std::size_t colon = text.find(':', found + label.size());
    if (colon == std::string_view::npos) return 0;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    return port;
}

}  // namespace

ServerProcess::~ServerProcess() {
    if (process_ && !process_->ended()) static_cast<void>(stop());
    if (::testing::Test::HasFailure()) {
        std::cerr << "--- the server wrote:\n" << text_of_file(err_file_) << "---\n";
    }
}

void ServerProcess::launch() {
    static int launches = 0;
    std::filesystem::create_directories(settings_.data.parent_path());
    err_file_ = settings_.data.string() + ".stderr-" + std::to_string(++launches);
    std::vector<std::string> arguments{QUIPU_PROGRAM,    "serve",
                                       "--data",         settings_.data.string(),
                                       "--listen",       "127.0.0.1:0",
                                       "--admin-listen", "127.0.0.1:0",
                                       "--partitions",   std::to_string(settings_.partitions)};
    if (settings_.log == LogKind::Kafka) {
        arguments.insert(arguments.end(), {"--log", "kafka", "--kafka-brokers", settings_.brokers,
                                           "--topic-prefix", settings_.prefix});
    }
    if (settings_.manual_clock) arguments.insert(arguments.end(), {"--clock", "manual"});
    arguments.insert(arguments.end(), settings_.arguments.begin(), settings_.arguments.end());
    process_ = std::make_unique<ChildCommand>(
        arguments, std::vector<std::string>{std::string("QUIPU_ROOT_KEY=") + kRootKey}, err_file_,
        err_file_);
}

bool ServerProcess::read_ports() {
    const std::string text = text_of_file(err_file_);
    const std::size_t line = text.find("listening: api ");
    // A line that is not complete may show half a port.
    if (line == std::string::npos || text.find('\n', line) == std::string::npos) return false;
    admin_port_ = port_in(std::string_view(text).substr(line), "admin http://");
    api_port_ = port_in(std::string_view(text).substr(line), "api http://");
    return true;
}

bool ServerProcess::is_ready() const {
    HttpClient client(admin_port_);
    const auto reply = client.call({"GET", "/readyz"});
    return reply && reply->status == 200;
}

void ServerProcess::start() {
    launch();
    const auto ready = [this] {
        if (const auto code = process_->ended()) {
            throw std::runtime_error("the server ended with " + std::to_string(*code) + ": " +
                                     text_of_file(err_file_));
        }
        return read_ports() && is_ready();
    };
    if (!testing::eventually(ready, kStartPatience))
        throw std::runtime_error("the server is not ready");
}

Ran ServerProcess::start_and_wait() {
    launch();
    if (!testing::eventually([this] { return process_->ended().has_value(); }, kStartPatience))
        throw std::runtime_error("the server did not end");
    return {process_->wait(), {}, text_of_file(err_file_)};
}

std::string ServerProcess::messages() const {
    return text_of_file(err_file_);
}

std::int64_t ServerProcess::metric(std::string_view series) const {
    const auto reply = HttpClient(admin_port_).call({"GET", "/metrics"});
    if (!reply) return 0;
    const std::string text = "\n" + reply->body;
    const std::string line = "\n" + std::string(series) + " ";
    const std::size_t found = text.find(line);
    return found == std::string::npos ? 0 : std::stoll(text.substr(found + line.size()));
}

void ServerProcess::kill() {
    process_->signal(SIGKILL);
    static_cast<void>(wait());
}

void ServerProcess::ask_to_stop() {
    process_->signal(SIGTERM);
}

int ServerProcess::wait() {
    const int code = process_->wait();
    api_port_ = 0;
    admin_port_ = 0;
    return code;
}

Ran run_quipu(const std::vector<std::string>& arguments) {
    const ledger::TempFolder folder;
    std::vector<std::string> command{QUIPU_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const std::filesystem::path out = folder.path() / "out";
    const std::filesystem::path err = folder.path() / "err";
    const int code = ChildCommand(command, {}, out, err).wait();
    return {code, text_of_file(out), text_of_file(err)};
}

}  // namespace quipu::e2e
