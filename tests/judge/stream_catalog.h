// The catalogs of the streams: plans with every usage and rating model that the topics allow.
#pragma once

#include <set>
#include <string>

#include "judge/dice.h"
#include "judge/streams.h"

namespace quipu::judge {

// Plans `free`, `basic`, `flat` (as dear as basic) and `pro` of one group; by topic `euro`, `year`
// and the add-on `extra`. Features `api` and `mail`; by topic the credit systems `ai` and `art`
// with their children and packs, `members` and `seats`.
[[nodiscard]] ledger::Catalog some_catalog(Dice& dice, Topics topics);

// The next version: other limits and prices, a feature more or less in a plan.
// Plans in `settled` do not gain or lose one again: what comes back is nobody's as sold.
[[nodiscard]] ledger::Catalog changed(ledger::Catalog catalog, Dice& dice, Topics topics,
                                      std::set<std::string>& settled);

}  // namespace quipu::judge
