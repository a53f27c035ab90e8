#include "ledger/usage/usage_notices.h"

namespace quipu::ledger {
namespace {

using base::Quantity;

// Four fifths of an allowance, without dividing.
bool reaches_80(Quantity used, Quantity limit) {
    return used.coefficient() * 5 >= limit.coefficient() * 4;
}

ThresholdsPassed passed(const Source& first, const UsageAnswer& answer, std::uint8_t bits) {
    ThresholdsPassed event;
    event.meter = first.meter_key();
    event.window = first.window;
    event.bits = bits;
    event.feature = answer.feature;
    event.usage = answer.usage.value_or(Quantity{});
    event.limit = answer.limit.value_or(Quantity{});
    return event;
}

// A threshold is of a limit: of another one nothing has been told.
std::uint8_t told(const Source& source, Quantity limit) {
    const bool same = source.used != nullptr && source.used->notified_limit == limit;
    return same ? source.used->notified : std::uint8_t{0};
}

void note_overage_limit(Events& events, const Account& account,
                        const std::vector<Posting>& postings, base::Instant now) {
    if (!account.overage_limit || account.overage_limit->reaction != LimitReaction::Notify) return;
    for (const Posting& posting : postings) {
        if (posting.bucket != Bucket::Overage) continue;
        const std::int64_t before = capped_charges(account, posting.currency, now);
        const Meter* meter = account.find_meter(
            {posting.meter.subscription, posting.meter.feature, posting.meter.entity});
        const MeterWindow* window = meter != nullptr ? meter->find(posting.window.start) : nullptr;
        const std::int64_t charged = window != nullptr ? window->charge_minor : 0;
        const std::int64_t after = before + posting.charge_minor - charged;
        const std::int64_t limit = account.overage_limit->max_minor;
        if (before <= limit && after > limit)
            events.emplace_back(OverageLimitPassed{after, limit, posting.currency});
    }
}

}  // namespace

Events window_openings(const Sources& sources) {
    Events events;
    for (const auto* list : {&sources.direct, &sources.pools}) {
        for (const Source& source : *list) {
            if (source.opens_window)
                events.emplace_back(RolledOver{source.meter_key(), source.window, source.rollover});
        }
    }
    return events;
}

Events usage_notices(const Account& account, const Sources& sources,
                     const std::vector<Posting>& postings, const UsageAnswer& answer,
                     base::Instant now) {
    Events events;
    note_overage_limit(events, account, postings, now);
    const Source& first = sources.main().front();
    if (!answer.limit || !answer.limit->is_positive() || !answer.usage) return events;
    const std::uint8_t before = told(first, *answer.limit);
    std::uint8_t bits = 0;
    if (reaches_80(*answer.usage, *answer.limit)) bits |= kNotified80;
    if (*answer.usage >= *answer.limit) bits |= kNotified100;
    if (answer.balance && answer.balance->is_zero()) bits |= kNotifiedLimit;
    bits = static_cast<std::uint8_t>(bits & ~before);
    if (bits != 0) events.emplace_back(passed(first, answer, bits));
    return events;
}

Events limit_notices(const Sources& sources, const UsageAnswer& answer) {
    const Source& first = sources.main().front();
    if (!answer.limit || (told(first, *answer.limit) & kNotifiedLimit) != 0) return {};
    Events events;
    events.emplace_back(passed(first, answer, kNotifiedLimit));
    return events;
}

}  // namespace quipu::ledger
