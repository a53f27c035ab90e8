// Owostack's vectors of attaching, switching, trials, resets and scheduled changes.
#include <gtest/gtest.h>

#include "ledger/subscriptions/switching.h"
#include "rating/proration.h"
#include "vectors/owostack.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Quantity;
using ledger::Code;

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
        // Ours wins: limits of granting subscriptions add up.
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
        // Ours wins: an add-on plan is not duplicated either.
        EXPECT_EQ(ledger.account().subscriptions.size(), 1u);
    }
    return true;
}

bool run_reset(const Vector& vector) {
    const Json& given = vector.given();
    if (given.contains("firstUse")) {
        // Ours wins: resetsAt is the real boundary; on a calendar window April begins with nothing
        // used.
        ledger::PlanFeature feature = plan_feature(given);
        feature.alignment = ledger::Alignment::Calendar;
        Given ledger = ledger_on(feature, given["firstUse"].get<std::string>());
        ledger.track("api", quantity(given["usage"])).at("2026-04-02T12:00:00Z");
        EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
        EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-05-01"_at);
        return true;
    }
    // Ours wins: what never resets keeps its usage.
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
    // Ours wins: transitions are functions of time; a check in between changes nothing.
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
    // Ours wins: a one-time plan does not end.
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

}  // namespace

bool run_owostack_plans(const Vector& vector) {
    if (vector.area.starts_with("switch.")) {
        return run_switch(vector);
    } else if (vector.area.starts_with("trial.")) {
        return run_trial(vector);
    } else if (vector.area == "flow.attach") {
        return run_attach(vector);
    } else if (vector.area == "flow.reset") {
        return run_reset(vector);
    } else if (vector.area == "flow.workflow") {
        return run_workflow(vector);
    } else if (vector.area == "flow.subscription") {
        return run_subscription(vector);
    } else if (vector.area == "subscription.grace") {
        expect_free_plan_goes_on(vector);
    } else if (vector.area == "access.scope") {
        expect_fresh_start(vector);
    } else if (vector.area == "customer.autoEnable") {
        expect_auto_enabled(vector);
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
