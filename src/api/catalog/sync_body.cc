#include "api/catalog/sync_body.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "api/request/fields.h"
#include "ledger/record_limits.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Quantity;
using base::UnitPrice;
using ledger::Catalog;
using ledger::PlanFeature;

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
    if (!text) return std::nullopt;
    return std::string(*text);
}

std::string read_slug(Fields& fields, std::string_view name = "slug") {
    const std::string_view slug = fields.text(name);
    if (slug.size() > ledger::kMaxSlugBytes)
        fields.refuse(name, fmt::format("Too big: expected string to have <={} bytes",
                                        ledger::kMaxSlugBytes));
    for (const char c : slug) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) fields.refuse(name, "Control characters are reserved");
    }
    return std::string(slug);
}

base::Currency read_currency(Fields& fields) {
    if (!fields.optional_text("currency")) std::ignore = fields.text("currency");
    return fields.currency_or_none("currency");
}

ledger::Interval read_interval(Fields& fields, std::string_view name, ledger::Interval fallback) {
    const auto text = fields.optional_text(name);
    if (!text) return fallback;
    const auto interval = ledger::interval_from(*text);
    if (!interval) fields.refuse(name, fmt::format("Unknown interval '{}'", *text));
    return interval.value_or(fallback);
}

ledger::Feature read_feature(Fields& fields) {
    ledger::Feature feature;
    feature.slug = read_slug(fields);
    feature.name = fields.text("name");
    const std::string_view type = fields.text_or("type", "");
    if (type == "boolean") {
        feature.type = ledger::FeatureType::Boolean;
    } else if (type == "static") {
        feature.type = ledger::FeatureType::Static;
    } else if (type != "metered") {
        fields.refuse("type", R"(Invalid option: expected one of "metered"|"boolean"|"static")");
    }
    const std::string_view meter = fields.text_or("meterType", "consumable");
    if (meter == "non_consumable") {
        feature.meter_type = ledger::MeterType::NonConsumable;
    } else if (meter != "consumable") {
        fields.refuse("meterType",
                      R"(Invalid option: expected one of "consumable"|"non_consumable")");
    }
    return feature;
}

ledger::CreditSystem read_credit_system(Fields& fields) {
    ledger::CreditSystem system;
    system.slug = read_slug(fields);
    system.name = fields.text("name");
    system.description = owned(fields.optional_text("description"));
    std::size_t index = 0;
    for (const base::JsonValue each : fields.required_array("features")) {
        Fields child(each, fields.nested("features", index++));
        ledger::CreditCost cost;
        cost.feature = read_slug(child, "feature");
        const auto credits = child.optional_decimal<Quantity::kScale>("creditCost");
        if (!credits)
            child.refuse("creditCost", "Invalid input: expected number, received undefined");
        else if (credits->is_negative())
            child.refuse("creditCost", "Too small: expected number to be >=0");
        cost.cost = credits.value_or(Quantity{});
        fields.take(child.problem());
        system.features.push_back(std::move(cost));
    }
    return system;
}

ledger::CreditPack read_credit_pack(Fields& fields) {
    ledger::CreditPack pack;
    pack.slug = read_slug(fields);
    pack.name = fields.text("name");
    pack.description = owned(fields.optional_text("description"));
    pack.credits = Quantity::from_int(fields.integer("credits", 1));
    if (pack.credits > base::kMaxTotal)
        fields.refuse("credits", "Too big: the number is out of range");
    pack.price_minor = fields.integer("price", 0);
    pack.currency = read_currency(fields);
    pack.credit_system = read_slug(fields, "creditSystem");
    pack.provider = owned(fields.optional_text("provider"));
    pack.metadata_json = fields.object_text("metadata");
    return pack;
}

