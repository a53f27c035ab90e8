#include "ledger/codec/command_codec.h"

#include <algorithm>

#include "ledger/codec/codec_catalog.h"
#include "ledger/codec/control_codec.h"
#include "ledger/codec/payment_codec.h"
#include "ledger/codec/reservation_codec.h"
#include "ledger/codec/track_codec.h"
#include "ledger/codec/webhook_codec.h"
#include "ledger/command.h"
#include "ledger/record_limits.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger {
namespace codec {
namespace {

// Overloads below must not hide those of the parts.
using codec::read;
using codec::write;

constexpr int kFirstCommandField = v1::Record::kTrackFieldNumber;

void write(const Track& track, v1::Record& record) {
    v1::Track& out = *record.mutable_track();
    out.set_feature(track.feature);
    write(track.value, *out.mutable_value());
    out.set_entity(track.entity);
    out.set_metadata_json(track.metadata_json);
    out.set_as_check(track.as_check);
}

Track read(const v1::Track& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    if (!message.has_value()) [[unlikely]]
        problems.report("field_missing", "track.value is missing.");
    return {.feature = message.feature(),
            .value = read(message.value(), problems),
            .entity = message.entity(),
            .metadata_json = message.metadata_json(),
            .as_check = message.as_check()};
}

void write(const Attach& attach, v1::Record& record) {
    record.mutable_attach()->set_plan(attach.plan);
    record.mutable_attach()->set_metadata_json(attach.metadata_json);
    record.mutable_attach()->set_callback_url(attach.callback_url);
}

Attach read(const v1::Attach& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.plan = message.plan(),
            .metadata_json = message.metadata_json(),
            .callback_url = message.callback_url()};
}

void write(const Cancel& cancel, v1::Record& record) {
    record.mutable_cancel()->set_plan(cancel.plan);
    record.mutable_cancel()->set_immediately(cancel.immediately);
}

Cancel read(const v1::Cancel& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.plan = message.plan(), .immediately = message.immediately()};
}

void write(const Uncancel& uncancel, v1::Record& record) {
    record.mutable_uncancel()->set_plan(uncancel.plan);
}

Uncancel read(const v1::Uncancel& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.plan = message.plan()};
}

void write(const PurchaseAddon& addon, v1::Record& record) {
    record.mutable_purchase_addon()->set_pack(addon.pack);
    record.mutable_purchase_addon()->set_quantity(addon.quantity);
    record.mutable_purchase_addon()->set_callback_url(addon.callback_url);
}

PurchaseAddon read(const v1::PurchaseAddon& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.pack = message.pack(),
            .quantity = message.quantity(),
            .callback_url = message.callback_url()};
}

void write(const AddEntity& add, v1::Record& record) {
    v1::AddEntity& out = *record.mutable_add_entity();
    out.set_feature(add.feature);
    out.set_entity(add.entity);
    if (add.name) out.set_name(*add.name);
    if (add.email) out.set_email(*add.email);
    out.set_metadata_json(add.metadata_json);
}

AddEntity read(const v1::AddEntity& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    AddEntity add{.feature = message.feature(),
                  .entity = message.entity(),
                  .metadata_json = message.metadata_json()};
    if (message.has_name()) add.name = message.name();
    if (message.has_email()) add.email = message.email();
    return add;
}

void write(const RemoveEntity& remove, v1::Record& record) {
    record.mutable_remove_entity()->set_feature(remove.feature);
    record.mutable_remove_entity()->set_entity(remove.entity);
}

RemoveEntity read(const v1::RemoveEntity& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.feature = message.feature(), .entity = message.entity()};
}

void write(const SetFeatureConfig& set, v1::Record& record) {
    v1::SetFeatureConfig& out = *record.mutable_set_feature_config();
    out.set_feature(set.config.feature);
    if (set.config.overage) out.set_overage(write_enum<v1::OverageMode>(*set.config.overage));
    if (set.config.max_overage_units) {
        write(*set.config.max_overage_units, *out.mutable_max_overage_units());
    }
}

