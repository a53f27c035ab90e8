// Owostack's vectors, the reference of our API: prices in minor units. Where a vector is marked
// divergent it documents a defect, and our corrected value is asserted instead.
#include <gtest/gtest.h>

#include "ledger/switching.h"
#include "rating/invoice_line.h"
#include "rating/price.h"
#include "rating/proration.h"
#include "vectors/vectors.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Quantity;
using ledger::Code;

template <typename Value, typename Read>
std::optional<Value> optional_of(const Json& object, const char* key, Read read) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return std::nullopt;
    }
    return read(*found);
}

std::vector<rating::Tier> tiers_of(const Json& tiers) {
    std::vector<rating::Tier> ours;
    for (const Json& tier : tiers) {
        ours.push_back({optional_of<Quantity>(tier, "upTo", quantity),
                        optional_of<base::UnitPrice>(tier, "unitPrice", unit_price),
                        optional_of<base::UnitPrice>(tier, "flatFee", unit_price)});
    }
    return ours;
}

// A plan feature as `/sync` would read it.
ledger::PlanFeature plan_feature(const Json& config) {
    ledger::PlanFeature feature;
    feature.feature = "api";
    feature.card.usage_model = rating::usage_model_from(string_or(config, "usageModel", ""));
    feature.card.rating_model = rating::rating_model_from(string_or(config, "ratingModel", ""));
    // Tiers without a model are graduated ones.
    if (!config.contains("ratingModel") && config.contains("tiers")) {
        feature.card.rating_model = rating::RatingModel::Graduated;
    }
    const char* limit = config.contains("limitValue") ? "limitValue"
                        : config.contains("included") ? "included"
                                                      : "limit";
    feature.card.included = optional_of<Quantity>(config, limit, quantity);
    feature.trial_limit = optional_of<Quantity>(
        config, config.contains("trialLimitValue") ? "trialLimitValue" : "trialLimit", quantity);
    feature.card.price_per_unit = optional_of<base::UnitPrice>(config, "pricePerUnit", unit_price);
    feature.card.overage_price = optional_of<base::UnitPrice>(config, "overagePrice", unit_price);
    feature.card.billing_units =
        optional_of<Quantity>(config, "billingUnits", quantity).value_or(1_u);
    feature.max_overage_units = optional_of<Quantity>(config, "maxOverageUnits", quantity);
    if (config.contains("tiers") && !config["tiers"].is_null()) {
        feature.card.tiers = tiers_of(config["tiers"]);
    }
    if (string_or(config, "overage", "block") == "charge") {
        feature.overage = ledger::OverageMode::Charge;
    }
    return feature;
}

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
        // B-14: unlimited is never billable.
        EXPECT_EQ(billable, 0_u);
        EXPECT_EQ(priced(card, billable), 0);
        return;
    }
    EXPECT_EQ(billable, quantity(expect.at("billableQuantity")));
    if (divergent) {
        // B-29: a bounded last tier goes on past its bound.
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

// One metered feature `api` on a free plan `f`.
Given ledger_on(ledger::PlanFeature feature, std::string_view start = "2026-03-01") {
    ledger::normalise(feature);
    ledger::Catalog catalog = CatalogBuilder().metered("api").plan(Plan("f")).build();
    catalog.plans[0].features = {feature};
    Given ledger(catalog, start);
    ledger.attach("f");
    return ledger;
}

// What the message of a refusal names.
std::string cap_message(const ledger::UsageAnswer& answer) {
    return "Overage cap reached (" + answer.refused_used.to_string() + "/" +
           answer.refused_cap.to_string() + " overage units used).";
}

void expect_step(const Json& step, const Then& then) {
    const bool accepted = !then.handled.postings.empty();
    if (step.contains("success")) {
        EXPECT_EQ(accepted, step["success"].get<bool>());
    }
    if (step.contains("allowed")) {
        EXPECT_EQ(accepted, step["allowed"].get<bool>());
    }
    if (step.contains("code")) {
        EXPECT_EQ(name_of(then.code()), step["code"].get<std::string>());
    }
    if (step.contains("limit")) {
        EXPECT_EQ(then.usage().limit, quantity(step["limit"]));
    }
    if (step.contains("details.trial")) {
        EXPECT_EQ(then.usage().trial_ends_at.has_value(), step["details.trial"].get<bool>());
    }
    if (step.contains("details.message")) {
        EXPECT_EQ(cap_message(then.usage()), step["details.message"].get<std::string>());
    }
    if (step.contains("balance")) {
        EXPECT_EQ(then.usage().balance, quantity(step["balance"]));
    }
    if (!step.contains("usage")) {
        return;
    }
    // B-8: in overage ours is true usage; theirs stays at the limit.
    const auto shown = then.usage().limit ? std::min(*then.usage().usage, *then.usage().limit)
                                          : *then.usage().usage;
    EXPECT_EQ(shown, quantity(step["usage"]));
    EXPECT_EQ(*then.usage().usage, shown + then.usage().overage_units);
}

void expect_track_sequence(const Vector& vector) {
    ledger::PlanFeature feature = plan_feature(vector.given());
    const bool trial = string_or(vector.given(), "status", "") == "trialing";
    ledger::Catalog catalog = CatalogBuilder()
                                  .metered("api")
                                  .plan(Plan("f").costs(trial ? 100 : 0).trial_days(trial ? 14 : 0))
                                  .build();
    catalog.plans[0].features = {feature};
    Given ledger(catalog, "2026-03-01");
    ledger.attach("f");
    if (vector.given().contains("usage")) {
        ledger.track("api", quantity(vector.given()["usage"]));
    }
    const Json& steps = vector.expect().at("steps");
    std::size_t at = 0;
    for (const Json& value : vector.body["when"].at("track")) {
        expect_step(steps.at(at++), ledger.when(track("api", quantity(value))));
    }
    if (vector.body["when"].contains("thenCheck")) {
        const ledger::UsageAnswer answer =
            ledger.check("api", quantity(vector.body["when"]["thenCheck"]));
        EXPECT_EQ(name_of(answer.code), steps.at(at)["code"].get<std::string>());
        EXPECT_EQ(answer.balance, quantity(steps.at(at)["balance"]));
    }
    if (vector.expect().contains("billing")) {
        const Json& billing = vector.expect()["billing"];
        EXPECT_EQ(ledger.unbilled(), billing.at("estimatedAmount").get<std::int64_t>());
        EXPECT_EQ(ledger.check("api", 0_u).overage_units, quantity(billing.at("billableQuantity")));
        EXPECT_EQ(ledger.check("api", 0_u).usage, quantity(billing.at("usage")));
    }
}

void expect_exact_fractions(const Vector& vector) {
    // B-5: quantities are fixed-point, so the third tenth fits a limit of 0.3.
    Given ledger = ledger_on(plan_feature(vector.given()));
    for (const Json& value : vector.body["when"].at("track")) {
        EXPECT_EQ(ledger.when(track("api", quantity(value))).code(), Code::Tracked);
    }
    EXPECT_EQ(ledger.check("api", 0_u).balance, 0_u);
}

void expect_recorded_check(const Vector& vector) {
    // B-7: what sendEvent allows it records.
    ledger::PlanFeature feature = plan_feature(vector.given());
    feature.card.overage_price = 1_price;
    Given ledger = ledger_on(feature);
    ledger.track("api", quantity(vector.given().at("usage")));
    ledger::Track event = track("api", quantity(vector.body["when"]["body"]["value"]));
    event.as_check = true;
    const Then then = ledger.when(event);
    EXPECT_EQ(name_of(then.code()), vector.expect().at("code").get<std::string>());
    EXPECT_EQ(then.units(ledger::Bucket::Allowance) + then.units(ledger::Bucket::Overage),
              event.value);
}

void expect_invoice_sequence(const Vector& vector) {
    // B-20: allowances and tiers never restart; an invoice bills the difference.
    ledger::PlanFeature feature = plan_feature(vector.given());
    Given ledger = ledger_on(feature);
    Quantity total;
    for (const Json& step : vector.body["when"].at("steps")) {
        const std::string text = step;
        if (text == "invoice") {
            EXPECT_EQ(ledger.when(ledger::GenerateInvoice{}).invoices().at(0).total_minor,
                      vector.expect().at("invoiceTotal").get<std::int64_t>());
        } else {
            total += units(text.substr(text.find(' ') + 1));
            ledger.track("api", total - ledger.check("api", 0_u).usage.value_or(0_u));
        }
    }
    ledger::normalise(feature);
    const std::int64_t price = priced(feature.card, rating::billable_quantity(feature.card, total));
    EXPECT_EQ(ledger.unbilled(), price - vector.expect().at("invoiceTotal").get<std::int64_t>());
    // The vector's own note gives the number.
    const std::string note = vector.body.at("note");
    EXPECT_NE(note.find(std::to_string(ledger.unbilled())), std::string::npos) << note;
}

void expect_addon_not_billed(const Vector& vector) {
    // B-15: units paid by credits are never billed again.
    const Json& given = vector.given();
    Includes includes("ai");
    includes.limit(quantity(given.at("limit"))).charge(unit_price(given.at("overagePrice")));
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {})
                     .pack("boost", "ai", quantity(given.at("addon")), 100)
                     .plan(Plan("f").with(includes))
                     .build(),
                 "2026-03-01");
    ledger.attach("f").buy("boost");
    for (const Json& value : vector.body["when"].at("track")) {
        ledger.track("ai", quantity(value));
    }
    EXPECT_EQ(ledger.check("ai", 0_u).credits->addon_balance,
              quantity(vector.expect().at("addonBalance")));
    EXPECT_EQ(ledger.unbilled(), 0);
}

