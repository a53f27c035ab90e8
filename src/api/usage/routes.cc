#include "api/usage/routes.h"

#include "api/usage/handlers.h"

namespace quipu::api {

std::vector<Route> usage_routes(Directory& directory, Commands& commands,
                                engine::LedgerEngine& engine, engine::PastAccounts& past,
                                engine::HistoryWalks& walks, ingest::CloudEventDecoder& decoder) {
    return {
        {"POST", "/v1/check", with(post_check, directory, commands), BodyKind::Json},
        {"POST", "/v1/track", with(post_track, directory, commands), BodyKind::Json},
        {"POST", "/v1/track/batch", with(post_track_batch, directory, commands), BodyKind::Json},
        {"POST", "/v1/events", with(post_events, directory, commands, decoder), BodyKind::Raw},
        {"GET", "/v1/check", with(get_check, directory, commands, engine, past)},
        {"POST", "/v1/reserve", with(post_reserve, directory, commands), BodyKind::Json},
        {"POST", "/v1/reserve/confirm", with(post_confirm_reservation, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/reserve/release", with(post_release_reservation, directory, commands),
         BodyKind::Json},
        {"GET", "/v1/reservations", with(get_reservations, directory)},
        {"GET", "/v1/customers/:id/usage", with(get_usage_series, directory, walks)},
    };
}

}  // namespace quipu::api