SetFeatureConfig read(const v1::SetFeatureConfig& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    SetFeatureConfig set{.config = {.feature = message.feature()}};
    if (message.has_overage()) {
        set.config.overage =
            read_enum<OverageMode>(message.overage(), "set_feature_config.overage", problems);
    }
    if (message.has_max_overage_units()) {
        set.config.max_overage_units = read(message.max_overage_units(), problems);
    }
    return set;
}

void write(const SetOverageLimit& set, v1::Record& record) {
    v1::SetOverageLimit& out = *record.mutable_set_overage_limit();
    if (!set.limit) return;
    out.mutable_limit()->set_max_minor(set.limit->max_minor);
    out.mutable_limit()->set_reaction(write_enum<v1::LimitReaction>(set.limit->reaction));
}

SetOverageLimit read(const v1::SetOverageLimit& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    if (!message.has_limit()) return {};
    const v1::OverageLimit& limit = message.limit();
    problems.refuse_unknown_fields(limit);
    return {.limit = OverageLimit{.max_minor = limit.max_minor(),
                                  .reaction = read_enum<LimitReaction>(
                                      limit.reaction(), "overage_limit.reaction", problems)}};
}

void write(const GenerateInvoice&, v1::Record& record) {
    record.mutable_generate_invoice();
}

GenerateInvoice read(const v1::GenerateInvoice& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {};
}

void write(const OpenAccount& open, v1::Record& record) {
    v1::OpenAccount& out = *record.mutable_open_account();
    out.set_customer(open.customer);
    out.set_external_id(open.external_id);
    out.set_email(open.email);
    out.set_auto_enable(open.auto_enable);
}

OpenAccount read(const v1::OpenAccount& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.customer = message.customer(),
            .external_id = message.external_id(),
            .email = message.email(),
            .auto_enable = message.auto_enable()};
}

void write(const Tick&, v1::Record& record) {
    record.mutable_tick();
}

Tick read(const v1::Tick& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {};
}

void write(const PublishCatalog& publish, v1::Record& record) {
    write(publish.catalog, *record.mutable_publish_catalog()->mutable_catalog());
}

PublishCatalog read(const v1::PublishCatalog& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.catalog = read(message.catalog(), problems)};
}

void write(const Genesis& genesis, v1::Record& record) {
    v1::Genesis& out = *record.mutable_genesis();
    out.set_partitions(genesis.partitions);
    out.set_hash_key(std::string(view_of(genesis.hash_key)));
    out.set_rules_version(genesis.rules_version);
}

Genesis read(const v1::Genesis& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Genesis genesis{.partitions = message.partitions(), .rules_version = message.rules_version()};
    read_bytes(message.hash_key(), "genesis.hash_key", genesis.hash_key, problems);
    return genesis;
}

void write(const AdoptRules& adopt, v1::Record& record) {
    record.mutable_adopt_rules()->set_version(adopt.version);
    record.mutable_adopt_rules()->set_release(adopt.release);
}

AdoptRules read(const v1::AdoptRules& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.version = message.version(), .release = message.release()};
}

void write(const PublishPayload& publish, v1::Record& record) {
    write(publish.payload, *record.mutable_publish_payload()->mutable_payload());
}

PublishPayload read(const v1::PublishPayload& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.payload = read(message.payload(), problems)};
}

void write_record(const CommandRecord& record, v1::Record& out) {
    out.set_id(record.id);
    out.set_organisation(record.organisation);
    out.set_customer(record.customer);
    if (record.occurred_at) out.set_occurred_at_micros(record.occurred_at->micros);
    if (record.origin != Origin{}) {
        out.mutable_origin()->set_node(record.origin.node);
        out.mutable_origin()->set_sequence(record.origin.sequence);
    }
    out.set_routed(record.routed);
    std::visit([&](const auto& command) { write(command, out); }, record.command);
}

// No command of this version; perhaps one of a newer one.
void report_no_command(const v1::Record& message, Problems& problems) {
    const auto& unknown = message.GetReflection()->GetUnknownFields(message);
    for (int i = 0; i < unknown.field_count(); ++i) {
        const int number = unknown.field(i).number();
        if (number < kFirstCommandField) continue;
        problems.report("record_unknown_command", "The record's command has the number " +
                                                      std::to_string(number) +
                                                      ", which this version does not know.");
        return;
    }
    problems.report("record_without_command", "The record has no command.");
}

