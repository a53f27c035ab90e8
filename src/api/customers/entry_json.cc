#include "api/customers/entry_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ledger/command.h"

namespace quipu::api {
namespace {

using namespace ledger;

constexpr auto kNames = std::to_array<std::pair<std::uint8_t, std::string_view>>({
    {kCommandKind<Track>, "track"},
    {kCommandKind<CorrectUsage>, "usage_correction"},
    {kCommandKind<Reserve>, "reserve"},
    {kCommandKind<ConfirmReservation>, "reserve_confirm"},
    {kCommandKind<ReleaseReservation>, "reserve_release"},
    {kCommandKind<Attach>, "attach"},
    {kCommandKind<Cancel>, "cancel"},
    {kCommandKind<Uncancel>, "uncancel"},
    {kCommandKind<ActivateSubscription>, "activate"},
    {kCommandKind<PurchaseAddon>, "addon"},
    {kCommandKind<AddEntity>, "entity_add"},
    {kCommandKind<RemoveEntity>, "entity_remove"},
    {kCommandKind<SetFeatureConfig>, "feature_config"},
    {kCommandKind<SetOverageLimit>, "overage_limit"},
    {kCommandKind<GrantOverride>, "override"},
    {kCommandKind<RevokeOverride>, "override_remove"},
    {kCommandKind<GenerateInvoice>, "invoice"},
    {kCommandKind<PayInvoice>, "invoice_pay"},
    {kCommandKind<MarkInvoicePaid>, "invoice_mark_paid"},
    {kCommandKind<VoidInvoice>, "invoice_void"},
    {kCommandKind<RecordPayment>, "payment"},
    {kCommandKind<RecordRefund>, "refund"},
    {kCommandKind<OpenAccount>, "open"},
});

}  // namespace

std::string_view entry_kind_name(std::uint8_t kind) {
    const auto* found =
        std::ranges::find(kNames, kind, &std::pair<std::uint8_t, std::string_view>::first);
    return found == kNames.end() ? "other" : found->second;
}

}  // namespace quipu::api
