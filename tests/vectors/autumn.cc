// Autumn's vectors: balances of features, and steps on them. Amounts in major units.
#include <gtest/gtest.h>

#include <map>

#include "rating/price.h"
#include "vectors/vectors.h"

namespace quipu::testing {
namespace {

using base::Quantity;
using rating::RatingModel;

ledger::Interval interval_of(const Json& balance) {
    const Json& interval = balance.at("interval");
    if (interval.is_null() || interval == "one_off") {
        return ledger::Interval::Never;
    }
    return *ledger::interval_from(interval.get<std::string>());
}

// The features, plans and grants behind a vector's balances: the first balance of a feature is its
// base plan's, the next come from add-on plans; standalone or expiring ones are grants.
class Balances {
public:
    explicit Balances(const Json& given) : given_(given), ledger_(catalog(), kStart) {
        ledger_.attach("base");
        for (int i = 0; i < addons_; ++i) {
            ledger_.attach("extra-" + std::to_string(i));
        }
        for (const Json& balance : grants_) {
            ledger::CreditGrant grant;
            grant.system = balance.at("feature");
            grant.granted = quantity(balance.at("granted"));
            if (balance.contains("expires")) {
                grant.expires_at = base::Instant{ledger_.now().micros + 3 * base::kMicrosPerSecond};
            }
            ledger_.grant(grant);
        }
        const Json allowed = given_.value("overage_allowed", Json::object());
        for (const auto& [feature, on] : allowed.items()) {
            if (on.get<bool>()) {
                ledger_.configure(feature, ledger::OverageMode::Charge);
            }
        }
    }

    // False: a step that is not ours.
    bool run(const Json& steps, const Json& expectations) {
        expect_after(0, expectations);
        int number = 0;
        for (const Json& step : steps) {
            if (!take(step)) {
                return false;
            }
            expect_after(++number, expectations);
        }
        for (const Json& expected : expectations) {
            if (expected.at("after_step") == "end") {
                expect_state(expected);
            }
        }
        return true;
    }

private:
    static constexpr const char* kStart = "2026-01-01";

    static bool is_grant(const Json& balance) {
        return balance.contains("expires") || string_or(balance, "source", "") == "standalone";
    }

    ledger::Catalog catalog() {
        CatalogBuilder builder;
        Plan base("base");
        const Json balances = given_.value("balances", Json::array());
        std::map<std::string, bool> systems;
        for (const Json& balance : balances) {
            const std::string feature = balance.at("feature");
            systems[feature] = systems[feature] || is_grant(balance);
        }
        const Json priced_systems = given_.value("credit_costs", Json::object());
        for (const auto& [system, costs] : priced_systems.items()) {
            std::vector<ledger::CreditCost> ours;
            for (const auto& [feature, cost] : costs.items()) {
                ours.push_back({feature, quantity(cost)});
            }
            builder.credit_system(system, ours);
            systems.erase(system);
        }
        for (const auto& [feature, granted] : systems) {
            if (granted) {
                builder.credit_system(feature, {});
            } else {
                builder.metered(feature);
            }
        }
        if (systems.empty() && !given_.contains("credit_costs")) {
            builder.metered("messages");
        }
        const Json flags = given_.value("flags", Json::array());
        for (const Json& flag : flags) {
            builder.boolean(flag);
            base.with(Includes(flag));
        }
        std::map<std::string, int> seen;
        std::vector<Plan> extras;
        for (const Json& balance : balances) {
            if (is_grant(balance)) {
                grants_.push_back(balance);
                continue;
            }
            Includes includes(balance.at("feature"));
            includes.resets(interval_of(balance));
            if (!balance.at("granted").is_null()) {
                includes.limit(quantity(balance.at("granted")));
            }
            if (seen[balance.at("feature")]++ == 0) {
                base.with(includes);
            } else {
                extras.push_back(Plan("extra-" + std::to_string(addons_++)).addon().with(includes));
            }
        }
        builder.plan(base);
        for (const Plan& extra : extras) {
            builder.plan(extra);
        }
        return builder.build();
    }

