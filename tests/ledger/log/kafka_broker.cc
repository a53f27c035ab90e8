#include "ledger/log/kafka_broker.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "ledger/log/child_process.h"

namespace quipu::ledger {
namespace {

int run_script(const std::string& command, const std::filesystem::path& folder,
               std::string* first_line) {
    ChildProcess script({"/bin/bash", QUIPU_SOURCE_DIR "/scripts/kafka", command, "--dir",
                         folder.string(), "--owner", std::to_string(getpid())});
    std::string line;
    if (script.read_line(line) && first_line != nullptr) *first_line = line;
    return script.wait();
}

}  // namespace

base::Result<std::unique_ptr<KafkaBroker>> KafkaBroker::start() {
    std::unique_ptr<KafkaBroker> broker(new KafkaBroker());
    if (!broker->run_start()) return base::fail("log_unavailable", "scripts/kafka start failed");
    return broker;
}

base::Result<KafkaBroker*> KafkaBroker::shared() {
    static const auto broker = start();
    if (!broker) return tl::unexpected(broker.error());
    return broker->get();
}

KafkaBroker::~KafkaBroker() {
    stop();
}

bool KafkaBroker::run_start() {
    return run_script("start", folder_.path(), &address_) == 0 && !address_.empty();
}

void KafkaBroker::kill() {
    pid_t pid = 0;
    std::ifstream(folder_.path() / "kafka.pid") >> pid;
    if (pid > 0) ::kill(pid, SIGKILL);
    stop();  // waits until it is gone
}

void KafkaBroker::stop() {
    static_cast<void>(run_script("stop", folder_.path(), nullptr));
}

void KafkaBroker::restart() {
    if (!run_start()) throw std::runtime_error("the broker did not come back");
}

}  // namespace quipu::ledger
