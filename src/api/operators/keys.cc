// API keys: made, listed and revoked. The secret is shown once and stored as its SHA-256.
#include "api/operators/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "base/sha256.h"

namespace quipu::api {
namespace {

constexpr std::size_t kHintBytes = 4;

void write_key(base::JsonWriter& json, const ledger::ApiKey& key) {
    json.key("id").string(key.id);
    json.key("name").string(key.name);
    json.key("hint").string(key.hint);
    write_instant(json.key("createdAt"), key.created_at);
    write_instant(json.key("revokedAt"), key.revoked_at);
}

}  // namespace

void post_keys(Commands& commands, const ledger::ControlState& control, base::ApiIds& ids,
               ApiCall call) {
    Fields fields(call.body);
    ledger::CreateKey create;
    create.name = fields.text_or("name", "");
    ledger::CommandRecord record;
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string secret = ids.secret("sk_");
    create.key = ids.fresh("key_");
    create.hint = secret.substr(secret.size() - kHintBytes);
    create.secret_sha256 = base::sha256(secret);
    const std::string id = create.key;
    record.command = std::move(create);
    commands.submit_control(
        call.organisation, std::move(record),
        answer_with(share(std::move(call.respond)),
                    [&control, id, secret](base::JsonWriter& json, const ingest::Reply&) {
                        const auto& keys = control.keys;
                        if (const auto made = keys.find(id); made != keys.end())
                            write_key(json, made->second);
                        json.key("key").string(secret);
                        json.key("secret").string(secret);
                    }));
}

void get_keys(const ledger::ControlState& control, ApiCall call) {
    call.respond(read_response([&](base::JsonWriter& json) {
        json.key("keys").begin_array();
        for (const auto& [id, key] : control.keys) {
            if (key.organisation != call.organisation) continue;
            json.begin_object();
            write_key(json, key);
            json.end_object();
        }
        json.end_array();
    }));
}

void post_revoke_key(Commands& commands, const ledger::ControlState& control, ApiCall call) {
    Fields fields(call.body);
    const std::string key(fields.has("key") ? fields.text("key") : fields.text("id"));
    ledger::CommandRecord record;
    record.id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    record.command = ledger::RevokeKey{key};
    commands.submit_control(
        call.organisation, std::move(record),
        answer_with(share(std::move(call.respond)),
                    [&control, key](base::JsonWriter& json, const ingest::Reply&) {
                        const auto& keys = control.keys;
                        if (const auto known = keys.find(key); known != keys.end())
                            write_key(json, known->second);
                    }));
}

}  // namespace quipu::api
