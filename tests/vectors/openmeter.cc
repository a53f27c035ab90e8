// OpenMeter's vectors: amounts in major units of their currency.
#include <gtest/gtest.h>

#include <map>

#include "rating/price.h"
#include "vectors/vectors.h"

namespace quipu::testing {
namespace {

using base::Quantity;
using rating::RatingModel;

std::vector<rating::Tier> tiers_of(const Json& tiers) {
    std::vector<rating::Tier> ours;
    for (const Json& tier : tiers) {
        rating::Tier to;
        if (!tier.at("up_to").is_null()) {
            to.up_to = quantity(tier.at("up_to"));
        }
        if (tier.contains("unit")) {
            to.unit_price = minor_price(tier.at("unit"));
        }
        if (tier.contains("flat")) {
            to.flat_fee = minor_price(tier.at("flat"));
        }
        ours.push_back(to);
    }
    return ours;
}

rating::RateCard card_of(const Json& price) {
    const std::string type = price.at("type");
    if (type == "package") {
        return packages(minor_price(price.at("amount")),
                        quantity(price.at("quantity_per_package")));
    }
    if (type == "tiered") {
        return tiered(price.at("mode") == "volume" ? RatingModel::Volume : RatingModel::Graduated,
                      tiers_of(price.at("tiers")));
    }
    return per_unit(minor_price(price.at("amount")));
}

// A flat fee is due when its tier is entered, so nothing used costs nothing
// (docs/contract/rating.md#tiers).
bool ours_is_nothing(Quantity billable) {
    return billable.is_zero();
}

void expect_line_totals(const Vector& vector) {
    const Json& given = vector.given();
    const rating::RateCard card = card_of(given.at("price"));
    const Quantity before =
        given.contains("pre_line_qty") ? quantity(given.at("pre_line_qty")) : Quantity{};
    const Quantity after = before + quantity(given.at("qty"));
    std::int64_t expected = 0;
    for (const Json& line : vector.expect().at("lines")) {
        expected += minor(line.at("total"));
    }
    if (ours_is_nothing(after)) {
        expected = 0;
    }
    EXPECT_EQ(priced(card, after) - priced(card, before), expected);
}

// Each run is billed the difference to the ones before it: the rating law.
void expect_runs(const Vector& vector) {
    const rating::RateCard card = card_of(vector.given().at("price"));
    std::int64_t billed = 0;
    const Json& quantities = vector.given().at("cumulative_qty_per_run");
    for (std::size_t run = 0; run < quantities.size(); ++run) {
        const std::int64_t total = priced(card, quantity(quantities[run]));
        EXPECT_EQ(total - billed, minor(vector.expect().at("runs").at(run).at("total"))) << run;
        billed = total;
    }
}

void expect_range(const Vector& vector) {
    const rating::RateCard card =
        tiered(RatingModel::Graduated, tiers_of(vector.given().at("tiers")));
    const Quantity from = quantity(vector.given().at("from_exclusive"));
    const Quantity to = quantity(vector.given().at("to_inclusive"));
    EXPECT_EQ(priced(card, to), minor(vector.expect().at("total")));
    std::map<std::size_t, Quantity> slices;
    for (const auto& step : rating::tier_steps(card, to)) {
        slices[step.tier] += step.units;
    }
    std::size_t entered = 0;
    for (const auto& step : rating::tier_steps(card, from)) {
        slices[step.tier] -= step.units;
        entered = step.tier + 1;
    }
    std::erase_if(slices, [](const auto& slice) { return slice.second.is_zero(); });
    const Json& expected = vector.expect().at("slices");
    ASSERT_EQ(slices.size(), expected.size());
    std::size_t index = 0;
    for (const auto& [tier, qty] : slices) {
        const Json& slice = expected.at(index++);
        EXPECT_EQ(tier + 1, slice.at("tier").get<std::size_t>());
        EXPECT_EQ(qty, quantity(slice.at("qty")));
        EXPECT_EQ(tier + 1 > entered, slice.at("enters_tier").get<bool>());
    }
}

base::Instant after_duration(base::Instant start, const std::string& text) {
    const std::int64_t count = std::stoll(text.substr(1));
    switch (text.back()) {
        case 'D':
            return base::Instant{start.micros + count * base::kMicrosPerDay};
        case 'M':
            return base::add_months(start, count);
        default:
            return base::add_months(start, 12 * count);
    }
}

// Grants of a credit system, spent by what draws from it; what they do not cover is overage.
void expect_grants(const Vector& vector) {
    const Json& given = vector.given();
    const std::string start = given.at("start");
    Given ledger(CatalogBuilder()
                     .credit_system("meter", {})
                     .plan(Plan("payg").with(Includes("meter").limit(0_u).charge(1_price)))
                     .build(),
                 start);
    ledger.attach("payg");
    std::map<std::string, std::size_t> seen;
    for (const Json& grant : given.at("grants")) {
        ledger::CreditGrant ours;
        ours.system = "meter";
        ours.granted = quantity(grant.at("amount"));
        ours.priority = grant.at("priority");
        ours.expires_at = after_duration(moment(grant.at("effective").get<std::string>()),
                                         grant.at("expires_after"));
        seen[grant.at("id")] = seen.size();
        ledger.grant(ours);
    }
    Quantity overage;
    for (const Json& used : given.at("usage")) {
        const Then then =
            ledger.at(used.at(0).get<std::string>()).when(track("meter", quantity(used.at(1))));
        overage += then.units(ledger::Bucket::Overage);
    }
    const base::Instant until = moment(given.at("until").get<std::string>());
    for (const auto& [id, balance] : vector.expect().at("balances").items()) {
        const ledger::CreditGrant& grant = ledger.account().grants.at(seen.at(id));
        EXPECT_EQ(grant.remaining, quantity(balance)) << id;
        // At its very end a grant is gone (start inclusive, end exclusive), as their own note says.
        if (grant.expires_at == until) {
            EXPECT_EQ(Given(ledger)
                          .at(base::format_instant(until))
                          .account()
                          .grants.at(seen.at(id))
                          .remaining,
                      0_u);
        }
    }
    if (vector.expect().contains("overage")) {
        EXPECT_EQ(overage, quantity(vector.expect()["overage"]));
    }
}

base::Instant relative(const std::string& text, base::Instant origin) {
    if (text.size() == 1) {
        return origin;
    }
    const std::int64_t count = std::stoll(text.substr(2));
    const std::int64_t unit = text.back() == 'h' ? base::kMicrosPerHour : base::kMicrosPerMinute;
    return base::Instant{origin.micros + count * unit};
}

void expect_activity(const Vector& vector) {
    const base::Instant origin = "2024-01-01"_at;
    const Json& grant = vector.given().at("grant");
    Given ledger(CatalogBuilder()
                     .metered("x")
                     .credit_system("meter", {})
                     .plan(Plan("p").with(Includes("x")))
                     .build(),
                 "2024-01-01");
    ledger.attach("p");
    ledger::CreditGrant ours;
    ours.system = "meter";
    ours.granted = 10_u;
    ours.expires_at = relative(grant.at("expires"), origin);
    ledger.grant(ours).at(base::format_instant(relative(vector.given().at("at"), origin)));
    EXPECT_EQ(ledger.check("meter", 1_u).code == ledger::Code::AddonCreditsUsed,
              vector.expect().at("active").get<bool>());
}

// Late units go to their own window and are billed on a line of it that says so.
void expect_late(const Vector& vector) {
    const std::int64_t price_minor_units = minor(vector.given().at("price").at("amount"));
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(Plan("p").with(
                         Includes("api").usage_based(base::UnitPrice::from_int(price_minor_units))))
                     .build(),
                 "2026-01-01");
    ledger.attach("p");
    const char* periods[] = {"2026-01-10", "2026-02-10", "2026-03-10"};
    std::vector<Quantity> sent(3);
    std::vector<ledger::InvoiceLine> lines;
    std::size_t run = 0;
    for (const Json& step : vector.given().at("runs")) {
        const Json& cumulative = step.at("cumulative_by_period");
        ledger.tick(periods[run]);
        const std::size_t before = ledger.invoices().size();
        for (std::size_t period = 0; period < cumulative.size(); ++period) {
            // Cumulative over all periods; what a period adds is the difference to the one before.
            const Quantity up_to = quantity(cumulative[period]);
            Quantity others;
            for (std::size_t i = 0; i < period; ++i) {
                others += sent[i];
            }
            const Quantity own = up_to - others;
            if (own > sent[period]) {
                ledger.track_late("api", own - sent[period], periods[period]);
            }
            sent[period] = own;
        }
        (void)ledger.when(ledger::GenerateInvoice{});
        ASSERT_EQ(ledger.invoices().size(), before + 1);
        const Json& expected = vector.expect().at("runs").at(run).at("lines");
        const auto& billed = ledger.invoices().back().lines;
        ASSERT_EQ(billed.size(), expected.size());
        for (std::size_t i = 0; i < billed.size(); ++i) {
            const std::size_t period = expected[i].at("period");
            EXPECT_EQ(billed[i].amount_minor, minor(expected[i].at("amount")));
            EXPECT_EQ(billed[i].quantity, quantity(expected[i].at("qty")));
            EXPECT_TRUE(billed[i].period.contains(moment(periods[period - 1])));
            EXPECT_EQ(billed[i].correction, expected[i].contains("corrects_run"));
        }
        ++run;
    }
}

bool run_rating(const Vector& vector) {
    const Json& given = vector.given();
    if (given.contains("cumulative_qty_per_run")) {
        expect_runs(vector);
    } else if (given.contains("from_exclusive")) {
        expect_range(vector);
    } else if (given.contains("runs")) {
        expect_late(vector);
    } else if (vector.expect().contains("packages")) {
        const auto card = packages(1_price, quantity(given.at("quantity_per_package")));
        EXPECT_EQ(priced(card, quantity(given.at("qty"))),
                  std::stoll(digits(vector.expect().at("packages"))));
    } else if (vector.expect().contains("tier")) {
        const auto card = tiered(RatingModel::Volume, tiers_of(given.at("tiers")));
        EXPECT_EQ(rating::reached_tier(card, quantity(given.at("qty")))->index + 1,
                  vector.expect().at("tier").get<std::size_t>());
    } else if (vector.expect().contains("total")) {
        const Quantity billable = quantity(given.at("qty"));
        const std::int64_t expected =
            ours_is_nothing(billable) ? 0 : minor(vector.expect().at("total"));
        EXPECT_EQ(priced(card_of(given.at("price")), billable), expected);
    } else if (vector.expect().contains("lines")) {
        expect_line_totals(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace

bool run_openmeter(const Vector& vector) {
    const Json& given = vector.given();
    const Json& expect = vector.expect();
    if (vector.area.starts_with("rating.")) {
        return run_rating(vector);
    }
    if (vector.area == "currency.rounding") {
        const int exponent = given.at("precision");
        EXPECT_EQ(minor(given.at("amount"), exponent), minor(expect.at("rounded"), exponent));
    } else if (vector.area == "grant.engine" || vector.area == "grant.priority") {
        expect_grants(vector);
    } else if (vector.area == "grant.active") {
        expect_activity(vector);
    } else if (vector.area == "grant.expiration") {
        // Ours wins: months are clamped, so a year from 29 February is 28 February.
        const auto effective = moment(given.at("effective").get<std::string>());
        EXPECT_EQ(base::add_months(effective, 12), "2025-02-28"_at);
    } else if (vector.area == "calendar.add") {
        EXPECT_EQ(
            after_duration(moment(given.at("start").get<std::string>()), given.at("duration")),
            moment(expect.at("result").get<std::string>()));
    } else if (vector.area == "calendar.period") {
        const bool before = given.contains("before");
        const auto window =
            ledger::window_at(ledger::Interval::Monthly, ledger::Alignment::Subscription,
                              moment(given.at("anchor").get<std::string>()),
                              moment(given.at(before ? "before" : "at").get<std::string>()));
        EXPECT_EQ(window.start, moment(expect.at(before ? "previous" : "from").get<std::string>()));
        if (!before) {
            EXPECT_EQ(window.end, moment(expect.at("to").get<std::string>()));
        }
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
