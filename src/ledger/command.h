// What may be asked of the ledger: the commands of an account partition, and the record that
// carries one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/identity.h"

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

// The rest are for the control partition.

struct CreateOrganisation {
    std::string organisation;
    std::string name;

    friend bool operator==(const CreateOrganisation&, const CreateOrganisation&) = default;
};

struct CreateKey {
    std::string key;  // key_…
    std::string name;
    std::string hint;
    Sha256 secret_sha256{};

    friend bool operator==(const CreateKey&, const CreateKey&) = default;
};

struct RevokeKey {
    std::string key;

    friend bool operator==(const RevokeKey&, const RevokeKey&) = default;
};

// Finds the customer by external id, else by e-mail, or creates one. Only `overwrite` changes a
// known customer's name and metadata; otherwise blanks are filled (reference 3.2, 3.3).
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

using Command =
    std::variant<Genesis, Tick, PublishCatalog, OpenAccount, Track, Attach, Cancel, Uncancel,
                 PurchaseAddon, AddEntity, RemoveEntity, SetFeatureConfig, SetOverageLimit,
                 GenerateInvoice, CreateOrganisation, CreateKey, RevokeKey, UpsertCustomer,
                 PublishPayload, CreateWebhookEndpoint, UpdateWebhookEndpoint,
                 DeleteWebhookEndpoint, DisableWebhookEndpoint, RotateWebhookSecret>;

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

// Identifies what was asked, whoever asked it: the same id with another content is a conflict.
[[nodiscard]] std::uint64_t content_digest(const CommandRecord& record);

}  // namespace quipu::ledger
