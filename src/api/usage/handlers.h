// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// usage.cc
void post_check(Directory& directory, Commands& commands, ApiCall call);
void post_track(Directory& directory, Commands& commands, ApiCall call);
void get_check(Directory& directory, Commands& commands, engine::LedgerEngine& engine,
               engine::PastAccounts& past, ApiCall call);

// usage_batch.cc
void post_track_batch(Directory& directory, Commands& commands, ApiCall call);

// events.cc
void post_events(Directory& directory, Commands& commands, ingest::CloudEventDecoder& decoder,
                 ApiCall call);

// reservations.cc
void post_reserve(Directory& directory, Commands& commands, ApiCall call);
void post_confirm_reservation(Directory& directory, Commands& commands, ApiCall call);
void post_release_reservation(Directory& directory, Commands& commands, ApiCall call);
void get_reservations(Directory& directory, ApiCall call);

// usage_series.cc
void get_usage_series(Directory& directory, engine::HistoryWalks& walks, ApiCall call);

}  // namespace quipu::api
