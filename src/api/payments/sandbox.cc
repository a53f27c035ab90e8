// Telling the sandbox to misbehave, for tests.
#include "api/handlers.h"
#include "api/request/directory.h"
#include "api/request/errors.h"
#include "payments/sandbox/controls.h"

namespace quipu::server {

void post_test_sandbox(ApiLedger& ledger, ApiCall call) {
    if (ledger.sandbox() == nullptr) {
        return call.respond(
            response_of(base::Error{"sandbox_off", "This server has no sandbox provider."}));
    }
    auto answered = control_sandbox(*ledger.sandbox(), call.organisation, call.body);
    call.respond(answered ? std::move(*answered) : response_of(answered.error()));
}

}  // namespace quipu::server
