#include "model/naive_ledger.h"

#include <algorithm>

#include "base/check.h"
#include "support/literals.h"

namespace quipu::testing {

using base::Instant;
using base::Period;
using base::Quantity;
using ledger::Bucket;
using ledger::Code;
using ledger::Interval;

NaiveAnswer naive_refusal(Code code) {
    NaiveAnswer answer;
    answer.code = code;
    return answer;
}

// --- what happened, added up ---

Quantity NaiveLedger::spent(const Window& window, Bucket bucket) const {
    Quantity sum;
    for (const NaiveShare& share : shares_) {
        if (share.bucket == bucket && share.subscription == window.subscription &&
            share.meter == window.meter && share.entity == window.entity &&
            share.window.start == window.start) {
            sum += share.amount;
        }
    }
    return sum;
}

Quantity NaiveLedger::overage_of(const Window& window) const {
    Quantity most;  // seats: the most that were held at once
    for (const SeatCount& seen : seat_counts_) {
        if (seen.subscription == window.subscription && seen.feature == window.meter &&
            seen.window.start == window.start && window.entity.empty()) {
            most = std::max(most, seen.over);
        }
    }
    return most + spent(window, Bucket::Overage);
}

Quantity NaiveLedger::pooled_overage(const Window& window) const {
    Quantity sum;
    for (const Window& other : windows()) {
        if (other.subscription == window.subscription && other.meter == window.meter &&
            other.start == window.start) {
            sum += overage_of(other);
        }
    }
    return sum;
}

Quantity NaiveLedger::grant_left(std::uint32_t grant) const {
    Quantity left = grants_[grant - 1].granted;
    for (const NaiveShare& share : shares_) {
        if (share.bucket == Bucket::Credit && share.grant == grant) {
            left -= share.amount;
        }
    }
    return left;
}

std::set<NaiveLedger::Window> NaiveLedger::windows() const {
    std::set<Window> all;
    for (const NaiveShare& share : shares_) {
        all.insert(
            {share.subscription, share.meter, share.entity, share.window.start, share.window.end});
    }
    for (const SeatCount& seen : seat_counts_) {
        all.insert({seen.subscription, seen.feature, {}, seen.window.start, seen.window.end});
    }
    return all;
}

const ledger::PlanFeature* NaiveLedger::terms_of(const Window& window) const {
    return ledger::find_plan_feature(*subscriptions_[window.subscription - 1].plan, window.meter);
}

base::Currency NaiveLedger::currency_of(std::size_t subscription) const {
    return subscriptions_[subscription - 1].plan->currency;
}

std::int64_t NaiveLedger::charge(const Window& window) const {
    const ledger::PlanFeature* terms = terms_of(window);
    return terms == nullptr ? 0 : naive_price(terms->card, overage_of(window));
}

std::int64_t NaiveLedger::invoiced(const Window& window) const {
    std::int64_t sum = 0;
    for (const NaiveInvoice& invoice : invoices_) {
        for (const NaiveLine& line : invoice.lines) {
            if (line.feature == window.meter && line.subscription == window.subscription &&
                line.entity == window.entity && line.window_start == window.start) {
                sum += line.amount;
            }
        }
    }
    return sum;
}

std::map<base::Currency, std::int64_t> NaiveLedger::unbilled() const {
    std::map<base::Currency, std::int64_t> open;
    for (const Window& window : windows()) {
        open[currency_of(window.subscription)] += charge(window) - invoiced(window);
    }
    return open;
}

// --- time ---

Period NaiveLedger::window_at(const ledger::PlanFeature& terms, Instant anchor, Instant at) const {
    const bool calendar = terms.alignment == ledger::Alignment::Calendar;
    const auto fixed = [&](Instant from, std::int64_t length) {
        std::int64_t start = from.micros;
        while (start + length <= at.micros) {
            start += length;
        }
        while (start > at.micros) {
            start -= length;
        }
        return Period{Instant{start}, Instant{start + length}};
    };
    const Instant sunday{1'767'484'800'000'000};    // 2026-01-04
    const Instant new_year{1'767'225'600'000'000};  // 2026-01-01
    switch (terms.reset) {
        case Interval::Daily:
            return fixed(new_year, base::kMicrosPerDay);
        case Interval::Weekly:
            return fixed(calendar ? sunday : anchor, 7 * base::kMicrosPerDay);
        case Interval::Monthly: {
            const Instant from = calendar ? new_year : anchor;
            std::int64_t month = 0;
            while (base::add_months(from, month + 1) <= at) {
                ++month;
            }
            while (base::add_months(from, month) > at) {
                --month;
            }
            return {base::add_months(from, month), base::add_months(from, month + 1)};
        }
        default:
            return {anchor, base::kEndOfTime};
    }
}

void NaiveLedger::advance(Instant to) {
    for (;;) {
        Instant next = base::kEndOfTime;
        for (const Subscription& subscription : subscriptions_) {
            next = std::min(next, subscription.period.end);
        }
        for (const EntityFact& entity : entities_) {
            if (entity.remove_at) {
                next = std::min(next, *entity.remove_at);
            }
        }
        if (next > to) {
            break;
        }
        for (std::size_t seq = 1; seq <= subscriptions_.size(); ++seq) {
            if (subscriptions_[seq - 1].period.end == next) {
                close(seq, next);
            }
        }
        drop_entities(next);
    }
    // Nothing above asks what is held, so it may go last.
    std::erase_if(reservations_, [&](const Reservation& held) { return held.until <= to; });
    now_ = to;
}

void NaiveLedger::drop_entities(Instant at) {
    std::erase_if(entities_,
                  [&](const EntityFact& e) { return e.remove_at && *e.remove_at <= at; });
}

void NaiveLedger::close(std::size_t seq, Instant at) {
    Subscription& subscription = subscriptions_[seq - 1];
    auto lines = usage_lines(seq);
    if (subscription.plan->price_minor > 0) {
        lines[subscription.plan->currency].push_back(
            {{}, seq, {}, at, subscription.plan->price_minor, false});
    }
    issue(std::move(lines));
    drop_entities(at);
    ledger::PlanFeature period;
    period.reset = subscription.plan->interval;
    subscription.period = window_at(period, subscription.start, at);
    count_seats();
}

// --- invoices ---

std::map<base::Currency, std::vector<NaiveLine>> NaiveLedger::usage_lines(
    std::optional<std::size_t> subscription) const {
    std::map<base::Currency, std::vector<NaiveLine>> lines;
    for (const Window& window : windows()) {
        if (subscription && window.subscription != *subscription) {
            continue;
        }
        const std::int64_t open = charge(window) - invoiced(window);
        if (open == 0) {
            continue;
        }
        const Instant period_start = subscriptions_[window.subscription - 1].period.start;
        lines[currency_of(window.subscription)].push_back({window.meter, window.subscription,
                                                           window.entity, window.start, open,
                                                           window.end <= period_start});
    }
    return lines;
}

void NaiveLedger::issue(std::map<base::Currency, std::vector<NaiveLine>> by_currency) {
    for (auto& [currency, lines] : by_currency) {
        std::int64_t total = 0;
        std::int64_t fees = 0;
        for (const NaiveLine& line : lines) {
            total += line.amount;
            if (line.feature.empty()) {
                fees += line.amount;
            }
        }
        if (total <= 0 && fees == 0) {
            continue;
        }
        // What usage gives back may use up the fee, not more.
        for (NaiveLine& line : lines) {
            if (total >= 0 || line.amount >= 0) {
                continue;
            }
            const std::int64_t waits = std::min(-total, -line.amount);
            line.amount += waits;
            total += waits;
        }
        std::erase_if(lines, [](const NaiveLine& line) { return line.amount == 0; });
        invoices_.push_back(
            {static_cast<std::uint32_t>(invoices_.size() + 1), currency, total, lines});
    }
}

// --- commands ---

NaiveAnswer NaiveLedger::buy(const ledger::PurchaseAddon& command) {
    const ledger::CreditPack& pack = catalog_.credit_packs.at(0);
    NaiveAnswer answer;
    answer.granted = Quantity::from_coefficient(pack.credits.coefficient() * command.quantity);
    grants_.push_back({pack.credit_system, *answer.granted});
    if (pack.price_minor > 0) {
        issue({{pack.currency, {{{}, 0, {}, now_, pack.price_minor * command.quantity, false}}}});
    }
    return answer;
}

NaiveAnswer NaiveLedger::attach(const std::string& slug) {
    for (const Subscription& subscription : subscriptions_) {
        if (subscription.plan->slug == slug) {
            return {};
        }
    }
    const ledger::Plan* plan = ledger::find_plan(catalog_, slug);
    ledger::PlanFeature period;
    period.reset = plan->interval;
    subscriptions_.push_back({plan, now_, window_at(period, now_, now_)});
    if (plan->price_minor > 0) {
        issue(
            {{plan->currency, {{{}, subscriptions_.size(), {}, now_, plan->price_minor, false}}}});
    }
    count_seats();
    return {};
}

// Plans include it, and none has a price for more.
bool NaiveLedger::has_no_price(const std::string& feature) const {
    bool included = false;
    for (const Subscription& each : subscriptions_) {
        const ledger::PlanFeature* terms = ledger::find_plan_feature(*each.plan, feature);
        if (terms != nullptr && is_priced(*terms)) {
            return false;
        }
        included = included || terms != nullptr;
    }
    return included;
}

NaiveAnswer NaiveLedger::apply(const ledger::CommandRecord& record) {
    if (const auto* track = std::get_if<ledger::Track>(&record.command)) {
        const Instant at = std::min(record.occurred_at.value_or(now_), now_);
        return use(
            {track->feature, track->entity, track->value, at, track->as_check, true, {}, {}});
    }
    if (const auto* command = std::get_if<ledger::Reserve>(&record.command)) {
        return reserve(record.id, *command);
    }
    if (const auto* command = std::get_if<ledger::ConfirmReservation>(&record.command)) {
        return confirm(*command);
    }
    if (const auto* command = std::get_if<ledger::ReleaseReservation>(&record.command)) {
        return release(command->reservation);
    }
    if (const auto* command = std::get_if<ledger::Attach>(&record.command)) {
        return attach(command->plan);
    }
    if (const auto* command = std::get_if<ledger::AddEntity>(&record.command)) {
        return add_entity(*command);
    }
    if (const auto* command = std::get_if<ledger::RemoveEntity>(&record.command)) {
        return remove_entity(*command);
    }
    if (const auto* command = std::get_if<ledger::PurchaseAddon>(&record.command)) {
        return buy(*command);
    }
    if (const auto* command = std::get_if<ledger::SetFeatureConfig>(&record.command)) {
        if (command->config.overage == ledger::OverageMode::Charge &&
            has_no_price(command->config.feature)) {
            return naive_refusal(Code::OveragePriceRequired);
        }
        configs_[command->config.feature] = command->config;
        return {};
    }
    if (const auto* command = std::get_if<ledger::SetOverageLimit>(&record.command)) {
        overage_limit_ = command->limit;
        return {};
    }
    QUIPU_CHECK(std::holds_alternative<ledger::GenerateInvoice>(record.command));
    const std::size_t before = invoices_.size();
    issue(usage_lines(std::nullopt));
    return naive_refusal(invoices_.size() == before ? Code::NothingToInvoice : Code::Ok);
}

NaiveAnswer NaiveLedger::handle(const ledger::CommandRecord& record, Instant now) {
    const auto known = answered_.find(record.id);
    if (known != answered_.end()) {
        return known->second;
    }
    const std::size_t before = invoices_.size();
    advance(now);
    NaiveAnswer answer = apply(record);
    answer.invoices.assign(invoices_.begin() + static_cast<std::ptrdiff_t>(before),
                           invoices_.end());
    if (!is_refusal(answer.code)) answered_[record.id] = answer;
    return answer;
}

NaiveAnswer NaiveLedger::check(const std::string& feature, const std::string& entity,
                               Quantity value, Instant now) {
    advance(now);
    return use({feature, entity, value, now, true, false, {}, {}});
}

}  // namespace quipu::testing
