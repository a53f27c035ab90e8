// Plans, credit systems and packs as the API shows them (docs/contract/catalog.md#reading-plans).
#pragma once

#include "base/json_writer.h"
#include "ledger/catalog.h"

namespace quipu::api {

enum class PlanShape : std::uint8_t { Listed, Single };  // a single one has no provider, autoEnable

void write_plan(base::JsonWriter& json, const ledger::Catalog& catalog, const ledger::Plan& plan,
                PlanShape shape);
void write_credit_system(base::JsonWriter& json, const ledger::CreditSystem& system);
void write_credit_pack(base::JsonWriter& json, const ledger::CreditPack& pack);
// Members of an object that the caller has opened.
void write_sync_report(base::JsonWriter& json, const ledger::SyncReport& report);
void write_tiers(base::JsonWriter& json, const std::vector<rating::Tier>& tiers);

}  // namespace quipu::api
