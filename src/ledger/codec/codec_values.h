// The parts that all codecs share: exact decimals, enums, optional fields, and the first problem
// found.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/check.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/result.h"
#include "ledger/enum_range.h"
#include "ledger/record_limits.h"
#include "quipu/v1/decimal.pb.h"

namespace quipu::ledger::codec {

// Keeps the first problem of a message; conversion goes on, its result is thrown away.
class Problems {
public:
    void report(base::ErrorCode code, std::string message) {
        if (!first_) first_ = base::Error{code, std::move(message)};
    }
    // A field that this version does not know may change what the record means.
    void refuse_unknown_fields(const google::protobuf::Message& message) {
        const auto& unknown = message.GetReflection()->GetUnknownFields(message);
        if (!unknown.empty()) [[unlikely]]
            report_unknown_field(message);
    }
    [[nodiscard]] bool any() const { return first_.has_value(); }
    [[nodiscard]] std::optional<base::Error>& first() { return first_; }

private:
    void report_unknown_field(const google::protobuf::Message& message);

    std::optional<base::Error> first_;
};

// The library writes a line to stderr for each bad string it meets; a bad producer could fill the
// disk with that. Errors are in our results instead.
void silence_protobuf_log();

void write(base::Quantity value, v1::Quantity& out);
void write(base::UnitPrice value, v1::UnitPrice& out);
void write(base::Amount value, v1::Amount& out);
[[nodiscard]] base::Quantity read(const v1::Quantity& message, Problems& problems);
[[nodiscard]] base::UnitPrice read(const v1::UnitPrice& message, Problems& problems);
[[nodiscard]] base::Amount read(const v1::Amount& message, Problems& problems);

// "" is none, in both directions; a code that ISO 4217 does not have is refused.
[[nodiscard]] inline std::string write_currency(base::Currency currency) {
    return std::string(currency.code());
}
[[nodiscard]] base::Currency read_currency(std::string_view code, const char* field,
                                           Problems& problems);

// Our enumerators carry the schema's numbers.
template <typename Ours>
[[nodiscard]] Ours read_enum(int number, const char* field, Problems& problems) {
    if (is_enumerator<Ours>(number)) [[likely]]
        return static_cast<Ours>(number);
    if (number == 0) {
        problems.report("value_unspecified", std::string(field) + " is not given.");
    } else {
        problems.report("record_unknown_command", std::string(field) + " has the value " +
                                                      std::to_string(number) +
                                                      ", which this version does not know.");
    }
    return EnumRange<Ours>::kLast;
}

template <typename Theirs, typename Ours>
[[nodiscard]] Theirs write_enum(Ours value) {
    return static_cast<Theirs>(value);
}

// Parses with the checks that hold for any message; `read_message` turns it into our value.
template <typename Value, typename Message, typename ReadMessage>
[[nodiscard]] base::Result<Value> decode(Message& message, std::string_view bytes,
                                         ReadMessage read_message) {
    if (bytes.size() > kMaxRecordBytes) {
        return base::fail("record_too_large", "The message is longer than " +
                                                  std::to_string(kMaxRecordBytes) + " bytes.");
    }
    silence_protobuf_log();
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return base::fail("record_malformed",
                          "The bytes are not a " + message.GetTypeName() + " in UTF-8.");
    }
    Problems problems;
    Value value = read_message(message, problems);
    if (problems.any()) return tl::unexpected<base::Error>(std::move(*problems.first()));
    return value;
}

}  // namespace quipu::ledger::codec
