// Reads the fields of a JSON request body and words what is wrong with them as the reference does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/instant.h"
#include "base/json_body.h"
#include "base/result.h"

namespace quipu::api {

// One object. The first broken rule is kept as `problem`; after it the values read do not count.
// Texts are views into the reader of the body. A null counts as not sent.
class Fields {
public:
    // `path` is written before each field's name: "plans.0.".
    explicit Fields(base::JsonValue object, std::string path = {});

    [[nodiscard]] std::string_view text(std::string_view name);  // required, not empty
    [[nodiscard]] std::optional<std::string_view> optional_text(std::string_view name);
    // An id of the caller's own, which is looked up as it is sent: no blank at either end.
    [[nodiscard]] std::string_view own_id(std::string_view name);           // required
    [[nodiscard]] std::string_view optional_own_id(std::string_view name);  // "" when not sent
    [[nodiscard]] std::string_view text_or(std::string_view name, std::string_view fallback);
    [[nodiscard]] std::optional<std::string_view> optional_email(std::string_view name);
    [[nodiscard]] bool boolean_or(std::string_view name, bool fallback);
    [[nodiscard]] bool boolean(std::string_view name);  // required

    template <int Scale>
    [[nodiscard]] std::optional<base::Decimal<Scale>> optional_decimal(std::string_view name) {
        const auto coefficient = optional_coefficient(name, Scale);
        if (!coefficient) return std::nullopt;
        return base::Decimal<Scale>::from_coefficient(*coefficient);
    }
    // A whole number of at least `least`.
    [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name,
                                                               std::int64_t least);
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t least);  // required
    // The same, 1 unless sent. A null is refused: it is how JSON writes a number that is none.
    [[nodiscard]] std::int64_t count_or_one(std::string_view name);
    // Units of usage: 1 unless sent, never null or negative, at most base::kMaxQuantity.
    [[nodiscard]] base::Quantity usage_value();
    // ISO text, or epoch milliseconds.
    [[nodiscard]] std::optional<base::Instant> optional_instant(std::string_view name);
    // An absolute URL; "" when not sent.
    [[nodiscard]] std::string_view url_or_empty(std::string_view name);
    // None when not sent.
    [[nodiscard]] base::Currency currency_or_none(std::string_view name);
    void check_texts(std::string_view name);  // a list of texts, when sent
    // The source text of an object; "" when not sent.
    [[nodiscard]] std::string_view object_text(std::string_view name);
    [[nodiscard]] base::JsonValue object(std::string_view name);  // missing when not sent
    [[nodiscard]] base::JsonValue array(std::string_view name);   // missing when not sent
    [[nodiscard]] base::JsonValue required_array(std::string_view name);
    [[nodiscard]] bool has(std::string_view name) const { return object_[name].is_present(); }
    [[nodiscard]] bool is_null(std::string_view name) const { return object_[name].is_null(); }

    void refuse(std::string_view name, std::string_view reason);
    void take(const std::optional<base::Error>& problem);  // of a nested object
    [[nodiscard]] const std::optional<base::Error>& problem() const { return problem_; }
    [[nodiscard]] std::string nested(std::string_view name, std::size_t index) const;
    [[nodiscard]] std::string nested(std::string_view name) const;

private:
    [[nodiscard]] base::JsonValue sent(std::string_view name) const;  // missing for null
    void refuse_kind(std::string_view name, std::string_view expected);
    void require(std::string_view name, std::string_view expected);
    [[nodiscard]] std::optional<base::Int128> optional_coefficient(std::string_view name,
                                                                   int scale);

    base::JsonValue object_;
    std::string path_;
    std::optional<base::Error> problem_;
};

inline constexpr std::string_view kBlankAtAnEnd = "An id begins and ends with no blank";

// A value of usage from its text; `field` names it in the sentence. Used for query parameters too.
[[nodiscard]] base::Result<base::Quantity> usage_value_from(std::string_view field,
                                                            std::string_view number);
// A scheme, a colon and something behind it; with a host where the scheme has hosts. As loose as
// browsers and not as RFC 3986, so no work for Boost.URL: letters beyond ASCII and braces may
// stand.
[[nodiscard]] bool looks_like_url(std::string_view text);
[[nodiscard]] bool has_blank_at_an_end(std::string_view text);
// Something, an @, something with a dot in it, and no space.
[[nodiscard]] bool looks_like_email(std::string_view text);

}  // namespace quipu::api
