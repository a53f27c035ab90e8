#include "api/usage/routes.h"

#include "api/usage/handlers.h"

namespace quipu::api {

std::vector<Route> usage_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/check", with(post_check, ledger), BodyKind::Json},
        {"POST", "/v1/track", with(post_track, ledger), BodyKind::Json},
        {"POST", "/v1/track/batch", with(post_track_batch, ledger), BodyKind::Json},
        {"POST", "/v1/events", with(post_events, ledger), BodyKind::Raw},
        {"GET", "/v1/check", with(get_check, ledger)},
        {"POST", "/v1/reserve", with(post_reserve, ledger), BodyKind::Json},
        {"POST", "/v1/reserve/confirm", with(post_confirm_reservation, ledger), BodyKind::Json},
        {"POST", "/v1/reserve/release", with(post_release_reservation, ledger), BodyKind::Json},
        {"GET", "/v1/reservations", with(get_reservations, ledger)},
        {"GET", "/v1/customers/:id/usage", with(get_usage_series, ledger)},
    };
}

}  // namespace quipu::api