void expect_seat_sequence(const Vector& vector) {
    const std::string feature = vector.given().at("feature");
    Given ledger(
        CatalogBuilder()
            .seats(feature)
            .plan(Plan("f").with(Includes(feature).limit(quantity(vector.given().at("limit")))))
            .build(),
        "2026-03-01");
    ledger.attach("f");
    std::size_t at = 0;
    for (const Json& step : vector.body["when"].at("steps")) {
        const std::string text = step;
        const std::string entity = text.substr(text.rfind(' ') + 1);
        const Then then = text.starts_with("add")
                              ? ledger.when(ledger::AddEntity{feature, entity, {}, {}, {}})
                              : ledger.when(ledger::RemoveEntity{feature, entity});
        const Json& expected = vector.expect().at("steps").at(at++);
        if (expected.value("status", 200) == 409) {
            EXPECT_EQ(then.code(), Code::EntityExists);
        }
        if (expected.contains("code")) {
            EXPECT_EQ(name_of(then.code()), expected["code"].get<std::string>());
        }
        if (expected.contains("current")) {
            const auto& refused = std::get<ledger::EntityRefused>(then.handled.outcome);
            EXPECT_EQ(refused.count, expected["current"].get<std::uint32_t>());
            EXPECT_EQ(refused.limit, quantity(expected["limit"]));
        }
        if (!expected.contains("count")) {
            continue;
        }
        EXPECT_EQ(then.entity().count, expected["count"].get<std::uint32_t>());
        EXPECT_EQ(then.entity().restored, expected.value("restored", false));
        if (expected.contains("remaining")) {
            EXPECT_EQ(*then.entity().limit - Quantity::from_int(then.entity().count),
                      quantity(expected["remaining"]));
        }
    }
}

