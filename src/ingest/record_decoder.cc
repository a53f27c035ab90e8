#include "ingest/record_decoder.h"

#include <memory>

#include "ledger/command_codec.h"

namespace quipu::ingest {

std::function<base::Result<ledger::CommandRecord>(const ledger::StoredRecord&)> record_decoder() {
    auto decoder = std::make_shared<ledger::CommandDecoder>();
    return [decoder](const ledger::StoredRecord& record) { return decoder->decode(record.value); };
}

}  // namespace quipu::ingest
