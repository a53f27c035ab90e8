// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// customers.cc
void post_customers(Directory& directory, Commands& commands, base::ApiIds& ids, ApiCall call);
void get_customers(Directory& directory, const ledger::ControlState& control, ApiCall call);
void post_feature_config(Directory& directory, Commands& commands, ApiCall call);
void post_overage_limit(Directory& directory, Commands& commands, ApiCall call);
void get_customer(Directory& directory, ApiCall call);

// history.cc
void get_balances(Directory& directory, ApiCall call);
void get_entries(Directory& directory, ApiCall call);

// overrides.cc
void post_overrides(Directory& directory, Commands& commands, ApiCall call);
void get_overrides(Directory& directory, ApiCall call);
void post_remove_override(Directory& directory, Commands& commands, ApiCall call);
void post_correct_usage(Directory& directory, Commands& commands, ApiCall call);

// entities.cc
void post_entities(Directory& directory, Commands& commands, ApiCall call);
void get_entities(Directory& directory, ApiCall call);
void post_remove_entity(Directory& directory, Commands& commands, ApiCall call);

}  // namespace quipu::api
