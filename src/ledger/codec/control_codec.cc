#include "ledger/codec/control_codec.h"

#include "ledger/command.h"

namespace quipu::ledger::codec {

void write(const CreateOrganisation& create, v1::Record& record) {
    record.mutable_create_organisation()->set_organisation(create.organisation);
    record.mutable_create_organisation()->set_name(create.name);
}

CreateOrganisation read(const v1::CreateOrganisation& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.organisation = message.organisation(), .name = message.name()};
}

void write(const CreateKey& create, v1::Record& record) {
    v1::CreateKey& out = *record.mutable_create_key();
    out.set_key(create.key);
    out.set_name(create.name);
    out.set_hint(create.hint);
    out.set_secret_sha256(std::string(view_of(create.secret_sha256)));
}

CreateKey read(const v1::CreateKey& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    CreateKey create{.key = message.key(), .name = message.name(), .hint = message.hint()};
    read_bytes(message.secret_sha256(), "create_key.secret_sha256", create.secret_sha256, problems);
    return create;
}

void write(const RevokeKey& revoke, v1::Record& record) {
    record.mutable_revoke_key()->set_key(revoke.key);
}

RevokeKey read(const v1::RevokeKey& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.key = message.key()};
}

void write(const UpsertCustomer& upsert, v1::Record& record) {
    v1::UpsertCustomer& out = *record.mutable_upsert_customer();
    out.set_candidate(upsert.candidate);
    out.set_external_id(upsert.external_id);
    out.set_email(upsert.email);
    if (upsert.name) out.set_name(*upsert.name);
    out.set_metadata_json(upsert.metadata_json);
    out.set_overwrite(upsert.overwrite);
    out.set_auto_enable(upsert.auto_enable);
}

UpsertCustomer read(const v1::UpsertCustomer& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    UpsertCustomer upsert{.candidate = message.candidate(),
                          .external_id = message.external_id(),
                          .email = message.email(),
                          .metadata_json = message.metadata_json(),
                          .overwrite = message.overwrite(),
                          .auto_enable = message.auto_enable()};
    if (message.has_name()) upsert.name = message.name();
    return upsert;
}

std::optional<Command> read_control_command(const v1::Record& record, Problems& problems) {
    switch (record.command_case()) {
        case v1::Record::kCreateOrganisation:
            return read(record.create_organisation(), problems);
        case v1::Record::kCreateKey:
            return read(record.create_key(), problems);
        case v1::Record::kRevokeKey:
            return read(record.revoke_key(), problems);
        case v1::Record::kUpsertCustomer:
            return read(record.upsert_customer(), problems);
        default:
            return std::nullopt;
    }
}

}  // namespace quipu::ledger::codec
