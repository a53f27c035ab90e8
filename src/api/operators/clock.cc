// The test clock: only a server that runs on a manual clock has one.
#include <algorithm>
#include <memory>
#include <vector>

#include "api/operators/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "engine/clocks.h"

namespace quipu::api {
namespace {

using base::Error;

Error no_clock() {
    return {
        "manual_clock_off",
        "This server runs on the system's clock; start it with --clock manual to set the time."};
}

Error backwards() {
    return {"clock_backwards",
            "The clock cannot be set to before what the ledger has already recorded."};
}

// Moves the clock and lets every partition see it, so that all timers that have become due fire. A
// log never stamps backwards: where it has recorded something later, the clock stays as it was.
void move_clock(engine::LedgerEngine& engine, engine::ManualClock& clock, base::Instant to,
                SharedResponder respond) {
    struct Move {
        base::Instant from;
        base::Instant stamped;
        base::Result<void> result;
        std::size_t left;
    };
    std::vector<ledger::Partition> partitions = engine.account_partitions();
    partitions.push_back({ledger::Topic::Control, 0});
    const auto move =
        std::make_shared<Move>(Move{clock.now(), base::Instant{}, {}, partitions.size()});
    clock.set(to);
    for (const ledger::Partition partition : partitions) {
        ledger::CommandRecord tick;
        tick.command = ledger::Tick{};
        engine.gateway().submit(
            partition, {}, std::move(tick),
            [move, &clock, to, respond](const base::Result<ingest::Reply>& reply) {
                if (reply) {
                    move->stamped = std::max(move->stamped, reply->recorded_at);
                } else {
                    move->result = tl::unexpected(reply.error());
                }
                if (--move->left > 0) return;
                if (!move->result) return (*respond)(response_of(move->result.error()));
                if (move->stamped > to) {
                    clock.set(move->from);
                    return (*respond)(response_of(backwards()));
                }
                (*respond)(read_response(
                    [&](base::JsonWriter& json) { write_instant(json.key("now"), to); }));
            });
    }
}

}  // namespace

void get_test_clock(engine::LedgerEngine& engine, ApiCall call) {
    engine::ManualClock* clock = engine.manual_clock();
    if (clock == nullptr) return call.respond(response_of(no_clock()));
    call.respond(read_response(
        [&](base::JsonWriter& json) { write_instant(json.key("now"), clock->now()); }));
}

void post_test_clock(engine::LedgerEngine& engine, ApiCall call) {
    engine::ManualClock* clock = engine.manual_clock();
    if (clock == nullptr) return call.respond(response_of(no_clock()));
    Fields fields(call.body);
    const auto now = fields.optional_instant("now");
    if (!now) fields.refuse("now", "Invalid input: expected an ISO datetime");
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (*now < clock->now() && !engine.control().customers.empty())
        return call.respond(response_of(backwards()));
    move_clock(engine, *clock, *now, share(std::move(call.respond)));
}

}  // namespace quipu::api
