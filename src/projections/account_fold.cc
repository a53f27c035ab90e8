#include "projections/account_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/command_kind.h"
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
                         std::int64_t dedupe_window_micros)
    : partition_(partition),
      store_(store),
      decode_(std::move(decode)),
      history_(store, dedupe_window_micros) {}

base::Instant AccountFold::next_due() const {
    return timers_.empty() ? base::kEndOfTime : timers_.begin()->first;
}

const ledger::Account* AccountFold::find(std::string_view organisation,
                                         std::string_view reference) {
    const Slot* slot = find_slot(organisation, reference);
    return slot != nullptr ? &slot->account : nullptr;
}

const ledger::CatalogBook& AccountFold::book(std::string_view organisation) const {
    static const ledger::CatalogBook kEmpty;
    const auto found = books_.find(organisation);
    return found == books_.end() ? kEmpty : found->second;
}

bool AccountFold::has_folded(const CommandRecord& record) {
    if (const auto* published = std::get_if<ledger::PublishCatalog>(&record.command)) {
        return book(record.organisation).newest().version >= published->catalog.version;
    }
    if (const auto* published = std::get_if<ledger::PublishSettings>(&record.command)) {
        return book(record.organisation).settings().version >= published->settings.version;
    }
    const Slot* slot = find_slot(record.organisation, record.customer);
    if (slot == nullptr || is<ledger::OpenAccount>(record)) return slot != nullptr;
    const ledger::Account& account = slot->account;
    const base::Fingerprint id = history_.fingerprint(account.organisation, account.id, record.id);
    constexpr auto kAnyOffset = std::numeric_limits<ledger::Offset>::max();
    if (history_.find(id, kAnyOffset, clock_)) return true;
    // It may be older than the window in which ids are remembered.
    bool found = false;
    const auto visited = visit_entries(account, kAnyOffset, [&](const ledger::Entry& entry) {
        found = entry.id == record.id;
        return !found;
    });
    QUIPU_CHECK(visited.has_value());
    return found;
}

ledger::CatalogBook& AccountFold::book_of(std::string_view organisation) {
    const auto found = books_.find(organisation);
    return found != books_.end() ? found->second : books_[std::string(organisation)];
}

AccountFold::Slot* AccountFold::find_slot(std::string_view organisation,
                                          std::string_view reference) {
    scratch_.assign(organisation).push_back('\0');
    scratch_.append(reference);
    auto found = aliases_.find(scratch_);
    if (found == aliases_.end() && reference.find('@') != std::string_view::npos) {
        scratch_.resize(organisation.size() + 1);
        scratch_.append(ledger::lower_case(reference));
        found = aliases_.find(scratch_);
    }
    return found == aliases_.end() ? nullptr : found->second;
}

AccountFold::Slot& AccountFold::insert(ledger::Account account) {
    auto slot = std::make_unique<Slot>();
    slot->account = std::move(account);
    const ledger::Account& opened = slot->account;
    slot->prefix = account_prefix(opened.organisation, opened.id);
    slot->book = &book_of(opened.organisation);
    for (const std::string* alias : {&opened.id, &opened.external_id, &opened.email}) {
        if (!alias->empty()) aliases_[opened.organisation + '\0' + *alias] = slot.get();
    }
    Slot& inserted = *slot;
    accounts_[opened.organisation + '\0' + opened.id] = std::move(slot);
    return inserted;
}

void AccountFold::touch(Slot& slot) {
    if (slot.timer != slot.account.next_due) {
        if (slot.timer != base::kEndOfTime) timers_.erase({slot.timer, &slot});
        slot.timer = slot.account.next_due;
        if (slot.timer != base::kEndOfTime) timers_.emplace(slot.timer, &slot);
    }
    if (slot.touched) return;
    slot.touched = true;
    touched_.push_back(&slot);
}

// An invoice is written and published again when its status changes.
void AccountFold::publish_invoice(Slot& slot, const ledger::Invoice& invoice, bool settled,
                                  FoldSink& sink) {
    std::string bytes = ledger::encode_invoice(invoice);
    std::string key = invoice_row_key(slot.prefix, invoice.sequence);
    unsaved_invoices_[key] = {folding_, bytes};
    changed_rows_[{Table::Invoice, std::move(key)}] = bytes;
    SendRecord sent;
    sent.to = {ledger::Topic::Invoices, 0};
    sent.record.key = slot.account.id;
    sent.record.value = std::move(bytes);
    sent.record.headers = {
        {"content-type", "application/x-protobuf"},
        {"id", settled ? invoice.id + "/" + std::string(name_of(invoice.status)) : invoice.id},
        {"organisation", invoice.organisation}};
    sink.emit(std::move(sent));
}

