#include "e2e/server_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "e2e/http_client.h"
#include "e2e/json_value.h"
#include "log/log_testing.h"

namespace quipu::e2e {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kStartPatience{60};
constexpr std::chrono::milliseconds kLook{10};

std::filesystem::path out_of(const std::filesystem::path& data) { return data / "stdout.txt"; }
std::filesystem::path err_of(const std::filesystem::path& data) { return data / "stderr.txt"; }

std::uint16_t port_of(std::string_view address) {
    std::uint16_t port = 0;
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) return 0;
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    return port;
}

}  // namespace

ServerProcess::~ServerProcess() {
    if (process_ && !process_->ended()) static_cast<void>(stop());
    if (testing::Test::HasFailure()) {
        std::cerr << "--- the server wrote:\n" << text_of_file(err_of(settings_.data)) << "---\n";
    }
}

std::vector<std::string> ServerProcess::log_arguments() const {
    if (settings_.log == LogKind::Embedded) return {"--log", "embedded"};
    return {"--log",           "kafka",          "--kafka-brokers",
            settings_.brokers, "--kafka-prefix", settings_.prefix};
}

void ServerProcess::launch() {
    std::filesystem::create_directories(settings_.data);
    std::vector<std::string> arguments{
        QUIPU_PROGRAM,    "serve",        "--data",       settings_.data.string(), "--listen",
        "127.0.0.1:0",    "--admin-listen", "127.0.0.1:0",  "--partitions",
        std::to_string(settings_.partitions)};
    for (std::string& argument : log_arguments()) arguments.push_back(std::move(argument));
    if (!settings_.clock_start.empty()) {
        for (const char* argument : {"--clock", "manual", "--clock-start"}) {
            arguments.emplace_back(argument);
        }
        arguments.push_back(settings_.clock_start);
    }
    process_ = std::make_unique<ChildCommand>(
        arguments, std::vector<std::string>{std::string("QUIPU_ROOT_KEY=") + kRootKey},
        out_of(settings_.data), err_of(settings_.data));
}

bool ServerProcess::read_ports() {
    const Json addresses =
        Json::parse(text_of_file(settings_.data / "server.json"), nullptr, false);
    // A server that was killed has left its file behind.
    if (!addresses.is_object() || addresses.value("pid", 0) != process_->pid()) return false;
    admin_port_ = port_of(addresses.value("admin_listen", ""));
    api_port_ = port_of(addresses.value("listen", ""));
    return admin_port_ != 0 && api_port_ != 0;
}

bool ServerProcess::is_ready() const {
    HttpClient client(admin_port_);
    const auto reply = client.call({"GET", "/readyz"});
    return reply && reply->status == 200;
}

void ServerProcess::start() {
    launch();
    const auto deadline = steady_clock::now() + kStartPatience;
    while (!read_ports() || !is_ready()) {
        if (const auto code = process_->ended()) {
            throw std::runtime_error("the server ended with " + std::to_string(*code) + ": " +
                                     text_of_file(err_of(settings_.data)));
        }
        if (steady_clock::now() > deadline) throw std::runtime_error("the server is not ready");
        std::this_thread::sleep_for(kLook);
    }
}

Ran ServerProcess::start_and_wait() {
    launch();
    const auto deadline = steady_clock::now() + kStartPatience;
    while (!process_->ended() && steady_clock::now() < deadline) std::this_thread::sleep_for(kLook);
    if (!process_->ended()) throw std::runtime_error("the server did not end");
    return {process_->wait(), text_of_file(out_of(settings_.data)),
            text_of_file(err_of(settings_.data))};
}

void ServerProcess::kill() {
    process_->signal(SIGKILL);
    static_cast<void>(wait());
}

void ServerProcess::ask_to_stop() { process_->signal(SIGTERM); }

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
    ChildCommand child(command, {}, out_of(folder.path()), err_of(folder.path()));
    const int code = child.wait();
    return {code, text_of_file(out_of(folder.path())), text_of_file(err_of(folder.path()))};
}

}  // namespace quipu::e2e
