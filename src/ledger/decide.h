// Every rule of an account: decide(state, command) -> events and an answer, or a rejection. Pure.
#pragma once

#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"

namespace quipu::ledger {

struct Decision {
    Events events;  // empty with a rejection
    Outcome outcome;
};

// How late and how early an event may have happened, against the log's clock.
inline constexpr std::int64_t kOldestMicros = 400 * base::kMicrosPerDay;
inline constexpr std::int64_t kFutureToleranceMicros = base::kMicrosPerDay;

// `account` is open and has been advanced to `now`. `invoice` is the one that the command is about
// (subject_invoice in decide_payment.h), null where there is none. Commands that are not for an
// account are rejected.
[[nodiscard]] Decision decide(const Account& account, const CatalogBook& book,
                              const CommandRecord& record, const Invoice* invoice,
                              base::Instant now);

// Each family of rules has a file of its own.
[[nodiscard]] Decision decide_attach(const Account& account, const CatalogBook& book,
                                     const Attach& command, base::Instant now);
[[nodiscard]] Decision decide_cancel(const Account& account, const CatalogBook& book,
                                     const Cancel& command, base::Instant now);
[[nodiscard]] Decision decide_uncancel(const Account& account, const Uncancel& command);
[[nodiscard]] Decision decide_add_entity(const Account& account, const CatalogBook& book,
                                         const AddEntity& command, base::Instant now);
[[nodiscard]] Decision decide_remove_entity(const Account& account, const CatalogBook& book,
                                            const RemoveEntity& command, base::Instant now);
[[nodiscard]] Decision decide_addon(const Account& account, const CatalogBook& book,
                                    const PurchaseAddon& command, base::Instant now);
[[nodiscard]] Decision decide_invoice(const Account& account, const CatalogBook& book,
                                      base::Instant now);

// The plans that a new customer gets by themselves: free ones at once, paid ones wait for a
// payment.
[[nodiscard]] Events auto_enabled(const Account& account, const CatalogBook& book,
                                  base::Instant now);

// What happens at the account's earliest timer, `account.next_due`.
[[nodiscard]] Events decide_timer(const Account& account, const CatalogBook& book);

// Seats that are held but not yet counted in the current period.
[[nodiscard]] Events recount_seats(const Account& account, const CatalogBook& book,
                                   base::Instant now);

}  // namespace quipu::ledger
