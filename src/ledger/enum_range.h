// The last number of every enum that is written down. All of them are dense from 1 (Refusal from
// 0) but for a few numbers without a meaning, so a number read back is known when it lies between.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/invoice.h"
#include "ledger/outcome.h"
#include "ledger/window.h"
#include "rating/rate_card.h"

namespace quipu::ledger {

template <typename Enum>
struct EnumRange;  // an enum without an entry here does not compile

// clang-format off
template <> struct EnumRange<FeatureType> { static constexpr auto kLast = FeatureType::Static; };
template <> struct EnumRange<MeterType> { static constexpr auto kLast = MeterType::NonConsumable; };
template <> struct EnumRange<OverageMode> { static constexpr auto kLast = OverageMode::Charge; };
template <> struct EnumRange<BillingType> { static constexpr auto kLast = BillingType::OneTime; };
template <> struct EnumRange<Interval> { static constexpr auto kLast = Interval::Yearly; };
template <> struct EnumRange<Alignment> { static constexpr auto kLast = Alignment::Calendar; };
template <> struct EnumRange<SubscriptionStatus> { static constexpr auto kLast = SubscriptionStatus::Refunded; };
template <> struct EnumRange<LimitReaction> { static constexpr auto kLast = LimitReaction::Notify; };
template <> struct EnumRange<Code> { static constexpr auto kLast = Code::OveragePriceRequired; };
template <> struct EnumRange<Ending> { static constexpr auto kLast = Ending::NeverBegan; };
template <> struct EnumRange<Refusal> { static constexpr auto kLast = Refusal::NoPaymentMethod; };
template <> struct EnumRange<AttachType> { static constexpr auto kLast = AttachType::Trial; };
template <> struct EnumRange<Bucket> { static constexpr auto kLast = Bucket::Overage; };
template <> struct EnumRange<InvoiceStatus> { static constexpr auto kLast = InvoiceStatus::Void; };
template <> struct EnumRange<InvoiceTrigger> { static constexpr auto kLast = InvoiceTrigger::Threshold; };
template <> struct EnumRange<LineKind> { static constexpr auto kLast = LineKind::Proration; };
template <> struct EnumRange<PaymentMethodType> { static constexpr auto kLast = PaymentMethodType::ProviderManaged; };
template <> struct EnumRange<IntentPurpose> { static constexpr auto kLast = IntentPurpose::Trial; };
template <> struct EnumRange<IntentMode> { static constexpr auto kLast = IntentMode::Checkout; };
template <> struct EnumRange<IntentStatus> { static constexpr auto kLast = IntentStatus::Refunded; };
template <> struct EnumRange<PaymentResult> { static constexpr auto kLast = PaymentResult::Abandoned; };
template <> struct EnumRange<ProviderCall::Kind> { static constexpr auto kLast = ProviderCall::Kind::Refund; };
template <> struct EnumRange<rating::UsageModel> { static constexpr auto kLast = rating::UsageModel::Prepaid; };
template <> struct EnumRange<rating::RatingModel> { static constexpr auto kLast = rating::RatingModel::Volume; };
// clang-format on

// Numbers below the last that no enumerator has.
template <typename Enum>
inline constexpr std::array<std::int64_t, 0> kUnusedNumbers{};
template <>
inline constexpr std::array<std::int64_t, 3> kUnusedNumbers<Code>{16, 24, 35};
template <>
inline constexpr std::array<std::int64_t, 1> kUnusedNumbers<InvoiceStatus>{1};

// Whether an enumerator has this number.
template <typename Enum>
[[nodiscard]] constexpr bool is_enumerator(std::int64_t number) {
    constexpr std::int64_t kFirst = std::is_same_v<Enum, Refusal> ? 0 : 1;
    return number >= kFirst && number <= static_cast<std::int64_t>(EnumRange<Enum>::kLast) &&
           std::ranges::find(kUnusedNumbers<Enum>, number) == kUnusedNumbers<Enum>.end();
}

}  // namespace quipu::ledger