void AccountFold::publish(Slot& slot, ledger::Effects& effects, ledger::Offset position,
                          FoldSink& sink) {
    for (ledger::Invoice& invoice : effects.invoices) {
        invoice.issued_position = position;
        if (invoice.settled_at) invoice.settled_position = position;
        publish_invoice(slot, invoice, false, sink);
    }
    for (ledger::Invoice& invoice : effects.settled) {
        // Issued and settled by one record: the copy was made before it had a position.
        const bool just_issued =
            std::ranges::find(effects.invoices, invoice.sequence, &ledger::Invoice::sequence) !=
            effects.invoices.end();
        if (just_issued) invoice.issued_position = position;
        invoice.settled_position = position;
        publish_invoice(slot, invoice, true, sink);
    }
    for (ledger::ProviderCall& call : effects.calls) sink.emit(CallProvider{std::move(call)});
    for (const ledger::Notification& told : effects.notifications)
        sink.emit(notification_record(told));
}

void AccountFold::fire_timers(FoldSink& sink) {
    while (!timers_.empty() && timers_.begin()->first <= clock_) {
        Slot& slot = *timers_.begin()->second;
        ledger::Effects effects;
        // One moment at a time, so that timers of all accounts fire in one order.
        ledger::fire_timers(slot.account, *slot.book, slot.timer, effects);
        publish(slot, effects, folding_, sink);
        touch(slot);
    }
}

void AccountFold::answer(const StoredRecord& stored, const CommandRecord& record,
                         const ledger::Outcome& outcome, std::string_view customer, FoldSink& sink,
                         const ledger::Entry* first) {
    sink.answered({partition_, first != nullptr ? first->offset : stored.offset, stored.recorded_at,
                   record, outcome, first != nullptr, customer});
}

void AccountFold::fold(const StoredRecord& stored, FoldSink& sink) {
    folding_ = stored.offset;
    auto record = decode_(stored);
    if (!record) {
        sink.emit(dead_letter(partition_, stored, record.error().code, record.error().message));
        return;
    }
    fold_command(stored, *record, sink);
}

void AccountFold::fold_command(const StoredRecord& stored, CommandRecord& record, FoldSink& sink) {
    if (const auto* genesis = std::get_if<ledger::Genesis>(&record.command)) {
        if (!open_) fold_genesis(*genesis);
        return answer(stored, record, kDone, {}, sink);
    }
    if (!open_) {
        sink.emit(dead_letter(partition_, stored, "ledger_not_open",
                              "The record came before the ledger was made on this partition."));
        return;
    }
    if (!is_timeless(record)) {
        clock_ = std::max(clock_, stored.recorded_at);
        fire_timers(sink);
    }
    if (is<ledger::Tick>(record)) return answer(stored, record, kDone, {}, sink);
    if (is<ledger::PublishCatalog>(record)) {
        fold_catalog(stored, record);
        return answer(stored, record, kDone, {}, sink);
    }
    if (is<ledger::PublishSettings>(record)) {
        fold_settings(record);
        return answer(stored, record, kDone, {}, sink);
    }
    fold_event(stored, record, sink);
}

void AccountFold::fold_genesis(const ledger::Genesis& genesis) {
    open_ = true;
    genesis_ = genesis;
    history_.set_key(genesis.hash_key);
    changed_rows_[{Table::Meta, kGenesisKey}] = encode_genesis(genesis);
}

void AccountFold::fold_catalog(const StoredRecord& stored, const CommandRecord& record) {
    const auto& published = std::get<ledger::PublishCatalog>(record.command);
    // The clock of the partition, not of the record: it is the one that windows are held against.
    const base::Instant at = std::max(clock_, stored.recorded_at);
    const PublishedCatalog version{std::make_shared<const ledger::Catalog>(published.catalog), at};
    if (!book_of(record.organisation).publish(version.catalog, at)) return;
    changed_rows_[{Table::Catalog,
                   catalog_row_key(record.organisation, published.catalog.version)}] =
        encode_published(version);
}

void AccountFold::fold_settings(const CommandRecord& record) {
    const auto& published = std::get<ledger::PublishSettings>(record.command);
    if (!book_of(record.organisation).publish(published.settings)) return;
    changed_rows_[{Table::Meta, settings_row_key(record.organisation)}] =
        encode_settings(published.settings);
}

