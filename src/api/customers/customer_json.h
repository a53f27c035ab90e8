// A customer as the API shows them: identity, configuration and subscriptions.
#pragma once

#include "base/json_writer.h"
#include "ledger/account.h"
#include "ledger/identity.h"

namespace quipu::api {

// Members of an object that the caller has opened.
void write_customer(base::JsonWriter& json, const ledger::Customer& customer,
                    const ledger::Account& account);
// {"overageLimit":…,"featureConfigs":[…]}
void write_billing_config(base::JsonWriter& json, const ledger::Account& account);

}  // namespace quipu::api
