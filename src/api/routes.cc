#include "api/routes.h"

#include <algorithm>
#include <array>

#include "api/handlers.h"
#include "http/http_query.h"

namespace quipu::api {
namespace {

// The busiest first.
constexpr auto kRoutes = std::to_array<ApiRoute>({
    {"POST", "/check", post_check, BodyKind::Json},
    {"POST", "/track", post_track, BodyKind::Json},
    {"POST", "/track/batch", post_track_batch, BodyKind::Json},
    {"POST", "/events", post_events, BodyKind::Raw},
    {"GET", "/check", get_check, BodyKind::None},

    {"POST", "/reserve", post_reserve, BodyKind::Json},
    {"POST", "/reserve/confirm", post_confirm_reservation, BodyKind::Json},
    {"POST", "/reserve/release", post_release_reservation, BodyKind::Json},
    {"GET", "/reservations", get_reservations, BodyKind::None},

    {"POST", "/customers", post_customers, BodyKind::Json},
    {"GET", "/customers", get_customers, BodyKind::None},
    {"POST", "/customers/feature-config", post_feature_config, BodyKind::Json},
    {"POST", "/customers/overage-limit", post_overage_limit, BodyKind::Json},
    {"GET", "/customers/:id", get_customer, BodyKind::None},
    {"GET", "/customers/:id/balances", get_balances, BodyKind::None},
    {"GET", "/customers/:id/entries", get_entries, BodyKind::None},
    {"GET", "/customers/:id/usage", get_usage_series, BodyKind::None},

    {"POST", "/sync", post_sync, BodyKind::Json},
    {"GET", "/plans", get_plans, BodyKind::None},
    {"GET", "/plans/:slug", get_plan, BodyKind::None},
    {"GET", "/credit-systems", get_credit_systems, BodyKind::None},
    {"GET", "/credit-packs", get_credit_packs, BodyKind::None},

    {"POST", "/attach", post_attach, BodyKind::Json},
    {"POST", "/subscriptions/cancel", post_cancel, BodyKind::Json},
    {"POST", "/subscriptions/uncancel", post_uncancel, BodyKind::Json},
    {"POST", "/subscriptions/:id/checkout", post_subscription_checkout, BodyKind::OptionalJson},

    {"GET", "/wallet", get_wallet, BodyKind::None},
    {"POST", "/wallet/setup", post_wallet_setup, BodyKind::Json},
    {"POST", "/wallet/remove", post_wallet_remove, BodyKind::Json},

    {"POST", "/billing/invoice/:id/pay", post_pay_invoice, BodyKind::OptionalJson},
    {"POST", "/invoices/:id/mark-paid", post_mark_paid, BodyKind::OptionalJson},
    {"POST", "/invoices/:id/void", post_void_invoice, BodyKind::OptionalJson},
    {"GET", "/billing/settings", get_billing_settings, BodyKind::None},
    {"POST", "/billing/settings", post_billing_settings, BodyKind::Json},
    {"POST", "/overrides", post_overrides, BodyKind::Json},
    {"GET", "/overrides", get_overrides, BodyKind::None},
    {"POST", "/overrides/remove", post_remove_override, BodyKind::Json},
    {"POST", "/usage/correct", post_correct_usage, BodyKind::Json},
    {"POST", "/test/sandbox", post_test_sandbox, BodyKind::Json},
    {"POST", "/addon", post_addon, BodyKind::Json},

    {"POST", "/entities", post_entities, BodyKind::Json},
    {"GET", "/entities", get_entities, BodyKind::None},
    {"POST", "/entities/remove", post_remove_entity, BodyKind::Json},

    {"GET", "/billing/usage", get_billing_usage, BodyKind::None},
    {"POST", "/billing/invoice", post_billing_invoice, BodyKind::Json},
    {"GET", "/billing/invoices", get_billing_invoices, BodyKind::None},
    {"GET", "/invoices/:id", get_invoice, BodyKind::None},
    {"GET", "/invoices/:id/explain", get_invoice_explanation, BodyKind::None},

    {"GET", "/test/clock", get_test_clock, BodyKind::None},
    {"POST", "/test/clock", post_test_clock, BodyKind::Json},

    {"POST", "/keys", post_keys, BodyKind::Json},
    {"GET", "/keys", get_keys, BodyKind::None},
    {"POST", "/keys/revoke", post_revoke_key, BodyKind::Json},

    {"POST", "/webhook-endpoints", post_webhook_endpoints, BodyKind::Json},
    {"GET", "/webhook-endpoints", get_webhook_endpoints, BodyKind::None},
    {"GET", "/webhook-endpoints/:id", get_webhook_endpoint, BodyKind::None},
    {"POST", "/webhook-endpoints/:id", post_webhook_endpoint, BodyKind::Json},
    {"DELETE", "/webhook-endpoints/:id", remove_webhook_endpoint, BodyKind::None},
    {"POST", "/webhook-endpoints/:id/remove", remove_webhook_endpoint, BodyKind::None},
    {"POST", "/webhook-endpoints/:id/enable", post_enable_webhook_endpoint, BodyKind::None},
    {"GET", "/webhook-endpoints/:id/secret", get_webhook_secret, BodyKind::None},
    {"POST", "/webhook-endpoints/:id/rotate-secret", post_rotate_webhook_secret, BodyKind::None},
    {"POST", "/webhook-endpoints/:id/test", post_webhook_test, BodyKind::None},
    {"GET", "/webhook-endpoints/:id/deliveries", get_webhook_deliveries, BodyKind::None},
    {"GET", "/webhook-deliveries/:id", get_webhook_delivery, BodyKind::None},
    {"POST", "/webhook-deliveries/:id/replay", post_webhook_replay, BodyKind::None},
});

// Takes the next part off the front of a path; "" when there is none left.
std::string_view take_part(std::string_view& path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

bool matches(std::string_view pattern, std::string_view path, std::string& parameter) {
    while (true) {
        const std::string_view wanted = take_part(pattern);
        const std::string_view got = take_part(path);
        if (wanted.empty() || got.empty()) return wanted.empty() && got.empty();
        if (wanted.starts_with(':')) {
            parameter = http::percent_decode(got);
        } else if (wanted != got) {
            return false;
        }
    }
}

}  // namespace

std::span<const ApiRoute> api_routes() {
    return kRoutes;
}

std::optional<MatchedRoute> match_route(std::string_view method, std::string_view path) {
    MatchedRoute matched;
    for (; matched.index < kRoutes.size(); ++matched.index) {
        const ApiRoute& route = kRoutes[matched.index];
        if (route.method == method && matches(route.path, path, matched.parameter)) return matched;
    }
    return std::nullopt;
}

std::string_view allowed_methods(std::string_view path) {
    static_assert(std::ranges::all_of(kRoutes, [](const ApiRoute& route) {
        return route.method == "GET" || route.method == "POST" || route.method == "DELETE";
    }));
    static constexpr auto kTexts = std::to_array<std::string_view>(
        {"", "GET, HEAD", "POST", "GET, HEAD, POST", "DELETE", "GET, HEAD, DELETE", "POST, DELETE",
         "GET, HEAD, POST, DELETE"});
    std::size_t methods = 0;
    std::string parameter;
    for (const ApiRoute& route : kRoutes) {
        if (!matches(route.path, path, parameter)) continue;
        methods |= route.method == "GET" ? 1U : route.method == "POST" ? 2U : 4U;
    }
    return kTexts[methods];
}

std::optional<std::string_view> below_mount(std::string_view path) {
    for (const std::string_view mount : {std::string_view("/v1"), std::string_view("/api/v1")}) {
        if (!path.starts_with(mount)) continue;
        const std::string_view rest = path.substr(mount.size());
        if (rest.empty() || rest.front() == '/') return rest;
    }
    return std::nullopt;
}

}  // namespace quipu::api
