// Looks at the fields of a record, one after the other, and keeps the first problem.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "base/instant.h"
#include "base/json_text.h"
#include "base/result.h"
#include "ledger/record_limits.h"

namespace quipu::ledger {

// `field` names what is looked at in the sentence of the problem.
class FieldInspector {
public:
    void text(const char* field, std::string_view value, std::size_t limit) {
        if (value.size() > limit) [[unlikely]] {
            report("field_too_long", field, " is longer than " + std::to_string(limit) + " bytes.");
        } else if (!is_clean_text(value)) [[unlikely]] {
            report("text_malformed", field, " is not UTF-8 without NUL.");
        }
    }
    void optional_text(const char* field, const std::optional<std::string>& value,
                       std::size_t limit) {
        if (value) text(field, *value, limit);
    }
    void required(const char* field, std::string_view value) {
        if (value.empty()) [[unlikely]]
            report("field_missing", field, " is missing.");
    }
    void slug(const char* field, std::string_view value) { text(field, value, kMaxSlugBytes); }
    void url(const char* field, std::string_view value) { text(field, value, kMaxUrlBytes); }
    void metadata(const char* field, std::string_view value) {
        if (value.empty()) return;
        // An object is UTF-8 without NUL.
        if (value.size() <= kMaxMetadataBytes && base::is_json_object(value)) [[likely]]
            return;
        text(field, value, kMaxMetadataBytes);
        report("metadata_malformed", field, " is not a JSON object.");
    }
    void quantity(const char* field, base::Quantity value, base::Quantity least,
                  base::Quantity most) {
        if (value < least || value > most) [[unlikely]] {
            report("value_out_of_range", field,
                   " must lie between " + least.to_string() + " and " + most.to_string() + ".");
        }
    }
    void total(const char* field, const std::optional<base::Quantity>& value) {
        if (value) quantity(field, *value, base::Quantity() - base::kMaxTotal, base::kMaxTotal);
    }
    void price(const char* field, const std::optional<base::UnitPrice>& value) {
        if (value && (*value > kMaxPrice || *value < base::UnitPrice() - kMaxPrice)) [[unlikely]] {
            report("value_out_of_range", field,
                   " must be at most " + kMaxPrice.to_string() + " minor units either way.");
        }
    }
    void whole(const char* field, std::int64_t value, std::int64_t most) {
        if (value < 0 || value > most) [[unlikely]] {
            report("value_out_of_range", field,
                   " must lie between 0 and " + std::to_string(most) + ".");
        }
    }
    void instant(const char* field, base::Instant value) {
        if (value.micros < 0 || value > base::kEndOfTime) [[unlikely]]
            report("value_out_of_range", field, " must lie in the years 1970 to 9999.");
    }
    void report(base::ErrorCode code, const char* field, const std::string& what) {
        if (!problem_) problem_ = base::Error{code, field + what};
    }
    [[nodiscard]] std::optional<base::Error> take() { return std::move(problem_); }

private:
    std::optional<base::Error> problem_;
};

}  // namespace quipu::ledger
