#include "projections/account_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/command.h"
#include "projections/account_rows.h"
#include "projections/notification_record.h"
#include "projections/rows/command_digest.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_keys.h"

namespace quipu::projections {
namespace {

using ledger::CommandRecord;
using ledger::StoredRecord;

template <typename T>
bool is(const CommandRecord& record) {
    return std::holds_alternative<T>(record.command);
}

// Set up before time matters: a manual clock may still be moved anywhere afterwards.
bool is_timeless(const CommandRecord& record) {
    return is<ledger::Genesis>(record) || is<ledger::PublishCatalog>(record) ||
           is<ledger::PublishSettings>(record);
}

const ledger::Outcome kDone = ledger::Done{};

}  // namespace

AccountFold::AccountFold(ledger::Partition partition, StateStore& store, Decode decode,
                         AccountFoldOptions options, Projections projections)
    : partition_(partition),
      store_(store),
      decode_(std::move(decode)),
      birth_(options.known_rules),
      history_(store, options.dedupe_window_micros),
      invoices_(store),
      projections_(std::move(projections)) {}

base::Result<void> AccountFold::load() {
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    if (!*position) return {};
    clock_ = (*position)->clock;
    if (auto known = birth_.load(store_); !known) return known;
    if (birth_.is_open()) history_.set_key(birth_.genesis().hash_key);
    shelf_.adopt(birth_.rules());
    if (auto books = shelf_.load(store_); !books) return books;
    auto accounts = accounts_.load(store_, [this](std::string_view organisation) -> auto& {
        return shelf_.book_of(organisation);
    });
    if (!accounts) return accounts;
    for (const auto& projection : projections_) {
        if (auto loaded = projection->load(store_); !loaded) return loaded;
    }
    return history_.load(**position);
}

void AccountFold::collect(WriteSet& set) {
    history_.collect(set);  // first: it can move its many rows as they are
    accounts_.collect(set);
    birth_.collect(set);
    shelf_.collect(set);
    invoices_.collect(set);
    for (const auto& projection : projections_) projection->collect(set);
}

void AccountFold::mark_saved(ledger::Offset next_offset) {
    history_.mark_saved(next_offset);
    invoices_.mark_saved(next_offset);
    for (const auto& projection : projections_) projection->mark_saved(next_offset);
}

const ledger::Account* AccountFold::find(std::string_view organisation,
                                         std::string_view reference) {
    const AccountSlot* slot = accounts_.find(organisation, reference);
    return slot != nullptr ? &slot->account : nullptr;
}

base::Result<bool> AccountFold::has_folded(const CommandRecord& record) {
    if (const auto* published = std::get_if<ledger::PublishCatalog>(&record.command)) {
        return book(record.organisation).newest().version >= published->catalog.version;
    }
    if (const auto* published = std::get_if<ledger::PublishSettings>(&record.command)) {
        return book(record.organisation).settings().version >= published->settings.version;
    }
    const AccountSlot* slot = accounts_.find(record.organisation, record.customer);
    if (slot == nullptr) return false;
    const ledger::Account& account = slot->account;
    const base::Fingerprint id = history_.fingerprint(account.organisation, account.id, record.id);
    constexpr auto kAnyOffset = std::numeric_limits<ledger::Offset>::max();
    const auto seen = history_.find(id, kAnyOffset, clock_);
    if (!seen) return tl::unexpected(seen.error());
    if (*seen) return true;
    // It may be older than the window in which ids are remembered, or a refusal: what a rebuilt
    // state sends again must not be judged a second time.
    bool found = false;
    const auto visited = visit_entries(account, kAnyOffset, [&](const ledger::Entry& entry) {
        found = entry.id == record.id;
        return !found;
    });
    if (!visited) return tl::unexpected(visited.error());
    return found;
}

ledger::Offset AccountFold::newest_entry(const ledger::Account& account) {
    const AccountSlot* slot = accounts_.find(account.organisation, account.id);
    return slot != nullptr ? slot->last_entry : kNoEntry;
}

base::Result<void> AccountFold::visit_entries(const ledger::Account& account, ledger::Offset before,
                                              const VisitEntry& visit) {
    ledger::Offset at = newest_entry(account);
    while (at != kNoEntry) {
        auto linked = history_.read(at);
        if (!linked) return tl::unexpected(linked.error());
        if (at < before && !visit(linked->entry)) return {};
        at = linked->previous;
    }
    return {};
}

// An invoice is published again when its status changes.
void AccountFold::publish_invoice(const ledger::Invoice& invoice, bool settled, FoldSink& sink) {
    SendRecord sent;
    sent.to = {ledger::Topic::Invoices, 0};
    sent.record.key = invoice.customer;
    sent.record.value = ledger::encode_invoice(invoice);
    sent.record.headers = {
        {"content-type", "application/x-protobuf"},
        {"id", settled ? invoice.id + "/" + std::string(name_of(invoice.status)) : invoice.id},
        {"organisation", invoice.organisation}};
    sink.emit(std::move(sent));
}

void AccountFold::publish(AccountSlot& slot, const ledger::Entry* entry, ledger::Effects& effects,
                          ledger::Offset position, FoldSink& sink) {
    for (ledger::Invoice& invoice : effects.invoices) {
        invoice.issued_position = position;
        if (invoice.settled_at) invoice.settled_position = position;
        publish_invoice(invoice, false, sink);
    }
    for (ledger::Invoice& invoice : effects.settled) {
        // Issued and settled by one record: the copy was made before it had a position.
        const bool just_issued =
            std::ranges::find(effects.invoices, invoice.sequence, &ledger::Invoice::sequence) !=
            effects.invoices.end();
        if (just_issued) invoice.issued_position = position;
        invoice.settled_position = position;
        publish_invoice(invoice, true, sink);
    }
    for (ledger::ProviderCall& call : effects.calls) sink.emit(CallProvider{std::move(call)});
    for (const ledger::Notification& told : effects.notifications)
        sink.emit(notification_record(told));
    const Folded folded{folding_, slot.account, slot.prefix, entry, effects};
    invoices_.project(folded);
    for (const auto& projection : projections_) projection->project(folded);
}

void AccountFold::fire_timers(FoldSink& sink) {
    while (AccountSlot* slot = accounts_.first_due(clock_)) {
        ledger::Effects effects;
        // One moment at a time, so that timers of all accounts fire in one order.
        ledger::fire_timers(slot->account, *slot->book, slot->timer, slot->changes, effects);
        publish(*slot, nullptr, effects, folding_, sink);
        accounts_.touch(*slot);
    }
}

void AccountFold::answer(const StoredRecord& stored, const CommandRecord& record,
                         const ledger::Outcome& outcome, std::string_view customer, FoldSink& sink,
                         const ledger::Entry* first) {
    sink.answered({partition_, first != nullptr ? first->offset : stored.offset, stored.recorded_at,
                   record, outcome, first != nullptr, customer});
}

base::Result<void> AccountFold::fold(const StoredRecord& stored, FoldSink& sink) {
    folding_ = stored.offset;
    auto record = decode_(stored);
    if (!record) {
        sink.emit(dead_letter(partition_, stored, record.error().code, record.error().message));
        return {};
    }
    return fold_command(stored, *record, sink);
}

base::Result<void> AccountFold::fold_command(const StoredRecord& stored, CommandRecord& record,
                                             FoldSink& sink) {
    if (const auto* genesis = std::get_if<ledger::Genesis>(&record.command)) {
        if (auto opened = fold_genesis(*genesis); !opened) return opened;
        answer(stored, record, kDone, {}, sink);
        return {};
    }
    if (!birth_.is_open()) {
        sink.emit(dead_letter(partition_, stored, "ledger_not_open",
                              "The record came before the ledger was made on this partition."));
        return {};
    }
    if (!is_timeless(record)) {
        clock_ = std::max(clock_, stored.recorded_at);
        fire_timers(sink);
    }
    if (const auto* adopted = std::get_if<ledger::AdoptRules>(&record.command)) {
        if (auto known = adopt(*adopted); !known) return known;
    } else if (const auto* catalog = std::get_if<ledger::PublishCatalog>(&record.command)) {
        // The clock of the partition, not of the record: it is the one that windows are held
        // against.
        shelf_.publish(record.organisation, catalog->catalog, std::max(clock_, stored.recorded_at));
    } else if (const auto* settings = std::get_if<ledger::PublishSettings>(&record.command)) {
        shelf_.publish(record.organisation, settings->settings);
    } else if (!is<ledger::Tick>(record)) {
        return fold_event(stored, record, sink);
    }
    answer(stored, record, kDone, {}, sink);
    return {};
}

base::Result<void> AccountFold::fold_genesis(const ledger::Genesis& genesis) {
    if (auto opened = birth_.open(genesis); !opened) return opened;
    history_.set_key(birth_.genesis().hash_key);
    shelf_.adopt(birth_.rules());
    return {};
}

base::Result<void> AccountFold::adopt(const ledger::AdoptRules& adopted) {
    if (auto known = birth_.adopt(adopted); !known) return known;
    shelf_.adopt(birth_.rules());
    return {};
}

// Only the control partition opens accounts, and renames them, but anyone who may write to the
// topic can send such a record.
bool AccountFold::may_open(const CommandRecord& record, const ledger::OpenAccount& open) {
    const auto taken = [&](const std::string& name) {
        const AccountSlot* slot =
            name.empty() ? nullptr : accounts_.find(record.organisation, name);
        return slot != nullptr && slot->account.id != open.customer;
    };
    return !open.customer.empty() && open.customer == record.customer && !taken(open.customer) &&
           !taken(open.external_id) && !taken(open.email);
}

void AccountFold::refuse_names(const StoredRecord& stored, FoldSink& sink) const {
    sink.emit(dead_letter(partition_, stored, "account_conflict",
                          "The account's id or another name of it belongs to somebody else."));
}

base::Result<void> AccountFold::fold_event(const StoredRecord& stored, CommandRecord& record,
                                           FoldSink& sink) {
    AccountSlot* slot = accounts_.find(record.organisation, record.customer);
    if (slot != nullptr) return fold_known(*slot, stored, record, sink);
    if (const auto* open = std::get_if<ledger::OpenAccount>(&record.command))
        return open_account(stored, record, *open, sink);
    if (record.routed) {
        const ledger::Outcome outcome = ledger::Rejection{
            ledger::Code::CustomerNotFound,
            fmt::format("Customer '{}' not found in this organization.", record.customer)};
        sink.emit(dead_letter(partition_, stored, "customer_not_found",
                              std::get<ledger::Rejection>(outcome).message));
        answer(stored, record, outcome, {}, sink);
        return {};
    }
    sink.emit(RouteRecord{partition_, stored.offset, std::move(record)});
    return {};
}

base::Result<void> AccountFold::open_account(const StoredRecord& stored, CommandRecord& record,
                                             const ledger::OpenAccount& open, FoldSink& sink) {
    if (!may_open(record, open)) {
        refuse_names(stored, sink);
        return {};
    }
    ledger::CatalogBook& book = shelf_.book_of(record.organisation);
    ledger::Handled opened;
    ledger::AccountChanges changes;
    AccountSlot& slot = accounts_.insert(
        ledger::open_account(book, record.organisation, open, clock_, changes, opened.effects),
        book);
    slot.changes = std::move(changes);
    opened.outcome = ledger::Done{slot.account.id};
    fold_in(slot, stored, record, name_of_event(slot.account, record), std::move(opened), sink);
    return {};
}

base::Result<void> AccountFold::fold_known(AccountSlot& slot, const StoredRecord& stored,
                                           CommandRecord& record, FoldSink& sink) {
    const ledger::Account& account = slot.account;
    const EventName name = name_of_event(account, record);
    const auto first = history_.find(name.id, stored.offset, clock_);
    if (!first) return tl::unexpected(first.error());
    if (*first && (*first)->content == name.content) {
        answer(stored, record, (*first)->outcome, account.id, sink, &**first);
        return {};
    }
    if (*first) {
        const ledger::Outcome conflict = ledger::Rejection{
            ledger::Code::IdempotencyConflict,
            fmt::format("The event id '{}' was used before for another request.", record.id)};
        // Nobody hears the answer of a producer's own record: it must not vanish.
        if (record.origin.node == 0) {
            sink.emit(dead_letter(partition_, stored, "idempotency_conflict",
                                  std::get<ledger::Rejection>(conflict).message));
        }
        answer(stored, record, conflict, account.id, sink);
        return {};
    }
    const auto* opening = std::get_if<ledger::OpenAccount>(&record.command);
    if (opening != nullptr && !may_open(record, *opening)) {
        refuse_names(stored, sink);
        return {};
    }
    const std::string email = opening != nullptr ? account.email : std::string();
    auto handled = ledger::handle(
        slot.account, *slot.book, record, clock_,
        [&](std::uint32_t sequence) { return invoices_.find(account, sequence); }, slot.changes);
    if (!handled) return tl::unexpected(handled.error());
    if (opening != nullptr) accounts_.rename(slot, email);
    fold_in(slot, stored, record, name, std::move(*handled), sink);
    return {};
}

AccountFold::EventName AccountFold::name_of_event(const ledger::Account& account,
                                                  const CommandRecord& record) {
    const base::Fingerprint id = history_.fingerprint(account.organisation, account.id, record.id);
    history_.prefetch(id);
    return {id, content_digest(record)};
}

void AccountFold::fold_in(AccountSlot& slot, const StoredRecord& stored, CommandRecord& record,
                          const EventName& name, ledger::Handled&& handled, FoldSink& sink) {
    const ledger::Account& account = slot.account;
    ledger::Entry entry;
    entry.offset = stored.offset;
    entry.id = record.id;
    entry.content = name.content;
    entry.kind = ledger::kind_of(record.command).number;
    entry.recorded_at = clock_;
    entry.occurred_at = record.occurred_at.value_or(clock_);
    if (auto* track = std::get_if<ledger::Track>(&record.command)) {
        entry.value = track->value;
        entry.entity = track->entity;
        entry.metadata_json = track->metadata_json;
    }
    if (const auto* attach = std::get_if<ledger::Attach>(&record.command))
        entry.metadata_json = attach->metadata_json;
    if (const auto* confirm = std::get_if<ledger::ConfirmReservation>(&record.command)) {
        for (const ledger::Posting& posting : handled.postings) entry.value += posting.units;
        entry.metadata_json = confirm->metadata_json;
        entry.occurred_at = handled.began_at.value_or(clock_);
        entry.entity = std::move(handled.entity);
    }
    entry.outcome = std::move(handled.outcome);
    entry.postings = std::move(handled.postings);
    publish(slot, &entry, handled.effects, stored.offset + 1, sink);
    if (handled.refused) {
        history_.record(slot.last_entry, entry);
    } else {
        history_.remember(name.id, slot.last_entry, entry);
    }
    slot.last_entry = stored.offset;
    accounts_.touch(slot);
    answer(stored, record, entry.outcome, account.id, sink);
}

}  // namespace quipu::projections