    bool take(const Json& step) {
        const std::string op = step.at("op");
        if (op == "track") {
            const Quantity value = step.contains("value") ? quantity(step["value"]) : 1_u;
            answer_ = ledger_.when(track(step.at("feature"), value)).usage();
        } else if (op == "check") {
            const Quantity wanted =
                step.contains("required_balance") ? quantity(step["required_balance"]) : 1_u;
            if (step.value("send_event", false)) {
                ledger::Track event = track(step.at("feature"), wanted);
                event.as_check = true;
                answer_ = ledger_.when(event).usage();
            } else {
                answer_ = ledger_.check(step.at("feature"), wanted);
            }
        } else if (op == "advance_past_reset" || op == "reset") {
            ledger_.at("2026-02-01");
        } else if (op == "advance_past_expiry") {
            ledger_.at("2026-01-01T00:00:04Z");
        } else {
            return false;
        }
        last_feature_ = step.value("feature", last_feature_);
        return true;
    }

    void expect_after(int number, const Json& expectations) {
        for (const Json& expected : expectations) {
            if (expected.at("after_step") == number) {
                expect_state(expected);
            }
        }
    }

    // Numbers as they stand now; codes as the last step heard them.
    void expect_state(const Json& expected) {
        const std::string feature = expected.value("feature", last_feature_);
        if (expected.contains("allowed")) {
            const bool allowed = answer_.code == ledger::Code::AccessGranted ||
                                 answer_.code == ledger::Code::OverageAllowed;
            EXPECT_EQ(allowed, expected["allowed"].get<bool>());
        }
        if (expected.contains("balance") && expected["balance"].is_null()) {
            EXPECT_FALSE(answer_.balance.has_value());
        }
        if (expected.contains("http")) {
            EXPECT_NE(answer_.code, ledger::Code::LimitExceeded);
        }
        const ledger::UsageAnswer now = ledger_.check(feature, 0_u);
        if (expected.contains("remaining")) {
            EXPECT_EQ(now.balance, quantity(expected["remaining"]));
        }
        if (expected.contains("usage")) {
            EXPECT_EQ(now.usage, quantity(expected["usage"]));
        }
        if (expected.contains("granted") && now.limit && grants_.empty()) {
            EXPECT_EQ(now.limit, quantity(expected["granted"]));
        }
    }

