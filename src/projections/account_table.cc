#include "projections/account_table.h"

#include <algorithm>

#include "base/bytes.h"
#include "ledger/identity.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_keys.h"

namespace quipu::projections {
namespace {

using base::Error;
using base::Result;

tl::unexpected<Error> corrupt(std::string_view what) {
    return base::fail("state_corrupt",
                      "A stored " + std::string(what) +
                          " is not readable; rebuild the state from the log with `quipu replay`.");
}

template <typename T>
std::vector<T>& without_repeats(std::vector<T>& items) {
    std::ranges::sort(items);
    const auto repeated = std::ranges::unique(items);
    items.erase(repeated.begin(), repeated.end());
    return items;
}

}  // namespace

AccountSlot* AccountTable::find(std::string_view organisation, std::string_view reference) {
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

AccountSlot& AccountTable::insert(ledger::Account account, ledger::CatalogBook& book) {
    auto slot = std::make_unique<AccountSlot>();
    slot->account = std::move(account);
    const ledger::Account& opened = slot->account;
    slot->prefix = account_prefix(opened.organisation, opened.id);
    slot->book = &book;
    add_names(*slot);
    AccountSlot& inserted = *slot;
    accounts_[opened.organisation + '\0' + opened.id] = std::move(slot);
    return inserted;
}

void AccountTable::add_names(AccountSlot& slot) {
    const ledger::Account& account = slot.account;
    for (const std::string* alias : {&account.id, &account.external_id, &account.email}) {
        if (!alias->empty()) aliases_[account.organisation + '\0' + *alias] = &slot;
    }
}

void AccountTable::rename(AccountSlot& slot, const std::string& former_email) {
    const auto alias = aliases_.find(slot.account.organisation + '\0' + former_email);
    if (alias != aliases_.end() && alias->second == &slot) aliases_.erase(alias);
    add_names(slot);
}

void AccountTable::touch(AccountSlot& slot) {
    if (slot.timer != slot.account.next_due) {
        if (slot.timer != base::kEndOfTime) timers_.erase({slot.timer, &slot});
        slot.timer = slot.account.next_due;
        if (slot.timer != base::kEndOfTime) timers_.emplace(slot.timer, &slot);
    }
    if (slot.touched) return;
    slot.touched = true;
    touched_.push_back(&slot);
}

base::Instant AccountTable::next_due() const {
    return timers_.empty() ? base::kEndOfTime : timers_.begin()->first;
}

AccountSlot* AccountTable::first_due(base::Instant now) const {
    return next_due() <= now && !timers_.empty() ? timers_.begin()->second : nullptr;
}

Result<void> AccountTable::load(StateStore& store, const BookOf& book_of) {
    if (auto accounts = load_accounts(store, book_of); !accounts) return accounts;
    if (auto tails = load_tails(store); !tails) return tails;
    if (auto parts = load_parts(store); !parts) return parts;
    for (auto& [key, slot] : accounts_) {
        slot->timer = slot->account.next_due;
        if (slot->timer != base::kEndOfTime) timers_.emplace(slot->timer, slot.get());
    }
    return {};
}

Result<void> AccountTable::load_accounts(StateStore& store, const BookOf& book_of) {
    bool readable = true;
    auto scanned = store.scan(Table::Account, {}, [&](std::string_view, std::string_view value) {
        auto account = decode_account(value);
        readable = account.has_value();
        if (!readable) return false;
        ledger::Account opened;
        static_cast<ledger::AccountHead&>(opened) = std::move(*account);
        ledger::CatalogBook& book = book_of(opened.organisation);
        insert(std::move(opened), book);
        return readable;
    });
    if (scanned && !readable) return corrupt("account");
    return scanned;
}

Result<void> AccountTable::load_tails(StateStore& store) {
    bool readable = true;
    auto scanned =
        store.scan(Table::EntryTail, {}, [&](std::string_view key, std::string_view value) {
            const auto slot = accounts_.find(std::string(key));
            base::ByteReader in(value);
            const ledger::Offset last = in.zigzag();
            readable = slot != accounts_.end() && in.done();
            if (readable) slot->second->last_entry = slot->second->stored_entry = last;
            return readable;
        });
    if (scanned && !readable) return corrupt("tail of an account's entries");
    return scanned;
}

Result<void> AccountTable::load_parts(StateStore& store) {
    bool readable = true;
    const auto account_of = [&](const AccountName& name) -> ledger::Account* {
        const auto found = accounts_.find(name.organisation + '\0' + name.customer);
        return found == accounts_.end() ? nullptr : &found->second->account;
    };
    const auto each = [&](Table table, auto parse, auto add) -> Result<void> {
        auto scanned = store.scan(table, {}, [&](std::string_view key, std::string_view value) {
            const auto name = parse(key);
            ledger::Account* account = name ? account_of(name->account) : nullptr;
            readable = account != nullptr && add(*account, *name, value);
            return readable;
        });
        if (scanned && !readable) return corrupt("part of an account");
        return scanned;
    };
    auto windows =
        each(Table::Meter, parse_window_key,
             [](ledger::Account& account, const WindowName& name, std::string_view value) {
                 const auto window = decode_window(value);
                 if (window) account.meters[name.meter].windows[name.start] = *window;
                 return window.has_value();
             });
    if (!windows) return windows;
    auto grants = each(Table::Grant, parse_grant_key,
                       [](ledger::Account& account, const GrantName&, std::string_view value) {
                           auto grant = decode_grant(value);
                           if (grant) account.grants.push_back(std::move(*grant));
                           return grant.has_value();
                       });
    if (!grants) return grants;
    return each(Table::Entity, parse_entity_key,
                [](ledger::Account& account, const EntityName& name, std::string_view value) {
                    auto entity = decode_entity(value);
                    if (!entity) return false;
                    if (entity->remove_at)
                        account.removals.emplace(*entity->remove_at, name.entity);
                    ++account.entity_counts[name.entity.feature];
                    account.entities[name.entity] = std::move(*entity);
                    return true;
                });
}

void AccountTable::collect(WriteSet& set) {
    for (AccountSlot* slot : touched_) collect(*slot, set);
    touched_.clear();
}

void AccountTable::collect(AccountSlot& slot, WriteSet& set) {
    const ledger::Account& account = slot.account;
    ledger::AccountChanges& changes = slot.changes;
    slot.touched = false;
    if (slot.last_entry != slot.stored_entry) {
        base::ByteWriter tail;
        tail.zigzag(slot.last_entry);
        set.rows.push_back(
            {Table::EntryTail, account_key(account.organisation, account.id), tail.take()});
        slot.stored_entry = slot.last_entry;
    }
    if (changes.head) {
        set.rows.push_back({Table::Account, account_key(account.organisation, account.id),
                            encode_account(account)});
    }
    const auto add = [&](Table table, std::string key, const auto* value, auto encode) {
        Row row{table, std::move(key), std::nullopt};
        if (value != nullptr) row.value = encode(*value);
        set.rows.push_back(std::move(row));
    };
    for (const auto& [meter, start] : without_repeats(changes.windows)) {
        add(Table::Meter, window_key(slot.prefix, meter->first, start), meter->second.find(start),
            encode_window);
    }
    for (const std::uint32_t seq : without_repeats(changes.grants)) {
        const auto grant = std::ranges::find(account.grants, seq, &ledger::CreditGrant::seq);
        add(Table::Grant, grant_key(slot.prefix, seq),
            grant == account.grants.end() ? nullptr : &*grant, encode_grant);
    }
    for (const ledger::EntityKey& key : without_repeats(changes.entities)) {
        const auto entity = account.entities.find(key);
        add(Table::Entity, entity_key(slot.prefix, key),
            entity == account.entities.end() ? nullptr : &entity->second, encode_entity);
    }
    changes.clear();
}

}  // namespace quipu::projections
