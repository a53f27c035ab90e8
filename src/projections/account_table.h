// The accounts at home in one partition: by name, by timer, and as rows.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/fold/changes.h"
#include "ledger/terms.h"
#include "projections/event_history.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// One account and what its fold has to know beside it.
struct AccountSlot {
    ledger::Account account;
    ledger::AccountChanges changes;
    ledger::CatalogBook* book = nullptr;
    std::string prefix;  // of its rows' keys
    base::Instant timer = base::kEndOfTime;
    ledger::Offset last_entry = kNoEntry;    // head of the account's chain of entries
    ledger::Offset stored_entry = kNoEntry;  // the same, as the last write set says
    bool touched = false;
};

// Of its fold's thread. Slots stay where they are.
class AccountTable {
public:
    [[nodiscard]] std::size_t size() const { return accounts_.size(); }
    // By our id, the caller's own id or the e-mail; null: not at home here.
    [[nodiscard]] AccountSlot* find(std::string_view organisation, std::string_view reference);
    AccountSlot& insert(ledger::Account account, ledger::CatalogBook& book);
    // After its names changed: it is found by those, and no more by the e-mail that it had.
    void rename(AccountSlot& slot, const std::string& former_email);

    // After each change: its timer and its rows follow.
    void touch(AccountSlot& slot);
    [[nodiscard]] base::Instant next_due() const;
    // The account whose timer is due first at or before `now`; null when there is none.
    [[nodiscard]] AccountSlot* first_due(base::Instant now) const;

    // `book_of` answers the catalogs of an organisation. Codes: those of the store,
    // `state_corrupt`.
    using BookOf = std::function<ledger::CatalogBook&(std::string_view organisation)>;
    [[nodiscard]] base::Result<void> load(StateStore& store, const BookOf& book_of);
    void collect(WriteSet& set);

private:
    using Timer = std::pair<base::Instant, AccountSlot*>;
    // By moment, then by account: never by address.
    struct TimerLess {
        bool operator()(const Timer& a, const Timer& b) const {
            return a.first != b.first ? a.first < b.first : a.second->prefix < b.second->prefix;
        }
    };
    [[nodiscard]] base::Result<void> load_accounts(StateStore& store, const BookOf& book_of);
    [[nodiscard]] base::Result<void> load_parts(StateStore& store);
    [[nodiscard]] base::Result<void> load_tails(StateStore& store);
    static void collect(AccountSlot& slot, WriteSet& set);

    void add_names(AccountSlot& slot);

    std::unordered_map<std::string, std::unique_ptr<AccountSlot>>
        accounts_;  // by `organisation \0 id`
    boost::unordered_flat_map<std::string, AccountSlot*>
        aliases_;  // by `organisation \0 id, external id or e-mail`
    std::set<Timer, TimerLess> timers_;
    std::vector<AccountSlot*> touched_;
    std::string scratch_;
};

}  // namespace quipu::projections
