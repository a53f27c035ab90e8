// One of every command.
#include "support/generator_parts.h"

namespace quipu::testing {
namespace {

using namespace parts;

// Field by field; what may not hold just anything is said below.
template <typename C>
C generated() {
    C command = filled<C>();
    base::for_each_field(command, [](std::string_view name, auto& value) {
        if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, std::string>) {
            if (name == "metadata_json") value = metadata();
        }
    });
    return command;
}

template <>
ledger::PublishCatalog generated() {
    return {*catalog()};
}
template <>
ledger::Track generated() {
    return {*word(), *quantity(), *text(), metadata(), filled<bool>()};
}
template <>
ledger::SetFeatureConfig generated() {
    ledger::FeatureConfig config = filled<ledger::FeatureConfig>();
    if (config.max_overage_units) config.max_overage_units = *quantity();
    return {config};
}
template <>
ledger::SetOverageLimit generated() {
    auto limit = filled<std::optional<ledger::OverageLimit>>();
    if (limit) limit->max_minor &= std::numeric_limits<std::int64_t>::max();
    return {limit};
}
ledger::BillingSettings settings() {
    auto made = filled<ledger::BillingSettings>();
    made.threshold_minor = *rc::gen::inRange<std::int64_t>(0, ledger::kMaxThresholdMinor);
    const auto hours = rc::gen::inRange<std::uint32_t>(0, ledger::kMaxSettingsHours);
    made.grace_hours = *hours;
    made.past_due_after_hours = *hours;
    made.retry_hours = *rc::gen::resize(ledger::kMaxRetries - 1,
                                        rc::gen::container<std::vector<std::uint32_t>>(hours));
    return made;
}

template <>
ledger::PublishPayload generated() {
    return {*catalog()};
}
template <>
ledger::CreateWebhookEndpoint generated() {
    return {*word(), *text(), *text(), *text(), filled<std::vector<std::string>>()};
}

template <>
ledger::PublishSettings generated() {
    return {settings()};
}
template <>
ledger::RecordPayment generated() {
    auto method = filled<std::optional<ledger::PaymentMethod>>();
    if (method) {
        method->id = *word();
        method->last4 = "4242";
        for (ledger::LeastCharge& least : method->least_charges)
            least.minor = *rc::gen::inRange<std::int64_t>(0, 10'000);
    }
    return {*word(),
            filled<ledger::PaymentResult>(),
            *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor),
            *currency(),
            *text(),
            std::move(method),
            *text(),
            *text(),
            filled<bool>()};
}
template <>
ledger::RecordRefund generated() {
    return {*word(), *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor), *currency(),
            *text()};
}
template <>
ledger::GrantOverride generated() {
    auto granted = filled<ledger::Override>();
    granted.feature = *word();
    if (granted.limit) granted.limit = *quantity();
    granted.created_at = {};
    return {std::move(granted)};
}
template <>
ledger::CorrectUsage generated() {
    base::Quantity value = *quantity();
    if (!value.is_positive()) value = base::Quantity::from_coefficient(1);
    return {*word(), *text(), value, *text()};
}
template <>
ledger::Reserve generated() {
    base::Quantity value = *quantity();
    if (!value.is_positive()) value = base::Quantity::from_coefficient(1);
    return {*word(), *text(), value, *rc::gen::inRange<std::int64_t>(1, ledger::kMaxHoldMicros)};
}
template <>
ledger::ConfirmReservation generated() {
    ledger::ConfirmReservation confirm{*word(), {}, metadata()};
    if (filled<bool>()) confirm.value = *quantity();
    return confirm;
}
template <>
ledger::ReleaseReservation generated() {
    return {*word()};
}
template <>
ledger::SetDefaultProvider generated() {
    return {*word()};
}
template <>
ledger::UpdateSettings generated() {
    auto patch = filled<ledger::SettingsPatch>();
    const ledger::BillingSettings sound = settings();
    if (patch.threshold_minor) patch.threshold_minor = sound.threshold_minor;
    if (patch.grace_hours) patch.grace_hours = sound.grace_hours;
    if (patch.retry_hours) patch.retry_hours = sound.retry_hours;
    if (patch.past_due_after_hours) patch.past_due_after_hours = sound.past_due_after_hours;
    return {std::move(patch)};
}

}  // namespace

rc::Gen<ledger::Command> command() {
    return rc::gen::exec([] {
        return any_alternative<ledger::AnyCommand, ledger::Command>(
            []<typename T>() { return generated<T>(); });
    });
}

}  // namespace quipu::testing
