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

void put(RowWriter& io, const Genesis& c) {
    io(c.partitions, c.hash_key, c.rules_version);
}
void put(RowWriter&, const Tick&) {}
void put(RowWriter& io, const PublishCatalog& c) {
    io(c.catalog);
}
void put(RowWriter& io, const OpenAccount& c) {
    io(c.customer, c.external_id, c.email, c.auto_enable);
}
void put(RowWriter& io, const Track& c) {
    io(c.feature, c.value, c.entity, c.metadata_json, c.as_check);
}
void put(RowWriter& io, const Attach& c) {
    io(c.plan, c.metadata_json);
    if (!c.callback_url.empty()) io(c.callback_url);
}
void put(RowWriter& io, const Cancel& c) {
    io(c.plan, c.immediately);
}
void put(RowWriter& io, const Uncancel& c) {
    io(c.plan);
}
void put(RowWriter& io, const PurchaseAddon& c) {
    io(c.pack, c.quantity);
    if (!c.callback_url.empty()) io(c.callback_url);
}
void put(RowWriter& io, const AddEntity& c) {
    io(c.feature, c.entity, c.name, c.email, c.metadata_json);
}
void put(RowWriter& io, const RemoveEntity& c) {
    io(c.feature, c.entity);
}
void put(RowWriter& io, const SetFeatureConfig& c) {
    io(c.config);
}
void put(RowWriter& io, const SetOverageLimit& c) {
    io(c.limit);
}
void put(RowWriter&, const GenerateInvoice&) {}
void put(RowWriter& io, const CreateOrganisation& c) {
    io(c.organisation, c.name);
}
void put(RowWriter& io, const CreateKey& c) {
    io(c.key, c.name, c.hint, c.secret_sha256);
}
void put(RowWriter& io, const RevokeKey& c) {
    io(c.key);
}
// `candidate` is random per attempt.
void put(RowWriter& io, const UpsertCustomer& c) {
    io(c.external_id, c.email, c.name, c.metadata_json, c.overwrite, c.auto_enable);
}
void put(RowWriter& io, const PublishPayload& c) {
    io(c.payload);
}
void put(RowWriter& io, const PublishSettings& c) {
    io(c.settings);
}
void put(RowWriter& io, const ActivateSubscription& c) {
    io(c.subscription, c.callback_url);
    if (c.page_only) io(c.page_only);
}
void put(RowWriter& io, const SetUpPaymentMethod& c) {
    io(c.callback_url);
}
void put(RowWriter& io, const RemovePaymentMethod& c) {
    io(c.method);
}
void put(RowWriter& io, const PayInvoice& c) {
    io(c.invoice, c.callback_url);
}
void put(RowWriter& io, const MarkInvoicePaid& c) {
    io(c.invoice, c.reference);
}
void put(RowWriter& io, const VoidInvoice& c) {
    io(c.invoice, c.reason);
}
void put(RowWriter& io, const RecordPayment& c) {
    io(c.intent, c.result, c.amount_minor, c.currency, c.reference, c.method, c.failure, c.message,
       c.permanent);
}
void put(RowWriter& io, const RecordRefund& c) {
    io(c.intent, c.amount_minor, c.currency, c.reference);
    if (!c.failure.empty()) io(c.failure, c.message);
}
void put(RowWriter& io, const GrantOverride& c) {
    io(c.granted);
}
void put(RowWriter& io, const RevokeOverride& c) {
    io(c.feature);
}
void put(RowWriter& io, const CorrectUsage& c) {
    io(c.feature, c.entity, c.value, c.reason);
}
void put(RowWriter& io, const Reserve& c) {
    io(c.feature, c.entity, c.value, c.hold_micros);
}
void put(RowWriter& io, const ConfirmReservation& c) {
    io(c.reservation, c.value, c.metadata_json);
}
void put(RowWriter& io, const ReleaseReservation& c) {
    io(c.reservation);
}
void put(RowWriter& io, const SetDefaultProvider& c) {
    io(c.provider);
}
void put(RowWriter& io, const UpdateSettings& c) {
    io(c.patch);
}
// A secret is random per attempt, and so is the id of an endpoint that is made.
void put(RowWriter& io, const CreateWebhookEndpoint& c) {
    io(c.url, c.description, c.types);
}
void put(RowWriter& io, const UpdateWebhookEndpoint& c) {
    io(c.endpoint, c.url, c.description, c.types, c.enabled);
}
void put(RowWriter& io, const DeleteWebhookEndpoint& c) {
    io(c.endpoint);
}
void put(RowWriter& io, const DisableWebhookEndpoint& c) {
    io(c.endpoint, c.reason);
}
void put(RowWriter& io, const RotateWebhookSecret& c) {
    io(c.endpoint);
}

}  // namespace

std::uint64_t content_digest(const CommandRecord& record) {
    base::ByteWriter bytes;
    bytes.reserve(256);
    RowWriter io(bytes);
    io(kind_of(record.command), record.occurred_at);
    std::visit([&](const auto& command) { put(io, command); }, record.command);
    // An event id has one sender, who gains nothing by a collision: no secret key is needed.
    return base::siphash128(base::SipKey{}, bytes.view()).low();
}

}  // namespace quipu::projections