void expect_own_allowances(const Vector& vector) {
    // B-18: an entity's usage is rated with its own allowance, so nothing here is billed.
    const Json& given = vector.given();
    Includes includes("api");
    includes.limit(quantity(given.at("limit"))).charge(unit_price(given.at("overagePrice")));
    Given ledger(CatalogBuilder().metered("api").plan(Plan("f").with(includes)).build(),
                 "2026-03-01");
    ledger.attach("f");
    for (const Json& entity : given.at("entities")) {
        ledger.add("api", entity);
        const Then then = ledger.when(track("api", 900_u, entity));
        EXPECT_EQ(name_of(then.code()), vector.expect()["each"]["code"].get<std::string>());
        EXPECT_EQ(then.usage().balance, quantity(vector.expect()["each"]["balance"]));
    }
    EXPECT_EQ(ledger.unbilled(), 0);
}

ledger::Plan priced_plan(const Json& plan, const char* slug) {
    return Plan(slug)
        .costs(plan.at("price"), *ledger::interval_from(plan.at("interval").get<std::string>()))
        .build();
}

std::string_view name_of_switch(ledger::AttachType type) {
    return ledger::name_of(type);
}

bool run_switch(const Vector& vector) {
    const Json& given = vector.given();
    if (vector.area == "switch.type") {
        EXPECT_EQ(name_of_switch(ledger::switch_type(priced_plan(given["currentPlan"], "a"),
                                                     priced_plan(given["newPlan"], "b"))),
                  vector.expect().at("type").get<std::string>());
    } else if (vector.area == "switch.proration") {
        EXPECT_EQ(rating::prorated_difference(given["currentPrice"], given["newPrice"],
                                              {base::from_millis(given["periodStart"]),
                                               base::from_millis(given["periodEnd"])},
                                              base::from_millis(given["now"])),
                  vector.expect().at("amount").get<std::int64_t>());
    } else {
        const Json& sub = given.at("sub");
        const Instant now = moment(given.at("now").get<std::string>());
        const std::int64_t days = sub.at("currentPeriodEndInDays");
        Given ledger(CatalogBuilder()
                         .plan(Plan("pro")
                                   .costs(sub.at("planPrice"))
                                   .trial_days(days)
                                   .group(sub.at("planGroup")))
                         .plan(Plan("free").group(given.at("newPlan").at("planGroup")))
                         .build(),
                     base::format_instant(now));
        ledger.attach("pro");
        const Then then = ledger.when(ledger::Attach{"free", {}});
        EXPECT_EQ(name_of_switch(then.attached().type),
                  vector.expect().at("type").get<std::string>());
        EXPECT_EQ(then.attached().scheduled_at,
                  moment(vector.expect().at("scheduledAt").get<std::string>()));
        EXPECT_EQ(name_of(ledger.subscription().status),
                  vector.expect().at("sub").at("status").get<std::string>());
        EXPECT_EQ(ledger.subscription().scheduled_plan, "free");
    }
    return true;
}

