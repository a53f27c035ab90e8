// Owostack's vectors of rating, catalogs and invoice lines.
#include <gtest/gtest.h>

#include "rating/invoice_line.h"
#include "rating/price.h"
#include "vectors/owostack.h"

namespace quipu::testing {
namespace {

using base::Quantity;

rating::RateCard card_of(const Json& config) {
    return plan_feature(config).card;
}

void expect_rate(const Vector& vector) {
    const rating::RateCard card = card_of(vector.given());
    const Quantity billable =
        rating::billable_quantity(card, quantity(vector.body["when"]["usage"]));
    const Json& expect = vector.expect();
    const bool divergent = vector.compat() == "divergent";
    if (divergent && !card.included && card.usage_model == rating::UsageModel::Included) {
        // Ours wins: unlimited is never billable.
        EXPECT_EQ(billable, 0_u);
        EXPECT_EQ(priced(card, billable), 0);
        return;
    }
    EXPECT_EQ(billable, quantity(expect.at("billableQuantity")));
    if (divergent) {
        // Ours wins: a bounded last tier goes on past its bound.
        rating::RateCard open = card;
        open.tiers.back().up_to.reset();
        EXPECT_EQ(priced(card, billable), priced(open, billable));
        EXPECT_GT(priced(card, billable), expect.at("amount").get<std::int64_t>());
        return;
    }
    EXPECT_EQ(priced(card, billable), expect.at("amount").get<std::int64_t>());
    if (expect.contains("pricePerUnit") && !expect["pricePerUnit"].is_null()) {
        EXPECT_EQ(rating::package_price(card), unit_price(expect["pricePerUnit"]));
    }
    if (expect.contains("billingUnits") && !expect["billingUnits"].is_null()) {
        EXPECT_EQ(rating::package_size(card), quantity(expect["billingUnits"]));
    }
    if (expect.contains("ratingModel")) {
        EXPECT_EQ(rating::name_of(card.rating_model), expect["ratingModel"].get<std::string>());
    }
    if (!expect.contains("tierBreakdown")) {
        return;
    }
    const auto steps = rating::tier_steps(card, billable);
    ASSERT_EQ(steps.size(), expect["tierBreakdown"].size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Json& step = expect["tierBreakdown"][i];
        EXPECT_EQ(steps[i].tier, step.at("tier").get<std::size_t>());
        EXPECT_EQ(steps[i].units, quantity(step.at("units")));
        EXPECT_EQ(base::round_to_minor(steps[i].amount), step.at("amount").get<std::int64_t>());
    }
}

void expect_current_tier(const Vector& vector) {
    const rating::RateCard card = card_of(vector.given());
    const auto reached = rating::reached_tier(
        card, rating::billable_quantity(card, quantity(vector.body["when"]["usage"])));
    const Json& expected = vector.expect().at("currentTier");
    ASSERT_EQ(reached.has_value(), !expected.is_null());
    if (!reached) {
        return;
    }
    EXPECT_EQ(reached->index, expected.at("index").get<std::size_t>());
    EXPECT_EQ(reached->starts_at, quantity(expected.at("startsAt")));
    EXPECT_EQ(reached->ends_at, optional_of<Quantity>(expected, "endsAt", quantity));
    EXPECT_EQ(card.tiers[reached->index].unit_price, unit_price(expected.at("unitPrice")));
}

bool expect_normalised(const Vector& vector) {
    const Json& when = vector.body["when"];
    const Json& expect = vector.expect();
    if (when["fn"] == "normalizeResetInterval") {
        const auto interval = ledger::interval_from(when["value"].get<std::string>());
        EXPECT_TRUE(interval &&
                    ledger::name_of(*interval) == expect.at("value").get<std::string>());
        return true;
    }
    const bool whole = when["fn"] == "normalizePricingConfig";
    ledger::PlanFeature feature = plan_feature(whole ? vector.given().at("config") : when);
    ledger::normalise(feature);
    const Json& expected = whole ? expect.at("config") : expect;
    for (const auto& [key, value] : expected.items()) {
        if (key == "usageModel") {
            EXPECT_EQ(rating::name_of(feature.card.usage_model), value.get<std::string>());
        } else if (key == "ratingModel") {
            EXPECT_EQ(rating::name_of(feature.card.rating_model), value.get<std::string>());
        } else if (key == "overage") {
            EXPECT_EQ(feature.overage == ledger::OverageMode::Charge, value == "charge");
        } else if (key == "limitValue") {
            EXPECT_EQ(feature.card.included,
                      optional_of<Quantity>(expected, "limitValue", quantity));
        } else if (key == "trialLimitValue") {
            EXPECT_EQ(feature.trial_limit,
                      optional_of<Quantity>(expected, "trialLimitValue", quantity));
        } else if (key == "pricePerUnit") {
            EXPECT_EQ(feature.card.price_per_unit,
                      optional_of<base::UnitPrice>(expected, "pricePerUnit", unit_price));
        } else if (key == "overagePrice") {
            EXPECT_EQ(feature.card.overage_price,
                      optional_of<base::UnitPrice>(expected, "overagePrice", unit_price));
        } else if (key == "billingUnits") {
            EXPECT_EQ(feature.card.billing_units, quantity(value));
        } else if (key == "tiers") {
            EXPECT_EQ(feature.card.tiers, tiers_of(value));
        } else {
            ADD_FAILURE() << "no field of ours for " << key;
        }
    }
    if (expect.contains("absent")) {
        EXPECT_FALSE(feature.trial_limit.has_value());
    }
    return true;
}

void expect_invoice_line(const Vector& vector) {
    const Json& given = vector.given();
    rating::RateCard card = card_of(given);
    card.overage_price = card.price_per_unit;
    if (given.contains("tierBreakdown")) {
        // The tiers behind the breakdown; those it skips are bounded below what it reached.
        const Json& steps = given["tierBreakdown"];
        Quantity bound;
        for (std::size_t tier = 0; tier <= steps.back()["tier"].get<std::size_t>(); ++tier) {
            rating::Tier ours{bound + 1_u, 0_price, std::nullopt};
            for (const Json& step : steps) {
                if (step["tier"].get<std::size_t>() != tier) {
                    continue;
                }
                ours = {bound + quantity(step["units"]), unit_price(step["unitPrice"]),
                        optional_of<base::UnitPrice>(step, "flatFee", unit_price)};
            }
            bound = *ours.up_to;
            card.tiers.push_back(ours);
        }
        card.tiers.back().up_to.reset();
    }
    const Quantity billable = quantity(given.at("billableQuantity"));
    EXPECT_EQ(rating::usage_description(given.at("featureName").get<std::string>(), card, billable),
              vector.expect().at("description").get<std::string>());
    EXPECT_EQ(rating::display_unit_price(card, billable),
              vector.expect().at("unitPrice").get<std::int64_t>());
}

}  // namespace

bool run_owostack_rating(const Vector& vector) {
    if (vector.area == "rating") {
        vector.body["when"]["fn"] == "rate" ? expect_rate(vector) : expect_current_tier(vector);
    } else if (vector.area == "catalog.normalize") {
        return expect_normalised(vector);
    } else if (vector.area == "catalog.validate") {
        EXPECT_EQ(ledger::pricing_problem(plan_feature(vector.given().at("config"))),
                  vector.expect().at("error").get<std::string>());
    } else if (vector.area == "invoice.line") {
        expect_invoice_line(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
