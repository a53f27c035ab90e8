#include "judge/invoicing.h"

#include <algorithm>
#include <tuple>

#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using ledger::Code;
using ledger::LineKind;

namespace {

constexpr std::int64_t kKeptMicros = 400 * base::kMicrosPerDay;

// The windows that one line bills together: of one feature of one subscription, those that end in
// one billing period (on long plans, in one month of it).
struct Group {
    Holder subscription = 0;
    std::string feature;
    Instant closing;

    friend auto operator<=>(const Group&, const Group&) = default;
};

Group group_of(const World& world, const Window& window) {
    const Subscription& owner = *world.subscription(window.holder);
    if (window.end == base::kEndOfTime) return {owner.seq, window.meter, base::kEndOfTime};
    const Instant last{std::max(window.end.micros - 1, owner.begin.micros)};
    return {owner.seq, window.meter, next_closing(owner.interval, owner.anchor, last)};
}

bool meant(const World& world, const Window& window, const Billing& billing) {
    const Subscription* owner = world.subscription(window.holder);
    if (owner == nullptr) return false;
    if (billing.closes == 0 || owner->end) return true;
    if (owner->seq != billing.closes) return false;
    return billing.all_windows || window.end <= billing.ended_by || window.end == base::kEndOfTime;
}

std::int64_t billed_before(const World& world, const Group& group) {
    std::int64_t sum = 0;
    for (const Invoice& invoice : world.invoices) {
        if (invoice.voided) continue;
        for (const Line& line : invoice.lines) {
            if (line.kind == LineKind::Usage && line.subscription == group.subscription &&
                line.feature == group.feature && line.closing == group.closing) {
                sum += line.amount_minor;
            }
        }
    }
    return sum;
}

Line line_of(const World& world, const Group& group, const std::vector<Window>& windows) {
    const Subscription& owner = *world.subscription(group.subscription);
    Line line;
    line.subscription = group.subscription;
    line.feature = group.feature;
    line.closing = group.closing;
    line.correction = owner.end || group.closing <= owner.closed_until;
    Rational total = 0;
    for (const Window& window : windows) {
        const Billed before = billed_of(world, window);
        const Rational charge = world.charge(window);
        total += charge;
        if (charge == before.charge) continue;
        const Rational quantity = world.overage(window) - before.overage;
        line.parts.push_back({window, charge - before.charge, quantity});
        line.quantity += quantity;
    }
    line.amount_minor = rounded(total) - billed_before(world, group);
    return line;
}

// What is not part of this billing keeps what it was billed: it counts in the line's total so far.
bool counts(const World& world, const Window& window, const Billing& billing) {
    return meant(world, window, billing) || billed_of(world, window).charge != 0;
}

}  // namespace

Billed billed_of(const World& world, const Window& window) {
    Billed billed;
    for (const Invoice& invoice : world.invoices) {
        if (invoice.voided) continue;
        for (const Line& line : invoice.lines) {
            for (const Part& part : line.parts) {
                if (part.window != window) continue;
                billed.charge += part.charge;
                billed.overage += part.overage;
            }
        }
    }
    return billed;
}

LinesByCurrency usage_lines(const World& world, const Billing& billing) {
    std::map<Group, std::vector<Window>> groups;
    for (const Window& window : world.windows()) {
        if (world.subscription(window.holder) != nullptr && counts(world, window, billing))
            groups[group_of(world, window)].push_back(window);
    }
    LinesByCurrency lines;
    for (const auto& [group, windows] : groups) {
        const bool any = std::ranges::any_of(
            windows, [&](const Window& window) { return meant(world, window, billing); });
        if (!any) continue;
        Line line = line_of(world, group, windows);
        if (line.amount_minor != 0)
            lines[world.subscription(group.subscription)->currency].push_back(std::move(line));
    }
    return lines;
}

std::size_t issue(World& world, LinesByCurrency lines, Instant at) {
    std::size_t made = 0;
    for (auto& [currency, of_currency] : lines) {
        Invoice invoice;
        for (const Line& line : of_currency) invoice.total_minor += line.amount_minor;
        const bool usage_alone = std::ranges::all_of(
            of_currency, [](const Line& line) { return line.kind == LineKind::Usage; });
        const bool waits =
            usage_alone && invoice.total_minor >= 0 &&
            (invoice.total_minor == 0 || invoice.total_minor < world.least_usage_invoice_minor);
        if (of_currency.empty() || waits) continue;
        invoice.sequence = world.invoices.size() + 1;
        invoice.currency = currency;
        invoice.lines = std::move(of_currency);
        invoice.issued_at = at;
        world.invoices.push_back(std::move(invoice));
        ++made;
    }
    return made;
}

std::map<base::Currency, std::int64_t> unbilled(const World& world) {
    std::map<base::Currency, std::int64_t> open;
    for (const auto& [currency, lines] : usage_lines(world, {})) {
        for (const Line& line : lines) open[currency] += line.amount_minor;
    }
    std::erase_if(open, [](const auto& entry) { return entry.second == 0; });
    return open;
}

Answer void_invoice(World& world, std::size_t sequence) {
    Answer answer;
    if (sequence == 0 || sequence > world.invoices.size()) {
        answer.code = Code::InvoiceNotFound;
        return answer;
    }
    Invoice& invoice = world.invoices[sequence - 1];
    const bool credited = std::ranges::any_of(
        invoice.credited_by, [&](std::size_t by) { return !world.invoices[by - 1].voided; });
    // The ledger keeps windows for 400 days after their end, and forgets with the closings.
    const auto forgotten = [&](const Part& part) {
        const Subscription& owner = *world.subscription(part.window.holder);
        const Instant closed = owner.end.value_or(owner.closed_until);
        return part.window.end.micros < closed.micros - kKeptMicros;
    };
    const bool too_old = std::ranges::any_of(invoice.lines, [&](const Line& line) {
        return std::ranges::any_of(line.parts, forgotten);
    });
    // What charges nothing is paid at once. The code for what was given credit for is not in the
    // ledger's list yet.
    if (invoice.voided || invoice.total_minor <= 0 || credited || too_old) {
        answer.code = Code::InvoiceNotOpen;
        return answer;
    }
    invoice.voided = true;
    for (std::size_t grant = 1; grant <= world.grants.size(); ++grant) {
        if (world.grants[grant - 1].invoice != sequence) continue;
        world.grants[grant - 1].credits -= not_below_zero(world.credits_left(grant));
    }
    return answer;
}

}  // namespace quipu::judge