bool run_credits(const Vector& vector) {
    const Json& given = vector.given();
    if (!given.contains("creditSystem")) {
        return false;
    }
    const std::string system = given["creditSystem"];
    const bool child = given.contains("cost");
    CatalogBuilder catalog;
    if (child && given.contains("child")) {
        catalog.boolean("child");
    }
    std::vector<ledger::CreditCost> costs;
    if (child) {
        costs.push_back({"child", quantity(given["cost"])});
    }
    const Quantity limit =
        quantity(given.contains("pool") ? given["pool"]["limit"] : given["limit"]);
    const Quantity addon = given.contains("addonBalance") ? quantity(given["addonBalance"]) : 0_u;
    Given ledger(catalog.credit_system(system, costs)
                     .pack("boost", system, addon, 100)
                     .plan(Plan("f").with(Includes(system).limit(limit)))
                     .build(),
                 "2026-03-01");
    ledger.attach("f");
    if (addon.is_positive()) {
        ledger.buy("boost");
    }
    if (given.contains("pool")) {
        ledger.track(system, quantity(given["pool"]["usage"]));
    }
    ledger::Track event =
        track(child ? "child" : system, quantity(vector.body["when"]["body"]["value"]));
    event.as_check = vector.area == "check";
    const Then then = ledger.when(event);
    const Json& expect = vector.expect();
    EXPECT_EQ(name_of(then.code()), expect.at("code").get<std::string>());
    Quantity amount;
    for (const ledger::Posting& posting : then.handled.postings) {
        amount += posting.amount;
    }
    if (expect.contains("ledgerAmount")) {
        EXPECT_EQ(amount, quantity(expect["ledgerAmount"]));
    }
    if (!expect.contains("credits")) {
        return true;
    }
    const ledger::CreditsView& credits = *then.usage().credits;
    EXPECT_EQ(credits.system, expect["credits"]["systemSlug"].get<std::string>());
    EXPECT_EQ(credits.cost_per_unit, quantity(expect["credits"]["costPerUnit"]));
    EXPECT_EQ(credits.addon_balance, quantity(expect["credits"]["addonBalance"]));
    EXPECT_EQ(credits.plan_used, quantity(expect["credits"]["plan"]["used"]));
    EXPECT_EQ(credits.plan_limit, quantity(expect["credits"]["plan"]["limit"]));
    return true;
}

