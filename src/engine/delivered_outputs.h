// What is already on the output topics, so that a rebuilt state does not publish it a second time.
#pragma once

#include <map>
#include <set>
#include <string>

#include "ledger/log/log.h"
#include "projections/fold.h"

namespace quipu::engine {

// Reads an output topic to its end when it is first asked about it. Invoice events and
// notifications are known by their id, dead letters by the place they came from. Of one thread;
// `log` outlives it.
class DeliveredOutputs {
public:
    explicit DeliveredOutputs(ledger::Log& log) : log_(log) {}

    // A topic that cannot be read counts as empty: to publish twice is harmless, not to publish is
    // not.
    [[nodiscard]] bool contains(const projections::SendRecord& sent);

private:
    using Names = std::set<std::string>;

    [[nodiscard]] Names read(ledger::Topic topic);

    ledger::Log& log_;
    std::map<ledger::Topic, Names> topics_;
};

}  // namespace quipu::engine
