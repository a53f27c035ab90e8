#include "payments/sandbox/event.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

#include "base/hmac.h"
#include "base/json_writer.h"
#include "payments/sandbox/cards.h"

namespace quipu::payments {
namespace {

struct TypeName {
    ProviderEventType type;
    std::string_view name;
};
constexpr std::array<TypeName, 5> kTypes = {{
    {ProviderEventType::PaymentSucceeded, "payment.succeeded"},
    {ProviderEventType::PaymentFailed, "payment.failed"},
    {ProviderEventType::MethodAdded, "method.added"},
    {ProviderEventType::PaymentRefunded, "payment.refunded"},
    {ProviderEventType::CheckoutAbandoned, "checkout.abandoned"},
}};

std::string_view name_of_type(ProviderEventType type) {
    for (const TypeName& entry : kTypes) {
        if (entry.type == type) return entry.name;
    }
    return "unknown";
}

ProviderEventType type_of_name(std::string_view name) {
    for (const TypeName& entry : kTypes) {
        if (entry.name == name) return entry.type;
    }
    return ProviderEventType::Unknown;
}

template <typename Integer>
std::optional<Integer> whole(std::string_view text) {
    Integer value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Reads members that must be there; one that is not spoils all.
class Members {
public:
    explicit Members(base::JsonValue object) : object_(object) { ok_ = object.is_object(); }

    std::string text(std::string_view name) {
        const auto value = object_[name].string();
        ok_ = ok_ && value;
        return std::string(value.value_or(""));
    }
    template <typename Integer>
    Integer number(std::string_view name) {
        const auto value = object_[name].number();
        const auto read = value ? whole<Integer>(*value) : std::nullopt;
        ok_ = ok_ && read;
        return read.value_or(0);
    }
    bool boolean(std::string_view name) {
        const auto value = object_[name].boolean();
        ok_ = ok_ && value;
        return value.value_or(false);
    }
    [[nodiscard]] base::JsonValue operator[](std::string_view name) const { return object_[name]; }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    base::JsonValue object_;
    bool ok_;
};

void write_method(base::JsonWriter& json, const std::optional<ledger::PaymentMethod>& method) {
    json.key("method");
    if (!method) {
        json.null();
        return;
    }
    json.begin_object();
    json.key("id").string(method->id);
    json.key("brand").string(method->brand);
    json.key("last4").string(method->last4);
    json.key("expMonth").integer(method->exp_month);
    json.key("expYear").integer(method->exp_year);
    json.end_object();
}

bool read_method(base::JsonValue value, base::Instant created, ProviderEvent& event) {
    if (value.is_null()) return true;
    Members members(value);
    event.method = ledger::PaymentMethod{.id = members.text("id"),
                                         .provider = "sandbox",
                                         .type = ledger::PaymentMethodType::Card,
                                         .brand = members.text("brand"),
                                         .last4 = members.text("last4"),
                                         .exp_month = members.number<std::uint32_t>("expMonth"),
                                         .exp_year = members.number<std::uint32_t>("expYear"),
                                         .is_default = false,
                                         .is_valid = true,
                                         .added_at = created,
                                         .least_charges = sandbox_least_charges()};
    return members.ok();
}

// What is signed: the time too, so that an old body cannot be sent again with a new one.
std::string signature_of(std::string_view secret, std::string_view time, std::string_view body) {
    return base::to_hex(base::hmac_sha256(secret, fmt::format("{}.{}", time, body)));
}

std::int64_t unix_seconds(base::Instant now) {
    return now.micros / base::kMicrosPerSecond;
}

}  // namespace

std::string sandbox_event_body(const ProviderEvent& event, std::string_view organisation,
                               std::string_view refund, base::Instant created) {
    std::string body;
    base::JsonWriter json(body);
    json.begin_object();
    json.key("id").string(event.id);
    json.key("type").string(name_of_type(event.type));
    json.key("created").integer(base::to_millis(created));
    json.key("organisation").string(organisation);
    json.key("data").begin_object();
    json.key("intent").string(event.intent);
    json.key("customer").string(event.customer);
    json.key("attempt").integer(event.attempt);
    json.key("amount").integer(event.amount_minor);
    json.key("currency").string(event.currency.code());
    json.key("reference").string(event.reference);
    json.key("refund");
    refund.empty() ? json.null() : json.string(refund);
    write_method(json, event.method);
    json.key("failure").string(event.failure);
    json.key("message").string(event.message);
    json.key("permanent").boolean(event.permanent);
    json.end_object();
    json.end_object();
    return body;
}

base::Result<ProviderEvent> read_sandbox_event(base::JsonReader& reader,
                                               std::string_view organisation,
                                               std::string_view body) {
    const auto malformed = [](std::string_view why) {
        return base::fail("payload_malformed",
                          fmt::format("The sandbox's webhook cannot be read: {}.", why));
    };
    const auto json = reader.read(body);
    if (!json) return malformed("its body is not JSON");
    Members top(*json);
    ProviderEvent event;
    event.id = top.text("id");
    event.type = type_of_name(top.text("type"));
    if (!top.ok() || event.id.empty()) return malformed("it has no id or no type");
    if (event.type == ProviderEventType::Unknown) return event;
    if (top.text("organisation") != organisation) return malformed("it is of another organisation");
    const auto created = base::from_millis(top.number<std::int64_t>("created"));

    Members data(top["data"]);
    event.intent = data.text("intent");
    event.customer = data.text("customer");
    event.attempt = data.number<std::uint32_t>("attempt");
    event.amount_minor = data.number<std::int64_t>("amount");
    const std::string code = data.text("currency");
    const auto currency = base::Currency::find(code);
    if (!currency && !code.empty()) return malformed("its currency is unknown");
    event.currency = currency.value_or(base::Currency());
    event.reference = data.text("reference");
    event.failure = data.text("failure");
    event.message = data.text("message");
    event.permanent = data.boolean("permanent");
    const bool method_read = read_method(data["method"], created, event);
    if (!top.ok() || !data.ok() || !method_read) return malformed("a field is missing");
    return event;
}

std::string sandbox_signature(std::string_view secret, std::string_view body, base::Instant now) {
    const std::string time = std::to_string(unix_seconds(now));
    return fmt::format("t={},v1={}", time, signature_of(secret, time, body));
}

base::Result<void> verify_sandbox_signature(std::string_view header, std::string_view secret,
                                            std::string_view body, base::Instant now) {
    if (header.empty())
        return base::fail("signature_missing", "The webhook has no x-sandbox-signature header.");
    const auto invalid = [](std::string_view why) {
        return base::fail("signature_invalid",
                          fmt::format("The webhook's signature does not hold: {}.", why));
    };
    const std::size_t comma = header.find(",v1=");
    if (!header.starts_with("t=") || comma == std::string_view::npos)
        return invalid("it is not t=<seconds>,v1=<hex>");
    const std::string_view time = header.substr(2, comma - 2);
    const auto signed_at = whole<std::int64_t>(time);
    constexpr std::int64_t kFarFuture = 253'402'300'800;  // year 10000: no difference overflows
    if (!signed_at || *signed_at < 0 || *signed_at > kFarFuture)
        return invalid("its time is no number");
    if (!base::equal_in_constant_time(signature_of(secret, time, body), header.substr(comma + 4)))
        return invalid("it was made with another secret or for another body");
    const std::int64_t age = unix_seconds(now) - *signed_at;
    if (age > kSandboxSignatureToleranceSeconds || age < -kSandboxSignatureToleranceSeconds)
        return invalid("its time is more than five minutes away");
    return {};
}

}  // namespace quipu::payments
