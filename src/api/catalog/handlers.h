// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// catalog.cc
void post_sync(Directory& directory, Commands& commands, ApiCall call);
void get_plans(Directory& directory, ApiCall call);
void get_plan(Directory& directory, ApiCall call);
void get_credit_systems(Directory& directory, ApiCall call);
void get_credit_packs(Directory& directory, ApiCall call);

}  // namespace quipu::api
