#include "ledger/codec/track_codec.h"

#include <limits>

#include "base/bytes.h"

namespace quipu::ledger::codec {
namespace {

using base::ByteReader;

// Wire types of protobuf: what follows a field's tag.
enum Wire : std::uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2 };

constexpr std::uint64_t tag(std::uint64_t field, Wire wire) {
    return field << 3 | wire;
}

// Fields of one message that were met; a second time is for the parser to judge.
class Met {
public:
    bool first(std::uint64_t field_tag) {
        const std::uint64_t bit = std::uint64_t{1} << (field_tag >> 3);
        const bool is_first = (fields_ & bit) == 0;
        fields_ |= bit;
        return is_first;
    }

private:
    std::uint64_t fields_ = 0;
};

// Reads the fields of one message; `read_field` answers false to give up.
template <typename ReadField>
bool read_message(std::string_view bytes, ReadField read_field) {
    ByteReader in(bytes);
    Met met;
    while (!in.rest().empty()) {
        const std::uint64_t field_tag = in.varint();
        if (field_tag >= tag(64, kVarint) || !met.first(field_tag)) return false;
        if (!read_field(field_tag, in) || !in.ok()) return false;
    }
    return in.ok();
}

bool read_bool(ByteReader& in, bool& value) {
    const std::uint64_t number = in.varint();
    value = number == 1;
    return number <= 1;
}

std::uint64_t fixed64(ByteReader& in) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : in.raw(8)) {
        value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
        shift += 8;
    }
    return value;
}

// Not negative, with a proper fraction; anything else is for the parser.
bool read_quantity(std::string_view bytes, base::Quantity& quantity) {
    std::int64_t units = 0;
    std::int64_t nanos = 0;
    const bool read = read_message(bytes, [&](std::uint64_t field, ByteReader& in) {
        switch (field) {
            case tag(1, kVarint):
                units = in.zigzag();
                return true;
            case tag(2, kVarint):
                nanos = in.zigzag();
                return true;
            default:
                return false;
        }
    });
    if (!read || units < 0 || nanos < 0 || nanos >= 1'000'000'000) return false;
    quantity = base::Quantity::from_coefficient(base::Int128{units} * base::Quantity::kOne + nanos);
    return true;
}

bool read_origin(std::string_view bytes, Origin& origin) {
    return read_message(bytes, [&](std::uint64_t field, ByteReader& in) {
        switch (field) {
            case tag(1, kFixed64):
                origin.node = fixed64(in);
                return true;
            case tag(2, kVarint):
                origin.sequence = in.varint();
                return true;
            default:
                return false;
        }
    });
}

bool read_track(std::string_view bytes, Track& track) {
    bool has_value = false;
    const bool read = read_message(bytes, [&](std::uint64_t field, ByteReader& in) {
        switch (field) {
            case tag(1, kBytes):
                track.feature = in.string();
                return true;
            case tag(2, kBytes):
                has_value = true;
                return read_quantity(in.string(), track.value);
            case tag(3, kBytes):
                track.entity = in.string();
                return true;
            case tag(4, kBytes):
                track.metadata_json = in.string();
                return true;
            case tag(5, kVarint):
                return read_bool(in, track.as_check);
            default:
                return false;
        }
    });
    return read && has_value;
}

}  // namespace

bool read_plain_track(std::string_view bytes, CommandRecord& record) {
    Track& track = record.command.emplace<Track>();
    bool has_track = false;
    const bool read = read_message(bytes, [&](std::uint64_t field, ByteReader& in) {
        switch (field) {
            case tag(1, kBytes):
                record.id = in.string();
                return true;
            case tag(2, kBytes):
                record.organisation = in.string();
                return true;
            case tag(3, kBytes):
                record.customer = in.string();
                return true;
            case tag(4, kVarint):
                record.occurred_at = base::Instant{static_cast<std::int64_t>(in.varint())};
                return true;
            case tag(5, kBytes):
                return read_origin(in.string(), record.origin);
            case tag(6, kVarint):
                return read_bool(in, record.routed);
            case tag(16, kBytes):
                has_track = true;
                return read_track(in.string(), track);
            default:
                return false;
        }
    });
    return read && has_track;
}

}  // namespace quipu::ledger::codec
