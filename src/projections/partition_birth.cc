#include "projections/partition_birth.h"

#include <fmt/format.h>

#include "projections/account_rows.h"

namespace quipu::projections {
namespace {

using base::Result;

tl::unexpected<base::Error> corrupt(const char* what) {
    return base::fail("state_corrupt",
                      std::string("The stored ") + what +
                          " is not readable; rebuild the state from the log with `quipu replay`.");
}

}  // namespace

Result<void> PartitionBirth::check_known(ledger::RulesVersion version,
                                         const std::string& release) const {
    if (version >= 1 && version <= known_) return {};
    return base::fail(
        "rules_unknown",
        fmt::format("The log goes on under version {} of the rules, and this release knows {} at "
                    "most: it needs {}.",
                    version, known_,
                    release.empty() ? std::string("a later release")
                                    : fmt::format("Quipu {} or later", release)));
}

Result<void> PartitionBirth::open(const ledger::Genesis& genesis) {
    if (genesis_) return {};
    if (auto known = check_known(genesis.rules_version, {}); !known) return known;
    genesis_ = genesis;
    rules_ = genesis.rules_version;
    genesis_unsaved_ = true;
    return {};
}

Result<void> PartitionBirth::adopt(const ledger::AdoptRules& adopted) {
    if (adopted.version <= rules_) return {};
    if (auto known = check_known(adopted.version, adopted.release); !known) return known;
    rules_ = adopted.version;
    adopted_ = adopted;
    rules_unsaved_ = true;
    return {};
}

Result<void> PartitionBirth::load(StateStore& store) {
    const auto row = store.get(Table::Meta, kGenesisName);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    auto genesis = decode_genesis(**row);
    if (!genesis) return corrupt("genesis");
    if (auto known = check_known(genesis->rules_version, {}); !known) return known;
    rules_ = genesis->rules_version;
    genesis_ = std::move(*genesis);

    const auto rules = store.get(Table::Meta, kRulesName);
    if (!rules) return tl::unexpected(rules.error());
    if (!*rules) return {};
    auto adopted = decode_rules(**rules);
    if (!adopted) return corrupt("version of the rules");
    if (auto known = check_known(adopted->version, adopted->release); !known) return known;
    rules_ = adopted->version;
    adopted_ = std::move(*adopted);
    return {};
}

void PartitionBirth::collect(WriteSet& set) {
    if (genesis_unsaved_) set.rows.push_back({Table::Meta, kGenesisKey, encode_genesis(*genesis_)});
    if (rules_unsaved_)
        set.rows.push_back({Table::Meta, std::string(kRulesName), encode_rules(*adopted_)});
    genesis_unsaved_ = rules_unsaved_ = false;
}

}  // namespace quipu::projections
