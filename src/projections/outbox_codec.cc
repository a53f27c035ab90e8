#include "projections/outbox_codec.h"

#include "base/bytes.h"
#include "ledger/codec/command_codec.h"
#include "ledger/enum_range.h"

namespace quipu::projections {
namespace {

constexpr std::uint8_t kSend = 1;
constexpr std::uint8_t kRoute = 2;
constexpr std::uint8_t kCall = 3;

void put_partition(base::ByteWriter& out, ledger::Partition partition) {
    out.byte(static_cast<std::uint8_t>(partition.topic));
    out.varint(partition.index);
}

ledger::Partition take_partition(base::ByteReader& in) {
    const auto topic = static_cast<ledger::Topic>(in.byte());
    return {topic, static_cast<std::uint32_t>(in.varint())};
}

base::Result<Effect> decode_send(base::ByteReader& in) {
    SendRecord send;
    send.to = take_partition(in);
    send.record.key = in.string();
    send.record.value = in.string();
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
        std::string name(in.string());
        send.record.headers.push_back({std::move(name), std::string(in.string())});
    }
    if (!in.done()) return base::fail("row_corrupt", "A stored effect is not readable.");
    return send;
}

base::Result<Effect> decode_route(base::ByteReader& in) {
    RouteRecord route;
    route.from = take_partition(in);
    route.offset = in.zigzag();
    auto record = ledger::decode_record(in.string());
    if (!in.done() || !record) return base::fail("row_corrupt", "A stored effect is not readable.");
    route.record = std::move(*record);
    return route;
}

base::Result<Effect> decode_call(base::ByteReader& in) {
    ledger::ProviderCall call;
    const std::uint8_t kind = in.byte();
    call.kind = static_cast<ledger::ProviderCall::Kind>(kind);
    std::string currency;
    for (std::string* text : {&call.organisation, &call.customer, &call.provider, &call.intent,
                              &call.refund, &call.method, &currency, &call.description}) {
        *text = in.string();
    }
    call.amount_minor = in.zigzag();
    call.currency = base::Currency::find(currency).value_or(base::Currency());
    if (!in.done() || call.currency.code() != currency ||
        !ledger::is_enumerator<ledger::ProviderCall::Kind>(kind))
        return base::fail("row_corrupt", "A stored effect is not readable.");
    return CallProvider{std::move(call)};
}

void encode_call(base::ByteWriter& out, const ledger::ProviderCall& call) {
    out.byte(kCall);
    out.byte(static_cast<std::uint8_t>(call.kind));
    for (const std::string_view text :
         {std::string_view(call.organisation), std::string_view(call.customer),
          std::string_view(call.provider), std::string_view(call.intent),
          std::string_view(call.refund), std::string_view(call.method), call.currency.code(),
          std::string_view(call.description)}) {
        out.string(text);
    }
    out.zigzag(call.amount_minor);
}

}  // namespace

std::string encode_effect(const Effect& effect) {
    base::ByteWriter out;
    if (const auto* send = std::get_if<SendRecord>(&effect)) {
        out.byte(kSend);
        put_partition(out, send->to);
        out.string(send->record.key);
        out.string(send->record.value);
        out.varint(send->record.headers.size());
        for (const ledger::Header& header : send->record.headers) {
            out.string(header.name);
            out.string(header.value);
        }
        return out.take();
    }
    if (const auto* called = std::get_if<CallProvider>(&effect)) {
        encode_call(out, called->call);
        return out.take();
    }
    const auto& route = std::get<RouteRecord>(effect);
    out.byte(kRoute);
    put_partition(out, route.from);
    out.zigzag(route.offset);
    out.string(ledger::encode(route.record));
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
            return base::fail("row_corrupt", "A stored effect is not readable.");
    }
}

std::string outbox_key(ledger::Offset offset, std::uint32_t number) {
    base::ByteWriter out;
    out.big_endian_u64(static_cast<std::uint64_t>(offset));
    out.big_endian_u32(number);
    return out.take();
}

}  // namespace quipu::projections
