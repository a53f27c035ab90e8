// What a catalog may hold, whoever wrote it (record_limits.h).
#pragma once

#include "ledger/catalog.h"
#include "ledger/field_inspector.h"

namespace quipu::ledger {

void inspect(FieldInspector& in, const Catalog& catalog);

}  // namespace quipu::ledger
