// Loading an account partition from its rows, and collecting the rows that changed.
#include <algorithm>

#include "base/bytes.h"
#include "projections/account_fold.h"
#include "projections/account_rows.h"
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

}  // namespace

Result<void> AccountFold::load() {
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    if (!*position) return {};
    clock_ = (*position)->clock;
    for (const auto step :
         {&AccountFold::load_meta, &AccountFold::load_catalogs, &AccountFold::load_settings,
          &AccountFold::load_accounts, &AccountFold::load_parts}) {
        if (auto done = (this->*step)(); !done) return done;
    }
    for (auto& [key, slot] : accounts_) {
        slot->timer = slot->account.next_due;
        if (slot->timer != base::kEndOfTime) timers_.emplace(slot->timer, slot.get());
    }
    return history_.load(**position);
}

Result<void> AccountFold::load_meta() {
    const auto row = store_.get(Table::Meta, kGenesisName);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    const auto genesis = decode_genesis(**row);
    if (!genesis) return corrupt("genesis");
    open_ = true;
    genesis_ = *genesis;
    history_.set_key(genesis->hash_key);
    return {};
}

Result<void> AccountFold::load_catalogs() {
    bool readable = true;
    auto scanned =
        store_.scan(Table::Catalog, {}, [&](std::string_view key, std::string_view value) {
            const auto published = decode_published(value);
            readable = published.has_value();
            if (readable)
                book_of(organisation_of_catalog_key(key))
                    .publish(published->catalog, published->at);
            return readable;
        });
    if (scanned && !readable) return corrupt("catalog");
    return scanned;
}

Result<void> AccountFold::load_settings() {
    bool readable = true;
    auto scanned = store_.scan(
        Table::Meta, settings_row_key({}), [&](std::string_view key, std::string_view value) {
            auto settings = decode_settings(value);
            readable = settings.has_value();
            if (readable) book_of(organisation_of_settings_key(key)).publish(std::move(*settings));
            return readable;
        });
    if (scanned && !readable) return corrupt("organisation's settings");
    return scanned;
}

Result<void> AccountFold::load_accounts() {
    bool readable = true;
    auto scanned = store_.scan(Table::Account, {}, [&](std::string_view, std::string_view value) {
        auto account = decode_account(value);
        readable = account.has_value();
        if (readable) insert(std::move(*account));
        return readable;
    });
    if (scanned && !readable) return corrupt("account");
    return scanned;
}

Result<void> AccountFold::load_parts() {
    bool readable = true;
    const auto account_of = [&](const AccountName& name) -> ledger::Account* {
        const auto found = accounts_.find(name.organisation + '\0' + name.customer);
        return found == accounts_.end() ? nullptr : &found->second->account;
    };
    const auto each = [&](Table table, auto parse, auto add) -> Result<void> {
        auto scanned = store_.scan(table, {}, [&](std::string_view key, std::string_view value) {
            const auto name = parse(key);
            ledger::Account* account = name ? account_of(name->account) : nullptr;
            readable = account != nullptr && add(*account, *name, value);
            return readable;
        });
        if (scanned && !readable) return corrupt("part of an account");
        return scanned;
    };
    auto tails =
        store_.scan(Table::EntryTail, {}, [&](std::string_view key, std::string_view value) {
            const auto slot = accounts_.find(std::string(key));
            base::ByteReader in(value);
            const ledger::Offset last = in.zigzag();
            readable = slot != accounts_.end() && in.done();
            if (readable) slot->second->last_entry = slot->second->stored_entry = last;
            return readable;
        });
    if (!tails) return tails;
    if (!readable) return corrupt("tail of an account's entries");
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

void AccountFold::collect(WriteSet& set) {
    history_.collect(set);  // first: it can move its many rows as they are
    for (Slot* slot : touched_) collect_account(*slot, set);
    touched_.clear();
    for (auto& [name, value] : changed_rows_)
        set.rows.push_back({name.first, name.second, std::move(value)});
    changed_rows_.clear();
}

void AccountFold::mark_saved(ledger::Offset next_offset) {
    std::erase_if(unsaved_invoices_,
                  [&](const auto& each) { return each.second.offset < next_offset; });
    history_.mark_saved(next_offset);
}

void AccountFold::collect_account(Slot& slot, WriteSet& set) {
    ledger::Account& account = slot.account;
    slot.touched = false;
    if (slot.last_entry != slot.stored_entry) {
        base::ByteWriter tail;
        tail.zigzag(slot.last_entry);
        set.rows.push_back(
            {Table::EntryTail, account_key(account.organisation, account.id), tail.take()});
        slot.stored_entry = slot.last_entry;
    }
    if (account.unsaved) {
        set.rows.push_back({Table::Account, account_key(account.organisation, account.id),
                            encode_account(account)});
        account.unsaved = false;
    }
    for (auto* node : account.unsaved_meters) {
        for (auto& [start, window] : node->second.windows) {
            if (!window.unsaved) continue;
            set.rows.push_back(
                {Table::Meter, window_key(slot.prefix, node->first, start), encode_window(window)});
            window.unsaved = false;
        }
        node->second.unsaved = false;
    }
    account.unsaved_meters.clear();
    for (ledger::CreditGrant& grant : account.grants) {
        if (!grant.unsaved) continue;
        set.rows.push_back({Table::Grant, grant_key(slot.prefix, grant.seq), encode_grant(grant)});
        grant.unsaved = false;
    }
    for (const auto& [meter, start] : account.forgotten_windows) {
        set.rows.push_back({Table::Meter, window_key(slot.prefix, meter, start), std::nullopt});
    }
    account.forgotten_windows.clear();
    std::ranges::sort(account.unsaved_entities);
    const auto again = std::ranges::unique(account.unsaved_entities);
    account.unsaved_entities.erase(again.begin(), again.end());
    for (const ledger::EntityKey& key : account.unsaved_entities) {
        const auto entity = account.entities.find(key);
        std::optional<std::string> value;
        if (entity != account.entities.end()) {
            entity->second.unsaved = false;
            value = encode_entity(entity->second);
        }
        set.rows.push_back({Table::Entity, entity_key(slot.prefix, key), std::move(value)});
    }
    account.unsaved_entities.clear();
}

}  // namespace quipu::projections
