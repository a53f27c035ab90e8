#include "api/billing/invoice_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/catalog/catalog_json.h"
#include "api/request/json.h"

namespace quipu::api {
namespace {

using base::UnitPrice;
using ledger::InvoiceLine;
using ledger::PlanFeature;

void write_or_null(base::JsonWriter& json, std::string_view text) {
    if (text.empty()) {
        json.null();
    } else {
        json.string(text);
    }
}

void write_price_or_null(base::JsonWriter& json, const std::optional<UnitPrice>& price) {
    if (price) {
        write_price(json, *price);
    } else {
        json.null();
    }
}

void write_period(base::JsonWriter& json, const base::Period& period) {
    json.key("periodStart").integer(base::to_millis(period.start));
    json.key("periodEnd").integer(base::to_millis(period.end));
}

void write_steps(base::JsonWriter& json, const InvoiceLine& line) {
    if (line.steps.empty()) return;
    json.key("tierBreakdown").begin_array();
    for (const rating::TierStep& step : line.steps) {
        json.begin_object();
        json.key("tier").integer(static_cast<std::int64_t>(step.tier));
        write_quantity(json.key("units"), step.units);
        write_price(json.key("unitPrice"), step.unit_price.value_or(UnitPrice{}));
        if (step.flat_fee) write_price(json.key("flatFee"), *step.flat_fee);
        json.key("amount").number(step.amount.to_string());
        json.end_object();
    }
    json.end_array();
}

void write_lines(base::JsonWriter& json, const ledger::Invoice& invoice) {
    json.begin_array();
    for (std::size_t index = 0; index < invoice.lines.size(); ++index)
        write_invoice_line(json, invoice, index);
    json.end_array();
}

// From the earliest start to the latest end of what is billed.
base::Period covered(const ledger::Invoice& invoice) {
    if (invoice.lines.empty()) return invoice.period;
    base::Period period = invoice.lines.front().period;
    for (const InvoiceLine& line : invoice.lines) {
        period.start = std::min(period.start, line.period.start);
        period.end = std::max(period.end, line.period.end);
    }
    return period;
}

// The price of one unit or package that the charge was made with; none for graduated tiers.
std::optional<UnitPrice> shown_price(const rating::RateCard& card, base::Quantity billable) {
    if (card.rating_model == rating::RatingModel::Package)
        return rating::package_price(card).value_or(UnitPrice{});
    if (card.rating_model == rating::RatingModel::Graduated) return std::nullopt;
    const auto reached = rating::reached_tier(card, billable);
    if (!reached) return std::nullopt;
    return card.tiers[reached->index].unit_price.value_or(UnitPrice{});
}

void write_billing_units(base::JsonWriter& json, const rating::RateCard& card) {
    json.key("billingUnits");
    if (card.rating_model == rating::RatingModel::Graduated) {
        json.null();
    } else {
        write_quantity(json, card.billing_units);
    }
}

void write_snapshot(base::JsonWriter& json, const rating::RateCard& card) {
    json.begin_object();
    json.key("usageModel").string(rating::name_of(card.usage_model));
    json.key("ratingModel").string(rating::name_of(card.rating_model));
    json.key("included");
    if (card.usage_model == rating::UsageModel::UsageBased) {
        json.integer(0);
    } else {
        write_quantity(json, card.included);
    }
    write_price_or_null(json.key("pricePerUnit"), card.price_per_unit);
    write_quantity(json.key("billingUnits"), card.billing_units);
    write_price_or_null(json.key("overagePrice"), card.overage_price);
    json.key("tiers");
    if (card.tiers.empty()) {
        json.null();
    } else {
        write_tiers(json, card.tiers);
    }
    json.end_object();
}

// One meter window with something to bill, and all that its line does not say.
struct UnbilledWindow {
    const InvoiceLine& line;
    const ledger::Subscription& subscription;
    const ledger::MeterWindow& window;
    const rating::RateCard& card;
};

void write_window(base::JsonWriter& json, const UnbilledWindow& of, base::Currency currency) {
    const InvoiceLine& line = of.line;
    const bool usage_based = of.card.usage_model == rating::UsageModel::UsageBased;
    json.begin_object();
    json.key("featureId").string(line.feature);
    json.key("featureSlug").string(line.feature);
    json.key("featureName").string(line.name);
    if (!line.entity.empty()) json.key("entity").string(line.entity);
    json.key("subscriptionId").string(of.subscription.id);
    json.key("planId").string(of.subscription.plan);
    json.key("usageModel").string(rating::name_of(of.card.usage_model));
    write_quantity(json.key("usage"), of.window.usage());
    json.key("included");
    if (usage_based) {
        json.integer(0);
    } else {
        write_quantity(json, of.card.included);
    }
    const auto price = shown_price(of.card, of.window.overage);
    write_quantity(json.key("billableQuantity"), line.quantity);
    write_quantity(json.key("overageUnits"), line.quantity);
    write_price_or_null(json.key("pricePerUnit"), price);
    write_price_or_null(json.key("overagePrice"), price);
    write_billing_units(json, of.card);
    json.key("ratingModel").string(rating::name_of(of.card.rating_model));
    write_steps(json, line);
    json.key("estimatedAmount").integer(line.amount_minor);
    json.key("estimatedCost").integer(line.amount_minor);
    json.key("alreadyInvoiced").integer(line.billed_before_minor);
    json.key("currency").string(currency.code());
    write_period(json, line.period);
    std::string snapshot;
    base::JsonWriter snapshot_json(snapshot);
    write_snapshot(snapshot_json, of.card);
    json.key("pricingSnapshot").raw(snapshot);
    std::string group = fmt::format(
        "{}|{}|{}|{}|{}|{}", line.feature, base::to_millis(line.period.start),
        base::to_millis(line.period.end), of.subscription.id, of.subscription.plan, snapshot);
    if (!line.entity.empty()) group += '|' + line.entity;
    json.key("billingGroupKey").string(group);
    json.end_object();
}

// The currency of the plan that the customer has, or had.
base::Currency usual_currency(const ledger::Account& account, const ledger::CatalogBook& book) {
    const ledger::Subscription* chosen = nullptr;
    for (const ledger::Subscription& subscription : account.subscriptions) {
        if (chosen == nullptr || (is_live(subscription) && !is_live(*chosen)))
            chosen = &subscription;
    }
    const ledger::Plan* plan =
        chosen != nullptr ? book.plan(chosen->plan, chosen->catalog_version) : nullptr;
    return plan != nullptr ? plan->currency : base::Currency("USD");
}

std::int64_t sum_of(const std::vector<InvoiceLine>& lines) {
    std::int64_t sum = 0;
    for (const InvoiceLine& line : lines) sum += line.amount_minor;
    return sum;
}

}  // namespace

void write_invoice_line(base::JsonWriter& json, const ledger::Invoice& invoice, std::size_t index) {
    const InvoiceLine& line = invoice.lines[index];
    json.begin_object();
    json.key("id").string(fmt::format("{}_{}", invoice.id, index + 1));
    json.key("invoiceId").string(invoice.id);
    json.key("kind").string(name_of(line.kind));
    json.key("featureId").string(line.feature);
    json.key("featureSlug").string(line.feature);
    json.key("featureName").string(line.name);
    json.key("description").string(line.description);
    write_quantity(json.key("quantity"), line.quantity);
    json.key("unitPrice").integer(line.unit_price_minor);
    json.key("amount").integer(line.amount_minor);
    write_period(json, line.period);
    if (!line.plan.empty()) json.key("planId").string(line.plan);
    if (!line.entity.empty()) json.key("entity").string(line.entity);
    if (line.correction) json.key("correction").boolean(true);
    if (!line.steps.empty()) {
        json.key("ratingModel").string(line.rating_model);
        write_steps(json, line);
    }
    if (line.billed_before_minor != 0) json.key("billedBefore").integer(line.billed_before_minor);
    json.key("metadata").null();
    json.key("createdAt").integer(base::to_millis(invoice.issued_at));
    json.end_object();
}

void write_invoice(base::JsonWriter& json, const ledger::Invoice& invoice) {
    json.begin_object();
    json.key("id").string(invoice.id);
    json.key("invoiceId").string(invoice.id);
    json.key("number").string(invoice.number);
    json.key("organizationId").string(invoice.organisation);
    json.key("customerId").string(invoice.customer);
    json.key("customer_id").string(invoice.customer);
    write_or_null(json.key("subscriptionId"), invoice.subscription_id);
    json.key("status").string(name_of(invoice.status));
    json.key("trigger").string(name_of(invoice.trigger));
    json.key("idempotencyKey")
        .string(fmt::format("{}:{}:{}:{}", name_of(invoice.trigger), invoice.organisation,
                            invoice.customer, invoice.sequence));
    json.key("currency").string(invoice.currency.code());
    json.key("description").null();
    json.key("subtotal").integer(invoice.total_minor);
    json.key("tax").integer(0);
    json.key("total").integer(invoice.total_minor);
    const bool paid = invoice.status == ledger::InvoiceStatus::Paid;
    json.key("amountPaid").integer(paid ? invoice.total_minor : 0);
    json.key("amountDue")
        .integer(invoice.status == ledger::InvoiceStatus::Open ? invoice.total_minor : 0);
    write_lines(json.key("lineItems"), invoice);
    write_lines(json.key("items"), invoice);
    write_period(json, covered(invoice));
    json.key("usageWindowStart").null();
    json.key("usageWindowEnd").integer(base::to_millis(invoice.issued_at));
    json.key("usageCutoffAt").integer(base::to_millis(invoice.issued_at));
    json.key("dueAt").integer(base::to_millis(invoice.due_at));
    json.key("paidAt");
    if (paid && invoice.settled_at) {
        json.integer(base::to_millis(*invoice.settled_at));
    } else {
        json.null();
    }
    json.key("payment").string(invoice.payment);
    json.key("metadata").begin_object();
    json.key("sourceTrigger").string(name_of(invoice.trigger));
    json.end_object();
    json.key("createdAt").integer(base::to_millis(invoice.issued_at));
    json.key("updatedAt").integer(base::to_millis(invoice.settled_at.value_or(invoice.issued_at)));
    json.end_object();
}

void write_unbilled(base::JsonWriter& json, const ledger::Account& account,
                    const ledger::CatalogBook& book, base::Instant now) {
    const ledger::LinesByCurrency lines = ledger::unbilled_usage(account, book, std::nullopt);
    // Amounts of two currencies are never added: the customer's own comes first.
    base::Currency currency = usual_currency(account, book);
    if (!lines.empty() && !lines.contains(currency)) currency = lines.begin()->first;
    const auto own = lines.find(currency);

    json.key("customer").string(account.id);
    json.key("customerId").string(account.id);
    json.key("customer_id").string(account.id);
    json.key("currency").string(currency.code());
    json.key("totalEstimated").integer(own == lines.end() ? 0 : sum_of(own->second));
    json.key("totals").begin_array();
    for (const auto& [each, of_currency] : lines) {
        json.begin_object();
        json.key("currency").string(each.code());
        json.key("totalEstimated").integer(sum_of(of_currency));
        json.end_object();
    }
    json.end_array();
    json.key("usageWindowEnd").integer(base::to_millis(now));
    json.key("features").begin_array();
    for (const auto& [each, of_currency] : lines) {
        for (const InvoiceLine& line : of_currency) {
            const ledger::Subscription* owner = account.find_subscription(line.subscription);
            const ledger::Meter* meter =
                account.find_meter({line.subscription, line.feature, line.entity});
            const ledger::MeterWindow* window =
                meter != nullptr ? meter->find(line.period.start) : nullptr;
            const ledger::PlanTerms* plan = owner != nullptr ? book.terms(*owner) : nullptr;
            const ledger::Terms* terms = plan != nullptr ? plan->find(line.feature) : nullptr;
            if (window == nullptr || terms == nullptr) continue;
            write_window(json, {line, *owner, *window, terms->grant.card}, each);
        }
    }
    json.end_array();
}

}  // namespace quipu::api