// Only the control partition opens accounts, but anyone who may write to the topic can send such a
// record.
bool AccountFold::may_open(const CommandRecord& record, const ledger::OpenAccount& open) {
    const auto taken = [&](const std::string& name) {
        return !name.empty() && find_slot(record.organisation, name) != nullptr;
    };
    return !open.customer.empty() && open.customer == record.customer && !taken(open.customer) &&
           !taken(open.external_id) && !taken(open.email);
}

void AccountFold::fold_event(const StoredRecord& stored, CommandRecord& record, FoldSink& sink) {
    Slot* slot = find_slot(record.organisation, record.customer);
    ledger::Handled opened;
    if (const auto* open = std::get_if<ledger::OpenAccount>(&record.command);
        open != nullptr && slot == nullptr) {
        if (!may_open(record, *open)) {
            sink.emit(
                dead_letter(partition_, stored, "account_conflict",
                            "The account's id or another name of it belongs to somebody else."));
            return;
        }
        slot = &insert(ledger::open_account(book_of(record.organisation), record.organisation,
                                            *open, clock_, opened.effects));
        opened.outcome = ledger::Done{slot->account.id};
        return fold_in(*slot, stored, record, name_of_event(slot->account, record),
                       std::move(opened), sink);
    }
    if (slot != nullptr) return fold_known(*slot, stored, record, sink);
    if (record.routed) {
        const ledger::Outcome outcome = ledger::Rejection{
            ledger::Code::CustomerNotFound,
            fmt::format("Customer '{}' not found in this organization.", record.customer)};
        sink.emit(dead_letter(partition_, stored, "customer_not_found",
                              std::get<ledger::Rejection>(outcome).message));
        return answer(stored, record, outcome, {}, sink);
    }
    sink.emit(RouteRecord{partition_, stored.offset, std::move(record)});
}

void AccountFold::fold_known(Slot& slot, const StoredRecord& stored, CommandRecord& record,
                             FoldSink& sink) {
    const ledger::Account& account = slot.account;
    const EventName name = name_of_event(account, record);
    if (const auto first = history_.find(name.id, stored.offset, clock_)) {
        if (first->content == name.content)
            return answer(stored, record, first->outcome, account.id, sink, &*first);
        const ledger::Outcome conflict = ledger::Rejection{
            ledger::Code::IdempotencyConflict,
            fmt::format("The event id '{}' was used before for another request.", record.id)};
        // Nobody hears the answer of a producer's own record: it must not vanish.
        if (record.origin.node == 0) {
            sink.emit(dead_letter(partition_, stored, "idempotency_conflict",
                                  std::get<ledger::Rejection>(conflict).message));
        }
        return answer(stored, record, conflict, account.id, sink);
    }
    const auto read_invoice = [&](std::uint32_t sequence) {
        auto invoice = find_invoice(account, sequence);
        QUIPU_CHECK(
            invoice.has_value());  // a state that cannot be read must not decide about money
        return *invoice;
    };
    fold_in(slot, stored, record, name,
            ledger::handle(slot.account, *slot.book, record, clock_, read_invoice), sink);
}

AccountFold::EventName AccountFold::name_of_event(const ledger::Account& account,
                                                  const CommandRecord& record) {
    const base::Fingerprint id = history_.fingerprint(account.organisation, account.id, record.id);
    history_.prefetch(id);
    return {id, content_digest(record)};
}

void AccountFold::fold_in(Slot& slot, const StoredRecord& stored, CommandRecord& record,
                          const EventName& name, ledger::Handled&& handled, FoldSink& sink) {
    const ledger::Account& account = slot.account;
    publish(slot, handled.effects, stored.offset + 1, sink);

    ledger::Entry entry;
    entry.offset = stored.offset;
    entry.id = record.id;
    entry.content = name.content;
    entry.kind = ledger::kind_of(record.command);
    entry.recorded_at = clock_;
    entry.occurred_at = record.occurred_at.value_or(clock_);
    if (auto* track = std::get_if<ledger::Track>(&record.command)) {
        entry.value = track->value;
        entry.entity = track->entity;
        entry.metadata_json = track->metadata_json;
    }
    if (const auto* confirm = std::get_if<ledger::ConfirmReservation>(&record.command)) {
        for (const ledger::Posting& posting : handled.postings) entry.value += posting.units;
        entry.metadata_json = confirm->metadata_json;
        entry.occurred_at = handled.began_at.value_or(clock_);
        entry.entity = std::move(handled.entity);
    }
    entry.outcome = std::move(handled.outcome);
    entry.postings = std::move(handled.postings);
    history_.remember(name.id, slot.last_entry, entry);
    slot.last_entry = stored.offset;
    touch(slot);
    answer(stored, record, entry.outcome, account.id, sink);
}

}  // namespace quipu::projections
