// What may be asked of the ledger: the commands of an account partition, and the record that
// carries one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/boxed.h"
#include "base/decimal.h"
#include "base/instant.h"
#include "base/sha256.h"
#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/payment.h"
#include "ledger/settings.h"

namespace quipu::ledger {

// First record of every partition. `hash_key` keys the event-id fingerprints; it is on the log so
// that a replay has it.
struct Genesis {
    std::uint32_t partitions = 0;
    std::array<std::uint8_t, 16> hash_key{};
    std::uint32_t rules_version = 1;

    friend bool operator==(const Genesis&, const Genesis&) = default;
};

// Nothing happened, but a timer is due or the clock was moved.
struct Tick {
    friend bool operator==(const Tick&, const Tick&) = default;
};

struct PublishCatalog {
    Catalog catalog;  // the whole new version, already merged

    friend bool operator==(const PublishCatalog&, const PublishCatalog&) = default;
};

// The control partition knows this customer; its home opens the account.
struct OpenAccount {
    std::string customer;  // cus_…
    std::string external_id;
    std::string email;
    bool auto_enable = false;  // start the plans that say so

    friend bool operator==(const OpenAccount&, const OpenAccount&) = default;
};

struct Track {
    std::string feature;
    base::Quantity value;
    std::string entity;         // "" = the customer
    std::string metadata_json;  // kept for the reader, "" = none
    bool as_check = false;      // check(sendEvent): answered in check's words

    friend bool operator==(const Track&, const Track&) = default;
};

struct Attach {
    std::string plan;
    std::string metadata_json;
    std::string callback_url;  // where a checkout page sends the browser afterwards; "" = nowhere

    friend bool operator==(const Attach&, const Attach&) = default;
};

struct Cancel {
    std::string plan;  // "" = the only live one
    bool immediately = false;

    friend bool operator==(const Cancel&, const Cancel&) = default;
};

struct Uncancel {
    std::string plan;  // "" = the only one pending

    friend bool operator==(const Uncancel&, const Uncancel&) = default;
};

struct PurchaseAddon {
    std::string pack;
    std::int64_t quantity = 1;
    std::string callback_url;

    friend bool operator==(const PurchaseAddon&, const PurchaseAddon&) = default;
};

struct AddEntity {
    std::string feature;
    std::string entity;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::string metadata_json;

    friend bool operator==(const AddEntity&, const AddEntity&) = default;
};

struct RemoveEntity {
    std::string feature;
    std::string entity;

    friend bool operator==(const RemoveEntity&, const RemoveEntity&) = default;
};

struct SetFeatureConfig {
    FeatureConfig config;  // a field left empty clears that part

    friend bool operator==(const SetFeatureConfig&, const SetFeatureConfig&) = default;
};

struct SetOverageLimit {
    std::optional<OverageLimit> limit;  // none removes it

    friend bool operator==(const SetOverageLimit&, const SetOverageLimit&) = default;
};

struct GenerateInvoice {
    friend bool operator==(const GenerateInvoice&, const GenerateInvoice&) = default;
};

// The organisation's settings, all of them, from the control partition.
struct PublishSettings {
    BillingSettings settings;

    friend bool operator==(const PublishSettings&, const PublishSettings&) = default;
};

// A plan that waits for its first payment is to begin.
struct ActivateSubscription {
    std::string subscription;  // sub_…
    std::string callback_url;
    bool page_only = false;  // whoever has the link asks: no saved card is charged

    friend bool operator==(const ActivateSubscription&, const ActivateSubscription&) = default;
};

// The customer is asked for a payment method.
struct SetUpPaymentMethod {
    std::string callback_url;

    friend bool operator==(const SetUpPaymentMethod&, const SetUpPaymentMethod&) = default;
};

struct RemovePaymentMethod {
    std::string method;  // pm_…

    friend bool operator==(const RemovePaymentMethod&, const RemovePaymentMethod&) = default;
};

// An open invoice is to be paid now: by the saved method, else on a page.
struct PayInvoice {
    std::string invoice;  // inv_…
    std::string callback_url;

    friend bool operator==(const PayInvoice&, const PayInvoice&) = default;
};

// It was paid outside of Quipu.
struct MarkInvoicePaid {
    std::string invoice;
    std::string reference;  // of the payment, for the reader; "" = none

    friend bool operator==(const MarkInvoicePaid&, const MarkInvoicePaid&) = default;
};

// An open invoice is withdrawn; its usage is unbilled again.
struct VoidInvoice {
    std::string invoice;
    std::string reason;

    friend bool operator==(const VoidInvoice&, const VoidInvoice&) = default;
};

enum class PaymentResult : std::uint8_t { Succeeded = 1, Failed = 2, Abandoned = 3 };

// What a provider said of an intent, as its answer to a call or by webhook.
struct RecordPayment {
    std::string intent;  // pi_…
    PaymentResult result = PaymentResult::Succeeded;
    std::int64_t amount_minor = 0;
    std::string currency;
    std::string reference;              // the provider's
    base::Boxed<PaymentMethod> method;  // kept for later charges
    std::string failure;                // stable code
    std::string message;
    bool permanent = false;  // no later attempt can succeed with this method

    friend bool operator==(const RecordPayment&, const RecordPayment&) = default;
};

// Money went back: by our own call, or by hand at the provider.
struct RecordRefund {
    std::string intent;
    std::int64_t amount_minor = 0;
    std::string currency;
    std::string reference;
    std::string failure;  // not empty: the provider refused it for good
    std::string message;

    friend bool operator==(const RecordRefund&, const RecordRefund&) = default;
};

struct GrantOverride {
    Override granted;  // `created_at` is the ledger's to say

    friend bool operator==(const GrantOverride&, const GrantOverride&) = default;
};

struct RevokeOverride {
    std::string feature;

