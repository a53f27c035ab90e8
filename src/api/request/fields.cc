#include "api/request/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/request/errors.h"

namespace quipu::api {
namespace {

using base::DecimalError;
using base::Error;

constexpr std::size_t kMinCurrencyLength = 3;

std::string_view kind_name(base::JsonKind kind) {
    switch (kind) {
        case base::JsonKind::Missing:
            return "undefined";
        case base::JsonKind::Null:
            return "null";
        case base::JsonKind::Boolean:
            return "boolean";
        case base::JsonKind::Number:
            return "number";
        case base::JsonKind::String:
            return "string";
        case base::JsonKind::Array:
            return "array";
        case base::JsonKind::Object:
            return "object";
    }
    return "undefined";
}

std::string_view reason_of(DecimalError error) {
    switch (error) {
        case DecimalError::Malformed:
            return "Expected a decimal number";
        case DecimalError::TooPrecise:
            return "Too precise: at most 9 decimals are kept";
        case DecimalError::OutOfRange:
            return "Too big: the number is out of range";
    }
    return "Expected a decimal number";
}

std::string_view price_reason_of(DecimalError error) {
    return error == DecimalError::TooPrecise ? "Too precise: at most 12 decimals are kept"
                                             : reason_of(error);
}

}  // namespace

Fields::Fields(base::JsonValue object, std::string path) : object_(object), path_(std::move(path)) {
    if (object.is_object()) return;
    const std::string field = path_.empty() ? "input" : path_.substr(0, path_.size() - 1);
    problem_ = invalid(field, fmt::format("Invalid input: expected object, received {}",
                                          kind_name(object.kind())));
}

base::JsonValue Fields::sent(std::string_view name) const {
    const base::JsonValue value = object_[name];
    return value.is_null() ? base::JsonValue() : value;
}

void Fields::refuse(std::string_view name, std::string_view reason) {
    if (!problem_) problem_ = invalid(path_ + std::string(name), reason);
}

void Fields::refuse_kind(std::string_view name, std::string_view expected) {
    refuse(name, fmt::format("Invalid input: expected {}, received {}", expected,
                             kind_name(object_[name].kind())));
}

void Fields::require(std::string_view name, std::string_view expected) {
    if (!sent(name).is_present()) refuse_kind(name, expected);
}

void Fields::take(const std::optional<Error>& problem) {
    if (!problem_) problem_ = problem;
}

std::string Fields::nested(std::string_view name, std::size_t index) const {
    return fmt::format("{}{}.{}.", path_, name, index);
}

std::string Fields::nested(std::string_view name) const {
    return fmt::format("{}{}.", path_, name);
}

std::optional<std::string_view> Fields::optional_text(std::string_view name) {
    const base::JsonValue value = sent(name);
    if (!value.is_present()) return std::nullopt;
    const auto text = value.string();
    if (!text) refuse_kind(name, "string");
    return text;
}

std::string_view Fields::text(std::string_view name) {
    require(name, "string");
    const std::string_view text = optional_text(name).value_or("");
    if (text.empty()) refuse(name, "Too small: expected string to have >=1 characters");
    return text;
}

std::string_view Fields::own_id(std::string_view name) {
    require(name, "string");
    const std::string_view id = optional_own_id(name);
    if (id.empty()) refuse(name, "Too small: expected string to have >=1 characters");
    return id;
}

std::string_view Fields::optional_own_id(std::string_view name) {
    const std::string_view id = text_or(name, "");
    if (has_blank_at_an_end(id)) refuse(name, kBlankAtAnEnd);
    return id;
}

std::string_view Fields::text_or(std::string_view name, std::string_view fallback) {
    return optional_text(name).value_or(fallback);
}

std::optional<std::string_view> Fields::optional_email(std::string_view name) {
    const auto text = optional_text(name);
    if (text && !looks_like_email(*text)) refuse(name, "Invalid email address");
    return text;
}

std::string_view Fields::url_or_empty(std::string_view name) {
    const auto text = optional_text(name);
    if (text && !looks_like_url(*text)) refuse(name, "Invalid URL");
    return text.value_or("");
}

base::Currency Fields::currency_or_none(std::string_view name) {
    const auto text = optional_text(name);
    if (!text) return {};
    const auto known = base::Currency::find(*text);
    if (text->size() < kMinCurrencyLength) {
        refuse(name, fmt::format("Too small: expected string to have >={} characters",
                                 kMinCurrencyLength));
    } else if (!known) {
        refuse(name, fmt::format("'{}' is not a currency code of ISO 4217", *text));
    }
    return known.value_or(base::Currency());
}

void Fields::check_texts(std::string_view name) {
    std::size_t index = 0;
    for (const base::JsonValue each : array(name)) {
        if (!each.string()) {
            refuse(
                fmt::format("{}.{}", name, index),
                fmt::format("Invalid input: expected string, received {}", kind_name(each.kind())));
        }
        ++index;
    }
}

bool Fields::boolean_or(std::string_view name, bool fallback) {
    const base::JsonValue value = sent(name);
    if (!value.is_present()) return fallback;
    const auto truth = value.boolean();
    if (!truth) refuse_kind(name, "boolean");
    return truth.value_or(fallback);
}

bool Fields::boolean(std::string_view name) {
    require(name, "boolean");
    return boolean_or(name, false);
}

std::optional<base::Int128> Fields::optional_coefficient(std::string_view name, int scale) {
    const base::JsonValue value = sent(name);
    if (!value.is_present()) return std::nullopt;
    const auto number = value.number();
    if (!number) {
        refuse_kind(name, "number");
        return std::nullopt;
    }
    const base::ParsedCoefficient parsed = base::parse_coefficient(*number, scale);
    if (!parsed.error) return parsed.value;
    refuse(name, scale == base::UnitPrice::kScale ? price_reason_of(*parsed.error)
                                                  : reason_of(*parsed.error));
    return std::nullopt;
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, std::int64_t least) {
    const base::JsonValue value = sent(name);
    if (!value.is_present()) return std::nullopt;
    const auto number = value.number();
    if (!number) {
        refuse_kind(name, "number");
        return std::nullopt;
    }
    const base::ParsedCoefficient parsed = base::parse_coefficient(*number, 0);
    if (parsed.error == DecimalError::TooPrecise) {
        refuse(name, "Invalid input: expected int, received number");
    } else if (parsed.error || parsed.value > std::numeric_limits<std::int64_t>::max() ||
               parsed.value < std::numeric_limits<std::int64_t>::min()) {
        refuse(name, "Too big: the number is out of range");
    } else if (parsed.value < least) {
        refuse(name, fmt::format("Too small: expected number to be >={}", least));
    } else {
        return static_cast<std::int64_t>(parsed.value);
    }
    return std::nullopt;
}

std::int64_t Fields::integer(std::string_view name, std::int64_t least) {
    require(name, "number");
    return optional_integer(name, least).value_or(least);
}

std::int64_t Fields::count_or_one(std::string_view name) {
    if (is_null(name)) refuse_kind(name, "number");
    return optional_integer(name, 1).value_or(1);
}

base::Quantity Fields::usage_value() {
    const base::JsonValue value = object_["value"];
    if (!value.is_present()) return base::Quantity::from_int(1);
    const auto number = value.number();
    if (!number) {
        refuse_kind("value", "number");
        return {};
    }
    auto units = usage_value_from(path_ + "value", *number);
    if (units) return *units;
    take(units.error());
    return {};
}

std::optional<base::Instant> Fields::optional_instant(std::string_view name) {
    const base::JsonValue value = sent(name);
    if (!value.is_present()) return std::nullopt;
    if (const auto text = value.string()) {
        const auto at = base::parse_instant(*text);
        if (!at) refuse(name, "Invalid ISO datetime");
        return at;
    }
    const auto millis = optional_integer(name, 0);
    // Within the years that an instant covers.
    if (millis && *millis > base::to_millis(base::kEndOfTime)) {
        refuse(name, "Too big: the time is out of range");
        return std::nullopt;
    }
    if (!millis) return std::nullopt;
    return base::from_millis(*millis);
}

base::JsonValue Fields::object(std::string_view name) {
    const base::JsonValue value = sent(name);
    if (value.is_present() && !value.is_object()) refuse_kind(name, "object");
    return value.is_object() ? value : base::JsonValue();
}

base::JsonValue Fields::array(std::string_view name) {
    const base::JsonValue value = sent(name);
    if (value.is_present() && !value.is_array()) refuse_kind(name, "array");
    return value.is_array() ? value : base::JsonValue();
}

base::JsonValue Fields::required_array(std::string_view name) {
    require(name, "array");
    return array(name);
}

std::string_view Fields::object_text(std::string_view name) {
    const base::JsonValue value = sent(name);
    if (value.is_present() && !value.is_object()) refuse_kind(name, "record");
    return value.is_object() ? value.raw() : std::string_view();
}

base::Result<base::Quantity> usage_value_from(std::string_view field, std::string_view number) {
    const base::ParsedCoefficient parsed = base::parse_coefficient(number, base::Quantity::kScale);
    if (parsed.error) return tl::unexpected(invalid(field, reason_of(*parsed.error)));
    const auto units = base::Quantity::from_coefficient(parsed.value);
    if (units.is_negative()) {
        return tl::unexpected(invalid(field, "Too small: expected number to be >=0"));
    }
    if (units > base::kMaxQuantity) {
        return tl::unexpected(invalid(field, fmt::format("Too big: expected number to be <={}",
                                                         base::kMaxQuantity.to_string())));
    }
    return units;
}

bool looks_like_url(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto may_follow = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    const std::string_view scheme = text.substr(0, colon);
    if (!is_letter(scheme.front()) || !std::ranges::all_of(scheme, may_follow)) return false;
    if (text.find_first_of(" \t\r\n") != std::string_view::npos) return false;
    std::string_view rest = text.substr(colon + 1);
    if (!scheme.starts_with("http")) return !rest.empty();
    if (!rest.starts_with("//")) return false;
    rest.remove_prefix(2);
    return !rest.empty() && std::string_view("/?#:").find(rest.front()) == std::string_view::npos;
}

bool has_blank_at_an_end(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    return !text.empty() && (kBlanks.find(text.front()) != std::string_view::npos ||
                             kBlanks.find(text.back()) != std::string_view::npos);
}

bool looks_like_email(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos) return false;
    const std::string_view domain = text.substr(at + 1);
    if (domain.find('@') != std::string_view::npos) return false;
    const std::size_t dot = domain.find('.');
    if (dot == 0 || dot == std::string_view::npos || domain.back() == '.') return false;
    return text.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace quipu::api
