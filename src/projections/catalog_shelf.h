// What is sold, and how it is collected, by organisation, as one partition knows it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/command.h"
#include "ledger/terms.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Of its fold's thread. Books stay where they are.
class CatalogShelf {
public:
    // Empty for an organisation that has published nothing.
    [[nodiscard]] const ledger::CatalogBook& find(std::string_view organisation) const;
    [[nodiscard]] ledger::CatalogBook& book_of(std::string_view organisation);

    // A version that is known already changes nothing.
    void publish(const std::string& organisation, const ledger::Catalog& catalog, base::Instant at);
    void publish(const std::string& organisation, const ledger::BillingSettings& settings);
    // Of every book, those of later organisations too.
    void adopt(ledger::RulesVersion rules);

    // Codes: those of the store, `state_corrupt`.
    [[nodiscard]] base::Result<void> load(StateStore& store);
    void collect(WriteSet& set);

private:
    std::map<std::string, ledger::CatalogBook, std::less<>> books_;  // by organisation
    ledger::CatalogBook empty_;  // of an organisation that has published nothing
    std::map<std::pair<Table, std::string>, std::string> changed_;  // rows: the last value counts
};

}  // namespace quipu::projections