std::vector<rating::Tier> read_tiers(Fields& fields) {
    std::vector<rating::Tier> tiers;
    std::size_t index = 0;
    for (const base::JsonValue each : fields.array("tiers")) {
        Fields tier(each, fields.nested("tiers", index++));
        if (each.is_object() && !tier.has("upTo"))
            tier.refuse("upTo", "Invalid input: expected number, received undefined");
        tiers.push_back({tier.optional_decimal<Quantity::kScale>("upTo"),
                         tier.optional_decimal<UnitPrice::kScale>("unitPrice"),
                         tier.optional_decimal<UnitPrice::kScale>("flatFee")});
        fields.take(tier.problem());
    }
    return tiers;
}

ledger::Alignment read_alignment(Fields& fields) {
    const std::string_view anchor = fields.text_or("anchor", "subscription");
    if (anchor == "calendar") return ledger::Alignment::Calendar;
    if (anchor != "subscription")
        fields.refuse("anchor", R"(Invalid option: expected one of "subscription"|"calendar")");
    return ledger::Alignment::Subscription;
}

// Under the documents' names, or those of the stored fields.
std::optional<ledger::Rollover> read_rollover(Fields& fields) {
    const bool on =
        fields.boolean_or("rollover", false) || fields.boolean_or("rolloverEnabled", false);
    ledger::Rollover rollover;
    for (const std::string_view name : {"maxRollover", "rolloverMaxBalance"}) {
        const auto most = fields.optional_decimal<Quantity::kScale>(name);
        if (!most) continue;
        if (most->is_negative()) fields.refuse(name, "Too small: expected number to be >=0");
        rollover.max = most;
    }
    if (!on) return std::nullopt;
    return rollover;
}

PlanFeature read_plan_feature(Fields& fields, bool metered) {
    PlanFeature feature;
    feature.feature = read_slug(fields, "slug");
    feature.enabled = fields.boolean("enabled");
    if (!metered) {
        feature.reset = ledger::Interval::Never;
        return feature;
    }
    rating::RateCard& card = feature.card;
    card.usage_model = rating::usage_model_from(fields.text_or("usageModel", "included"));
    card.rating_model = rating::rating_model_from(fields.text_or("ratingModel", "package"));
    card.included = fields.optional_decimal<Quantity::kScale>("limit");
    card.price_per_unit = fields.optional_decimal<UnitPrice::kScale>("pricePerUnit");
    card.overage_price = fields.optional_decimal<UnitPrice::kScale>("overagePrice");
    card.billing_units =
        fields.optional_decimal<Quantity::kScale>("billingUnits").value_or(Quantity::from_int(1));
    card.tiers = read_tiers(fields);
    feature.trial_limit = fields.optional_decimal<Quantity::kScale>("trialLimit");
    feature.reset = read_interval(fields, "reset", ledger::Interval::Monthly);
    feature.alignment = read_alignment(fields);
    const std::string_view overage = fields.text_or("overage", "block");
    if (overage == "charge") {
        feature.overage = ledger::OverageMode::Charge;
    } else if (overage != "block") {
        fields.refuse("overage", R"(Invalid option: expected one of "block"|"charge")");
    }
    feature.max_overage_units = fields.optional_decimal<Quantity::kScale>("maxOverageUnits");
    feature.credit_cost =
        fields.optional_decimal<Quantity::kScale>("creditCost").value_or(Quantity{});
    feature.rollover = read_rollover(fields);
    normalise(feature);
    return feature;
}

// Reads one list; slugs in it are unique.
template <typename Item, typename Read>
void read_list(Fields& fields, std::string_view name, base::JsonValue list,
               std::vector<Item>& items, Read&& read) {
    std::set<std::string> slugs;
    std::size_t index = 0;
    for (const base::JsonValue each : list) {
        Fields of_item(each, fields.nested(name, index++));
        Item item = read(of_item);
        if (!slugs.insert(item.slug).second)
            of_item.refuse("slug", fmt::format("'{}' is listed twice", item.slug));
        fields.take(of_item.problem());
        items.push_back(std::move(item));
    }
}

class SyncBody {
public:
    explicit SyncBody(const Catalog& current) : current_(current) {}

