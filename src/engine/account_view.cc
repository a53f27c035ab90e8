#include "engine/account_view.h"

#include "ledger/fold/handle.h"

namespace quipu::engine {

std::optional<AccountView> view_account(projections::AccountFold& home,
                                        std::string_view organisation, std::string_view reference,
                                        base::Instant now) {
    AccountView view;
    view.account = home.find(organisation, reference);
    if (view.account == nullptr) return std::nullopt;
    view.book = &home.book(organisation);
    view.now = now;
    if (view.account->next_due > now) return view;
    view.advanced = std::make_unique<ledger::Account>(*view.account);
    ledger::AccountChanges not_stored;
    ledger::Effects none_of_them_happens;
    ledger::fire_timers(*view.advanced, *view.book, now, not_stored, none_of_them_happens);
    view.account = view.advanced.get();
    return view;
}

}  // namespace quipu::engine