// The busy ones here, all others by their families.
Command read_command(const v1::Record& message, Problems& problems) {
    switch (message.command_case()) {
        case v1::Record::kTrack:
            return read(message.track(), problems);
        case v1::Record::kAttach:
            return read(message.attach(), problems);
        case v1::Record::kCancel:
            return read(message.cancel(), problems);
        case v1::Record::kUncancel:
            return read(message.uncancel(), problems);
        case v1::Record::kPurchaseAddon:
            return read(message.purchase_addon(), problems);
        case v1::Record::kAddEntity:
            return read(message.add_entity(), problems);
        case v1::Record::kRemoveEntity:
            return read(message.remove_entity(), problems);
        case v1::Record::kSetFeatureConfig:
            return read(message.set_feature_config(), problems);
        case v1::Record::kSetOverageLimit:
            return read(message.set_overage_limit(), problems);
        case v1::Record::kGenerateInvoice:
            return read(message.generate_invoice(), problems);
        case v1::Record::kOpenAccount:
            return read(message.open_account(), problems);
        case v1::Record::kTick:
            return read(message.tick(), problems);
        case v1::Record::kPublishCatalog:
            return read(message.publish_catalog(), problems);
        case v1::Record::kGenesis:
            return read(message.genesis(), problems);
        case v1::Record::kAdoptRules:
            return read(message.adopt_rules(), problems);
        case v1::Record::kPublishPayload:
            return read(message.publish_payload(), problems);
        default:
            break;
    }
    for (const auto read_command_of_family : {read_payment_command, read_reservation_command,
                                              read_control_command, read_webhook_command}) {
        if (auto command = read_command_of_family(message, problems)) return std::move(*command);
    }
    report_no_command(message, problems);
    return Tick{};
}

CommandRecord read_record(const v1::Record& message, Problems& problems) {
    CommandRecord record{.id = message.id(),
                         .organisation = message.organisation(),
                         .customer = message.customer(),
                         .routed = message.routed(),
                         .command = read_command(message, problems)};
    if (message.has_occurred_at_micros()) {
        record.occurred_at = base::Instant{message.occurred_at_micros()};
    }
    if (message.has_origin()) {
        problems.refuse_unknown_fields(message.origin());
        record.origin = {.node = message.origin().node(), .sequence = message.origin().sequence()};
    }
    problems.refuse_unknown_fields(message);
    return record;
}

}  // namespace
}  // namespace codec

std::string encode(const CommandRecord& record) {
    v1::Record message;
    codec::write_record(record, message);
    return message.SerializeAsString();
}

struct CommandDecoder::Message {
    v1::Record record;
};

CommandDecoder::CommandDecoder() : message_(std::make_unique<Message>()) {}
CommandDecoder::~CommandDecoder() = default;
CommandDecoder::CommandDecoder(CommandDecoder&&) noexcept = default;
CommandDecoder& CommandDecoder::operator=(CommandDecoder&&) noexcept = default;

base::Result<CommandRecord> CommandDecoder::decode(std::string_view bytes) {
    base::Result<CommandRecord> plain;
    const bool small = bytes.size() <= kMaxRecordBytes;
    if (small && codec::read_plain_track(bytes, *plain) && !problem_of(*plain)) return plain;
    return decode_any(bytes);
}

base::Result<CommandRecord> CommandDecoder::decode_any(std::string_view bytes) {
    base::Result<CommandRecord> record = codec::decode<CommandRecord>(
        message_->record, bytes, [](const v1::Record& message, codec::Problems& problems) {
            return codec::read_record(message, problems);
        });
    if (!record) return record;
    if (std::optional<base::Error> problem = problem_of(*record)) {
        return tl::unexpected<base::Error>(std::move(*problem));
    }
    return record;
}

base::Result<CommandRecord> decode_record(std::string_view bytes) {
    return CommandDecoder().decode(bytes);
}

}  // namespace quipu::ledger
