// Flexprice's vectors: amounts in major units, periods in the customer's calendar or from an
// anchor.
#include <gtest/gtest.h>

#include "vectors/vectors.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Quantity;
using rating::RatingModel;

int exponent_of(std::string_view currency) {
    return base::Currency::find(currency).value().exponent();
}

std::vector<rating::Tier> tiers_of(const Json& tiers) {
    std::vector<rating::Tier> ours;
    for (const Json& tier : tiers) {
        rating::Tier to;
        if (!tier.at("up_to").is_null()) {
            to.up_to = quantity(tier.at("up_to"));
        }
        to.unit_price = minor_price(tier.at("unit"));
        ours.push_back(to);
    }
    return ours;
}

rating::RateCard card_of(const Json& given, RatingModel model) {
    if (given.contains("tiers")) {
        return tiered(model, tiers_of(given.at("tiers")));
    }
    if (given.contains("package_size")) {
        return packages(minor_price(given.at("package_amount")),
                        quantity(given.at("package_size")));
    }
    return per_unit(minor_price(given.at("unit_amount")));
}

void expect_price(const Vector& vector) {
    const Json& given = vector.given();
    const auto model =
        vector.area.ends_with("volume") ? RatingModel::Volume : RatingModel::Graduated;
    const rating::RateCard card = card_of(given, model);
    std::int64_t total = 0;
    if (given.contains("bucket_values")) {
        // A bucket is a window of ours: each is priced by itself.
        for (const Json& bucket : given["bucket_values"]) {
            total += priced(card, quantity(bucket));
        }
    } else {
        total = priced(card, quantity(given.at("quantity")));
    }
    EXPECT_EQ(total, minor(vector.expect().at("amount")));
}

ledger::Interval interval_of(const std::string& period) {
    using enum ledger::Interval;
    if (period == "DAILY") {
        return Daily;
    }
    if (period == "WEEKLY") {
        return Weekly;
    }
    if (period == "MONTHLY") {
        return Monthly;
    }
    if (period == "QUARTERLY") {
        return Quarterly;
    }
    if (period == "HALF_YEARLY") {
        return SemiAnnual;
    }
    return Yearly;
}

Instant day(const Json& text) {
    std::string copy = text;
    if (copy.size() > 10 && copy.back() != 'Z') {
        copy += 'Z';
    }
    return moment(copy);
}

// The end of the period that contains `from`.
Instant next_after(const Json& given, const char* from) {
    const auto interval = interval_of(given.at("period"));
    if (given.contains("billing_cycle") && given["billing_cycle"] == "calendar") {
        return ledger::window_at(interval, ledger::Alignment::Calendar, day(given.at(from)),
                                 day(given.at(from)))
            .end;
    }
    const Instant anchor = day(given.at(given.contains("anchor") ? "anchor" : from));
    const Instant start = day(given.at(from));
    if (given.value("unit", 1) != 1) {
        return base::add_months(
            anchor, base::months_since(anchor, start) + given["unit"].get<std::int64_t>());
    }
    return ledger::billing_period_at(interval, anchor, start).end;
}

void expect_next(const Vector& vector, const char* from) {
    const Json& given = vector.given();
    // Ours wins: a later anchor in the same year ends the first period; theirs passes it over.
    const bool passed_over = given.at("period") == "ANNUAL" && given.contains("anchor") &&
                             day(given["anchor"]) > day(given.at(from));
    EXPECT_EQ(next_after(given, from),
              passed_over ? day(given["anchor"]) : day(vector.expect().at("next")));
}

void expect_reset(const Vector& vector) {
    const Json& given = vector.given();
    const Instant now = day(given.at("now"));
    const Instant anchor = given.contains("anchor")               ? day(given["anchor"])
                           : given.contains("subscription_start") ? day(given["subscription_start"])
                                                                  : now;
    EXPECT_EQ(ledger::window_at(interval_of(given.at("reset")), ledger::Alignment::Subscription,
                                anchor, now)
                  .end,
              day(vector.expect().at("next_reset")));
}

void expect_line_sum(const Vector& vector, const char* key) {
    const int exponent = exponent_of(vector.given().at("currency").get<std::string>());
    std::int64_t sum = 0;
    for (const Json& line : vector.given().at("lines")) {
        sum += minor(line, exponent);
    }
    EXPECT_EQ(sum, minor(vector.expect().at(key), exponent));
}

}  // namespace

bool run_flexprice(const Vector& vector) {
    const Json& given = vector.given();
    const Json& expect = vector.expect();
    if (vector.area.starts_with("price.")) {
        expect_price(vector);
    } else if (vector.area == "anchor.calendar") {
        EXPECT_EQ(ledger::window_at(interval_of(given.at("period")), ledger::Alignment::Calendar,
                                    day(given.at("start")), day(given.at("start")))
                      .end,
                  day(expect.at("anchor")));
    } else if (vector.area == "next_billing_date") {
        expect_next(vector, "start");
    } else if (vector.area.starts_with("period_advance.")) {
        expect_next(vector, "current");
    } else if (vector.area == "usage_reset") {
        expect_reset(vector);
    } else if (vector.area == "rounding.currency") {
        const int exponent = exponent_of(given.at("currency").get<std::string>());
        EXPECT_EQ(minor(given.at("amount"), exponent), minor(expect.at("rounded"), exponent));
    } else if (vector.area == "rounding.order") {
        expect_line_sum(vector, "round_then_add");
    } else if (vector.area == "rounding.invoice_subtotal") {
        expect_line_sum(vector, "subtotal");
    } else if (vector.area == "rounding.usage_charge") {
        EXPECT_EQ(
            priced(per_unit(minor_price(given.at("unit_amount"))), quantity(given.at("quantity"))),
            minor(expect.at("amount")));
    } else if (vector.area == "entitlement_grant") {
        Given ledger(CatalogBuilder()
                         .metered("api")
                         .plan(Plan("p").with(
                             Includes("api").limit(quantity(given.at("granted"))).charge(1_price)))
                         .build(),
                     "2026-01-01");
        ledger.attach("p");
        EXPECT_EQ(ledger.when(track("api", quantity(given.at("usage")))).usage().overage_units,
                  quantity(expect.at("overage")));
    } else {
        return false;
    }
    return true;
}

}  // namespace quipu::testing
