#include "api/usage/routes.h"

#include "api/usage/handlers.h"
#include "api/usage/inputs.h"

namespace quipu::api {

std::vector<Route> usage_routes(Directory& directory, Commands& commands,
                                engine::LedgerEngine& engine, engine::PastAccounts& past,
                                engine::HistoryWalks& walks, ingest::CloudEventDecoder& decoder) {
    return {
        {"POST", "/v1/check", with(post_check, directory, commands), takes(kCheckInput)},
        {"POST", "/v1/track", with(post_track, directory, commands), takes(kTrackInput)},
        {"POST", "/v1/track/batch", with(post_track_batch, directory, commands),
         takes(kTrackBatchInput)},
        {"POST", "/v1/events", with(post_events, directory, commands, decoder),
         takes_raw().with_query(kEventsQuery)},
        {"GET", "/v1/check", with(get_check, directory, commands, engine, past),
         takes_query(kCheckQuery)},
        {"POST", "/v1/reserve", with(post_reserve, directory, commands), takes(kReserveInput)},
        {"POST", "/v1/reserve/confirm", with(post_confirm_reservation, directory, commands),
         takes(kConfirmInput)},
        {"POST", "/v1/reserve/release", with(post_release_reservation, directory, commands),
         takes(kReleaseInput)},
        {"GET", "/v1/reservations", with(get_reservations, directory), takes_query(kOfCustomer)},
        {"GET", "/v1/customers/:id/usage", with(get_usage_series, directory, walks),
         takes_query(kSeriesQuery)},
    };
}

}  // namespace quipu::api
