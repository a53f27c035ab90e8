// The naive ledger's reservations, from docs/reservations.md: what is held counts as used in every
// decision about others, and as nothing at all in what was used and is billed.
#include <algorithm>

#include "ledger/reservation.h"
#include "model/naive_ledger.h"

namespace quipu::testing {

using base::Instant;
using ledger::Code;

std::vector<NaiveShare> NaiveLedger::used_or_held(const std::string& but) const {
    std::vector<NaiveShare> all = shares_;
    for (const Reservation& held : reservations_) {
        if (held.name != but) {
            all.insert(all.end(), held.shares.begin(), held.shares.end());
        }
    }
    return all;
}

std::vector<std::string> NaiveLedger::reservations() const {
    std::vector<std::string> names;
    for (const Reservation& held : reservations_) {
        names.push_back(held.name);
    }
    return names;
}

NaiveAnswer NaiveLedger::reserve(const std::string& name, const ledger::Reserve& command) {
    if (reservations_.size() >= ledger::kMaxReservations) {
        return naive_refusal(Code::TooManyReservations);
    }
    const Instant until{now_.micros + command.hold_micros};
    const Reservation hold{name, command.feature, command.entity, command.value, now_, until, {}};
    return use({command.feature, command.entity, command.value, now_, true, true, hold, {}});
}

NaiveAnswer NaiveLedger::confirm(const ledger::ConfirmReservation& command) {
    for (const Reservation& held : reservations_) {
        if (held.name == command.reservation) {
            return use({held.feature, held.entity, command.value.value_or(held.value), held.at,
                        false, true, std::nullopt, held.name});
        }
    }
    return naive_refusal(Code::ReservationNotFound);
}

NaiveAnswer NaiveLedger::release(const std::string& name) {
    const auto gone =
        std::erase_if(reservations_, [&](const Reservation& held) { return held.name == name; });
    return naive_refusal(gone == 0 ? Code::ReservationNotFound : Code::Ok);
}

}  // namespace quipu::testing
