// What the end-to-end tests share: a server with a folder of its own on either log.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "e2e/api_client.h"
#include "e2e/server_process.h"
#include "ledger/log/log.h"
#include "ledger/log/log_testing.h"

namespace quipu::e2e {

void PrintTo(LogKind kind, std::ostream* out);
[[nodiscard]] std::string name_of(const ::testing::TestParamInfo<LogKind>& info);

// One broker serves all tests of the process, each with topics of its own.
class LedgerTest : public ::testing::TestWithParam<LogKind> {
protected:
    // Skips where there is no broker to be had, unless QUIPU_REQUIRE_KAFKA=1.
    void SetUp() override;

    // Its folder is `name` below this test's own. `settings.data` and the log's fields are set
    // here.
    [[nodiscard]] std::unique_ptr<ServerProcess> make_server(const std::string& name = "ledger",
                                                             ServerSettings settings = {});
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] LogKind kind() const { return kind_; }

private:
    LogKind kind_ = LogKind::Embedded;
    ledger::TempFolder folder_;
    std::string brokers_;
    std::string prefix_;
};

// The server's log, as another process reads it; the server may run.
[[nodiscard]] std::unique_ptr<ledger::Log> open_log(const ServerProcess& server);
// Every record that the partition holds now.
[[nodiscard]] std::vector<ledger::StoredRecord> read_log(ledger::Log& log,
                                                         ledger::Partition partition);

// One line per partition: its name, its next offset, its digest. The server may run.
[[nodiscard]] std::string digest(const ServerProcess& server);
// The same of a fresh fold of its log into a new folder.
[[nodiscard]] std::string replayed_digest(const ServerProcess& server,
                                          const std::filesystem::path& into);

#define QUIPU_ON_BOTH_LOGS(suite) \
    INSTANTIATE_TEST_SUITE_P(, suite, ::testing::Values(LogKind::Embedded, LogKind::Kafka), name_of)

}  // namespace quipu::e2e