    base::Result<Catalog> read(base::JsonValue body) {
        Fields fields(body);
        read_list(fields, "features", fields.required_array("features"), payload_.features,
                  read_feature);
        read_list(fields, "creditSystems", fields.array("creditSystems"), payload_.credit_systems,
                  read_credit_system);
        read_list(fields, "creditPacks", fields.array("creditPacks"), payload_.credit_packs,
                  read_credit_pack);
        read_list(fields, "plans", fields.required_array("plans"), payload_.plans,
                  [this](Fields& plan) { return read_plan(plan); });
        if (fields.problem()) return tl::unexpected(*fields.problem());
        if (pricing_problem_) return tl::unexpected(*pricing_problem_);
        return std::move(payload_);
    }

private:
    // Boolean and static features have no meter; what nobody has heard of is skipped later.
    bool is_metered(std::string_view slug) const {
        if (find_credit_system(payload_, slug) != nullptr) return true;
        const ledger::Feature* feature = find_feature(payload_, slug);
        if (feature == nullptr) feature = find_feature(current_, slug);
        return feature == nullptr || feature->type == ledger::FeatureType::Metered;
    }

    ledger::Plan read_plan(Fields& fields) {
        ledger::Plan plan;
        plan.slug = read_slug(fields);
        plan.name = fields.text("name");
        plan.description = owned(fields.optional_text("description"));
        plan.price_minor = fields.integer("price", 0);
        plan.currency = read_currency(fields);
        if (!fields.optional_text("interval")) std::ignore = fields.text("interval");
        plan.interval = read_interval(fields, "interval", ledger::Interval::Monthly);
        const std::string_view billing = fields.text_or("billingType", "recurring");
        if (billing == "one_time") {
            plan.billing_type = ledger::BillingType::OneTime;
        } else if (billing != "recurring") {
            fields.refuse("billingType",
                          R"(Invalid option: expected one of "recurring"|"one_time")");
        }
        if (plan.billing_type == ledger::BillingType::Recurring && !resets(plan.interval))
            fields.refuse("interval", "A recurring plan needs an interval that repeats");
        plan.group = owned(fields.optional_text("planGroup"));
        plan.trial_days = fields.optional_integer("trialDays", 0).value_or(0);
        plan.provider = owned(fields.optional_text("provider"));
        plan.metadata_json = fields.object_text("metadata");
        const base::JsonValue metadata = fields.object("metadata");
        plan.trial_in_minutes =
            metadata.is_object() && metadata["trialUnit"].string() == std::string_view("minutes");
        plan.trial_needs_card = fields.boolean_or("trialCardRequired", false);
        plan.auto_enable = fields.boolean_or("autoEnable", false);
        plan.is_addon = fields.boolean_or("isAddon", false);
        read_plan_features(fields, plan);
        return plan;
    }

    void read_plan_features(Fields& fields, ledger::Plan& plan) {
        std::set<std::string> slugs;
        std::size_t index = 0;
        for (const base::JsonValue each : fields.required_array("features")) {
            Fields of_feature(each, fields.nested("features", index++));
            const bool metered = is_metered(of_feature.text_or("slug", ""));
            PlanFeature feature = read_plan_feature(of_feature, metered);
            if (!slugs.insert(feature.feature).second)
                of_feature.refuse("slug", fmt::format("'{}' is listed twice", feature.feature));
            fields.take(of_feature.problem());
            if (metered) check_pricing(plan, feature);
            plan.features.push_back(std::move(feature));
        }
    }

    void check_pricing(const ledger::Plan& plan, const PlanFeature& feature) {
        const auto problem = ledger::pricing_problem(feature);
        if (!problem || pricing_problem_) return;
        pricing_problem_ =
            Error{"validation_error", fmt::format("Invalid pricing config for plan '{}' feature "
                                                  "'{}': {}",
                                                  plan.slug, feature.feature, *problem)};
    }

    const Catalog& current_;
    Catalog payload_;
    std::optional<Error> pricing_problem_;
};

}  // namespace

base::Result<Catalog> read_sync(base::JsonValue body, const Catalog& current) {
    return SyncBody(current).read(body);
}

}  // namespace quipu::api
