// quipu price: what a quantity costs by a rate card, without a server.
#include "rating/price.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "base/json_writer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/rate_card_text.h"
#include "server/text_file.h"

namespace quipu::cli {
namespace {

using base::JsonWriter;
using base::Result;

struct PriceOptions {
    std::string card;
    std::string quantity;
    std::string previous;
};

template <int Scale>
void write_decimal(JsonWriter& json, std::string_view name, base::Decimal<Scale> value) {
    json.key(name).number(value.to_string());
}

template <int Scale>
void write_optional(JsonWriter& json, std::string_view name,
                    const std::optional<base::Decimal<Scale>>& value) {
    if (value) return write_decimal(json, name, *value);
    json.key(name).null();
}

// What one unit, or one package of how many, cost: no such pair exists for graduated prices.
void write_effective_price(JsonWriter& json, const rating::RateCard& card,
                           const std::vector<rating::TierStep>& steps) {
    std::optional<base::UnitPrice> price;
    std::optional<base::Quantity> units;
    if (card.rating_model == rating::RatingModel::Package) {
        price = rating::package_price(card);
        units = rating::package_size(card);
    } else if (card.rating_model == rating::RatingModel::Volume) {
        if (!steps.empty()) price = steps.front().unit_price;
        units = base::Quantity::from_int(1);
    }
    write_optional(json, "pricePerUnit", price);
    write_optional(json, "billingUnits", units);
}

void write_steps(JsonWriter& json, const std::vector<rating::TierStep>& steps) {
    json.key("tierBreakdown").begin_array();
    for (const rating::TierStep& step : steps) {
        json.begin_object();
        json.key("tier").integer(static_cast<std::int64_t>(step.tier));
        write_decimal(json, "units", step.units);
        write_optional(json, "unitPrice", step.unit_price);
        if (step.flat_fee) write_decimal(json, "flatFee", *step.flat_fee);
        write_decimal(json, "amount", step.amount);
        json.end_object();
    }
    json.end_array();
}

Result<std::int64_t> total_of(const rating::RateCard& card, base::Quantity usage) {
    const auto total = rating::price_minor(card, rating::billable_quantity(card, usage));
    if (total) return *total;
    return base::fail("price_out_of_range", "The price is out of range.");
}

Result<std::string> price_text(const PricedCard& priced, base::Quantity usage,
                               std::optional<base::Quantity> previous) {
    const rating::RateCard& card = priced.card;
    const base::Quantity billable = rating::billable_quantity(card, usage);
    const auto total = total_of(card, usage);
    if (!total) return tl::unexpected(total.error());
    const auto steps = rating::tier_steps(card, billable);

    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("usageModel").string(rating::name_of(card.usage_model));
    json.key("ratingModel").string(rating::name_of(card.rating_model));
    write_decimal(json, "quantity", usage);
    write_decimal(json, "billableQuantity", billable);
    write_effective_price(json, card, steps);
    write_steps(json, steps);
    json.key("currency").string(priced.currency.code());
    json.key("total").integer(*total);
    if (previous) {
        const auto before = total_of(card, *previous);
        if (!before) return tl::unexpected(before.error());
        json.key("previousTotal").integer(*before);
        json.key("added").integer(*total - *before);
    }
    json.end_object();
    return text;
}

Result<void> run_price(const PriceOptions& options) {
    if (options.quantity.empty()) return base::fail(server::kUsage, "--quantity is required.");
    const auto usage = read_quantity("--quantity", options.quantity);
    if (!usage) return tl::unexpected(usage.error());
    std::optional<base::Quantity> previous;
    if (!options.previous.empty()) {
        const auto read = read_quantity("--previous", options.previous);
        if (!read) return tl::unexpected(read.error());
        previous = *read;
    }
    const auto json = server::read_text(options.card);
    if (!json) return tl::unexpected(json.error());
    const auto priced = read_rate_card(*json);
    if (!priced) return tl::unexpected(priced.error());
    const auto text = price_text(*priced, *usage, previous);
    if (!text) return tl::unexpected(text.error());
    fmt::print("{}\n", *text);
    return {};
}

}  // namespace

void add_price(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<PriceOptions>();
    CLI::App& price = add_command(app, "price", "Price a quantity with a rate card");
    add_option(price, "card", options->card, "Rate card as JSON; - reads standard input",
               {.type = "CARD.json", .required = true});
    add_option(price, "--quantity", options->quantity, "Usage of the window so far", {.type = "Q"});
    add_option(price, "--previous", options->previous,
               "Usage that was charged before: shows what is added", {.type = "P"});
    add_footer(
        price,
        "A card has usageModel (included, usage_based, prepaid), ratingModel (package, graduated,\n"
        "volume), included, pricePerUnit, overagePrice, billingUnits, tiers [{upTo, unitPrice,\n"
        "flatFee}] and currency. Prices are in minor units and may have decimals; the total is in\n"
        "whole minor units, rounded once, half away from zero.\n\n"
        "Examples:\n"
        "  quipu price card.json --quantity 1500\n"
        "  echo '{\"included\":1000,\"overagePrice\":0.5}' | quipu price - --quantity 1500\n"
        "  quipu price card.json --quantity 1500 --previous 1200");
    commands.push_back({&price, [options] { return run_price(*options); }});
}

}  // namespace quipu::cli
