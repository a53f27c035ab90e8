#include "projections/outbox_codec.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "ledger/codec/command_codec.h"
#include "ledger/log/partition_layout.h"
#include "projections/rows/row_io.h"

namespace quipu::projections {
namespace {

constexpr std::uint8_t kSend = 1;
constexpr std::uint8_t kRoute = 2;
constexpr std::uint8_t kCall = 3;

tl::unexpected<base::Error> unreadable() {
    return base::fail("row_corrupt", "A stored effect is not readable.");
}

void put_partition(base::ByteWriter& out, ledger::Partition partition) {
    out.byte(static_cast<std::uint8_t>(partition.topic));
    out.varint(partition.index);
}

// None: there is no such topic.
std::optional<ledger::Partition> take_partition(base::ByteReader& in) {
    const auto topic = static_cast<ledger::Topic>(in.byte());
    const auto index = in.varint();
    if (std::ranges::find(ledger::kTopics, topic) == std::end(ledger::kTopics)) return std::nullopt;
    if (!std::in_range<std::uint32_t>(index)) return std::nullopt;
    return ledger::Partition{topic, static_cast<std::uint32_t>(index)};
}

base::Result<Effect> decode_send(base::ByteReader& in) {
    SendRecord send;
    const auto to = take_partition(in);
    if (!to) return unreadable();
    send.to = *to;
    send.record.key = in.string();
    send.record.value = in.string();
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
        std::string name(in.string());
        send.record.headers.push_back({std::move(name), std::string(in.string())});
    }
    if (!in.done()) return unreadable();
    return send;
}

base::Result<Effect> decode_route(base::ByteReader& in) {
    RouteRecord route;
    const auto from = take_partition(in);
    if (!from) return unreadable();
    route.from = *from;
    route.offset = in.zigzag();
    auto record = ledger::decode_record(in.string());
    if (!in.done() || !record) return unreadable();
    route.record = std::move(*record);
    return route;
}

base::Result<Effect> decode_call(base::ByteReader& in) {
    CallProvider called;
    RowReader io(in);
    io(called.call);
    if (!io.done()) return unreadable();
    return called;
}

void put(base::ByteWriter& out, const SendRecord& send) {
    out.byte(kSend);
    put_partition(out, send.to);
    out.string(send.record.key);
    out.string(send.record.value);
    out.varint(send.record.headers.size());
    for (const ledger::Header& header : send.record.headers) {
        out.string(header.name);
        out.string(header.value);
    }
}

void put(base::ByteWriter& out, const RouteRecord& route) {
    out.byte(kRoute);
    put_partition(out, route.from);
    out.zigzag(route.offset);
    out.string(ledger::encode(route.record));
}

void put(base::ByteWriter& out, const CallProvider& called) {
    out.byte(kCall);
    RowWriter io(out);
    io(called.call);
}

}  // namespace

std::string encode_effect(const Effect& effect) {
    base::ByteWriter out;
    std::visit([&](const auto& each) { put(out, each); }, effect);
    return out.take();
}

base::Result<Effect> decode_effect(std::string_view bytes) {
    base::ByteReader in(bytes);
    switch (in.byte()) {
        case kSend:
            return decode_send(in);
        case kRoute:
            return decode_route(in);
        case kCall:
            return decode_call(in);
        default:
            return unreadable();
    }
}

std::string outbox_key(ledger::Offset offset, std::uint32_t number) {
    base::ByteWriter out;
    out.big_endian_u64(static_cast<std::uint64_t>(offset));
    out.big_endian_u32(number);
    return out.take();
}

}  // namespace quipu::projections
