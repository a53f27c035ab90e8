// The commands of the control partition: organisations, keys, customers, catalogs, settings and
// webhook endpoints.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fields.h"
#include "base/sha256.h"
#include "ledger/catalog.h"
#include "ledger/command_kind.h"
#include "ledger/settings.h"

namespace quipu::ledger {

// The provider of every organisation that has not chosen its own.
struct SetDefaultProvider {
    static constexpr CommandKind kKind{47, "set_default_provider"};
    std::string provider;

    friend bool operator==(const SetDefaultProvider&, const SetDefaultProvider&) = default;
};
QUIPU_FIELDS(SetDefaultProvider, provider)

struct UpdateSettings {
    static constexpr CommandKind kKind{48, "update_settings"};
    SettingsPatch patch;

    friend bool operator==(const UpdateSettings&, const UpdateSettings&) = default;
};
QUIPU_FIELDS(UpdateSettings, patch)

struct CreateOrganisation {
    static constexpr CommandKind kKind{30, "create_organisation"};
    std::string organisation;
    std::string name;

    friend bool operator==(const CreateOrganisation&, const CreateOrganisation&) = default;
};
QUIPU_FIELDS(CreateOrganisation, organisation, name)

struct CreateKey {
    static constexpr CommandKind kKind{31, "create_key"};
    std::string key;  // key_…
    std::string name;
    std::string hint;
    base::Sha256Digest secret_sha256{};

    friend bool operator==(const CreateKey&, const CreateKey&) = default;
};
QUIPU_FIELDS(CreateKey, key, name, hint, secret_sha256)

struct RevokeKey {
    static constexpr CommandKind kKind{32, "revoke_key"};
    std::string key;

    friend bool operator==(const RevokeKey&, const RevokeKey&) = default;
};
QUIPU_FIELDS(RevokeKey, key)

// Finds the customer by external id, else by e-mail, or creates one. Only `overwrite` changes a
// known customer's name and metadata; otherwise blanks are filled
// (docs/contract/customers.md#create-or-update).
struct UpsertCustomer {
    static constexpr CommandKind kKind{33, "upsert_customer"};
    std::string candidate;  // cus_… if one has to be created
    std::string external_id;
    std::string email;
    std::optional<std::string> name;
    std::string metadata_json;
    bool overwrite = false;
    bool auto_enable = false;

    friend bool operator==(const UpsertCustomer&, const UpsertCustomer&) = default;
};
QUIPU_FIELDS(UpsertCustomer, candidate, external_id, email, name, metadata_json, overwrite,
             auto_enable)

// A catalog payload as published, to be merged with the newest version.
struct PublishPayload {
    static constexpr CommandKind kKind{34, "publish_payload"};
    Catalog payload;

    friend bool operator==(const PublishPayload&, const PublishPayload&) = default;
};
QUIPU_FIELDS(PublishPayload, payload)

// Webhook endpoints, of the record's organisation. Their secrets are on the log: the sender needs
// them to sign.

struct CreateWebhookEndpoint {
    static constexpr CommandKind kKind{60, "create_webhook_endpoint"};
    std::string endpoint;  // we_…
    std::string url;
    std::string description;
    std::string secret;              // whsec_…
    std::vector<std::string> types;  // of notifications; empty = all

    friend bool operator==(const CreateWebhookEndpoint&, const CreateWebhookEndpoint&) = default;
};
QUIPU_FIELDS(CreateWebhookEndpoint, endpoint, url, description, secret, types)

// What is absent stays as it is.
struct UpdateWebhookEndpoint {
    static constexpr CommandKind kKind{61, "update_webhook_endpoint"};
    std::string endpoint;
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<bool> enabled;

    friend bool operator==(const UpdateWebhookEndpoint&, const UpdateWebhookEndpoint&) = default;
};
QUIPU_FIELDS(UpdateWebhookEndpoint, endpoint, url, description, types, enabled)

struct DeleteWebhookEndpoint {
    static constexpr CommandKind kKind{62, "delete_webhook_endpoint"};
    std::string endpoint;

    friend bool operator==(const DeleteWebhookEndpoint&, const DeleteWebhookEndpoint&) = default;
};
QUIPU_FIELDS(DeleteWebhookEndpoint, endpoint)

// By the sender: the receiver wants no more (410).
struct DisableWebhookEndpoint {
    static constexpr CommandKind kKind{63, "disable_webhook_endpoint"};
    std::string endpoint;
    std::string reason;  // stable code

    friend bool operator==(const DisableWebhookEndpoint&, const DisableWebhookEndpoint&) = default;
};
QUIPU_FIELDS(DisableWebhookEndpoint, endpoint, reason)

// The secret until now signs beside the new one for kOldSecretMicros.
struct RotateWebhookSecret {
    static constexpr CommandKind kKind{64, "rotate_webhook_secret"};
    std::string endpoint;
    std::string secret;

    friend bool operator==(const RotateWebhookSecret&, const RotateWebhookSecret&) = default;
};
QUIPU_FIELDS(RotateWebhookSecret, endpoint, secret)

using ControlCommand =
    std::variant<CreateOrganisation, CreateKey, RevokeKey, UpsertCustomer, PublishPayload,
                 SetDefaultProvider, UpdateSettings, CreateWebhookEndpoint, UpdateWebhookEndpoint,
                 DeleteWebhookEndpoint, DisableWebhookEndpoint, RotateWebhookSecret>;

}  // namespace quipu::ledger
