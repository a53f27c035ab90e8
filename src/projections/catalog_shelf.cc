#include "projections/catalog_shelf.h"

#include <memory>

#include "projections/account_rows.h"
#include "projections/rows/row_codec.h"

namespace quipu::projections {
namespace {

using base::Result;

tl::unexpected<base::Error> corrupt(std::string_view what) {
    return base::fail("state_corrupt",
                      "A stored " + std::string(what) +
                          " is not readable; rebuild the state from the log with `quipu replay`.");
}

}  // namespace

const ledger::CatalogBook& CatalogShelf::find(std::string_view organisation) const {
    const auto found = books_.find(organisation);
    return found == books_.end() ? empty_ : found->second;
}

ledger::CatalogBook& CatalogShelf::book_of(std::string_view organisation) {
    const auto found = books_.find(organisation);
    if (found != books_.end()) return found->second;
    ledger::CatalogBook& book = books_[std::string(organisation)];
    book.adopt(empty_.rules());
    return book;
}

void CatalogShelf::publish(const std::string& organisation, const ledger::Catalog& catalog,
                           base::Instant at) {
    const PublishedCatalog version{std::make_shared<const ledger::Catalog>(catalog), at};
    if (!book_of(organisation).publish(version.catalog, at)) return;
    changed_[{Table::Catalog, catalog_row_key(organisation, catalog.version)}] =
        encode_published(version);
}

void CatalogShelf::publish(const std::string& organisation,
                           const ledger::BillingSettings& settings) {
    if (!book_of(organisation).publish(settings)) return;
    changed_[{Table::Meta, settings_row_key(organisation)}] = encode_settings(settings);
}

void CatalogShelf::adopt(ledger::RulesVersion rules) {
    empty_.adopt(rules);
    for (auto& [organisation, book] : books_) book.adopt(rules);
}

Result<void> CatalogShelf::load(StateStore& store) {
    bool readable = true;
    auto catalogs =
        store.scan(Table::Catalog, {}, [&](std::string_view key, std::string_view value) {
            const auto published = decode_published(value);
            readable = published.has_value();
            if (readable)
                book_of(organisation_of_catalog_key(key))
                    .publish(published->catalog, published->at);
            return readable;
        });
    if (!catalogs) return catalogs;
    if (!readable) return corrupt("catalog");
    auto settings = store.scan(
        Table::Meta, settings_row_key({}), [&](std::string_view key, std::string_view value) {
            auto decoded = decode_settings(value);
            readable = decoded.has_value();
            if (readable) book_of(organisation_of_settings_key(key)).publish(std::move(*decoded));
            return readable;
        });
    if (settings && !readable) return corrupt("organisation's settings");
    return settings;
}

void CatalogShelf::collect(WriteSet& set) {
    for (auto& [name, value] : changed_)
        set.rows.push_back({name.first, name.second, std::move(value)});
    changed_.clear();
}

}  // namespace quipu::projections
