#include "ledger/codec/codec_values.h"

#include <google/protobuf/stubs/logging.h>

#include <limits>

namespace quipu::ledger::codec {
namespace {

using base::Int128;

constexpr std::int64_t kNano = 1'000'000'000;
constexpr std::int64_t kPico = 1'000'000'000'000;

std::int64_t whole_of(Int128 coefficient, Int128 one) {
    const Int128 whole = coefficient / one;
    QUIPU_CHECK(whole >= std::numeric_limits<std::int64_t>::min() &&
                whole <= std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(whole);
}

// The parts of a decimal agree in sign, and the fraction stays below one.
bool agree(std::int64_t whole, std::int64_t fraction, std::int64_t one) {
    if (fraction <= -one || fraction >= one) return false;
    return !(whole > 0 && fraction < 0) && !(whole < 0 && fraction > 0);
}

void report_disagreement(Problems& problems) {
    problems.report("value_out_of_range",
                    "The parts of a decimal differ in sign or a fraction exceeds one.");
}

}  // namespace

void Problems::report_unknown_field(const google::protobuf::Message& message) {
    const int number = message.GetReflection()->GetUnknownFields(message).field(0).number();
    report("record_unknown_field", message.GetTypeName() + " has the field " +
                                       std::to_string(number) +
                                       ", which this version does not know.");
}

void silence_protobuf_log() {
    static auto* const previous = google::protobuf::SetLogHandler(nullptr);
    static_cast<void>(previous);
}

void write(base::Quantity value, v1::Quantity& out) {
    const std::int64_t whole = whole_of(value.coefficient(), base::Quantity::kOne);
    const Int128 rest = value.coefficient() - Int128{whole} * base::Quantity::kOne;
    out.set_units(whole);
    out.set_nanos(static_cast<std::int32_t>(rest));
}

void write(base::UnitPrice value, v1::UnitPrice& out) {
    const std::int64_t whole = whole_of(value.coefficient(), base::UnitPrice::kOne);
    const Int128 rest = value.coefficient() - Int128{whole} * base::UnitPrice::kOne;
    out.set_units(whole);
    out.set_picos(static_cast<std::int64_t>(rest));
}

void write(base::Amount value, v1::Amount& out) {
    const std::int64_t whole = whole_of(value.coefficient(), base::Amount::kOne);
    const Int128 rest = value.coefficient() - Int128{whole} * base::Amount::kOne;
    out.set_units(whole);
    out.set_picos(static_cast<std::int64_t>(rest / kNano));
    out.set_zeptos(static_cast<std::int32_t>(rest % kNano));
}

base::Quantity read(const v1::Quantity& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    if (!agree(message.units(), message.nanos(), kNano)) [[unlikely]]
        report_disagreement(problems);
    return base::Quantity::from_coefficient(Int128{message.units()} * kNano + message.nanos());
}

base::UnitPrice read(const v1::UnitPrice& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    if (!agree(message.units(), message.picos(), kPico)) [[unlikely]]
        report_disagreement(problems);
    return base::UnitPrice::from_coefficient(Int128{message.units()} * kPico + message.picos());
}

base::Amount read(const v1::Amount& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    if (!agree(message.units(), message.picos(), kPico) ||
        !agree(message.picos(), message.zeptos(), kNano) ||
        !agree(message.units(), message.zeptos(), kNano)) [[unlikely]] {
        report_disagreement(problems);
    }
    return base::Amount::from_coefficient(Int128{message.units()} * base::Amount::kOne +
                                          Int128{message.picos()} * kNano + message.zeptos());
}

base::Currency read_currency(std::string_view code, const char* field, Problems& problems) {
    if (code.empty()) return {};
    const auto known = base::Currency::find(code);
    if (!known)
        problems.report("currency_unknown", std::string(field) + " is not a code of ISO 4217.");
    return known.value_or(base::Currency());
}

}  // namespace quipu::ledger::codec
