#include "model/workload.h"

#include <algorithm>
#include <array>

#include "support/catalog_builder.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Quantity;
using ledger::Alignment;
using ledger::Interval;
using rating::RatingModel;

// SplitMix64: the standard library's distributions differ between machines. One throw per statement
// where order matters, since arguments are evaluated in any.
class Dice {
public:
    // Scrambled: the states of one stream are its seed and steps, and a seed that were a step away
    // from another would throw what that one throws, one throw later.
    explicit Dice(std::uint64_t seed) : state_(scrambled(seed + kStep)) {}

    // 0 to bound - 1.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <typename T, std::size_t N>
    T pick(const std::array<T, N>& from) {
        return from[below(N)];
    }

private:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;

    static std::uint64_t scrambled(std::uint64_t value) {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
        return value ^ (value >> 31);
    }
    std::uint64_t next() { return scrambled(state_ += kStep); }

    std::uint64_t state_;
};

Quantity whole(std::uint64_t value) {
    return Quantity::from_int(static_cast<std::int64_t>(value));
}

// Minor units with up to two decimals.
base::UnitPrice some_price(Dice& dice) {
    return base::UnitPrice::from_coefficient(static_cast<base::Int128>(dice.below(2000)) *
                                             base::power_of_ten(10));
}

std::vector<rating::Tier> some_tiers(Dice& dice) {
    std::vector<rating::Tier> tiers;
    Quantity bound;
    // Mostly cheaper by volume, so that prices of a window fall as it grows.
    const bool discount = dice.percent(70);
    const base::UnitPrice first = some_price(dice);
    const std::uint64_t count = 1 + dice.below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
        bound += whole(1 + dice.below(60));
        rating::Tier tier;
        if (i + 1 < count || dice.percent(30)) {
            tier.up_to = bound;
        }
        tier.unit_price = discount
                              ? base::UnitPrice::from_coefficient(first.coefficient() >> (2 * i))
                              : some_price(dice);
        if (dice.percent(40)) {
            tier.flat_fee = whole(dice.below(300)).widen<12>();
        }
        tiers.push_back(tier);
    }
    return tiers;
}

Includes some_terms(Dice& dice, const std::string& feature) {
    Includes terms(feature);
    const auto interval = dice.pick(std::array{Interval::Monthly, Interval::Monthly,
                                               Interval::Daily, Interval::Weekly, Interval::Never});
    terms.resets(interval, dice.percent(25) ? Alignment::Calendar : Alignment::Subscription);
    const bool usage_based = dice.percent(25);
    if (usage_based) {
        const base::UnitPrice price = some_price(dice);
        terms.usage_based(price, whole(1 + dice.below(15)));
    } else {
        if (!dice.percent(10)) {
            terms.limit(whole(dice.below(150)));
        }
        if (dice.percent(60)) {
            const base::UnitPrice price = some_price(dice);
            terms.charge(price, whole(1 + dice.below(15)));
        }
        if (dice.percent(10)) {
            terms.prepaid();
        }
    }
    if (dice.percent(35)) {
        const auto model = dice.percent(50) ? RatingModel::Graduated : RatingModel::Volume;
        terms.tiers(model, some_tiers(dice));
    }
    if (dice.percent(25)) {
        terms.max_overage(whole(dice.below(80)));
    }
    return terms;
}

// What was asked to be held, under which name.
struct Reserved {
    std::string id;
    Quantity value;
};

// Of one customer, whatever became of them.
struct Reservations {
    std::vector<Reserved> made;
    bool unsettled = false;  // nobody has come back for the newest
};

constexpr std::array<const char*, 5> kFeatures{"api", "mail", "gpt", "mini", "ai"};

