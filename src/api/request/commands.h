// A command on its way to where it is decided: the home of its customer, or the control partition.
#pragma once

#include <functional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "engine/ledger_engine.h"
#include "ingest/gateway.h"
#include "ledger/command.h"
#include "ledger/identity.h"

namespace quipu::api {

// A record without an id gets a fresh one. One that may not go on the log is refused with
// `validation_error`; other error codes are the gateway's.
//
// Engine thread. `engine` and `ids` outlive it.
class Commands {
public:
    Commands(engine::LedgerEngine& engine, base::ApiIds& ids) : engine_(engine), ids_(ids) {}

    // The partition of a customer's commands.
    [[nodiscard]] ledger::Partition home_of(const ledger::Customer& customer) const;

    // Organisation and customer of the record are filled in. `done` when it is folded.
    void submit(const ledger::Customer& customer, ledger::CommandRecord record, ingest::Done done);
    // The same, but `done` when it is on the log.
    void submit_logged(const ledger::Customer& customer, ledger::CommandRecord record,
                       const ingest::Gateway::Logged& done);
    // What is the organisation's: its catalog, settings, keys, customers, webhook endpoints.
    void submit_control(std::string_view organisation, ledger::CommandRecord record,
                        ingest::Done done);
    // `done` when all that was folded in the control partition holds in every account's too.
    void when_everywhere(std::function<void(const base::Result<void>&)> done);

private:
    [[nodiscard]] base::Result<void> prepare(ledger::CommandRecord& record);

    engine::LedgerEngine& engine_;
    base::ApiIds& ids_;
};

}  // namespace quipu::api
