#include "projections/control_fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/murmur2.h"
#include "ledger/codec/command_codec.h"
#include "ledger/command.h"
#include "ledger/record_limits.h"
#include "projections/account_rows.h"
#include "projections/notification_record.h"
#include "projections/rows/command_digest.h"
#include "projections/rows/row_codec.h"

namespace quipu::projections {
namespace {

using ledger::CommandRecord;
using ledger::StoredRecord;

// A version that no account partition could read must not be published.
bool fits_a_record(const std::vector<ledger::Forward>& forwards) {
    return std::ranges::all_of(forwards, [](const ledger::Forward& forward) {
        return ledger::encode(forward.record).size() <= ledger::kMaxRecordBytes;
    });
}

}  // namespace

ControlFold::ControlFold(ledger::Partition partition, StateStore& store, Decode decode,
                         std::int64_t dedupe_window_micros, ledger::RulesVersion known_rules)
    : partition_(partition),
      store_(store),
      decode_(std::move(decode)),
      history_(store, dedupe_window_micros),
      birth_(known_rules) {}

base::Result<void> ControlFold::load() {
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    if (!*position) return {};
    clock_ = (*position)->clock;
    if (auto known = birth_.load(store_); !known) return known;
    if (birth_.is_open()) history_.set_key(birth_.genesis().hash_key);
    if (auto rows = IdentityRows::load(store_, state_); !rows) return rows;
    return history_.load(**position);
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

base::Result<void> ControlFold::fold(const StoredRecord& stored, FoldSink& sink) {
    auto record = decode_(stored);
    if (!record) {
        sink.emit(dead_letter(partition_, stored, record.error().code, record.error().message));
        return {};
    }
    return fold_command(stored, *record, sink);
}

base::Result<void> ControlFold::fold_command(const StoredRecord& stored,
                                             const CommandRecord& record, FoldSink& sink) {
    static const ledger::Outcome kDone = ledger::Done{};
    if (const auto* genesis = std::get_if<ledger::Genesis>(&record.command)) {
        if (auto opened = birth_.open(*genesis); !opened) return opened;
        history_.set_key(birth_.genesis().hash_key);
        answer(stored, record, kDone, sink);
        return {};
    }
    if (!birth_.is_open()) {
        sink.emit(dead_letter(partition_, stored, "ledger_not_open",
                              "The record came before the ledger was made on this partition."));
        return {};
    }
    clock_ = std::max(clock_, stored.recorded_at);
    if (const auto* adopted = std::get_if<ledger::AdoptRules>(&record.command)) {
        if (auto known = birth_.adopt(*adopted); !known) return known;
    } else if (!std::holds_alternative<ledger::Tick>(record.command)) {
        return decide_and_apply(stored, record, sink);
    }
    answer(stored, record, kDone, sink);
    return {};
}

base::Result<void> ControlFold::decide_and_apply(const StoredRecord& stored,
                                                 const CommandRecord& record, FoldSink& sink) {
    const base::Fingerprint id = history_.fingerprint(record.organisation, {}, record.id);
    const std::uint64_t content = content_digest(record);
    const auto first = history_.find(id, stored.offset, clock_);
    if (!first) return tl::unexpected(first.error());
    if (*first && (*first)->content == content) {
        answer(stored, record, (*first)->outcome, sink, &**first);
        return {};
    }
    if (*first) {
        answer(
            stored, record,
            ledger::Rejection{
                ledger::Code::IdempotencyConflict,
                fmt::format("The event id '{}' was used before for another request.", record.id)},
            sink);
        return {};
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
        rows_.changed(event, clock_);
        if (const auto* saved = std::get_if<ledger::CustomerSaved>(&event))
            notify(saved->customer, decision.outcome, stored.offset, sink);
    }
    for (const ledger::Forward& each : decision.forwards) forward(each, sink);

    ledger::Entry entry;
    entry.offset = stored.offset;
    entry.id = record.id;
    entry.content = content;
    entry.kind = ledger::kind_of(record.command).number;
    entry.recorded_at = clock_;
    entry.occurred_at = record.occurred_at.value_or(clock_);
    entry.outcome = std::move(decision.outcome);
    const bool happened = !decision.events.empty() || !decision.forwards.empty();
    if (is_refusal(entry.outcome) && !happened) {
        history_.record(kNoEntry, entry);
    } else {
        history_.remember(id, kNoEntry, entry);
    }
    answer(stored, record, entry.outcome, sink);
    return {};
}

void ControlFold::forward(const ledger::Forward& forward, FoldSink& sink) const {
    const std::string bytes = ledger::encode(forward.record);
    const auto send = [&](std::uint32_t index) {
        sink.emit(SendRecord{{ledger::Topic::Events, index}, {forward.key, bytes, {}}});
    };
    if (!forward.to_all) return send(base::partition_for(forward.key, birth_.genesis().partitions));
    for (std::uint32_t index = 0; index < birth_.genesis().partitions; ++index) send(index);
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

void ControlFold::collect(WriteSet& set) {
    history_.collect(set);
    birth_.collect(set);
    rows_.collect(state_, set);
}

void ControlFold::mark_saved(ledger::Offset next_offset) {
    history_.mark_saved(next_offset);
}

}  // namespace quipu::projections
