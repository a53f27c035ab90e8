#include "ingest/record_decoder.h"

#include <memory>

#include "ingest/message_decoder.h"

namespace quipu::ingest {

std::function<base::Result<ledger::CommandRecord>(const ledger::StoredRecord&)> record_decoder() {
    auto decoder = std::make_shared<MessageDecoder>();
    return [decoder](const ledger::StoredRecord& record) { return decoder->decode(record); };
}

}  // namespace quipu::ingest
