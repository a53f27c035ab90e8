#include "projections/control_fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/murmur2.h"
#include "ledger/codec/command_codec.h"
#include "ledger/command_kind.h"
#include "ledger/record_limits.h"
#include "projections/account_rows.h"
#include "projections/notification_record.h"
#include "projections/rows/command_digest.h"
#include "projections/rows/row_codec.h"

namespace quipu::projections {
namespace {

using ledger::CommandRecord;
using ledger::StoredRecord;

// Rows of Table::Identity, by kind.
constexpr char kOrganisationRow = 'o';
constexpr char kKeyRow = 'k';
constexpr char kCustomerRow = 'c';
constexpr char kWebhookEndpointRow = 'w';

std::string row_key(char kind, std::string_view name) {
    return kind + std::string(name);
}

// A version that no account partition could read must not be published.
constexpr const char* kProviderName = "provider";

bool fits_a_record(const std::vector<ledger::Forward>& forwards) {
    return std::ranges::all_of(forwards, [](const ledger::Forward& forward) {
        return ledger::encode(forward.record).size() <= ledger::kMaxRecordBytes;
    });
}

tl::unexpected<base::Error> corrupt() {
    return base::fail(
        "state_corrupt",
        "A stored identity is not readable; rebuild the state from the log with `quipu replay`.");
}

}  // namespace

ControlFold::ControlFold(ledger::Partition partition, StateStore& store, Decode decode,
                         std::int64_t dedupe_window_micros)
    : partition_(partition),
      store_(store),
      decode_(std::move(decode)),
      history_(store, dedupe_window_micros) {}

base::Result<void> ControlFold::load() {
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    if (!*position) return {};
    clock_ = (*position)->clock;
    if (auto rows = load_rows(); !rows) return rows;
    return history_.load(**position);
}

base::Result<void> ControlFold::load_rows() {
    const auto genesis = store_.get(Table::Meta, kGenesisName);
    if (!genesis) return tl::unexpected(genesis.error());
    if (*genesis) {
        const auto decoded = decode_genesis(**genesis);
        if (!decoded) return corrupt();
        open_ = true;
        genesis_ = *decoded;
        history_.set_key(genesis_.hash_key);
    }
    const auto provider = store_.get(Table::Meta, kProviderName);
    if (!provider) return tl::unexpected(provider.error());
    if (*provider) ledger::apply_control(state_, ledger::DefaultProviderSet{**provider});
    bool readable = true;
    auto scanned =
        store_.scan(Table::Identity, {}, [&](std::string_view key, std::string_view value) {
            if (key.front() == kOrganisationRow) {
                auto organisation = decode_organisation(value);
                readable = organisation.has_value();
                if (readable)
                    ledger::apply_control(state_,
                                          ledger::OrganisationCreated{std::move(*organisation)});
            } else if (key.front() == kKeyRow) {
                auto api_key = decode_key(value);
                readable = api_key.has_value();
                if (readable) {
                    const auto revoked = api_key->revoked_at;
                    const std::string id = api_key->id;
                    ledger::apply_control(state_, ledger::KeyCreated{std::move(*api_key)});
                    if (revoked) ledger::apply_control(state_, ledger::KeyRevoked{id, *revoked});
                }
            } else if (key.front() == kWebhookEndpointRow) {
                auto endpoint = decode_webhook_endpoint(value);
                readable = endpoint.has_value();
                if (readable)
                    ledger::apply_control(state_,
                                          ledger::WebhookEndpointSaved{std::move(*endpoint)});
            } else {
                auto customer = decode_customer(value);
                readable = customer.has_value();
                if (readable)
                    ledger::apply_control(state_, ledger::CustomerSaved{std::move(*customer)});
            }
            return readable;
        });
    if (!scanned) return scanned;
    if (!readable) return corrupt();
    // Versions ascend within an organisation, so the last one stays.
    scanned = store_.scan(Table::Catalog, {}, [&](std::string_view key, std::string_view value) {
        const auto published = decode_published(value);
        const std::string organisation(organisation_of_catalog_key(key));
        readable = published.has_value() && state_.organisations.contains(organisation);
        if (readable)
            ledger::apply_control(state_,
                                  ledger::CatalogPublished{organisation, published->catalog});
        return readable;
    });
    if (scanned && !readable) return corrupt();
    return scanned;
}

void ControlFold::answer(const StoredRecord& stored, const CommandRecord& record,
                         const ledger::Outcome& outcome, FoldSink& sink,
                         const ledger::Entry* first) const {
    std::string_view customer;
    if (const auto* known = std::get_if<ledger::CustomerAnswer>(&outcome))
        customer = known->customer;
    sink.answered({partition_, first != nullptr ? first->offset : stored.offset, stored.recorded_at,
                   record, outcome, first != nullptr, customer});
}

void ControlFold::fold(const StoredRecord& stored, FoldSink& sink) {
    auto record = decode_(stored);
    if (!record) {
        sink.emit(dead_letter(partition_, stored, record.error().code, record.error().message));
        return;
    }
    fold_command(stored, *record, sink);
}

void ControlFold::fold_command(const StoredRecord& stored, const CommandRecord& record,
                               FoldSink& sink) {
    static const ledger::Outcome kDone = ledger::Done{};
    if (const auto* genesis = std::get_if<ledger::Genesis>(&record.command)) {
        if (!open_) {
            open_ = true;
            genesis_ = *genesis;
            genesis_unsaved_ = true;
            history_.set_key(genesis->hash_key);
        }
        return answer(stored, record, kDone, sink);
    }
    if (!open_) {
        sink.emit(dead_letter(partition_, stored, "ledger_not_open",
                              "The record came before the ledger was made on this partition."));
        return;
    }
    clock_ = std::max(clock_, stored.recorded_at);
    if (std::holds_alternative<ledger::Tick>(record.command))
        return answer(stored, record, kDone, sink);
    decide_and_apply(stored, record, sink);
}

void ControlFold::decide_and_apply(const StoredRecord& stored, const CommandRecord& record,
                                   FoldSink& sink) {
    const base::Fingerprint id = history_.fingerprint(record.organisation, {}, record.id);
    const std::uint64_t content = content_digest(record);
    if (const auto first = history_.find(id, stored.offset, clock_)) {
        if (first->content == content) return answer(stored, record, first->outcome, sink, &*first);
        return answer(
            stored, record,
            ledger::Rejection{
                ledger::Code::IdempotencyConflict,
                fmt::format("The event id '{}' was used before for another request.", record.id)},
            sink);
    }
    ledger::ControlDecision decision = ledger::decide_control(state_, record, clock_);
    if (!fits_a_record(decision.forwards)) {
        decision = {
            {},
            {},
            ledger::Rejection{
                ledger::Code::InvalidRequest,
                "With this the catalog would be larger than the 4 MiB that a version may have."}};
    }
    for (const ledger::ControlEvent& event : decision.events) {
        ledger::apply_control(state_, event);
        changed(event);
        if (const auto* saved = std::get_if<ledger::CustomerSaved>(&event))
            notify(saved->customer, decision.outcome, stored.offset, sink);
    }
    for (const ledger::Forward& each : decision.forwards) forward(each, sink);

    ledger::Entry entry;
    entry.offset = stored.offset;
    entry.id = record.id;
    entry.content = content;
    entry.kind = ledger::kind_of(record.command);
    entry.recorded_at = clock_;
    entry.occurred_at = record.occurred_at.value_or(clock_);
    entry.outcome = std::move(decision.outcome);
    history_.remember(id, kNoEntry, entry);
    answer(stored, record, entry.outcome, sink);
}

void ControlFold::forward(const ledger::Forward& forward, FoldSink& sink) const {
    const std::string bytes = ledger::encode(forward.record);
    const auto send = [&](std::uint32_t index) {
        sink.emit(SendRecord{{ledger::Topic::Events, index}, {forward.key, bytes, {}}});
    };
    if (!forward.to_all) return send(base::partition_for(forward.key, genesis_.partitions));
    for (std::uint32_t index = 0; index < genesis_.partitions; ++index) send(index);
}

void ControlFold::notify(const ledger::Customer& customer, const ledger::Outcome& outcome,
                         ledger::Offset offset, FoldSink& sink) const {
    const auto* answer = std::get_if<ledger::CustomerAnswer>(&outcome);
    ledger::Notification notification;
    notification.organisation = customer.organisation;
    notification.customer = customer.id;
    notification.type =
        answer != nullptr && answer->created ? "customer.created" : "customer.updated";
    notification.at = clock_;
    notification.facts = {{"customer", customer.id}};
    if (!customer.external_id.empty())
        notification.facts.push_back({"externalId", customer.external_id});
    if (!customer.email.empty()) notification.facts.push_back({"email", customer.email});
    if (customer.name) notification.facts.push_back({"name", *customer.name});
    notification.id = notification_id(notification, {}, partition_, offset);
    sink.emit(notification_record(notification));
}

void ControlFold::changed(const ledger::ControlEvent& event) {
    if (const auto* organisation = std::get_if<ledger::OrganisationCreated>(&event)) {
        unsaved_organisations_.insert(organisation->organisation.id);
    } else if (const auto* created = std::get_if<ledger::KeyCreated>(&event)) {
        unsaved_keys_.insert(created->key.id);
    } else if (const auto* revoked = std::get_if<ledger::KeyRevoked>(&event)) {
        unsaved_keys_.insert(revoked->key);
    } else if (const auto* saved = std::get_if<ledger::CustomerSaved>(&event)) {
        unsaved_customers_.insert(saved->customer.organisation + '\0' + saved->customer.id);
    } else if (const auto* settings = std::get_if<ledger::SettingsChanged>(&event)) {
        unsaved_organisations_.insert(settings->organisation);
    } else if (const auto* fallback = std::get_if<ledger::DefaultProviderSet>(&event)) {
        changed_rows_[{Table::Meta, kProviderName}] = fallback->provider;
    } else if (const auto* endpoint = std::get_if<ledger::WebhookEndpointSaved>(&event)) {
        unsaved_webhook_endpoints_.insert(endpoint->endpoint.organisation + '\0' +
                                          endpoint->endpoint.id);
    } else if (const auto* deleted = std::get_if<ledger::WebhookEndpointDeleted>(&event)) {
        unsaved_webhook_endpoints_.insert(deleted->organisation + '\0' + deleted->endpoint);
    } else if (const auto* published = std::get_if<ledger::CatalogPublished>(&event)) {
        changed_rows_[{Table::Catalog,
                       catalog_row_key(published->organisation, published->catalog->version)}] =
            encode_published({published->catalog, clock_});
    }
}

void ControlFold::collect(WriteSet& set) {
    history_.collect(set);
    if (genesis_unsaved_) set.rows.push_back({Table::Meta, kGenesisKey, encode_genesis(genesis_)});
    genesis_unsaved_ = false;
    for (const std::string& id : unsaved_organisations_) {
        set.rows.push_back({Table::Identity, row_key(kOrganisationRow, id),
                            encode_organisation(state_.organisations.find(id)->second)});
    }
    for (const std::string& id : unsaved_keys_) {
        set.rows.push_back(
            {Table::Identity, row_key(kKeyRow, id), encode_key(state_.keys.find(id)->second)});
    }
    for (const std::string& id : unsaved_customers_) {
        set.rows.push_back({Table::Identity, row_key(kCustomerRow, id),
                            encode_customer(state_.customers.find(id)->second)});
    }
    for (const std::string& id : unsaved_webhook_endpoints_) {
        Row row{Table::Identity, row_key(kWebhookEndpointRow, id), std::nullopt};
        const auto endpoint = state_.webhook_endpoints.find(id);
        if (endpoint != state_.webhook_endpoints.end())
            row.value = encode_webhook_endpoint(endpoint->second);
        set.rows.push_back(std::move(row));
    }
    unsaved_webhook_endpoints_.clear();
    unsaved_organisations_.clear();
    unsaved_keys_.clear();
    unsaved_customers_.clear();
    for (auto& [name, value] : changed_rows_)
        set.rows.push_back({name.first, name.second, std::move(value)});
    changed_rows_.clear();
}

void ControlFold::mark_saved(ledger::Offset next_offset) {
    history_.mark_saved(next_offset);
}

}  // namespace quipu::projections
