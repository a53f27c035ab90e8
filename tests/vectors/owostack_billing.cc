// Owostack's vectors of unbilled usage and invoices.
#include <gtest/gtest.h>

#include "rating/price.h"
#include "vectors/owostack.h"

namespace quipu::testing {
namespace {

using base::Quantity;

void expect_invoice_sequence(const Vector& vector) {
    // Ours wins: allowances and tiers never restart; an invoice bills the difference.
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
    // Ours wins: billing reads the ledger, not the subscription's status.
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
    // Ours wins: lines are keyed by the feature, so the total is that of the whole window.
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

base::Currency currency_of(const Json& sub) {
    return base::Currency::find(sub.at("currency").get<std::string>()).value();
}

void expect_one_invoice_per_currency(const Vector& vector) {
    // Ours wins: currencies are never summed.
    CatalogBuilder catalog;
    const Json& subs = vector.given().at("subs");
    for (const Json& sub : subs) {
        const std::string plan = sub.at("plan");
        catalog.metered("feature-" + plan)
            .plan(Plan(plan)
                      .in(currency_of(sub))
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
        EXPECT_EQ(ledger.unbilled(currency_of(sub)), sub.at("pricePerUnit").get<std::int64_t>());
    }
    EXPECT_EQ(ledger.when(ledger::GenerateInvoice{}).invoices().size(), subs.size());
}

}  // namespace

bool run_owostack_billing(const Vector& vector) {
    if (vector.area == "billing.unbilled") {
        expect_unbilled_windows(vector);
    } else if (vector.area == "flow.invoice") {
        expect_invoice_sequence(vector);
    } else if (vector.area == "flow.billing") {
        if (vector.given().contains("statuses")) {
            expect_visible_whatever_the_status(vector);
        } else if (vector.given().contains("renameBetween")) {
            expect_one_line_after_rename(vector);
        } else {
            expect_one_invoice_per_currency(vector);
        }
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
