// Any bytes as a log record: decoding never crashes, and what it accepts can go on the log again.
#include "base/check.h"
#include "ledger/codec/catalog_codec.h"
#include "ledger/codec/command_codec.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/record_limits.h"
#include "projections/rows/command_digest.h"

using namespace quipu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static ledger::CommandDecoder decoder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto record = decoder.decode(bytes);
    QUIPU_CHECK(decoder.decode_any(bytes) == record);
    if (record) {
        QUIPU_CHECK(!ledger::problem_of(*record));
        QUIPU_CHECK(decoder.decode(ledger::encode(*record)) == record);
        static_cast<void>(projections::content_digest(*record));
    }
    if (const auto catalog = ledger::decode_catalog(bytes)) {
        QUIPU_CHECK(ledger::decode_catalog(ledger::encode_catalog(*catalog)) == catalog);
    }
    if (const auto invoice = ledger::decode_invoice(bytes)) {
        QUIPU_CHECK(ledger::decode_invoice(ledger::encode_invoice(*invoice)) == invoice);
    }
    return 0;
}