void expect_unbilled_windows(const Vector& vector) {
    ledger::PlanFeature feature = plan_feature(vector.given().at("planFeature"));
    const Json& groups = vector.given().at("unbilledGroups");
    const bool repriced = groups[0].contains("snapshot");
    const auto catalog_with = [](const ledger::PlanFeature& terms) {
        // Billed yearly, so that both monthly windows are still unbilled.
        ledger::Catalog catalog =
            CatalogBuilder().metered("api").plan(Plan("f").every(ledger::Interval::Yearly)).build();
        catalog.plans[0].features = {terms};
        return catalog;
    };
    ledger::PlanFeature sold = feature;
    if (repriced) {
        sold = plan_feature(groups[0]["snapshot"]);
        sold.overage = ledger::OverageMode::Charge;
    }
    Given ledger(catalog_with(sold), "2026-01-01");
    ledger.attach("f");
    if (repriced) {
        ledger.publish(catalog_with(feature));
    }
    int month = 1;
    for (const Json& group : groups) {
        ledger.at("2026-0" + std::to_string(month++) + "-10")
            .track("api", quantity(group["usage"]));
    }
    EXPECT_EQ(ledger.unbilled(), vector.expect().at("totalEstimated").get<std::int64_t>());
    const Then then = ledger.when(ledger::GenerateInvoice{});
    const Json& features = vector.expect().at("features");
    ASSERT_EQ(then.invoices().at(0).lines.size(), features.size());
    for (std::size_t i = 0; i < features.size(); ++i) {
        const ledger::InvoiceLine& line = then.invoices()[0].lines[i];
        EXPECT_EQ(line.quantity, quantity(features[i]["billableQuantity"]));
        EXPECT_EQ(line.amount_minor, features[i]["estimatedAmount"].get<std::int64_t>());
    }
}

void expect_visible_whatever_the_status(const Vector& vector) {
    // B-22: billing reads the ledger, not the subscription's status.
    for (const bool canceled : {false, true}) {
        ledger::PlanFeature feature;
        feature.feature = "api";
        feature.card.included = 0_u;
        feature.card.overage_price = 1_price;
        feature.overage = ledger::OverageMode::Charge;
        Given ledger = ledger_on(feature);
        ledger.track("api", quantity(vector.given().at("usageAmount")));
        if (canceled) {
            ledger.done(ledger::Cancel{"f", false});
        }
        EXPECT_EQ(ledger.unbilled(), vector.expect().at("totals").at(0).get<std::int64_t>());
        // Once the subscription is gone the usage has been billed, not lost.
        ledger.tick("2026-04-01");
        EXPECT_EQ(ledger.invoices().at(0).total_minor,
                  vector.expect().at("totals").at(0).get<std::int64_t>());
    }
}

void expect_one_line_after_rename(const Vector& vector) {
    // B-24: lines are keyed by the feature, so the total is that of the whole window.
    ledger::PlanFeature feature = plan_feature(vector.given());
    feature.overage = ledger::OverageMode::Charge;
    Given ledger = ledger_on(feature);
    bool renamed = false;
    for (const Json& used : vector.given().at("usage")) {
        if (renamed) {
            ledger::Catalog catalog = ledger.book().newest();
            catalog.features[0].name = "Renamed";
            ledger.publish(catalog);
        }
        renamed = true;
        ledger.track("api", quantity(used));
    }
    const Then then = ledger.when(ledger::GenerateInvoice{});
    ASSERT_EQ(then.invoices().at(0).lines.size(), 1u);
    EXPECT_NE(vector.body.at("note").get<std::string>().find(
                  std::to_string(then.invoices()[0].total_minor)),
              std::string::npos);
}

void expect_one_invoice_per_currency(const Vector& vector) {
    // B-26: currencies are never summed.
    CatalogBuilder catalog;
    const Json& subs = vector.given().at("subs");
    for (const Json& sub : subs) {
        const std::string plan = sub.at("plan");
        catalog.metered("feature-" + plan)
            .plan(Plan(plan)
                      .in(sub.at("currency"))
                      .group(plan)
                      .with(Includes("feature-" + plan)
                                .usage_based(unit_price(sub.at("pricePerUnit")))));
    }
    Given ledger(catalog.build(), "2026-03-01");
    for (const Json& sub : subs) {
        ledger.attach(sub.at("plan"))
            .track("feature-" + sub["plan"].get<std::string>(), quantity(sub.at("usage")));
    }
    for (const Json& sub : subs) {
        EXPECT_EQ(ledger.unbilled(sub.at("currency")), sub.at("pricePerUnit").get<std::int64_t>());
    }
    EXPECT_EQ(ledger.when(ledger::GenerateInvoice{}).invoices().size(), subs.size());
}

