#include "ingest/json_cloudevents.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <span>
#include <string>

#include "base/nearest_name.h"
#include "ledger/record_limits.h"

namespace quipu::ingest {
namespace {

using base::fail;
using base::JsonKind;
using base::JsonValue;
using base::Result;

constexpr std::string_view kOwnSource = "quipu";

// What is read of an event, and of its data.
constexpr auto kAttributes = std::to_array<std::string_view>(
    {"specversion", "id", "source", "type", "subject", "organisation", "time", "datacontenttype",
     "dataschema", "data"});
constexpr auto kDataFields = std::to_array<std::string_view>({"value", "entity", "metadata"});

tl::unexpected<base::Error> missing(std::string_view name) {
    return fail("event_attribute_missing", "The attribute `" + std::string(name) + "` is missing.");
}

tl::unexpected<base::Error> malformed(std::string_view name, const std::string& what) {
    return fail("event_attribute_malformed",
                "The attribute `" + std::string(name) + "` " + what + ".");
}

bool is_attribute_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

// Producers may add names of their own, but one that is nearly ours, where ours is missing, was
// meant to be ours.
Result<void> check_names(JsonValue object, std::string_view path,
                         std::span<const std::string_view> ours) {
    for (const JsonValue member : object) {
        const std::string_view name = member.key();
        if (std::ranges::find(ours, name) != ours.end()) continue;
        const std::string_view meant = base::nearest_name(name, ours);
        if (meant.empty() || object[meant].is_present()) continue;
        return fail("unknown_field", "Unknown field '" + std::string(path) + std::string(name) +
                                         "'." + base::did_you_mean(name, ours));
    }
    return {};
}

// What is unknown must at least be an attribute as CloudEvents has them.
Result<void> check_attributes(JsonValue event) {
    for (const JsonValue member : event) {
        if (member.key() == "data" || member.key() == "data_base64") continue;
        if (!is_attribute_name(member.key())) {
            return malformed(member.key(), "must have a name of lower-case letters and digits");
        }
        if (member.is_object() || member.is_array()) {
            return malformed(member.key(), "must be a string, a number or a boolean");
        }
    }
    return {};
}

// The text of an attribute; empty when it is absent.
Result<std::string_view> attribute(JsonValue event, std::string_view name) {
    const JsonValue value = event[name];
    if (!value.is_present() || value.is_null()) return std::string_view();
    const auto text = value.string();
    if (!text) return malformed(name, "must be a string");
    if (text->empty()) return malformed(name, "must not be empty");
    return *text;
}

Result<std::string_view> required(JsonValue event, std::string_view name) {
    Result<std::string_view> text = attribute(event, name);
    if (text && text->empty()) return missing(name);
    return text;
}

Result<void> check_version(JsonValue event) {
    const auto version = required(event, "specversion");
    if (!version) return tl::unexpected(version.error());
    if (*version != "1.0") {
        return fail("event_version_unsupported",
                    "Only events of `specversion` \"1.0\" are accepted.");
    }
    return {};
}

Result<std::string> event_id(JsonValue event) {
    const auto id = required(event, "id");
    if (!id) return tl::unexpected(id.error());
    const auto source = attribute(event, "source");
    if (!source) return tl::unexpected(source.error());
    if (source->empty() || *source == kOwnSource) return std::string(*id);
    return std::string(*source) + '#' + std::string(*id);
}

Result<std::optional<base::Instant>> occurred_at(JsonValue event) {
    const auto text = attribute(event, "time");
    if (!text) return tl::unexpected(text.error());
    if (text->empty()) return std::nullopt;
    const auto at = base::parse_instant(*text);
    const bool has_time_of_day = text->find_first_of("Tt") != std::string_view::npos;
    if (!at || !has_time_of_day) {
        return malformed("time", "must be a time as of RFC 3339, such as 2026-11-30T12:00:00Z");
    }
    return at;
}

bool is_json_type(std::string_view type) {
    std::string name(type.substr(0, type.find(';')));
    name.erase(name.find_last_not_of(" \t") + 1);
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return name.ends_with("/json") || name.ends_with("+json");
}

// The `data` object; missing when there is none.
Result<JsonValue> data_of(JsonValue event) {
    const JsonValue binary = event["data_base64"];
    if (binary.is_present() && !binary.is_null()) {
        return fail("event_data_unsupported", "Binary data is not accepted; send `data` as JSON.");
    }
    const auto type = attribute(event, "datacontenttype");
    if (!type) return tl::unexpected(type.error());
    const JsonValue data = event["data"];
    if (!data.is_present() || data.is_null()) return JsonValue();
    if (!type->empty() && !is_json_type(*type)) {
        return fail("event_data_unsupported", "`data` must be JSON, as `datacontenttype` says.");
    }
    if (!data.is_object()) return fail("event_data_malformed", "`data` must be an object.");
    return data;
}

Result<base::Quantity> value_of(JsonValue data) {
    const JsonValue value = data["value"];
    if (!value.is_present() || value.is_null()) return base::Quantity::from_int(1);
    const auto text = value.kind() == JsonKind::String ? value.string() : value.number();
    if (!text) return fail("value_malformed", "`data.value` must be a number.");
    const auto parsed = base::parse_coefficient(*text, base::Quantity::kScale);
    if (!parsed.error) return base::Quantity::from_coefficient(parsed.value);
    switch (*parsed.error) {
        case base::DecimalError::Malformed:
            return fail("value_malformed", "`data.value` must be a number.");
        case base::DecimalError::TooPrecise:
            return fail("value_too_precise", "`data.value` has more than 9 decimals.");
        case base::DecimalError::OutOfRange:
            break;
    }
    return fail("value_out_of_range", "`data.value` is out of range.");
}

Result<std::string> entity_of(JsonValue data) {
    const JsonValue entity = data["entity"];
    if (!entity.is_present() || entity.is_null()) return std::string();
    const auto text = entity.string();
    if (!text) return fail("event_data_malformed", "`data.entity` must be a string.");
    return std::string(*text);
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 7> escape;
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escape.data();
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_member(std::string& object, JsonValue member) {
    if (object.size() > 1) object += ',';
    append_quoted(object, member.key());
    object += ':';
    object += member.raw();
}

bool has_meaning_of_its_own(std::string_view name) {
    return name == "value" || name == "entity" || name == "metadata";
}

Result<std::string> metadata_of(JsonValue data) {
    const JsonValue metadata = data["metadata"];
    const bool given = metadata.is_present() && !metadata.is_null();
    if (given && !metadata.is_object()) {
        return fail("event_data_malformed", "`data.metadata` must be an object.");
    }
    std::string object = "{";
    if (given) {
        for (const JsonValue member : metadata) append_member(object, member);
    }
    bool others = false;
    for (const JsonValue member : data) {
        if (has_meaning_of_its_own(member.key())) continue;
        if (given && metadata[member.key()].is_present()) {
            return fail("event_data_malformed", "`data` and `data.metadata` both have `" +
                                                    std::string(member.key()) + "`.");
        }
        append_member(object, member);
        others = true;
    }
    if (!given && !others) return std::string();
    return object + '}';
}

Result<ledger::Track> track_of(JsonValue event) {
    auto feature = required(event, "type");
    if (!feature) return tl::unexpected(std::move(feature.error()));
    auto data = data_of(event);
    if (!data) return tl::unexpected(std::move(data.error()));
    if (auto sound = check_names(*data, "data.", kDataFields); !sound)
        return tl::unexpected(std::move(sound.error()));
    auto value = value_of(*data);
    if (!value) return tl::unexpected(std::move(value.error()));
    auto entity = entity_of(*data);
    if (!entity) return tl::unexpected(std::move(entity.error()));
    auto metadata = metadata_of(*data);
    if (!metadata) return tl::unexpected(std::move(metadata.error()));
    return ledger::Track{.feature = std::string(*feature),
                         .value = *value,
                         .entity = std::move(*entity),
                         .metadata_json = std::move(*metadata)};
}

Result<ledger::CommandRecord> record_of(JsonValue event) {
    if (!event.is_object()) return fail("event_malformed", "An event must be a JSON object.");
    if (auto sound = check_attributes(event); !sound) {
        return tl::unexpected(std::move(sound.error()));
    }
    if (auto sound = check_names(event, {}, kAttributes); !sound)
        return tl::unexpected(std::move(sound.error()));
    if (auto sound = check_version(event); !sound) return tl::unexpected(std::move(sound.error()));
    auto id = event_id(event);
    if (!id) return tl::unexpected(std::move(id.error()));
    auto customer = attribute(event, "subject");
    if (!customer) return tl::unexpected(std::move(customer.error()));
    auto organisation = attribute(event, "organisation");
    if (!organisation) return tl::unexpected(std::move(organisation.error()));
    auto at = occurred_at(event);
    if (!at) return tl::unexpected(std::move(at.error()));
    auto schema = attribute(event, "dataschema");
    if (!schema) return tl::unexpected(std::move(schema.error()));
    auto track = track_of(event);
    if (!track) return tl::unexpected(std::move(track.error()));

    ledger::CommandRecord record{.id = std::move(*id),
                                 .organisation = std::string(*organisation),
                                 .customer = std::string(*customer),
                                 .occurred_at = *at,
                                 .command = std::move(*track)};
    if (auto problem = ledger::problem_of(record)) return tl::unexpected(std::move(*problem));
    return record;
}

tl::unexpected<base::Error> unreadable(const base::Error& error) {
    return fail(error.code == "body_too_large" ? base::ErrorCode("event_too_large")
                                               : base::ErrorCode("event_malformed"),
                error.message);
}

}  // namespace

Result<ledger::CommandRecord> CloudEventDecoder::decode(std::string_view json) {
    const auto event = reader_.read(json);
    if (!event) return unreadable(event.error());
    return record_of(*event);
}

Result<CloudEventDecoder::Batch> CloudEventDecoder::decode_batch(std::string_view json,
                                                                 std::size_t limit) {
    const auto events = reader_.read(json);
    if (!events) return unreadable(events.error());
    if (!events->is_array()) return fail("event_malformed", "A batch must be a JSON array.");
    if (events->size() > limit) {
        return fail("event_too_large",
                    "A batch may have at most " + std::to_string(limit) + " events.");
    }
    Batch batch;
    batch.reserve(events->size());
    for (const JsonValue event : *events) batch.push_back(record_of(event));
    return batch;
}

}  // namespace quipu::ingest
