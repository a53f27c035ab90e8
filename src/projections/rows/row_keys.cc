#include "projections/rows/row_keys.h"

#include "base/bytes.h"
#include "base/check.h"

namespace quipu::projections {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

bool without_nul(std::string_view text) {
    return text.find('\0') == std::string_view::npos;
}

void end_text(base::ByteWriter& out, std::string_view text) {
    QUIPU_CHECK(without_nul(text));
    out.raw(text);
    out.byte(0);
}

base::ByteWriter starting_with(std::string_view prefix, std::size_t more) {
    base::ByteWriter out;
    out.reserve(prefix.size() + more);
    out.raw(prefix);
    return out;
}

std::optional<std::string> take_text(std::string_view& key) {
    const std::size_t end = key.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(key.substr(0, end));
    key.remove_prefix(end + 1);
    return text;
}

std::optional<AccountName> take_account(std::string_view& key) {
    std::optional<std::string> organisation = take_text(key);
    if (!organisation) return std::nullopt;
    std::optional<std::string> customer = take_text(key);
    if (!customer) return std::nullopt;
    return AccountName{std::move(*organisation), std::move(*customer)};
}

}  // namespace

std::string account_key(std::string_view organisation, std::string_view customer) {
    base::ByteWriter out = starting_with({}, organisation.size() + customer.size() + 1);
    end_text(out, organisation);
    QUIPU_CHECK(without_nul(customer));
    out.raw(customer);
    return out.take();
}

std::string account_prefix(std::string_view organisation, std::string_view customer) {
    base::ByteWriter out = starting_with({}, organisation.size() + customer.size() + 2);
    end_text(out, organisation);
    end_text(out, customer);
    return out.take();
}

std::string window_key(std::string_view account_prefix, const ledger::MeterKey& meter,
                       base::Instant start) {
    base::ByteWriter out =
        starting_with(account_prefix, meter.feature.size() + meter.entity.size() + 14);
    out.big_endian_u32(meter.subscription);
    end_text(out, meter.feature);
    end_text(out, meter.entity);
    out.big_endian_u64(static_cast<std::uint64_t>(start.micros) ^ kSignBit);
    return out.take();
}

std::string grant_key(std::string_view account_prefix, std::uint32_t seq) {
    base::ByteWriter out = starting_with(account_prefix, 4);
    out.big_endian_u32(seq);
    return out.take();
}

std::string entity_key(std::string_view account_prefix, const ledger::EntityKey& entity) {
    base::ByteWriter out =
        starting_with(account_prefix, entity.feature.size() + entity.entity.size() + 1);
    end_text(out, entity.feature);
    QUIPU_CHECK(without_nul(entity.entity));
    out.raw(entity.entity);
    return out.take();
}

std::string entry_key(ledger::Offset offset) {
    QUIPU_CHECK(offset >= 0);
    base::ByteWriter out;
    out.big_endian_u64(static_cast<std::uint64_t>(offset));
    return out.take();
}

std::optional<AccountName> parse_account_key(std::string_view key) {
    std::optional<std::string> organisation = take_text(key);
    if (!organisation || !without_nul(key)) return std::nullopt;
    return AccountName{std::move(*organisation), std::string(key)};
}

std::optional<WindowName> parse_window_key(std::string_view key) {
    std::optional<AccountName> account = take_account(key);
    if (!account || key.size() < 4) return std::nullopt;
    WindowName name{.account = std::move(*account)};
    name.meter.subscription = base::ByteReader(key.substr(0, 4)).big_endian_u32();
    key.remove_prefix(4);
    std::optional<std::string> feature = take_text(key);
    if (!feature) return std::nullopt;
    std::optional<std::string> entity = take_text(key);
    if (!entity || key.size() != 8) return std::nullopt;
    name.meter.feature = std::move(*feature);
    name.meter.entity = std::move(*entity);
    name.start.micros =
        static_cast<std::int64_t>(base::ByteReader(key).big_endian_u64() ^ kSignBit);
    return name;
}

std::optional<GrantName> parse_grant_key(std::string_view key) {
    std::optional<AccountName> account = take_account(key);
    if (!account || key.size() != 4) return std::nullopt;
    return GrantName{std::move(*account), base::ByteReader(key).big_endian_u32()};
}

std::optional<EntityName> parse_entity_key(std::string_view key) {
    std::optional<AccountName> account = take_account(key);
    if (!account) return std::nullopt;
    std::optional<std::string> feature = take_text(key);
    if (!feature || !without_nul(key)) return std::nullopt;
    return EntityName{std::move(*account), {std::move(*feature), std::string(key)}};
}

std::optional<ledger::Offset> parse_entry_key(std::string_view key) {
    if (key.size() != 8) return std::nullopt;
    const std::uint64_t offset = base::ByteReader(key).big_endian_u64();
    if (offset >= kSignBit) return std::nullopt;
    return static_cast<ledger::Offset>(offset);
}

}  // namespace quipu::projections