bool run_attach(const Vector& vector) {
    const Json& given = vector.given();
    if (given.contains("currentPrice")) {
        // Under the manual provider the switch is at once, with an open invoice for the amount that
        // their checkout asks.
        Given ledger(CatalogBuilder()
                         .plan(Plan("a").costs(given["currentPrice"]))
                         .plan(Plan("b").costs(given["newPrice"]))
                         .build(),
                     "2026-04-01");
        ledger.attach("a").at("2026-04-16");
        const Then then = ledger.when(ledger::Attach{"b", {}});
        EXPECT_EQ(name_of_switch(then.attached().type), vector.expect()["type"].get<std::string>());
        EXPECT_EQ(then.invoices().at(0).total_minor,
                  vector.expect().at("checkoutAmount").get<std::int64_t>());
    } else if (given.contains("base")) {
        // B-11: limits of granting subscriptions add up.
        Given ledger(
            CatalogBuilder()
                .metered("api")
                .plan(Plan("base").with(Includes("api").limit(quantity(given["base"]))))
                .plan(Plan("extra").addon().with(Includes("api").limit(quantity(given["addon"]))))
                .build(),
            "2026-03-01");
        ledger.attach("base").attach("extra");
        EXPECT_EQ(ledger.check("api", 1_u).limit,
                  quantity(given["base"]) + quantity(given["addon"]));
    } else {
        const bool addon = given["plan"].is_object();
        Plan plan("f");
        if (addon) {
            plan.addon();
        }
        Given ledger(CatalogBuilder().plan(plan).build(), "2026-03-01");
        ledger.attach("f");
        const Then then = ledger.when(ledger::Attach{"f", {}});
        EXPECT_EQ(then.attached().type, ledger::AttachType::Lateral);
        EXPECT_EQ(then.attached().message, "Already subscribed to F");
        // B-39: an add-on plan is not duplicated either.
        EXPECT_EQ(ledger.account().subscriptions.size(), 1u);
    }
    return true;
}

bool run_reset(const Vector& vector) {
    const Json& given = vector.given();
    if (given.contains("firstUse")) {
        // B-3: resetsAt is the real boundary; on a calendar window April begins with nothing used.
        ledger::PlanFeature feature = plan_feature(given);
        feature.alignment = ledger::Alignment::Calendar;
        Given ledger = ledger_on(feature, given["firstUse"].get<std::string>());
        ledger.track("api", quantity(given["usage"])).at("2026-04-02T12:00:00Z");
        EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
        EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-05-01"_at);
        return true;
    }
    // B-4: what never resets keeps its usage.
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("other")
                     .plan(Plan("f")
                               .with(Includes("api").limit(5_u).resets(ledger::Interval::Never))
                               .with(Includes("other").limit(5_u).resets(ledger::Interval::Daily)))
                     .build(),
                 "2026-03-01");
    ledger.attach("f").track("api", quantity(given["usage"])).track("other", 1_u).at("2026-06-01");
    EXPECT_EQ(ledger.check("other", 1_u).usage, 0_u);
    EXPECT_EQ(ledger.check("api", 1_u).usage, quantity(given["usage"]));
    return true;
}

bool run_workflow(const Vector& vector) {
    // B-34: transitions are functions of time; a check in between changes nothing.
    const bool downgrade = vector.given().contains("scheduledDowngrade");
    Plan pro("pro");
    pro.costs(1000).with(Includes("api").limit(9_u)).trial_days(downgrade ? 0 : 7);
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(pro)
                     .plan(Plan("free").with(Includes("api").limit(1_u)))
                     .build(),
                 "2026-03-01");
    ledger.attach("pro");
    if (downgrade) {
        ledger.attach("free");
    }
    ledger.at(downgrade ? "2026-04-01T00:00:00.005Z" : "2026-03-08T00:00:00.005Z");
    EXPECT_EQ(ledger.check("api", 1_u).limit, downgrade ? 1_u : 9_u);
    EXPECT_EQ(ledger.account().subscriptions.back().status, ledger::SubscriptionStatus::Active);
    EXPECT_EQ(ledger.invoices().size(), 1u);
    return true;
}

