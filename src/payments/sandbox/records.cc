#include "payments/sandbox/records.h"

#include <concepts>
#include <type_traits>

#include "base/bytes.h"
#include "payments/sandbox/cards.h"

namespace quipu::payments {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr std::uint8_t kVersion = 1;

// The fields of each value once, for writing and for reading.
class Writing {
public:
    Writing() { out_.byte(kVersion); }
    void operator()(const std::string& value) { out_.string(value); }
    void operator()(const base::Currency& value) { out_.string(value.code()); }
    void operator()(const std::int64_t& value) { out_.zigzag(value); }
    void operator()(const std::uint32_t& value) { out_.varint(value); }
    void operator()(const bool& value) { out_.boolean(value); }
    void operator()(const base::Instant& value) { out_.instant(value); }
    void operator()(const SandboxState& value) { out_.byte(static_cast<std::uint8_t>(value)); }
    [[nodiscard]] std::string take() { return out_.take(); }

private:
    ByteWriter out_;
};

class Reading {
public:
    explicit Reading(std::string_view row) : in_(row) { ok_ = in_.byte() == kVersion; }
    void operator()(std::string& value) { value = in_.string(); }
    void operator()(base::Currency& value) {
        // In either case: rows of before hold what a catalog said, and nothing makes them again.
        const std::string_view code = in_.string();
        const auto known = base::Currency::find(code);
        ok_ = ok_ && (known || code.empty());
        value = known.value_or(base::Currency());
    }
    void operator()(std::int64_t& value) { value = in_.zigzag(); }
    void operator()(std::uint32_t& value) {
        const std::uint64_t read = in_.varint();
        value = static_cast<std::uint32_t>(read);
        ok_ = ok_ && value == read;
    }
    void operator()(bool& value) { value = in_.boolean(); }
    void operator()(base::Instant& value) { value = in_.instant(); }
    void operator()(SandboxState& value) {
        const std::uint8_t read = in_.byte();
        value = static_cast<SandboxState>(read);
        ok_ = ok_ && value >= SandboxState::Open && value <= SandboxState::Abandoned;
    }
    [[nodiscard]] bool done() const { return ok_ && in_.done(); }

private:
    ByteReader in_;
    bool ok_ = true;
};

// The value is const when written.
template <typename Reference, typename Value>
concept Of = std::same_as<std::remove_cvref_t<Reference>, Value>;

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxMethod>
{
    io(value.id), io(value.organisation), io(value.customer), io(value.brand), io(value.last4);
    io(value.fails_later), io(value.added_at);
}

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxSession>
{
    auto& request = value.request;
    io(value.id), io(request.intent), io(request.organisation), io(request.customer);
    io(request.email), io(request.description), io(request.amount_minor), io(request.currency);
    io(request.callback_url), io(request.expires_at), io(value.state), io(value.confirmation);
    fields(io, value.method);
}

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxCharge>
{
    auto& request = value.request;
    io(request.intent), io(request.attempt), io(request.organisation), io(request.customer);
    io(request.method), io(request.description), io(request.amount_minor), io(request.currency);
    auto& result = value.result;
    io(result.succeeded), io(result.reference), io(result.failure), io(result.message);
    io(result.permanent);
}

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxPayment>
{
    io(value.reference), io(value.customer), io(value.amount_minor), io(value.refunded_minor);
    io(value.currency);
}

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxRefund>
{
    io(value.request.refund), io(value.request.intent), io(value.request.organisation);
    io(value.request.amount_minor), io(value.request.currency);
    io(value.result.succeeded), io(value.result.reference), io(value.result.message);
}

void fields(auto& io, auto& value)
    requires Of<decltype(value), SandboxWebhook>
{
    io(value.organisation), io(value.body), io(value.due), io(value.attempts);
}

template <typename Value>
std::string written(const Value& value) {
    Writing io;
    fields(io, value);
    return io.take();
}

template <typename Value>
std::optional<Value> read(std::string_view row) {
    Reading io(row);
    Value value;
    fields(io, value);
    if (!io.done()) return std::nullopt;
    return value;
}

}  // namespace

std::string encode(const SandboxMethod& method) {
    return written(method);
}
std::string encode(const SandboxSession& session) {
    return written(session);
}
std::string encode(const SandboxCharge& charge) {
    return written(charge);
}
std::string encode(const SandboxPayment& payment) {
    return written(payment);
}
std::string encode(const SandboxRefund& refund) {
    return written(refund);
}
std::string encode(const SandboxWebhook& webhook) {
    return written(webhook);
}

std::optional<SandboxMethod> decode_method(std::string_view row) {
    return read<SandboxMethod>(row);
}
std::optional<SandboxSession> decode_session(std::string_view row) {
    return read<SandboxSession>(row);
}
std::optional<SandboxCharge> decode_charge(std::string_view row) {
    return read<SandboxCharge>(row);
}
std::optional<SandboxPayment> decode_payment(std::string_view row) {
    return read<SandboxPayment>(row);
}
std::optional<SandboxRefund> decode_refund(std::string_view row) {
    return read<SandboxRefund>(row);
}
std::optional<SandboxWebhook> decode_webhook(std::string_view key, std::string_view row) {
    ByteReader sequence(key);
    auto webhook = read<SandboxWebhook>(row);
    if (!webhook) return std::nullopt;
    webhook->sequence = sequence.big_endian_u64();
    if (!sequence.done()) return std::nullopt;
    return webhook;
}

std::string sandbox_key(std::string_view organisation, std::string_view id) {
    ByteWriter key;
    key.string(organisation);
    key.string(id);
    return key.take();
}

std::string sandbox_charge_key(std::string_view organisation, std::string_view intent,
                               std::uint32_t attempt) {
    ByteWriter key;
    key.string(organisation);
    key.string(intent);
    key.big_endian_u32(attempt);
    return key.take();
}

std::string sandbox_webhook_key(std::uint64_t sequence) {
    ByteWriter key;
    key.big_endian_u64(sequence);
    return key.take();
}

ledger::PaymentMethod to_payment_method(const SandboxMethod& method) {
    return {.id = method.id,
            .provider = "sandbox",
            .type = ledger::PaymentMethodType::Card,
            .brand = method.brand,
            .last4 = method.last4,
            .exp_month = kTestCardExpiryMonth,
            .exp_year = kTestCardExpiryYear,
            .is_default = false,
            .is_valid = true,
            .added_at = method.added_at,
            .least_charges = sandbox_least_charges()};
}

}  // namespace quipu::payments
