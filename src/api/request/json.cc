#include "api/request/json.h"

#include <limits>

namespace quipu::api {

void write_receipt(base::JsonWriter& json, const ingest::Reply& reply) {
    json.key("eventId").string(reply.event_id);
    if (reply.duplicate) json.key("duplicate").boolean(true);
    json.key("position").begin_object();
    json.key("topic").string(reply.partition.topic == ledger::Topic::Control ? "control"
                                                                             : "events");
    json.key("partition").integer(reply.partition.index);
    json.key("offset").integer(reply.offset);
    json.end_object();
}

void write_quantity(base::JsonWriter& json, base::Quantity value) {
    const base::Int128 whole = value.coefficient() / base::Quantity::kOne;
    constexpr base::Int128 kMost = std::numeric_limits<std::int64_t>::max();
    if (whole * base::Quantity::kOne == value.coefficient() && whole <= kMost && whole >= -kMost) {
        json.integer(static_cast<std::int64_t>(whole));
        return;
    }
    json.number(value.to_string());
}

void write_quantity(base::JsonWriter& json, const std::optional<base::Quantity>& value) {
    if (value) {
        write_quantity(json, *value);
    } else {
        json.null();
    }
}

void write_price(base::JsonWriter& json, base::UnitPrice value) {
    json.number(value.to_string());
}

void write_instant(base::JsonWriter& json, const std::optional<base::Instant>& at) {
    if (at) {
        json.string(base::format_instant(*at));
    } else {
        json.null();
    }
}

void write_text(base::JsonWriter& json, const std::optional<std::string>& text) {
    if (text) {
        json.string(*text);
    } else {
        json.null();
    }
}

}  // namespace quipu::api
