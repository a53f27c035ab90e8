#include "ledger/codec/webhook_codec.h"

#include "ledger/command.h"

namespace quipu::ledger::codec {
namespace {

CreateWebhookEndpoint read(const v1::CreateWebhookEndpoint& message) {
    return {.endpoint = message.endpoint(),
            .url = message.url(),
            .description = message.description(),
            .secret = message.secret(),
            .types = {message.types().begin(), message.types().end()}};
}

UpdateWebhookEndpoint read(const v1::UpdateWebhookEndpoint& message, Problems& problems) {
    UpdateWebhookEndpoint update;
    update.endpoint = message.endpoint();
    if (message.has_url()) update.url = message.url();
    if (message.has_description()) update.description = message.description();
    if (message.has_types()) {
        problems.refuse_unknown_fields(message.types());
        const auto& types = message.types().types();
        update.types.emplace(types.begin(), types.end());
    }
    if (message.has_enabled()) update.enabled = message.enabled();
    return update;
}

}  // namespace

void write(const CreateWebhookEndpoint& create, v1::Record& record) {
    v1::CreateWebhookEndpoint& out = *record.mutable_create_webhook_endpoint();
    out.set_endpoint(create.endpoint);
    out.set_url(create.url);
    out.set_description(create.description);
    out.set_secret(create.secret);
    for (const std::string& type : create.types) out.add_types(type);
}

void write(const UpdateWebhookEndpoint& update, v1::Record& record) {
    v1::UpdateWebhookEndpoint& out = *record.mutable_update_webhook_endpoint();
    out.set_endpoint(update.endpoint);
    if (update.url) out.set_url(*update.url);
    if (update.description) out.set_description(*update.description);
    if (update.types) {
        v1::WebhookTypes& types = *out.mutable_types();
        for (const std::string& type : *update.types) types.add_types(type);
    }
    if (update.enabled) out.set_enabled(*update.enabled);
}

void write(const DeleteWebhookEndpoint& remove, v1::Record& record) {
    record.mutable_delete_webhook_endpoint()->set_endpoint(remove.endpoint);
}

void write(const DisableWebhookEndpoint& disable, v1::Record& record) {
    record.mutable_disable_webhook_endpoint()->set_endpoint(disable.endpoint);
    record.mutable_disable_webhook_endpoint()->set_reason(disable.reason);
}

void write(const RotateWebhookSecret& rotate, v1::Record& record) {
    record.mutable_rotate_webhook_secret()->set_endpoint(rotate.endpoint);
    record.mutable_rotate_webhook_secret()->set_secret(rotate.secret);
}

std::optional<Command> read_webhook_command(const v1::Record& record, Problems& problems) {
    if (record.has_create_webhook_endpoint()) {
        problems.refuse_unknown_fields(record.create_webhook_endpoint());
        return read(record.create_webhook_endpoint());
    }
    if (record.has_update_webhook_endpoint()) {
        problems.refuse_unknown_fields(record.update_webhook_endpoint());
        return read(record.update_webhook_endpoint(), problems);
    }
    if (record.has_delete_webhook_endpoint()) {
        problems.refuse_unknown_fields(record.delete_webhook_endpoint());
        return DeleteWebhookEndpoint{record.delete_webhook_endpoint().endpoint()};
    }
    if (record.has_disable_webhook_endpoint()) {
        const v1::DisableWebhookEndpoint& disable = record.disable_webhook_endpoint();
        problems.refuse_unknown_fields(disable);
        return DisableWebhookEndpoint{disable.endpoint(), disable.reason()};
    }
    if (record.has_rotate_webhook_secret()) {
        const v1::RotateWebhookSecret& rotate = record.rotate_webhook_secret();
        problems.refuse_unknown_fields(rotate);
        return RotateWebhookSecret{rotate.endpoint(), rotate.secret()};
    }
    return std::nullopt;
}

}  // namespace quipu::ledger::codec