// Mostly small and whole, sometimes with decimals, down to the last one.
Quantity some_value(Dice& dice) {
    if (dice.percent(60)) {
        return whole(dice.below(40));
    }
    if (dice.percent(50)) {
        return Quantity::from_coefficient(static_cast<base::Int128>(dice.below(90'000)) *
                                          1'000'000);
    }
    if (dice.percent(20)) {
        return Quantity::from_coefficient(1);
    }
    return Quantity::from_coefficient(static_cast<base::Int128>(dice.below(60'000'000'000)));
}

std::string some_entity(Dice& dice) {
    return "entity-" + std::to_string(dice.below(4));
}

// Seconds: some are over before the next command, some last as long as may be.
std::int64_t some_hold(Dice& dice) {
    const std::array<std::int64_t, 4> holds{30, 3 * 3600, 12 * 3600, 24 * 3600};
    return dice.pick(holds) * 1'000'000;
}

ledger::Reserve some_reserve(Dice& dice) {
    ledger::Reserve reserve;
    reserve.feature = dice.percent(95) ? dice.pick(kFeatures) : "seats";
    reserve.value = std::max(some_value(dice), Quantity::from_coefficient(1));
    if (dice.percent(25)) {
        reserve.entity = some_entity(dice);
    }
    reserve.hold_micros = some_hold(dice);
    return reserve;
}

// The newest most of the time; of one that is over, or never was, now and then.
Reserved some_reservation(Dice& dice, const std::vector<Reserved>& made) {
    if (made.empty() || dice.percent(8)) {
        return {"event-unknown", whole(1)};
    }
    return dice.percent(85) ? made.back() : made[dice.below(made.size())];
}

ledger::Command some_settling(Dice& dice, const std::vector<Reserved>& made) {
    const Reserved reserved = some_reservation(dice, made);
    if (dice.percent(25)) {
        return ledger::ReleaseReservation{reserved.id};
    }
    ledger::ConfirmReservation confirm{reserved.id, {}, {}};
    switch (dice.below(4)) {
        case 0:  // as held
            break;
        case 1:
            confirm.value = reserved.value;
            break;
        case 2: {  // less, down to nothing
            const auto quarters = static_cast<std::int64_t>(dice.below(4));
            confirm.value = Quantity::from_coefficient(reserved.value.coefficient() * quarters / 4);
            break;
        }
        default:
            confirm.value = reserved.value + whole(dice.below(200));
            *confirm.value += some_value(dice);
    }
    return confirm;
}

ledger::Command some_command(Dice& dice, Reservations& reserved) {
    // Most work takes a few commands' time, some for too long.
    if (reserved.unsettled && dice.percent(45)) {
        reserved.unsettled = false;
        return some_settling(dice, reserved.made);
    }
    const std::uint64_t roll = dice.below(100);
    if (roll < 6) {
        return some_reserve(dice);
    }
    if (roll < 8) {
        return some_settling(dice, reserved.made);
    }
    if (roll < 62) {
        ledger::Track track{dice.pick(kFeatures), some_value(dice), {}, {}, dice.percent(20)};
        if (dice.percent(25)) {
            track.entity = some_entity(dice);
        }
        return track;
    }
    const auto entity_feature = [&] { return std::string(dice.percent(70) ? "seats" : "api"); };
    if (roll < 71) {
        return ledger::AddEntity{entity_feature(), some_entity(dice), {}, {}, {}};
    }
    if (roll < 76) {
        return ledger::RemoveEntity{entity_feature(), some_entity(dice)};
    }
    if (roll < 81) {
        return ledger::PurchaseAddon{"boost", static_cast<std::int64_t>(1 + dice.below(3))};
    }
    if (roll < 87) {
        return ledger::GenerateInvoice{};
    }
    if (roll < 92) {
        ledger::FeatureConfig config{dice.percent(80) ? dice.pick(kFeatures) : "seats", {}, {}};
        if (dice.percent(60)) {
            config.overage =
                dice.percent(60) ? ledger::OverageMode::Charge : ledger::OverageMode::Block;
        }
        if (dice.percent(30)) {
            config.max_overage_units = whole(dice.below(100));
        }
        return ledger::SetFeatureConfig{config};
    }
    if (roll < 95) {
        if (dice.percent(40)) {
            return ledger::SetOverageLimit{};
        }
        const std::uint64_t most = dice.percent(60) ? 2'500 : 60'000;
        return ledger::SetOverageLimit{ledger::OverageLimit{
            static_cast<std::int64_t>(dice.below(most)),
            dice.percent(75) ? ledger::LimitReaction::Block : ledger::LimitReaction::Notify}};
    }
    return ledger::Attach{dice.pick(std::array{"base", "extra", "side"}), {}};
}

}  // namespace

ledger::Catalog workload_catalog(std::uint64_t seed) {
    Dice dice(seed);
    const std::array<const char*, 4> costs{"1", "2", "0.7", "20"};
    const auto fee = [&] {
        return dice.percent(30) ? 0 : static_cast<std::int64_t>(dice.below(3000));
    };
    Plan base("base");
    base.costs(fee());
    base.with(some_terms(dice, "api"));
    base.with(some_terms(dice, "ai"));
    Includes seats("seats");
    if (dice.percent(80)) {
        seats.limit(whole(dice.below(4)));
    }
    if (dice.percent(60)) {
        seats.charge(some_price(dice));
    }
    if (dice.percent(30)) {
        seats.max_overage(whole(dice.below(3)));
    }
    base.with(seats);

    Plan side("side");
    const Interval period = dice.percent(30) ? Interval::Weekly : Interval::Monthly;
    side.costs(fee(), period)
        .group("side")
        .in(dice.percent(50) ? base::Currency("EUR") : base::Currency("USD"));
    side.with(some_terms(dice, "mail"));

    Plan extra("extra");
    extra.addon().costs(fee());
    extra.with(some_terms(dice, "api"));
    if (dice.percent(50)) {
        extra.with(some_terms(dice, "gpt"));
    }
    if (dice.percent(40)) {
        extra.with(some_terms(dice, "ai"));
    }

    const Quantity gpt = units(dice.pick(costs));
    const Quantity mini = units(dice.pick(costs));
    const Quantity credits = whole(1 + dice.below(200));
    const auto pack_price = static_cast<std::int64_t>(dice.percent(80) ? dice.below(5000) : 0);
    return CatalogBuilder()
        .metered("api")
        .metered("mail")
        .seats("seats")
        .credit_system("ai", {{"gpt", gpt}, {"mini", mini}})
        .pack("boost", "ai", credits, pack_price)
        .plan(base)
        .plan(side)
        .plan(extra)
        .build();
}

std::vector<WorkloadStep> make_workload(const WorkloadOptions& options) {
    Dice dice(options.seed);
    std::vector<WorkloadStep> steps;
    std::vector<Reservations> reserved(options.customers);
    std::int64_t clock = options.start.micros;
    for (std::size_t i = 0; i < options.commands; ++i) {
        clock += static_cast<std::int64_t>(dice.below(4 * base::kMicrosPerHour));
        if (dice.percent(options.jumps)) {
            clock += static_cast<std::int64_t>(dice.below(40)) * base::kMicrosPerDay;
        }
        if (!steps.empty() && dice.percent(options.duplicates)) {
            WorkloadStep again = steps[dice.below(steps.size())];
            again.now = Instant{clock};
            again.duplicate = true;
            steps.push_back(std::move(again));
            continue;
        }
        WorkloadStep step;
        step.now = Instant{clock};
        const std::uint64_t customer = dice.below(options.customers);
        step.record.customer = "customer-" + std::to_string(customer);
        step.record.id = "event-" + std::to_string(options.seed) + "-" + std::to_string(i);
        step.record.organisation = "org_1";
        // Whoever begins without a plan has little to say.
        step.record.command = i < 2 * options.customers && dice.percent(80)
                                  ? ledger::Attach{"base", {}}
                                  : some_command(dice, reserved[customer]);
        if (const auto* reserve = std::get_if<ledger::Reserve>(&step.record.command)) {
            reserved[customer].made.push_back({step.record.id, reserve->value});
            reserved[customer].unsettled = true;
        }
        if (dice.percent(options.late)) {
            const auto days = static_cast<std::int64_t>(dice.below(45)) * base::kMicrosPerDay;
            const std::int64_t behind =
                days + static_cast<std::int64_t>(dice.below(base::kMicrosPerDay));
            step.record.occurred_at = Instant{clock - behind};
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace quipu::testing
