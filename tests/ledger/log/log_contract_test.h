// The contract suite as a parameterised fixture: instantiate it with an adapter's LogMaker.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "ledger/log/log_harness.h"

namespace quipu::ledger {

class LogContract : public testing::TestWithParam<LogMaker> {
protected:
    void SetUp() override;
    [[nodiscard]] Log& log() { return harness_->log(); }

    std::unique_ptr<LogHarness> harness_;
};

}  // namespace quipu::ledger
