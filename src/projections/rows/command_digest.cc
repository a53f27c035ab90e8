#include "projections/rows/command_digest.h"

#include "base/bytes.h"
#include "base/siphash.h"
#include "ledger/command_kind.h"
#include "projections/rows/row_fields.h"
#include "projections/rows/row_io.h"

// Digests are stored with entries and compared with those of a retry that may come after an
// upgrade: a field that is added to a command may only be written when it differs from its default.
namespace quipu::projections {
namespace {

void put(RowWriter& io, const ledger::Genesis& c) {
    io(c.partitions, c.hash_key, c.rules_version);
}
void put(RowWriter&, const ledger::Tick&) {}
void put(RowWriter& io, const ledger::PublishCatalog& c) {
    io(c.catalog);
}
void put(RowWriter& io, const ledger::OpenAccount& c) {
    io(c.customer, c.external_id, c.email, c.auto_enable);
}
void put(RowWriter& io, const ledger::Track& c) {
    io(c.feature, c.value, c.entity, c.metadata_json, c.as_check);
}
void put(RowWriter& io, const ledger::Attach& c) {
    io(c.plan, c.metadata_json);
    if (!c.callback_url.empty()) io(c.callback_url);
}
void put(RowWriter& io, const ledger::Cancel& c) {
    io(c.plan, c.immediately);
}
void put(RowWriter& io, const ledger::Uncancel& c) {
    io(c.plan);
}
void put(RowWriter& io, const ledger::PurchaseAddon& c) {
    io(c.pack, c.quantity);
    if (!c.callback_url.empty()) io(c.callback_url);
}
void put(RowWriter& io, const ledger::AddEntity& c) {
    io(c.feature, c.entity, c.name, c.email, c.metadata_json);
}
void put(RowWriter& io, const ledger::RemoveEntity& c) {
    io(c.feature, c.entity);
}
void put(RowWriter& io, const ledger::SetFeatureConfig& c) {
    io(c.config);
}
void put(RowWriter& io, const ledger::SetOverageLimit& c) {
    io(c.limit);
}
void put(RowWriter&, const ledger::GenerateInvoice&) {}
void put(RowWriter& io, const ledger::CreateOrganisation& c) {
    io(c.organisation, c.name);
}
void put(RowWriter& io, const ledger::CreateKey& c) {
    io(c.key, c.name, c.hint, c.secret_sha256);
}
void put(RowWriter& io, const ledger::RevokeKey& c) {
    io(c.key);
}
// `candidate` is random per attempt.
void put(RowWriter& io, const ledger::UpsertCustomer& c) {
    io(c.external_id, c.email, c.name, c.metadata_json, c.overwrite, c.auto_enable);
}
void put(RowWriter& io, const ledger::PublishPayload& c) {
    io(c.payload);
}
void put(RowWriter& io, const ledger::PublishSettings& c) {
    io(c.settings);
}
void put(RowWriter& io, const ledger::ActivateSubscription& c) {
    io(c.subscription, c.callback_url);
    if (c.page_only) io(c.page_only);
}
void put(RowWriter& io, const ledger::SetUpPaymentMethod& c) {
    io(c.callback_url);
}
void put(RowWriter& io, const ledger::RemovePaymentMethod& c) {
    io(c.method);
}
void put(RowWriter& io, const ledger::PayInvoice& c) {
    io(c.invoice, c.callback_url);
}
void put(RowWriter& io, const ledger::MarkInvoicePaid& c) {
    io(c.invoice, c.reference);
}
void put(RowWriter& io, const ledger::VoidInvoice& c) {
    io(c.invoice, c.reason);
}
void put(RowWriter& io, const ledger::RecordPayment& c) {
    io(c.intent, c.result, c.amount_minor, c.currency, c.reference, c.method, c.failure, c.message,
       c.permanent);
}
void put(RowWriter& io, const ledger::RecordRefund& c) {
    io(c.intent, c.amount_minor, c.currency, c.reference);
    if (!c.failure.empty()) io(c.failure, c.message);
}
void put(RowWriter& io, const ledger::GrantOverride& c) {
    io(c.granted);
}
void put(RowWriter& io, const ledger::RevokeOverride& c) {
    io(c.feature);
}
void put(RowWriter& io, const ledger::CorrectUsage& c) {
    io(c.feature, c.entity, c.value, c.reason);
}
void put(RowWriter& io, const ledger::Reserve& c) {
    io(c.feature, c.entity, c.value, c.hold_micros);
}
void put(RowWriter& io, const ledger::ConfirmReservation& c) {
    io(c.reservation, c.value, c.metadata_json);
}
void put(RowWriter& io, const ledger::ReleaseReservation& c) {
    io(c.reservation);
}
void put(RowWriter& io, const ledger::SetDefaultProvider& c) {
    io(c.provider);
}
void put(RowWriter& io, const ledger::UpdateSettings& c) {
    io(c.patch);
}
// A secret is random per attempt, and so is the id of an endpoint that is made.
void put(RowWriter& io, const ledger::CreateWebhookEndpoint& c) {
    io(c.url, c.description, c.types);
}
void put(RowWriter& io, const ledger::UpdateWebhookEndpoint& c) {
    io(c.endpoint, c.url, c.description, c.types, c.enabled);
}
void put(RowWriter& io, const ledger::DeleteWebhookEndpoint& c) {
    io(c.endpoint);
}
void put(RowWriter& io, const ledger::DisableWebhookEndpoint& c) {
    io(c.endpoint, c.reason);
}
void put(RowWriter& io, const ledger::RotateWebhookSecret& c) {
    io(c.endpoint);
}

}  // namespace

std::uint64_t content_digest(const ledger::CommandRecord& record) {
    base::ByteWriter bytes;
    bytes.reserve(256);
    RowWriter io(bytes);
    io(ledger::kind_of(record.command), record.occurred_at);
    std::visit([&](const auto& command) { put(io, command); }, record.command);
    // An event id has one sender, who gains nothing by a collision: no secret key is needed.
    return base::siphash128(base::SipKey{}, bytes.view()).low();
}

}  // namespace quipu::projections