    Json given_;
    std::vector<Json> grants_;
    int addons_ = 0;
    Given ledger_;
    ledger::UsageAnswer answer_;
    std::string last_feature_ = "messages";
};

rating::RateCard card_of(const Json& given, RatingModel model) {
    std::vector<rating::Tier> tiers;
    for (const Json& tier : given.at("tiers")) {
        rating::Tier ours;
        if (tier.at("to") != "inf") {
            ours.up_to = quantity(tier["to"]);
        }
        // Hundredths of a cent and less appear: everything is priced in millionths.
        ours.unit_price = minor_price(tier.at("amount"), 6);
        tiers.push_back(ours);
    }
    if (given.contains("billing_units")) {
        return packages(*tiers[0].unit_price, quantity(given["billing_units"]));
    }
    return tiered(model, tiers);
}

void expect_rates(const Vector& vector) {
    const auto model =
        vector.area == "rating.volume" ? RatingModel::Volume : RatingModel::Graduated;
    rating::RateCard card = card_of(vector.given(), model);
    const bool allowance = vector.given().contains("allowance");
    if (allowance) {
        card.usage_model = rating::UsageModel::Included;
        card.included = quantity(vector.given()["allowance"]);
    }
    std::size_t at = 0;
    for (const Json& step : vector.body.at("steps")) {
        const Quantity used = quantity(step.at("usage"));
        const Quantity billable = rating::billable_quantity(card, used);
        const std::int64_t amount = priced(card, billable);
        const std::int64_t theirs = minor(vector.expect().at(at++).at("amount"), 6);
        if (!allowance || billable.is_zero()) {
            EXPECT_EQ(amount, theirs);
            continue;
        }
        // Ours wins: tiers count what is over the allowance, theirs the whole.
        rating::RateCard whole = card;
        whole.usage_model = rating::UsageModel::UsageBased;
        EXPECT_EQ(priced(whole, used), theirs);
        EXPECT_EQ(amount, priced(whole, used - *card.included));
    }
}

// One plan, one entity-scoped feature: each entity is rated with its own allowance.
void expect_entity_invoice(const Vector& vector) {
    const Json& plan = vector.given().at("plans").at("pro");
    const Json& item = plan.at("items").at(0);
    Given ledger(CatalogBuilder()
                     .metered("messages")
                     .plan(Plan("pro")
                               .costs(minor(plan.at("price")))
                               .with(Includes("messages")
                                         .limit(quantity(item.at("included")))
                                         .charge(minor_price(item.at("price")),
                                                 quantity(item.at("billing_units")))))
                     .build(),
                 "2026-01-01");
    ledger.attach("pro");
    std::int64_t packages_of_each = 0;
    for (const Json& step : vector.body.at("steps")) {
        if (step.at("op") != "track") {
            continue;
        }
        ledger.add("messages", step.at("entity"));
        ledger.track("messages", quantity(step.at("value")), step["entity"]);
        rating::RateCard card = packages(1_price, quantity(item.at("billing_units")));
        packages_of_each += priced(card, quantity(step["value"]) - quantity(item["included"]));
    }
    ledger.tick("2026-02-01");
    // Ours wins: an entity's usage is rated by itself, theirs is summed and then
    // rounded to packages.
    EXPECT_EQ(ledger.invoices().back().total_minor,
              minor(plan["price"]) + packages_of_each * minor(item["price"]));
    EXPECT_GE(ledger.invoices().back().total_minor,
              minor(vector.expect().at(0).at("invoice_total")));
}

void expect_fresh_plan(const Vector& vector) {
    Given ledger(
        CatalogBuilder()
            .metered("messages")
            .plan(Plan("pro").costs(1000).with(
                Includes("messages").limit(quantity(vector.given()["plans"]["pro"]["included"]))))
            .plan(Plan("premium").costs(2000).with(
                Includes("messages")
                    .limit(quantity(vector.given()["plans"]["premium"]["included"]))))
            .build(),
        "2026-01-01");
    for (const Json& step : vector.body.at("steps")) {
        step.at("op") == "attach" ? ledger.attach(step.at("plan"))
                                  : ledger.track(step.at("feature"), quantity(step.at("value")));
    }
    EXPECT_EQ(ledger.check("messages", 1_u).balance,
              quantity(vector.expect().back().at("remaining")));
}

void expect_conversion(const Vector& vector) {
    const Json& plan = vector.given().at("plans").at("pro");
    Given ledger(
        CatalogBuilder()
            .plan(Plan("pro").costs(minor(plan.at("price"))).trial_days(plan.at("trial_days")))
            .build(),
        "2026-01-01");
    ledger.attach("pro");
    EXPECT_TRUE(ledger.invoices().empty());
    ledger.tick("2026-01-20");
    EXPECT_EQ(ledger.invoices().at(0).total_minor,
              minor(vector.expect().back().at("invoice_total")));
}

}  // namespace

bool run_autumn(const Vector& vector) {
    if (vector.area.starts_with("rating.")) {
        expect_rates(vector);
    } else if (vector.area == "cycle") {
        const auto anchor = moment("2026-" + vector.given().at("anchor").get<std::string>());
        const auto now = moment("2026-" + vector.body["steps"][0]["now"].get<std::string>());
        EXPECT_EQ(ledger::billing_period_at(ledger::Interval::Monthly, anchor, now).start,
                  moment("2026-" + vector.expect()[0]["start"].get<std::string>()));
    } else if (vector.area == "invoice.arrears") {
        expect_entity_invoice(vector);
    } else if (vector.area == "attach.carry_over") {
        expect_fresh_plan(vector);
    } else if (vector.area == "trial") {
        expect_conversion(vector);
    } else {
        return Balances(vector.given()).run(vector.body.at("steps"), vector.expect());
    }
    return true;
}

}  // namespace quipu::testing
