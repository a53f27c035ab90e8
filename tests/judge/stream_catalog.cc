#include "judge/stream_catalog.h"

#include <algorithm>

#include "support/catalog_builder.h"

namespace quipu::judge {

using base::Quantity;
using ledger::Alignment;
using ledger::Interval;
using rating::RatingModel;
using testing::CatalogBuilder;
using testing::Includes;
using testing::Plan;

namespace {

Quantity at_least_one(Dice& dice, std::uint64_t most) {
    return Quantity::from_int(static_cast<std::int64_t>(1 + dice.below(most)));
}

base::UnitPrice some_price(Dice& dice, Topics topics) {
    if (!topics.has(Topic::Fractions))
        return base::UnitPrice::from_int(static_cast<std::int64_t>(1 + dice.below(30)));
    // With one or two decimals.
    const auto hundredths = static_cast<base::Int128>(1 + dice.below(3000));
    return base::UnitPrice::from_coefficient(hundredths * base::power_of_ten(10));
}

std::vector<rating::Tier> some_tiers(Dice& dice, Topics topics, bool falling) {
    std::vector<rating::Tier> tiers;
    Quantity bound;
    const std::uint64_t count = 1 + dice.below(3);
    base::UnitPrice price = base::UnitPrice::from_int(40);
    for (std::uint64_t i = 0; i < count; ++i) {
        bound += at_least_one(dice, 40);
        rating::Tier tier;
        if (i + 1 < count) tier.up_to = bound;
        tier.unit_price = falling ? price : some_price(dice, topics);
        price = base::UnitPrice::from_coefficient(price.coefficient() / 2);
        if (dice.percent(30)) tier.flat_fee = dice.whole(300).widen<12>();
        tiers.push_back(tier);
    }
    return tiers;
}

void sell(Includes& terms, Dice& dice, Topics topics) {
    const bool usage_based = dice.percent(25);
    const base::UnitPrice price = some_price(dice, topics);
    const Quantity per = at_least_one(dice, 12);
    if (usage_based) {
        terms.usage_based(price, per);
    } else {
        if (!dice.percent(8)) terms.limit(at_least_one(dice, 60));
        if (dice.percent(65)) terms.charge(price, per);
    }
    if (dice.percent(20)) terms.max_overage(dice.whole(60));
    if (topics.has(Topic::Volume) && dice.percent(50)) {
        terms.tiers(RatingModel::Volume, some_tiers(dice, topics, true));
    } else if (dice.percent(25)) {
        terms.tiers(RatingModel::Graduated, some_tiers(dice, topics, false));
    }
}

Interval reset(Includes& terms, Dice& dice, Topics topics) {
    Interval interval = Interval::Monthly;
    Alignment alignment = Alignment::Subscription;
    if (topics.has(Topic::Resets) && dice.percent(50))
        interval = dice.pick(std::array{Interval::Daily, Interval::Hourly, Interval::Never});
    if (topics.has(Topic::Straddling) && dice.percent(50)) {
        interval = dice.pick(std::array{Interval::Weekly, Interval::Monthly, Interval::Quarterly});
        if (interval == Interval::Monthly) alignment = Alignment::Calendar;
    }
    terms.resets(interval, alignment);
    return interval;
}

void roll_over(Includes& terms, Dice& dice, Topics topics) {
    if (!topics.has(Topic::Rollover) || !dice.percent(60)) return;
    std::optional<Quantity> cap;
    if (dice.percent(50)) cap = at_least_one(dice, 120);
    const auto windows = static_cast<std::uint32_t>(dice.percent(25) ? 1 + dice.below(2) : 0);
    terms.rolls_over(cap, windows);
}

// Nothing that is asked for is refused.
void sell_all(Includes& terms, Dice& dice, Topics topics) {
    if (!dice.percent(10)) terms.limit(at_least_one(dice, 60));
    terms.charge(some_price(dice, topics), at_least_one(dice, 12));
}

Includes some_terms(Dice& dice, Topics topics, const std::string& feature) {
    Includes terms(feature);
    if (topics.has(Topic::Rollover) && !topics.has(Topic::Refusals)) {
        sell_all(terms, dice, topics);
    } else {
        sell(terms, dice, topics);
    }
    if (topics.has(Topic::Trials) && dice.percent(40)) terms.trial_limit(dice.whole(30));
    const Interval interval = reset(terms, dice, topics);
    // The judge walks window by window: of days and hours there are too many.
    if (interval != Interval::Daily && interval != Interval::Hourly) roll_over(terms, dice, topics);
    return terms;
}

void include_features(Plan& plan, Dice& dice, Topics topics) {
    plan.with(some_terms(dice, topics, "api"));
    if (dice.percent(60)) plan.with(some_terms(dice, topics, "mail"));
    if (topics.has(Topic::Credits) && dice.percent(70)) plan.with(some_terms(dice, topics, "ai"));
    if (topics.has(Topic::Systems)) {
        if (dice.percent(60)) plan.with(some_terms(dice, topics, "art"));
        if (dice.percent(40)) plan.with(some_terms(dice, topics, "gpt"));
    }
    if (topics.has(Topic::Costs) && dice.percent(50)) {
        const std::array<const char*, 3> costs{"3", "7", "0.7"};
        plan.with(some_terms(dice, topics, "tokens").credit_cost(testing::units(dice.pick(costs))));
    }
    if (topics.has(Topic::Entities)) plan.with(Includes("members"));
    if (topics.has(Topic::Seats)) {
        Includes seats("seats");
        seats.limit(dice.whole(4));
        if (dice.percent(60)) seats.charge(some_price(dice, topics));
        plan.with(seats);
    }
}

Quantity some_cost(Dice& dice, Topics topics) {
    const std::array<const char*, 4> even{"1", "2", "5", "20"};
    const std::array<const char*, 3> odd{"3", "7", "0.7"};
    const char* const first = dice.pick(even);
    const char* const second = dice.pick(odd);
    return testing::units(topics.has(Topic::Costs) ? second : first);
}

void add_systems(CatalogBuilder& builder, Dice& dice, Topics topics) {
    builder.metered("gpt").metered("mini").metered("tokens");
    const Quantity gpt = some_cost(dice, topics);
    const Quantity mini = some_cost(dice, topics);
    builder.credit_system("ai", {{"gpt", gpt}, {"mini", mini}});
    builder.pack("boost", "ai", at_least_one(dice, 100), 500);
    if (!topics.has(Topic::Systems)) return;
    builder.credit_system("art", {{"gpt", some_cost(dice, topics)}});
    builder.pack("paint", "art", at_least_one(dice, 100), 700);
}

std::int64_t some_fee(Dice& dice, std::int64_t about) {
    return about + 10 * static_cast<std::int64_t>(dice.below(30));
}

}  // namespace

ledger::Catalog some_catalog(Dice& dice, Topics topics) {
    CatalogBuilder builder;
    builder.metered("api").metered("mail").seats("members").seats("seats");
    add_systems(builder, dice, topics);
    const std::int64_t basic_fee = some_fee(dice, 1000);
    std::vector<Plan> plans;
    plans.push_back(Plan("free"));
    plans.push_back(Plan("basic").costs(basic_fee));
    plans.push_back(Plan("flat").costs(basic_fee));
    plans.push_back(Plan("pro").costs(some_fee(dice, 3000)));
    if (topics.has(Topic::Currencies))
        plans.push_back(Plan("euro").costs(some_fee(dice, 2000)).in("EUR"));
    if (topics.has(Topic::LongPlans))
        plans.push_back(Plan("year").costs(some_fee(dice, 20000), Interval::Yearly));
    if (topics.has(Topic::Addons)) plans.push_back(Plan("extra").addon().costs(400));
    for (Plan& plan : plans) {
        include_features(plan, dice, topics);
        const bool trial = topics.has(Topic::Trials) && dice.percent(60);
        if (trial) plan.trial_days(static_cast<std::int64_t>(1 + dice.below(20)));
        builder.plan(plan);
    }
    return builder.build();
}

ledger::Catalog changed(ledger::Catalog catalog, Dice& dice, Topics topics,
                        std::set<std::string>& settled) {
    const std::uint64_t which = dice.below(catalog.plans.size());
    ledger::Plan& plan = catalog.plans[which];
    if (plan.price_minor > 0 && dice.percent(50)) plan.price_minor = some_fee(dice, 1500);
    for (ledger::PlanFeature& feature : plan.features) {
        if (feature.feature == "members" || feature.feature == "seats") continue;
        if (feature.card.included && dice.percent(60))
            feature.card.included = at_least_one(dice, 90);
        // The price of what a plan gains later is nobody's as sold (docs/judge.md).
        if (feature.feature != "mail" && feature.card.overage_price && dice.percent(30))
            feature.card.overage_price = some_price(dice, topics);
    }
    if (!dice.percent(30) || !settled.insert(plan.slug).second) return catalog;
    if (std::erase_if(plan.features, [](const auto& terms) { return terms.feature == "mail"; }) ==
        0) {
        plan.features.push_back(some_terms(dice, topics, "mail").build());
    }
    return catalog;
}

}  // namespace quipu::judge
