// ledger::Catalog <-> the message quipu.v1.Catalog, for the codecs that carry one.
#pragma once

#include "ledger/catalog.h"
#include "ledger/codec/codec_values.h"
#include "quipu/v1/catalog.pb.h"

namespace quipu::ledger::codec {

void write(const Catalog& catalog, v1::Catalog& out);
[[nodiscard]] Catalog read(const v1::Catalog& message, Problems& problems);

}  // namespace quipu::ledger::codec
