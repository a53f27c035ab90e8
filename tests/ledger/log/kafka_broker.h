// A broker of the test's own, through scripts/kafka: a free port, a temporary folder.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "ledger/log/log_testing.h"

namespace quipu::ledger {

class KafkaBroker {
public:
    // An error says why none can be had here.
    [[nodiscard]] static base::Result<std::unique_ptr<KafkaBroker>> start();
    // The one that the tests of this process share, and which stops with the process.
    [[nodiscard]] static base::Result<KafkaBroker*> shared();
    ~KafkaBroker();

    [[nodiscard]] const std::string& address() const { return address_; }
    void kill();     // SIGKILL
    void stop();     // SIGTERM
    void restart();  // after one of these; same port, same data
    [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "data"; }

private:
    KafkaBroker() = default;
    [[nodiscard]] bool run_start();

    TempFolder folder_;
    std::string address_;
};

}  // namespace quipu::ledger
