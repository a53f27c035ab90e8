// An account as a query sees it: with every timer fired that is due by then.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "ledger/account.h"
#include "ledger/terms.h"
#include "projections/account_fold.h"

namespace quipu::engine {

// Borrowed from the fold, in a copy when a timer was due: valid until the fold folds again.
struct AccountView {
    const ledger::Account* account = nullptr;
    const ledger::CatalogBook* book = nullptr;
    base::Instant now;
    std::unique_ptr<ledger::Account> advanced;
};

// On the fold's thread. `now` is not before what was folded. None: no account is open by that name.
[[nodiscard]] std::optional<AccountView> view_account(projections::AccountFold& home,
                                                      std::string_view organisation,
                                                      std::string_view reference,
                                                      base::Instant now);

}  // namespace quipu::engine
