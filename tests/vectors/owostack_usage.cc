// Owostack's vectors of checks, tracks, credits and seats.
#include <gtest/gtest.h>

#include "vectors/owostack.h"

namespace quipu::testing {
namespace {

using base::Quantity;
using ledger::Code;

// What the message of a refusal names.
std::string cap_message(const ledger::UsageAnswer& answer) {
    return "Overage cap reached (" + answer.refused.used.to_string() + "/" +
           answer.refused.cap.to_string() + " overage units used).";
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
    // Ours wins: in overage ours is true usage; theirs stays at the limit.
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
    // Ours wins: quantities are fixed-point, so the third tenth fits a limit of 0.3.
    Given ledger = ledger_on(plan_feature(vector.given()));
    for (const Json& value : vector.body["when"].at("track")) {
        EXPECT_EQ(ledger.when(track("api", quantity(value))).code(), Code::Tracked);
    }
    EXPECT_EQ(ledger.check("api", 0_u).balance, 0_u);
}

void expect_recorded_check(const Vector& vector) {
    // Ours wins: what sendEvent allows it records.
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

void expect_addon_not_billed(const Vector& vector) {
    // Ours wins: units paid by credits are never billed again.
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
    // Ours wins: an entity's usage is rated with its own allowance, so nothing here is billed.
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

bool run_owostack_usage(const Vector& vector) {
    if (vector.area == "flow.limit" || vector.area == "flow.trial") {
        expect_track_sequence(vector);
    } else if (vector.area == "flow.overage") {
        vector.body["when"].contains("track") ? expect_track_sequence(vector)
                                              : expect_recorded_check(vector);
    } else if (vector.area == "flow.addon") {
        expect_addon_not_billed(vector);
    } else if (vector.area == "flow.entity") {
        vector.compat() == "divergent" ? expect_own_allowances(vector)
                                       : expect_seat_sequence(vector);
    } else if (vector.area == "flow.float") {
        expect_exact_fractions(vector);
    } else if (vector.area == "check") {
        return run_check(vector);
    } else if (vector.area == "track") {
        return run_credits(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
