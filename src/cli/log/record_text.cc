#include "cli/log/record_text.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include "base/fields.h"
#include "base/instant.h"
#include "base/json_writer.h"
#include "cli/log/partition_name.h"
#include "ingest/record_decoder.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/codec/notification_codec.h"

namespace quipu::cli {
namespace {

using base::JsonWriter;
using ledger::Topic;

// Secrets are on the log, but not on a screen.
constexpr std::array<std::string_view, 3> kHidden = {"secret", "secret_sha256", "hash_key"};

// "occurred_at" -> "occurredAt"; what is JSON by itself loses the ending that says so.
std::string member_name(std::string_view field) {
    constexpr std::string_view kJson = "_json";
    if (field.ends_with(kJson)) field.remove_suffix(kJson.size());
    std::string name;
    for (std::size_t at = 0; at < field.size(); ++at) {
        const bool begins = at > 0 && field[at - 1] == '_';
        if (field[at] == '_') continue;
        name += begins && field[at] >= 'a' && field[at] <= 'z'
                    ? static_cast<char>(field[at] - 'a' + 'A')
                    : field[at];
    }
    return name;
}

// "PerUnit" -> "per_unit".
std::string snake_case(std::string_view words) {
    std::string name;
    for (const char letter : words) {
        const bool capital = letter >= 'A' && letter <= 'Z';
        if (capital && !name.empty()) name += '_';
        name += capital ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return name;
}

// Values as JSON, field by field: nothing that a record holds is left out but secrets.
class ValueText {
public:
    explicit ValueText(JsonWriter& json) : json_(json) {}

    template <base::HasFields T>
    void members(const T& value) {
        base::for_each_field(value, [this](std::string_view name, const auto& member) {
            if (std::ranges::find(kHidden, name) != kHidden.end()) return;
            json_.key(member_name(name));
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::string>) {
                if (name.ends_with("_json")) return json_text(member);
            }
            put(member);
        });
    }

private:
    void put(bool value) { json_.boolean(value); }
    void put(const std::string& value) { json_.string(value); }
    void put(base::Currency value) { json_.string(value.code()); }
    void put(base::Instant value) { json_.string(base::format_instant(value)); }
    template <int Scale>
    void put(base::Decimal<Scale> value) {
        json_.number(value.to_string());
    }
    template <std::size_t Size>
    void put(const std::array<std::uint8_t, Size>& bytes) {
        json_.string(base::to_hex(bytes));
    }
    template <typename T>
    void put(const std::optional<T>& value) {
        value ? put(*value) : static_cast<void>(json_.null());
    }
    template <typename T>
    void put(const base::Boxed<T>& value) {
        value ? put(*value) : static_cast<void>(json_.null());
    }
    template <typename T>
    void put(const std::vector<T>& values) {
        json_.begin_array();
        for (const T& value : values) put(value);
        json_.end_array();
    }
    template <typename... Kinds>
    void put(const std::variant<Kinds...>& value) {
        std::visit([this](const auto& kind) { put(kind); }, value);
    }
    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            if constexpr (requires { name_of(value); }) {
                json_.string(name_of(value));
            } else {
                json_.string(snake_case(base::enumerator_name(value)));
            }
        } else if constexpr (std::is_integral_v<T>) {
            json_.integer(static_cast<std::int64_t>(value));
        } else {
            json_.begin_object();
            members(value);
            json_.end_object();
        }
    }
    void json_text(const std::string& text) {
        text.empty() ? static_cast<void>(json_.null()) : static_cast<void>(json_.raw(text));
    }

    JsonWriter& json_;
};

void write_command(JsonWriter& json, const ledger::CommandRecord& record) {
    if (!record.id.empty()) json.key("id").string(record.id);
    if (!record.organisation.empty()) json.key("organisation").string(record.organisation);
    if (!record.customer.empty()) json.key("customer").string(record.customer);
    if (record.occurred_at)
        json.key("occurredAt").string(base::format_instant(*record.occurred_at));
    if (record.routed) json.key("routed").boolean(true);
    json.key("command").string(ledger::kind_of(record.command).name);
    std::visit([&](const auto& command) { ValueText(json).members(command); }, record.command);
}

void write_headers(JsonWriter& json, const std::vector<ledger::Header>& headers) {
    if (headers.empty()) return;
    json.key("headers").begin_object();
    for (const ledger::Header& header : headers) json.key(header.name).string(header.value);
    json.end_object();
}

void write_error(JsonWriter& json, const base::Error& error) {
    json.key("notDecoded").string(error.code.text());
    json.key("reason").string(error.message);
}

template <base::HasFields T>
void write_fields(JsonWriter& json, const base::Result<T>& value) {
    value ? ValueText(json).members(*value) : write_error(json, value.error());
}

}  // namespace

RecordText::RecordText() : decode_(ingest::record_decoder()) {}

std::string RecordText::line(ledger::Partition partition, const ledger::StoredRecord& record) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("partition").string(partition_name(partition));
    json.key("offset").integer(record.offset);
    json.key("recordedAt").string(base::format_instant(record.recorded_at));
    json.key("key").string(record.key);
    write_headers(json, record.headers);
    if (partition.topic == Topic::Invoices) {
        write_fields(json, ledger::decode_invoice(record.value));
    } else if (partition.topic == Topic::Notifications) {
        write_fields(json, ledger::decode_notification(record.value));
    } else {
        const auto command = decode_(record);
        if (command) write_command(json, *command);
        if (!command) write_error(json, command.error());
    }
    json.end_object();
    return text;
}

}  // namespace quipu::cli
