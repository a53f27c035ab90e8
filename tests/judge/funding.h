// Who pays for a quantity, in which order, and whether it may happen at all.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "judge/rights.h"
#include "judge/world.h"

namespace quipu::judge {

struct Use {
    std::string feature;
    std::string entity;
    Rational value;
    base::Instant at;       // when it happened
    bool as_check = false;  // answered in check's words
    bool record = false;    // not only a question
};

// Decides, and puts the shares into the world if it is recorded and allowed
// (docs/contract/credits.md#funding-order). All or nothing.
Answer use(World& world, const Use& wanted);

// Takes units back from where they went last: overage, packs, allowance, rollover
// (docs/contract/checks-and-usage.md#corrections).
Answer correct(World& world, const ledger::CorrectUsage& command, base::Instant at);

// Whether overage of `amount` units of the source's meter passes the caps.
[[nodiscard]] bool overage_fits(const World& world, const Source& source, const Rational& amount);
// Null: nothing of them may go into overage.
[[nodiscard]] const Source* charging(const World& world, const std::vector<Source>& sources);

// --- seats ---
[[nodiscard]] Answer seats(const World& world, const std::string& feature, const Rational& more);
// Keeps what is held over the limit now.
void count_seats(World& world);
Answer add_entity(World& world, const ledger::AddEntity& command);
Answer remove_entity(World& world, const ledger::RemoveEntity& command);

}  // namespace quipu::judge
