// Lago's vectors. Its ranges name both bounds; only the upper one counts, and it is inclusive.
#include <gtest/gtest.h>

#include "rating/price.h"
#include "rating/proration.h"
#include "vectors/vectors.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Period;
using base::Quantity;
using rating::RatingModel;

std::vector<rating::Tier> ranges_of(const Json& ranges) {
    std::vector<rating::Tier> tiers;
    for (const Json& range : ranges) {
        rating::Tier tier;
        if (!range.at("to").is_null()) {
            tier.up_to = quantity(range.at("to"));
        }
        tier.unit_price = minor_price(range.at("per_unit"));
        tier.flat_fee = minor_price(range.at("flat"));
        tiers.push_back(tier);
    }
    return tiers;
}

// One range alone: what lies below it is free.
void expect_range(const Vector& vector) {
    const Json& range = vector.given().at("range");
    const Quantity from = quantity(range.at("from"));
    const Quantity below = vector.given().value("adjacent", false) ? from : from - 1_u;
    const auto card = tiered(RatingModel::Graduated,
                             {{below, 0_price, std::nullopt},
                              {quantity(range.at("to")), minor_price(range.at("per_unit")),
                               minor_price(range.at("flat"))},
                              {std::nullopt, 0_price, std::nullopt}});
    const auto steps = rating::tier_steps(card, quantity(vector.given().at("total_units")));
    ASSERT_GE(steps.size(), 2u);
    EXPECT_EQ(steps[1].units, quantity(vector.expect().at("units")));
    EXPECT_EQ(base::round_to_minor(steps[1].amount), minor(vector.expect().at("amount")));
}

Instant day(const Json& text) {
    return moment(text.get<std::string>());
}

std::string last_second(Instant end) {
    const std::string text = base::format_instant(Instant{end.micros - base::kMicrosPerSecond});
    return text.substr(0, 19) + "Z";
}

bool expect_period(const Vector& vector) {
    const Json& given = vector.given();
    const Json& expect = vector.expect();
    const auto interval = *ledger::interval_from(given.at("interval").get<std::string>());
    const bool calendar = given.at("billing_time") == "calendar";
    const auto alignment = calendar ? ledger::Alignment::Calendar : ledger::Alignment::Subscription;
    const auto window = [&](Instant at) {
        return ledger::window_at(interval, alignment, day(given.at("subscription_at")), at);
    };
    // Ours wins: a calendar week begins on Sunday (docs/contract/windows.md#alignment), theirs on
    // Monday.
    const std::int64_t shift =
        calendar && interval == ledger::Interval::Weekly ? base::kMicrosPerDay : 0;
    const auto shifted = [&](Instant end) { return last_second(Instant{end.micros + shift}); };
    const bool ended = given.contains("terminated_at");
    const Instant at = day(given.at(ended ? "terminated_at" : "billing_at"));
    const Period current = window(at);
    const Period last = window(Instant{current.start.micros - 1});
    const bool in_advance = given.value("pay_in_advance", false) || ended;
    const Period billed = in_advance ? current : last;
    if (expect.contains("from")) {
        EXPECT_EQ(billed.start, day(expect["from"]));
    } else if (expect.contains("to")) {
        EXPECT_EQ(shifted(billed.end), expect["to"].get<std::string>());
    } else if (expect.contains("next_end")) {
        EXPECT_EQ(shifted(current.end), expect["next_end"].get<std::string>());
    } else if (expect.contains("previous_start")) {
        EXPECT_EQ(last.start, day(expect["previous_start"]));
    } else if (expect.contains("days_in_period")) {
        EXPECT_EQ((last.end.micros - last.start.micros) / base::kMicrosPerDay,
                  expect["days_in_period"].get<std::int64_t>());
    } else {
        return false;
    }
    return true;
}

void expect_instants(const Vector& vector) {
    const auto interval = *ledger::interval_from(vector.given().at("interval").get<std::string>());
    const Instant anchor = day(vector.given().at("subscription_at"));
    const Json& billed = vector.expect().at("billed_on");
    for (const Json& on : billed.is_array() ? billed : Json::array({billed})) {
        EXPECT_EQ(ledger::billing_period_at(interval, anchor, day(on)).start, day(on)) << on;
    }
}

