#include "projections/account_rows.h"

#include <algorithm>

#include "base/bytes.h"
#include "ledger/codec/catalog_codec.h"

namespace quipu::projections {
namespace {

constexpr std::uint8_t kFormat = 1;

tl::unexpected<base::Error> corrupt(const char* what) {
    return base::fail("row_corrupt", std::string("The stored ") + what + " is not readable.");
}

}  // namespace

std::string encode_genesis(const ledger::Genesis& genesis) {
    base::ByteWriter out;
    out.byte(kFormat);
    out.varint(genesis.partitions);
    out.raw({reinterpret_cast<const char*>(genesis.hash_key.data()), genesis.hash_key.size()});
    out.varint(genesis.rules_version);
    return out.take();
}

base::Result<ledger::Genesis> decode_genesis(std::string_view bytes) {
    base::ByteReader in(bytes);
    ledger::Genesis genesis;
    if (in.byte() != kFormat) return corrupt("genesis");
    genesis.partitions = static_cast<std::uint32_t>(in.varint());
    const std::string_view key = in.raw(genesis.hash_key.size());
    genesis.rules_version = static_cast<std::uint32_t>(in.varint());
    if (!in.done()) return corrupt("genesis");
    std::copy(key.begin(), key.end(), genesis.hash_key.begin());
    return genesis;
}

std::string encode_rules(const ledger::AdoptRules& adopted) {
    base::ByteWriter out;
    out.byte(kFormat);
    out.varint(adopted.version);
    out.string(adopted.release);
    return out.take();
}

base::Result<ledger::AdoptRules> decode_rules(std::string_view bytes) {
    base::ByteReader in(bytes);
    ledger::AdoptRules adopted;
    if (in.byte() != kFormat) return corrupt("version of the rules");
    adopted.version = static_cast<ledger::RulesVersion>(in.varint());
    adopted.release = in.string();
    if (!in.done()) return corrupt("version of the rules");
    return adopted;
}

std::string catalog_row_key(std::string_view organisation, std::uint64_t version) {
    base::ByteWriter out;
    out.raw(organisation);
    out.byte(0);
    out.big_endian_u64(version);
    return out.take();
}

std::string_view organisation_of_catalog_key(std::string_view key) {
    return key.substr(0, key.find('\0'));
}

std::string encode_published(const PublishedCatalog& published) {
    base::ByteWriter out;
    out.byte(kFormat);
    out.instant(published.at);
    out.string(ledger::encode_catalog(*published.catalog));
    return out.take();
}

base::Result<PublishedCatalog> decode_published(std::string_view bytes) {
    base::ByteReader in(bytes);
    if (in.byte() != kFormat) return corrupt("catalog");
    PublishedCatalog published;
    published.at = in.instant();
    const std::string_view encoded = in.string();
    if (!in.done()) return corrupt("catalog");
    auto catalog = ledger::decode_catalog(encoded);
    if (!catalog) return tl::unexpected(catalog.error());
    published.catalog = std::make_shared<const ledger::Catalog>(std::move(*catalog));
    return published;
}

namespace {

constexpr std::string_view kSettingsPrefix = "settings/";

}  // namespace

std::string settings_row_key(std::string_view organisation) {
    return std::string(kSettingsPrefix).append(organisation);
}

std::string_view organisation_of_settings_key(std::string_view key) {
    return key.substr(kSettingsPrefix.size());
}

std::string invoice_row_key(std::string_view account_prefix, std::uint32_t sequence) {
    base::ByteWriter out;
    out.raw(account_prefix);
    out.big_endian_u32(sequence);
    return out.take();
}

}  // namespace quipu::projections