bool run_subscription(const Vector& vector) {
    if (vector.given().contains("cancelAtMsAgo")) {
        Given ledger = ledger_on(plan_feature({{"limit", 10}}));
        ledger.done(ledger::Cancel{"f", false}).at("2026-04-01T00:00:01Z");
        EXPECT_EQ(name_of(ledger.check("api", 1_u).code),
                  vector.expect()["code"].get<std::string>());
        EXPECT_EQ(name_of(ledger.subscription().status),
                  vector.expect()["subStatusAfter"].get<std::string>());
        return true;
    }
    // B-36: a one-time plan does not end.
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(Plan("life").one_time().costs(1000).with(Includes("api")))
                     .build(),
                 "2026-03-01");
    ledger.attach("life");
    const std::int64_t hours = vector.given().at("purchasedHoursAgo");
    ledger.at(base::format_instant(Instant{ledger.now().micros + hours * base::kMicrosPerHour}));
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    return true;
}

bool run_trial(const Vector& vector) {
    const Json& given = vector.given();
    if (vector.area == "trial.limit") {
        ledger::Catalog catalog =
            CatalogBuilder().metered("api").plan(Plan("pro").costs(1).trial_days(7)).build();
        catalog.plans[0].features = {plan_feature(given)};
        Given ledger(catalog, "2026-03-01");
        ledger.attach("pro");
        const ledger::UsageAnswer answer = ledger.check("api", 1_u);
        EXPECT_EQ(answer.limit, optional_of<Quantity>(vector.expect(), "limit", quantity));
        EXPECT_TRUE(answer.trial_ends_at.has_value());
        return true;
    }
    Plan pro("pro");
    pro.costs(1000).trial_days(7);
    CatalogBuilder catalog;
    if (given.contains("features")) {
        int index = 0;
        for (const Json& feature : given["features"]) {
            const std::string slug = "feature-" + std::to_string(index++);
            Includes includes(slug);
            includes.limit(quantity(feature["limit"]));
            if (!feature["trialLimit"].is_null()) {
                includes.trial_limit(quantity(feature["trialLimit"]));
            }
            catalog.metered(slug);
            pro.with(includes);
        }
    }
    Given ledger(catalog.plan(pro).plan(Plan("free")).build(), "2026-03-01");
    ledger.attach("pro");
    if (given.contains("sub")) {
        ledger.attach("free").tick("2026-03-08");
        EXPECT_EQ(ledger.invoices().size(), vector.expect().at("charges").get<std::size_t>());
        return true;
    }
    ledger.tick("2026-03-08");
    EXPECT_EQ(name_of(ledger.subscription().status),
              vector.expect().at("sub").at("status").get<std::string>());
    EXPECT_EQ(ledger.check("feature-0", 1_u).limit, quantity(given["features"][0]["limit"]));
    return true;
}

bool run_flow(const Vector& vector) {
    if (vector.area == "flow.limit" || vector.area == "flow.trial") {
        expect_track_sequence(vector);
    } else if (vector.area == "flow.overage") {
        vector.body["when"].contains("track") ? expect_track_sequence(vector)
                                              : expect_recorded_check(vector);
    } else if (vector.area == "flow.invoice") {
        expect_invoice_sequence(vector);
    } else if (vector.area == "flow.addon") {
        expect_addon_not_billed(vector);
    } else if (vector.area == "flow.entity") {
        vector.compat() == "divergent" ? expect_own_allowances(vector)
                                       : expect_seat_sequence(vector);
    } else if (vector.area == "flow.float") {
        expect_exact_fractions(vector);
    } else if (vector.area == "flow.billing") {
        if (vector.given().contains("statuses")) {
            expect_visible_whatever_the_status(vector);
        } else if (vector.given().contains("renameBetween")) {
            expect_one_line_after_rename(vector);
        } else {
            expect_one_invoice_per_currency(vector);
        }
    } else if (vector.area == "flow.attach") {
        return run_attach(vector);
    } else if (vector.area == "flow.reset") {
        return run_reset(vector);
    } else if (vector.area == "flow.workflow") {
        return run_workflow(vector);
    } else if (vector.area == "flow.subscription") {
        return run_subscription(vector);
    } else {
        return false;
    }
    return true;
}