    friend bool operator==(const RevokeOverride&, const RevokeOverride&) = default;
};

// Takes back units that were reported by mistake, as a new fact.
struct CorrectUsage {
    std::string feature;
    std::string entity;
    base::Quantity value;  // > 0: units to take back
    std::string reason;

    friend bool operator==(const CorrectUsage&, const CorrectUsage&) = default;
};

// Holds units for work that is about to be done. The event's id names the reservation.
struct Reserve {
    std::string feature;
    std::string entity;            // "" = the customer
    base::Quantity value;          // > 0
    std::int64_t hold_micros = 0;  // 1 to kMaxHoldMicros; it expires by itself

    friend bool operator==(const Reserve&, const Reserve&) = default;
};

// The work is done and took `value`, which may be less or more than was held.
struct ConfirmReservation {
    std::string reservation;
    std::optional<base::Quantity> value;  // >= 0; none = as held
    std::string metadata_json;            // "" = none

    friend bool operator==(const ConfirmReservation&, const ConfirmReservation&) = default;
};

struct ReleaseReservation {
    std::string reservation;

    friend bool operator==(const ReleaseReservation&, const ReleaseReservation&) = default;
};

// The rest are for the control partition.

// The provider of every organisation that has not chosen its own.
struct SetDefaultProvider {
    std::string provider;

    friend bool operator==(const SetDefaultProvider&, const SetDefaultProvider&) = default;
};

struct UpdateSettings {
    SettingsPatch patch;

    friend bool operator==(const UpdateSettings&, const UpdateSettings&) = default;
};

struct CreateOrganisation {
    std::string organisation;
    std::string name;

    friend bool operator==(const CreateOrganisation&, const CreateOrganisation&) = default;
};

struct CreateKey {
    std::string key;  // key_…
    std::string name;
    std::string hint;
    base::Sha256Digest secret_sha256{};

    friend bool operator==(const CreateKey&, const CreateKey&) = default;
};

struct RevokeKey {
    std::string key;

    friend bool operator==(const RevokeKey&, const RevokeKey&) = default;
};

// Finds the customer by external id, else by e-mail, or creates one. Only `overwrite` changes a
// known customer's name and metadata; otherwise blanks are filled
// (docs/contract/customers.md#create-or-update).
struct UpsertCustomer {
    std::string candidate;  // cus_… if one has to be created
    std::string external_id;
    std::string email;
    std::optional<std::string> name;
    std::string metadata_json;
    bool overwrite = false;
    bool auto_enable = false;

    friend bool operator==(const UpsertCustomer&, const UpsertCustomer&) = default;
};

// A catalog payload as published, to be merged with the newest version.
struct PublishPayload {
    Catalog payload;

    friend bool operator==(const PublishPayload&, const PublishPayload&) = default;
};

// Webhook endpoints, of the record's organisation. Their secrets are on the log: the sender needs
// them to sign.

struct CreateWebhookEndpoint {
    std::string endpoint;  // we_…
    std::string url;
    std::string description;
    std::string secret;              // whsec_…
    std::vector<std::string> types;  // of notifications; empty = all

    friend bool operator==(const CreateWebhookEndpoint&, const CreateWebhookEndpoint&) = default;
};

// What is absent stays as it is.
struct UpdateWebhookEndpoint {
    std::string endpoint;
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<bool> enabled;

    friend bool operator==(const UpdateWebhookEndpoint&, const UpdateWebhookEndpoint&) = default;
};

struct DeleteWebhookEndpoint {
    std::string endpoint;

    friend bool operator==(const DeleteWebhookEndpoint&, const DeleteWebhookEndpoint&) = default;
};

// By the sender: the receiver wants no more (410).
struct DisableWebhookEndpoint {
    std::string endpoint;
    std::string reason;  // stable code

    friend bool operator==(const DisableWebhookEndpoint&, const DisableWebhookEndpoint&) = default;
};

// The secret until now signs beside the new one for kOldSecretMicros.
struct RotateWebhookSecret {
    std::string endpoint;
    std::string secret;

    friend bool operator==(const RotateWebhookSecret&, const RotateWebhookSecret&) = default;
};

using Command = std::variant<
    Genesis, Tick, PublishCatalog, OpenAccount, Track, Attach, Cancel, Uncancel, PurchaseAddon,
    AddEntity, RemoveEntity, SetFeatureConfig, SetOverageLimit, GenerateInvoice, CreateOrganisation,
    CreateKey, RevokeKey, UpsertCustomer, PublishPayload, PublishSettings, ActivateSubscription,
    SetUpPaymentMethod, RemovePaymentMethod, PayInvoice, MarkInvoicePaid, VoidInvoice,
    RecordPayment, RecordRefund, GrantOverride, RevokeOverride, CorrectUsage, SetDefaultProvider,
    UpdateSettings, CreateWebhookEndpoint, UpdateWebhookEndpoint, DeleteWebhookEndpoint,
    DisableWebhookEndpoint, RotateWebhookSecret, Reserve, ConfirmReservation, ReleaseReservation>;

// Who waits for the answer; never part of the state. node 0 = nobody.
struct Origin {
    std::uint64_t node = 0;
    std::uint64_t sequence = 0;

    friend bool operator==(const Origin&, const Origin&) = default;
};

struct CommandRecord {
    std::string id;  // event id, unique per customer; "" only for Genesis, Tick and PublishCatalog
    std::string organisation;
    std::string customer;                      // our id, the caller's own id or an e-mail
    std::optional<base::Instant> occurred_at;  // the producer's time; none = when recorded
    Origin origin;
    bool routed = false;  // has been handed on by the router once
    Command command;

    friend bool operator==(const CommandRecord&, const CommandRecord&) = default;
};

}  // namespace quipu::ledger
