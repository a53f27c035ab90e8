// Rows of an account partition that are not the ledger's own: genesis, published catalogs, invoice
// keys.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/command.h"

namespace quipu::projections {

inline constexpr std::string_view kGenesisName = "genesis";
inline const std::string kGenesisKey{kGenesisName};

[[nodiscard]] std::string encode_genesis(const ledger::Genesis& genesis);
[[nodiscard]] base::Result<ledger::Genesis> decode_genesis(std::string_view bytes);

inline constexpr std::string_view kRulesName = "rules";

[[nodiscard]] std::string encode_rules(const ledger::AdoptRules& adopted);
[[nodiscard]] base::Result<ledger::AdoptRules> decode_rules(std::string_view bytes);

struct PublishedCatalog {
    std::shared_ptr<const ledger::Catalog> catalog;
    base::Instant at;
};
// `organisation \0 version(8)`
[[nodiscard]] std::string catalog_row_key(std::string_view organisation, std::uint64_t version);
[[nodiscard]] std::string_view organisation_of_catalog_key(std::string_view key);
[[nodiscard]] std::string encode_published(const PublishedCatalog& published);
[[nodiscard]] base::Result<PublishedCatalog> decode_published(std::string_view bytes);

// `account prefix | sequence(4)`; the value is the invoice event's bytes.
// In Table::Meta. An empty organisation: the prefix of all.
[[nodiscard]] std::string settings_row_key(std::string_view organisation);
[[nodiscard]] std::string_view organisation_of_settings_key(std::string_view key);
[[nodiscard]] std::string invoice_row_key(std::string_view account_prefix, std::uint32_t sequence);

}  // namespace quipu::projections