void expect_auto_enabled(const Vector& vector) {
    CatalogBuilder catalog;
    for (const Json& plan : vector.given().at("autoEnablePlans")) {
        catalog.plan(Plan(plan.at("id")).costs(plan.at("type") == "free" ? 0 : 100).auto_enabled());
    }
    Given ledger(catalog.build(), "2026-03-01");
    const Json& subs = vector.expect().at("subs");
    ASSERT_EQ(ledger.account().subscriptions.size(), subs.size());
    for (std::size_t i = 0; i < subs.size(); ++i) {
        EXPECT_EQ(ledger.subscription(i).plan, subs[i]["planId"].get<std::string>());
        EXPECT_EQ(name_of(ledger.subscription(i).status), subs[i]["status"].get<std::string>());
    }
}

void expect_fresh_start(const Vector& vector) {
    Given ledger = ledger_on(plan_feature(vector.given()));
    ledger.track("api", quantity(vector.given()["ledger"][0]["amount"]))
        .done(ledger::Cancel{"f", true})
        .attach("f");
    EXPECT_EQ(ledger.check("api", 1_u).usage, quantity(vector.expect().at("usage")));
    EXPECT_EQ(ledger.check("api", 1_u).balance, quantity(vector.expect().at("balance")));
}

void expect_free_plan_goes_on(const Vector& vector) {
    Given ledger = ledger_on(plan_feature({{"limit", 10}}));
    ledger.at("2026-04-04");
    EXPECT_EQ(ledger.check("api", 1_u).code != Code::AccessGranted,
              vector.expect().at("stale").get<bool>());
}

bool run_check(const Vector& vector) {
    if (vector.given().contains("creditSystem")) {
        return run_credits(vector);
    }
    if (vector.given().contains("usageModel")) {
        Given ledger = ledger_on(plan_feature(vector.given()));
        const ledger::UsageAnswer answer =
            ledger.check("api", quantity(vector.body["when"]["body"]["value"]));
        EXPECT_EQ(answer.code == Code::AccessGranted, vector.expect().at("allowed").get<bool>());
        EXPECT_EQ(answer.limit, std::nullopt);
        return true;
    }
    Given ledger(CatalogBuilder().boolean("api").plan(Plan("f").with(Includes("api"))).build(),
                 "2026-03-01");
    ledger.attach("f");
    EXPECT_EQ(ledger.check("api", 1_u).code == Code::AccessGranted,
              vector.expect().at("allowed").get<bool>());
    return true;
}

}  // namespace

bool run_owostack(const Vector& vector) {
    if (vector.area == "rating") {
        vector.body["when"]["fn"] == "rate" ? expect_rate(vector) : expect_current_tier(vector);
    } else if (vector.area == "catalog.normalize") {
        return expect_normalised(vector);
    } else if (vector.area == "catalog.validate") {
        EXPECT_EQ(ledger::pricing_problem(plan_feature(vector.given().at("config"))),
                  vector.expect().at("error").get<std::string>());
    } else if (vector.area == "invoice.line") {
        expect_invoice_line(vector);
    } else if (vector.area == "billing.unbilled") {
        expect_unbilled_windows(vector);
    } else if (vector.area == "subscription.grace") {
        expect_free_plan_goes_on(vector);
    } else if (vector.area.starts_with("switch.")) {
        return run_switch(vector);
    } else if (vector.area == "access.scope") {
        expect_fresh_start(vector);
    } else if (vector.area.starts_with("trial.")) {
        return run_trial(vector);
    } else if (vector.area == "check") {
        return run_check(vector);
    } else if (vector.area == "track") {
        return run_credits(vector);
    } else if (vector.area == "customer.autoEnable") {
        expect_auto_enabled(vector);
    } else if (vector.area.starts_with("flow.")) {
        return run_flow(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
