#include "ledger/usage/decide_reservation.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/usage/decide_usage.h"

namespace quipu::ledger {
namespace {

using base::Instant;

Decision not_found(const std::string& id) {
    return {{},
            Rejection{Code::ReservationNotFound,
                      fmt::format("There is no open reservation '{}': it was settled or released, "
                                  "has expired, or never was.",
                                  id)}};
}

// What is left of a window that rolls over is handed on when it ends, and nothing of it can be held
// beyond.
Instant expiry_of(const Account& account, const CatalogBook& book, const Reserve& command,
                  const std::vector<Posting>& postings, Instant now) {
    Instant expires{now.micros + command.hold_micros};
    for (const Posting& posting : postings) {
        const Terms* terms = terms_of(account, book, posting.meter);
        if (terms != nullptr && terms->grant.rollover)
            expires = std::min(expires, posting.window.end);
    }
    return expires;
}

// Refused, the units stay held: what is left is left beside them.
void count_as_held(UsageAnswer& answer, const Account& account, const CatalogBook& book,
                   UsageRequest request, Instant now) {
    request.settling = {};
    request.value = base::Quantity{};
    request.record = false;
    const UsageAnswer beside = decide_usage(account, book, request, now).answer;
    if (!answer.metered || !beside.metered) return;
    answer.balance = beside.balance;
    answer.rollover_balance = beside.rollover_balance;
    answer.credits = beside.credits;
}

}  // namespace

Decision decide(const Asked& asked, const Reserve& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    if (account.reservations.size() >= kMaxReservations) {
        return {{},
                Rejection{Code::TooManyReservations,
                          fmt::format("The customer has {} open reservations, which is the most: "
                                      "settle or release some.",
                                      kMaxReservations)}};
    }
    UsageRequest request{command.feature, command.entity, command.value, now};
    request.check = true;
    request.hold = true;
    UsageDecision usage = decide_usage(account, book, request, now);
    Decision decision;
    if (!usage.allowed) {
        decision.events = std::move(usage.notices);
        decision.outcome = std::move(usage.answer);
        return decision;
    }
    const Instant expires = expiry_of(account, book, command, usage.postings, now);
    usage.answer.held_until = expires;
    decision.outcome = std::move(usage.answer);
    decision.events = std::move(usage.opening);
    decision.events.emplace_back(
        ReservationMade{{asked.record.id, command.feature, command.entity, command.value, now,
                         expires, std::move(usage.postings)}});
    return decision;
}

Decision decide(const Asked& asked, const ConfirmReservation& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    const Reservation* held = account.find_reservation(command.reservation);
    if (held == nullptr) return not_found(command.reservation);
    UsageRequest request{held->feature, held->entity, command.value.value_or(held->value),
                         held->at};
    request.settling = held->id;
    UsageDecision usage = decide_usage(account, book, request, now);
    Decision decision;
    if (usage.allowed) {
        decision.events.emplace_back(ReservationEnded{held->id});
        for (Event& event : usage.opening) decision.events.push_back(std::move(event));
        decision.events.emplace_back(UsageRecorded{std::move(usage.postings)});
    } else {
        count_as_held(usage.answer, account, book, request, now);
    }
    for (Event& event : usage.notices) decision.events.push_back(std::move(event));
    decision.outcome = std::move(usage.answer);
    return decision;
}

Decision decide(const Asked& asked, const ReleaseReservation& command) {
    if (asked.account.find_reservation(command.reservation) == nullptr)
        return not_found(command.reservation);
    return {{ReservationEnded{command.reservation}}, Done{command.reservation}};
}

}  // namespace quipu::ledger