void expect_sum(const Vector& vector) {
    Given ledger(CatalogBuilder().metered("api").plan(Plan("p").with(Includes("api"))).build(),
                 "2026-01-01");
    ledger.attach("p");
    for (const Json& value : vector.given().at("values")) {
        ledger.track("api", quantity(value));
    }
    EXPECT_EQ(ledger.check("api", 0_u).usage, quantity(vector.expect().at("aggregation")));
}

void expect_numbers(const Vector& vector) {
    const std::size_t customers = vector.given().at("customers");
    const Json& months = vector.given().at("months");
    for (std::size_t customer = 0; customer < customers; ++customer) {
        const std::string start = months[0].get<std::string>() + "-05";
        Given ledger(CatalogBuilder().plan(Plan("p").costs(100)).build(), start);
        ledger.attach("p").tick(months.back().get<std::string>() + "-06");
        for (std::size_t month = 0; month < months.size(); ++month) {
            const std::string theirs =
                vector.expect().at(months[month].get<std::string>()).at(customer);
            EXPECT_EQ(ledger.invoices().at(month).sequence,
                      std::stoul(theirs.substr(theirs.rfind('-') + 1)));
        }
    }
}

bool run_charge(const Vector& vector) {
    const Json& given = vector.given();
    const Json& expect = vector.expect();
    if (vector.area == "charge_model.standard") {
        EXPECT_EQ(priced(per_unit(minor_price(given.at("amount"))), quantity(given.at("units"))),
                  minor(expect.at("amount")));
    } else if (vector.area == "charge_model.package") {
        rating::RateCard card = packages(minor_price(given.at("amount_per_package")),
                                         quantity(given.at("package_size")));
        card.usage_model = rating::UsageModel::Included;
        card.included = quantity(given.at("free_units"));
        EXPECT_EQ(priced(card, rating::billable_quantity(card, quantity(given.at("units")))),
                  minor(expect.at("amount")));
    } else if (vector.area == "charge_model.volume" || vector.area == "charge_model.graduated") {
        const auto model =
            vector.area == "charge_model.volume" ? RatingModel::Volume : RatingModel::Graduated;
        const Quantity used = quantity(given.at("units"));
        // Ours wins: nothing used costs nothing, a flat fee is due when its tier is entered.
        const std::int64_t expected = used.is_zero() ? 0 : minor(expect.at("amount"));
        EXPECT_EQ(priced(tiered(model, ranges_of(given.at("ranges"))), used), expected);
    } else if (vector.area == "charge_model.graduated.range") {
        expect_range(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace

bool run_lago(const Vector& vector) {
    const Json& given = vector.given();
    if (vector.area.starts_with("charge_model.")) {
        return run_charge(vector);
    }
    if (vector.area.starts_with("billing_period.")) {
        return expect_period(vector);
    }
    if (vector.area == "billing_instant") {
        expect_instants(vector);
    } else if (vector.area == "aggregation.sum") {
        expect_sum(vector);
    } else if (vector.area == "invoice.numbering") {
        expect_numbers(vector);
    } else if (vector.area == "proration.fixed_charge") {
        const std::int64_t total = given.at("days_in_period");
        const std::int64_t used = given.at("days_used");
        const Period period{Instant{0}, Instant{total * base::kMicrosPerDay}};
        EXPECT_EQ(rating::prorated_difference(0, given.at("amount_cents"), period,
                                              Instant{(total - used) * base::kMicrosPerDay}),
                  vector.expect().at("amount_cents").get<std::int64_t>());
    } else if (vector.area == "pay_in_advance") {
        const auto card = tiered(RatingModel::Graduated, ranges_of(given.at("ranges")));
        Quantity total;
        for (std::size_t i = 0; i < given.at("events").size(); ++i) {
            const std::int64_t before = priced(card, total);
            total += quantity(given["events"][i]);
            EXPECT_EQ(priced(card, total) - before,
                      vector.expect().at("fees_cents").at(i).get<std::int64_t>());
        }
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
