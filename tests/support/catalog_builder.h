// Catalogs in a few words, for tests: what a payload would say, already normalised.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/catalog.h"
#include "support/literals.h"

namespace quipu::testing {

// What a plan says about one feature. Without a limit it is unlimited.
class Includes {
public:
    explicit Includes(std::string feature) { item_.feature = std::move(feature); }

    Includes& limit(base::Quantity value) {
        item_.card.included = value;
        return *this;
    }
    Includes& trial_limit(base::Quantity value) {
        item_.trial_limit = value;
        return *this;
    }
    // Overage is sold at `unit_price` per package of `per` units.
    Includes& charge(base::UnitPrice unit_price, base::Quantity per = base::Quantity::from_int(1)) {
        item_.overage = ledger::OverageMode::Charge;
        item_.card.overage_price = unit_price;
        item_.card.billing_units = per;
        return *this;
    }
    // There is a price, and overage is refused all the same.
    Includes& blocks(base::UnitPrice unit_price) {
        charge(unit_price);
        item_.overage = ledger::OverageMode::Block;
        return *this;
    }
    // All usage is sold.
    Includes& usage_based(base::UnitPrice unit_price,
                          base::Quantity per = base::Quantity::from_int(1)) {
        item_.card.usage_model = rating::UsageModel::UsageBased;
        item_.card.price_per_unit = unit_price;
        item_.card.billing_units = per;
        return *this;
    }
    Includes& usage_based() {
        item_.card.usage_model = rating::UsageModel::UsageBased;
        return *this;
    }
    Includes& prepaid() {
        item_.card.usage_model = rating::UsageModel::Prepaid;
        return *this;
    }
    Includes& tiers(rating::RatingModel model, std::vector<rating::Tier> tiers) {
        item_.card.rating_model = model;
        item_.card.tiers = std::move(tiers);
        item_.overage = ledger::OverageMode::Charge;
        return *this;
    }
    Includes& max_overage(base::Quantity value) {
        item_.max_overage_units = value;
        return *this;
    }
    Includes& resets(ledger::Interval interval,
                     ledger::Alignment alignment = ledger::Alignment::Subscription) {
        item_.reset = interval;
        item_.alignment = alignment;
        return *this;
    }
    Includes& credit_cost(base::Quantity value) {
        item_.credit_cost = value;
        return *this;
    }
    Includes& rolls_over(std::optional<base::Quantity> max = std::nullopt,
                         std::uint32_t windows = 0) {
        item_.rollover = ledger::Rollover{max, windows};
        return *this;
    }
    Includes& disabled() {
        item_.enabled = false;
        return *this;
    }

    [[nodiscard]] ledger::PlanFeature build() const {
        ledger::PlanFeature item = item_;
        ledger::normalise(item);
        return item;
    }

private:
    ledger::PlanFeature item_;
};

// A plan; free and monthly unless it says otherwise.
class Plan {
public:
    explicit Plan(std::string slug) {
        plan_.slug = std::move(slug);
        plan_.name = plan_.slug;
        plan_.name.front() = static_cast<char>(plan_.name.front() - 'a' + 'A');
        plan_.currency = "USD";
    }

    Plan& costs(std::int64_t minor, ledger::Interval every = ledger::Interval::Monthly) {
        plan_.price_minor = minor;
        plan_.interval = every;
        return *this;
    }
    Plan& every(ledger::Interval interval) {
        plan_.interval = interval;
        return *this;
    }
    Plan& in(base::Currency currency) {
        plan_.currency = currency;
        return *this;
    }
    Plan& group(std::string name) {
        plan_.group = std::move(name);
        return *this;
    }
    Plan& trial_days(std::int64_t days) {
        plan_.trial_days = days;
        return *this;
    }
    Plan& addon() {
        plan_.is_addon = true;
        return *this;
    }
    Plan& one_time() {
        plan_.billing_type = ledger::BillingType::OneTime;
        return *this;
    }
    Plan& auto_enabled() {
        plan_.auto_enable = true;
        return *this;
    }
    Plan& with(const Includes& includes) {
        plan_.features.push_back(includes.build());
        return *this;
    }

    [[nodiscard]] ledger::Plan build() const { return plan_; }

private:
    ledger::Plan plan_;
};

class CatalogBuilder {
public:
    CatalogBuilder& metered(const std::string& slug) { return feature({slug, slug}); }
    CatalogBuilder& boolean(const std::string& slug) {
        return feature({slug, slug, ledger::FeatureType::Boolean});
    }
    CatalogBuilder& seats(const std::string& slug) {
        return feature(
            {slug, slug, ledger::FeatureType::Metered, ledger::MeterType::NonConsumable});
    }
    // Its children are metered features unless they were named before.
    CatalogBuilder& credit_system(const std::string& slug, std::vector<ledger::CreditCost> costs) {
        for (const ledger::CreditCost& cost : costs) {
            if (ledger::find_feature(catalog_, cost.feature) == nullptr) metered(cost.feature);
        }
        catalog_.credit_systems.push_back({slug, slug, std::nullopt, std::move(costs)});
        return *this;
    }
    CatalogBuilder& pack(const std::string& slug, const std::string& system, base::Quantity credits,
                         std::int64_t price_minor) {
        ledger::CreditPack pack;
        pack.slug = pack.name = slug;
        pack.credits = credits;
        pack.price_minor = price_minor;
        pack.currency = "USD";
        pack.credit_system = system;
        catalog_.credit_packs.push_back(std::move(pack));
        return *this;
    }
    CatalogBuilder& plan(const Plan& plan) {
        catalog_.plans.push_back(plan.build());
        return *this;
    }

    // As a payload; `merge` gives it a version.
    [[nodiscard]] ledger::Catalog build() const { return catalog_; }

private:
    CatalogBuilder& feature(ledger::Feature feature) {
        catalog_.features.push_back(std::move(feature));
        return *this;
    }

    ledger::Catalog catalog_;
};

}  // namespace quipu::testing
