#include "projections/store/state_format.h"

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "base/check.h"

namespace quipu::projections {
namespace {

constexpr std::uint32_t kSignBit = 0x8000'0000;

bool row_before(const Row& a, const Row& b) {
    return std::tie(a.table, a.key) < std::tie(b.table, b.key);
}

bool seen_before(const SeenEvent& a, const SeenEvent& b) {
    const std::int32_t day_a = utc_day(a.first_seen);
    const std::int32_t day_b = utc_day(b.first_seen);
    return day_a != day_b ? day_a < day_b : a.id < b.id;
}

void keep_last_of_equal_keys(std::vector<SeenEvent>& seen) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (i + 1 < seen.size() && !seen_before(seen[i], seen[i + 1])) continue;
        seen[kept++] = seen[i];
    }
    seen.resize(kept);
}

}  // namespace

std::int32_t utc_day(base::Instant at) {
    const std::int64_t day = at.micros / base::kMicrosPerDay;
    return static_cast<std::int32_t>(at.micros % base::kMicrosPerDay < 0 ? day - 1 : day);
}

std::string seen_day_prefix(std::int32_t day) {
    base::ByteWriter writer;
    writer.big_endian_u32(static_cast<std::uint32_t>(day) ^ kSignBit);
    return writer.take();
}

std::string seen_key(std::int32_t day, const base::Fingerprint& id) {
    base::ByteWriter writer;
    writer.reserve(20);
    writer.big_endian_u32(static_cast<std::uint32_t>(day) ^ kSignBit);
    writer.raw(id.view());
    return writer.take();
}

std::string seen_value(const SeenEvent& event) {
    base::ByteWriter writer;
    writer.reserve(16);
    writer.big_endian_u64(static_cast<std::uint64_t>(event.first_offset));
    writer.big_endian_u64(static_cast<std::uint64_t>(event.first_seen.micros));
    return writer.take();
}

std::optional<SeenEvent> parse_seen(std::string_view key, std::string_view value) {
    SeenEvent event;
    base::ByteReader keys(key);
    const auto day = static_cast<std::int32_t>(keys.big_endian_u32() ^ kSignBit);
    const std::string_view id = keys.raw(event.id.bytes.size());
    std::copy(id.begin(), id.end(), event.id.bytes.begin());

    base::ByteReader values(value);
    event.first_offset = static_cast<ledger::Offset>(values.big_endian_u64());
    event.first_seen.micros = static_cast<std::int64_t>(values.big_endian_u64());
    if (!keys.done() || !values.done() || utc_day(event.first_seen) != day) return std::nullopt;
    return event;
}

std::string encode_position(const Position& position) {
    base::ByteWriter writer;
    writer.varint(static_cast<std::uint64_t>(position.next_offset));
    writer.instant(position.clock);
    for (const std::uint8_t byte : position.last_record_digest) writer.byte(byte);
    return writer.take();
}

std::optional<Position> parse_position(std::string_view bytes) {
    Position position;
    base::ByteReader reader(bytes);
    position.next_offset = static_cast<ledger::Offset>(reader.varint());
    position.clock = reader.instant();
    for (std::uint8_t& byte : position.last_record_digest) byte = reader.byte();
    if (!reader.done() || position.next_offset < 0) return std::nullopt;
    return position;
}

void normalise(WriteSet& set, const std::optional<Position>& before) {
    QUIPU_CHECK(!before || (before->next_offset <= set.position.next_offset &&
                            before->clock <= set.position.clock));
    for (const SeenEvent& event : set.seen) {
        QUIPU_CHECK(event.first_offset < set.position.next_offset &&
                    event.first_seen <= set.position.clock);
    }
    if (!std::is_sorted(set.rows.begin(), set.rows.end(), row_before))
        std::sort(set.rows.begin(), set.rows.end(), row_before);
    if (!std::is_sorted(set.seen.begin(), set.seen.end(), seen_before))
        std::stable_sort(set.seen.begin(), set.seen.end(), seen_before);
    keep_last_of_equal_keys(set.seen);
    const auto same_key = [](const Row& a, const Row& b) { return !row_before(a, b); };
    QUIPU_CHECK(std::adjacent_find(set.rows.begin(), set.rows.end(), same_key) == set.rows.end());
}

std::string prefix_end(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && static_cast<std::uint8_t>(end.back()) == 0xff) end.pop_back();
    if (!end.empty()) end.back() = static_cast<char>(static_cast<std::uint8_t>(end.back()) + 1);
    return end;
}

}  // namespace quipu::projections
