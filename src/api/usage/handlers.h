// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// usage.cc
void post_check(ApiLedger& ledger, ApiCall call);
void post_track(ApiLedger& ledger, ApiCall call);
void get_check(ApiLedger& ledger, ApiCall call);

// usage_batch.cc
void post_track_batch(ApiLedger& ledger, ApiCall call);

// events.cc
void post_events(ApiLedger& ledger, ApiCall call);

// reservations.cc
void post_reserve(ApiLedger& ledger, ApiCall call);
void post_confirm_reservation(ApiLedger& ledger, ApiCall call);
void post_release_reservation(ApiLedger& ledger, ApiCall call);
void get_reservations(ApiLedger& ledger, ApiCall call);

// usage_series.cc
void get_usage_series(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
