// The stable number of a command's type: its field number in the log schema
// (schemas/quipu/v1/record.proto), which never changes.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "ledger/command.h"

namespace quipu::ledger {

template <typename T>
inline constexpr std::uint8_t kCommandKind = 0;  // 0: not a command
template <>
inline constexpr std::uint8_t kCommandKind<Track> = 16;
template <>
inline constexpr std::uint8_t kCommandKind<Attach> = 17;
template <>
inline constexpr std::uint8_t kCommandKind<Cancel> = 18;
template <>
inline constexpr std::uint8_t kCommandKind<Uncancel> = 19;
template <>
inline constexpr std::uint8_t kCommandKind<PurchaseAddon> = 20;
template <>
inline constexpr std::uint8_t kCommandKind<AddEntity> = 21;
template <>
inline constexpr std::uint8_t kCommandKind<RemoveEntity> = 22;
template <>
inline constexpr std::uint8_t kCommandKind<SetFeatureConfig> = 23;
template <>
inline constexpr std::uint8_t kCommandKind<SetOverageLimit> = 24;
template <>
inline constexpr std::uint8_t kCommandKind<GenerateInvoice> = 25;
template <>
inline constexpr std::uint8_t kCommandKind<OpenAccount> = 26;
template <>
inline constexpr std::uint8_t kCommandKind<Tick> = 27;
template <>
inline constexpr std::uint8_t kCommandKind<PublishCatalog> = 28;
template <>
inline constexpr std::uint8_t kCommandKind<Genesis> = 29;
template <>
inline constexpr std::uint8_t kCommandKind<CreateOrganisation> = 30;
template <>
inline constexpr std::uint8_t kCommandKind<CreateKey> = 31;
template <>
inline constexpr std::uint8_t kCommandKind<RevokeKey> = 32;
template <>
inline constexpr std::uint8_t kCommandKind<UpsertCustomer> = 33;
template <>
inline constexpr std::uint8_t kCommandKind<PublishPayload> = 34;
template <>
inline constexpr std::uint8_t kCommandKind<PublishSettings> = 35;
template <>
inline constexpr std::uint8_t kCommandKind<ActivateSubscription> = 36;
template <>
inline constexpr std::uint8_t kCommandKind<SetUpPaymentMethod> = 37;
template <>
inline constexpr std::uint8_t kCommandKind<RemovePaymentMethod> = 38;
template <>
inline constexpr std::uint8_t kCommandKind<PayInvoice> = 39;
template <>
inline constexpr std::uint8_t kCommandKind<MarkInvoicePaid> = 40;
template <>
inline constexpr std::uint8_t kCommandKind<VoidInvoice> = 41;
template <>
inline constexpr std::uint8_t kCommandKind<RecordPayment> = 42;
template <>
inline constexpr std::uint8_t kCommandKind<RecordRefund> = 43;
template <>
inline constexpr std::uint8_t kCommandKind<GrantOverride> = 44;
template <>
inline constexpr std::uint8_t kCommandKind<RevokeOverride> = 45;
template <>
inline constexpr std::uint8_t kCommandKind<CorrectUsage> = 46;
template <>
inline constexpr std::uint8_t kCommandKind<SetDefaultProvider> = 47;
template <>
inline constexpr std::uint8_t kCommandKind<UpdateSettings> = 48;
template <>
inline constexpr std::uint8_t kCommandKind<Reserve> = 49;
template <>
inline constexpr std::uint8_t kCommandKind<ConfirmReservation> = 50;
template <>
inline constexpr std::uint8_t kCommandKind<ReleaseReservation> = 51;
template <>
inline constexpr std::uint8_t kCommandKind<CreateWebhookEndpoint> = 60;
template <>
inline constexpr std::uint8_t kCommandKind<UpdateWebhookEndpoint> = 61;
template <>
inline constexpr std::uint8_t kCommandKind<DeleteWebhookEndpoint> = 62;
template <>
inline constexpr std::uint8_t kCommandKind<DisableWebhookEndpoint> = 63;
template <>
inline constexpr std::uint8_t kCommandKind<RotateWebhookSecret> = 64;

// 16 to 255.
[[nodiscard]] inline std::uint8_t kind_of(const Command& command) {
    return std::visit(
        []<typename T>(const T&) {
            static_assert(kCommandKind<T> != 0, "a new command needs its number here");
            return kCommandKind<T>;
        },
        command);
}

}  // namespace quipu::ledger
