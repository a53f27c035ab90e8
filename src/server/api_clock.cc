// The test clock: only a server that runs on a manual clock has one.
#include "server/api_errors.h"
#include "server/api_handlers.h"
#include "server/api_request.h"
#include "server/api_usage_json.h"
#include "server/clocks.h"

namespace quipu::server {
namespace {

using base::Error;

Error no_clock() {
    return {
        "manual_clock_off",
        "This server runs on the system's clock; start it with --clock manual to set the time."};
}

}  // namespace

void get_test_clock(ApiLedger& ledger, ApiCall call) {
    ManualClock* clock = ledger.engine().manual_clock();
    if (clock == nullptr) return call.respond(response_of(no_clock()));
    call.respond(
        read_response([&](JsonWriter& json) { write_instant(json.key("now"), clock->now()); }));
}

void post_test_clock(ApiLedger& ledger, ApiCall call) {
    LedgerEngine& engine = ledger.engine();
    ManualClock* clock = engine.manual_clock();
    if (clock == nullptr) return call.respond(response_of(no_clock()));
    Fields fields(call.body);
    const auto now = fields.optional_instant("now");
    if (!now) fields.refuse("now", "Invalid input: expected an ISO datetime");
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (*now < clock->now() && !engine.control().customers.empty()) {
        return call.respond(response_of(
            Error{"clock_backwards", "The clock cannot be set back once there are customers."}));
    }
    clock->set(*now);
    // The ticks behind the barrier fire every timer that has become due.
    engine.gateway().barrier(engine.account_partitions(), [respond = share(std::move(call.respond)),
                                                           now = *now](
                                                              const base::Result<void>& passed) {
        if (!passed) return (*respond)(response_of(passed.error()));
        (*respond)(read_response([&](JsonWriter& json) { write_instant(json.key("now"), now); }));
    });
}

}  // namespace quipu::server
