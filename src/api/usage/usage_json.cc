#include "api/usage/usage_json.h"

#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/usage/usage_message.h"
#include "rating/price.h"

namespace quipu::api {
namespace {

using ledger::Code;
using ledger::PlanFeature;
using ledger::UsageAnswer;

constexpr std::size_t kUsualBytes = 768;

struct Explained {
    std::string_view plan_name = "current plan";
    const PlanFeature* terms = nullptr;
    bool found_plan = false;
};

Explained explain(const UsageAnswer& answer, const ledger::CatalogBook& book) {
    Explained explained;
    if (answer.plan.empty()) return explained;
    explained.found_plan = true;
    const ledger::PlanTerms* plan = book.terms(answer.plan, answer.catalog_version);
    if (plan == nullptr) return explained;
    explained.plan_name = plan->sold->name;
    if (const ledger::Terms* terms = plan->find(answer.terms_feature))
        explained.terms = &terms->grant;
    return explained;
}

void write_current_tier(base::JsonWriter& json, const PlanFeature& terms, base::Quantity billable) {
    const auto reached = rating::reached_tier(terms.card, billable);
    if (!reached) return;
    const rating::Tier& tier = terms.card.tiers[reached->index];
    json.key("currentTier").begin_object();
    json.key("index").integer(static_cast<std::int64_t>(reached->index));
    write_quantity(json.key("startsAt"), reached->starts_at);
    write_quantity(json.key("endsAt"), reached->ends_at);
    write_price(json.key("unitPrice"), tier.unit_price.value_or(base::UnitPrice{}));
    if (tier.flat_fee) write_price(json.key("flatFee"), *tier.flat_fee);
    json.end_object();
}

void write_package(base::JsonWriter& json, const PlanFeature& terms) {
    if (const auto price = rating::package_price(terms.card))
        write_price(json.key("pricePerUnit"), *price);
    write_quantity(json.key("billingUnits"), terms.card.billing_units);
}

void write_pricing(base::JsonWriter& json, const PlanFeature& terms, base::Quantity billable) {
    json.key("pricing").begin_object();
    json.key("usageModel").string(rating::name_of(terms.card.usage_model));
    json.key("ratingModel").string(rating::name_of(terms.card.rating_model));
    if (terms.card.rating_model == rating::RatingModel::Package) {
        write_package(json, terms);
    } else {
        write_current_tier(json, terms, billable);
    }
    json.end_object();
}

void write_overage(base::JsonWriter& json, const UsageAnswer& answer, const PlanFeature* terms) {
    if (answer.code != Code::OverageAllowed && answer.code != Code::TrackedOverage) return;
    json.key("overage").begin_object();
    json.key("type").string("charge");
    json.key("willBeBilled").boolean(true);
    if (terms != nullptr && answer.code == Code::OverageAllowed) write_package(json, *terms);
    json.end_object();
}

void write_pool(base::JsonWriter& json, base::Quantity used,
                const std::optional<base::Quantity>& limit,
                const std::optional<base::Instant>& resets_at) {
    json.key("plan").begin_object();
    write_quantity(json.key("used"), used);
    write_quantity(json.key("limit"), limit);
    std::optional<base::Quantity> balance;
    if (limit) balance = std::max(*limit - used, base::Quantity{});
    write_quantity(json.key("balance"), balance);
    write_instant(json.key("resetsAt"), resets_at);
    json.end_object();
}

void write_credits(base::JsonWriter& json, const UsageAnswer& answer, const PlanFeature* terms) {
    json.key("credits");
    if (answer.credits) {
        const ledger::CreditsView& credits = *answer.credits;
        json.begin_object();
        json.key("source").string("credit_system");
        json.key("systemSlug").string(credits.system);
        write_quantity(json.key("costPerUnit"), credits.cost_per_unit);
        write_quantity(json.key("addonBalance"), credits.addon_balance);
        write_pool(json, credits.plan_used, credits.plan_limit, credits.resets_at);
        json.end_object();
    } else if (answer.metered && terms != nullptr &&
               terms->card.usage_model == rating::UsageModel::Prepaid) {
        json.begin_object();
        json.key("source").string("prepaid");
        json.key("addonBalance").null();
        write_pool(json, answer.usage.value_or(base::Quantity{}), answer.limit, answer.resets_at);
        json.end_object();
    } else {
        json.null();
    }
}

void write_numbers(base::JsonWriter& json, const UsageAnswer& answer, const PlanFeature* terms) {
    write_quantity(json.key("usage"), answer.usage);
    write_quantity(json.key("limit"), answer.limit);
    write_quantity(json.key("balance"), answer.balance);
    if (answer.metered) write_quantity(json.key("overageUnits"), answer.overage_units);
    write_instant(json.key("resetsAt"), answer.resets_at);
    json.key("resetInterval");
    if (answer.reset) {
        json.string(name_of(*answer.reset));
    } else {
        json.null();
    }
    if (answer.window_start) write_instant(json.key("windowStart"), answer.window_start);
    write_credits(json, answer, terms);
}

void write_details(base::JsonWriter& json, const UsageAnswer& answer, const Explained& explained,
                   std::string_view message, UsageWords words) {
    json.key("details").begin_object();
    json.key("message").string(message);
    if (explained.found_plan) json.key("planName").string(explained.plan_name);
    if (answer.trial_ends_at) {
        json.key("trial").boolean(true);
        write_instant(json.key("trialEndsAt"), answer.trial_ends_at);
    }
    if (answer.credits) {
        json.key("creditSystem").string(answer.credits->system);
        write_quantity(json.key("creditCostPerUnit"), answer.credits->cost_per_unit);
    }
    if (explained.terms != nullptr) write_pricing(json, *explained.terms, answer.overage_units);
    write_overage(json, answer, explained.terms);
    if (answer.addon_used.is_positive() && answer.credits) {
        write_quantity(json.key("addonCreditsUsed"), answer.addon_used);
        // A check that records nothing shows the balance as it is, and here what would be left.
        base::Quantity left = answer.credits->addon_balance;
        if (words == UsageWords::Check) left -= answer.addon_used;
        write_quantity(json.key("addonCreditsRemaining"), left);
    }
    json.end_object();
}

// `more` adds members of its own.
template <typename More>
http::HttpResponse usage_response_with(const UsageAnswer& answer, const ledger::CatalogBook& book,
                                       UsageWords words, More more) {
    http::HttpResponse response;
    if (words == UsageWords::Track) {
        response.status = usage_status(answer.code);
    } else if (answer.code == Code::AmountOutOfRange) {
        response.status = status_of(answer.code);
    }
    response.body.reserve(kUsualBytes);
    base::JsonWriter json(response.body);
    json.begin_object();
    write_usage(json, answer, book, words);
    more(json);
    json.end_object();
    return response;
}

}  // namespace

bool is_allowed(Code code) {
    return code == Code::Tracked || code == Code::TrackedOverage ||
           code == Code::AddonCreditsUsed || code == Code::AccessGranted ||
           code == Code::OverageAllowed;
}

void write_usage(base::JsonWriter& json, const UsageAnswer& answer, const ledger::CatalogBook& book,
                 UsageWords words) {
    const Explained explained = explain(answer, book);
    const std::string message = usage_message(answer, explained.plan_name, explained.terms, words);
    const bool allowed = is_allowed(answer.code);
    if (words == UsageWords::Track) json.key("success").boolean(allowed);
    json.key("allowed").boolean(allowed);
    json.key("code").string(name_of(answer.code));
    // The SDK reads the sentence of an error status from here
    // (docs/contract/requests-and-errors.md#errors-in-the-sdk).
    if (words == UsageWords::Track ? usage_status(answer.code) != 200
                                   : answer.code == Code::AmountOutOfRange) {
        json.key("error").string(message);
        json.key("message").string(message);
    }
    write_numbers(json, answer, explained.terms);
    write_details(json, answer, explained, message, words);
}

void write_usage_numbers(base::JsonWriter& json, const UsageAnswer& answer,
                         const ledger::CatalogBook& book) {
    write_numbers(json, answer, explain(answer, book).terms);
}

UsageAnswer denial(Code code, std::string message) {
    UsageAnswer answer;
    answer.code = code;
    answer.metered = false;
    answer.message = std::move(message);
    return answer;
}

http::HttpResponse usage_response(const UsageAnswer& answer, const ledger::CatalogBook& book,
                                  UsageWords words, const ingest::Reply* reply) {
    return usage_response_with(answer, book, words, [&](base::JsonWriter& json) {
        if (reply != nullptr) write_receipt(json, *reply);
    });
}

http::HttpResponse past_usage_response(const UsageAnswer& answer, const ledger::CatalogBook& book,
                                       base::Instant as_of) {
    return usage_response_with(answer, book, UsageWords::Check, [&](base::JsonWriter& json) {
        write_instant(json.key("asOf"), as_of);
    });
}

}  // namespace quipu::api
