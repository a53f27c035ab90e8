#include "ingest/message_decoder.h"

#include <algorithm>
#include <optional>
#include <string>

#include "ledger/command.h"
#include "ledger/record_limits.h"

namespace quipu::ingest {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Without parameters: `application/cloudevents+json; charset=UTF-8` is what stands before the `;`.
bool is_type(std::string_view content_type, std::string_view type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (content_type.ends_with(' ')) content_type.remove_suffix(1);
    return equal_in_any_case(content_type, type);
}

std::string_view header_of(const std::vector<ledger::Header>& headers, std::string_view name) {
    const auto found = std::ranges::find_if(headers, [&](const ledger::Header& header) {
        return equal_in_any_case(header.name, name);
    });
    return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

// Tick, genesis, catalogs and what the control partition knows are not addressed to one account.
bool is_for_an_account(const ledger::Command& command) {
    return ledger::kind_of(command).number <= ledger::kCommandKind<ledger::GenerateInvoice>;
}

std::optional<base::Error> complete(ledger::CommandRecord& record, std::string_view key,
                                    const std::vector<ledger::Header>& headers) {
    if (!is_for_an_account(record.command)) return std::nullopt;
    if (!record.organisation.empty() && !record.customer.empty()) return std::nullopt;
    if (record.organisation.empty()) record.organisation = header_of(headers, "organisation");
    if (record.customer.empty()) record.customer = key;
    if (record.organisation.empty()) {
        return base::Error{"organisation_missing",
                           "Neither the message nor its header `organisation` names one."};
    }
    if (record.customer.empty()) {
        return base::Error{"customer_missing", "Neither the message nor its key names a customer."};
    }
    return ledger::problem_of(record);
}

}  // namespace

base::Result<ledger::CommandRecord> MessageDecoder::decode_body(std::string_view content_type,
                                                                std::string_view bytes) {
    if (content_type.empty() || is_type(content_type, "application/x-protobuf") ||
        is_type(content_type, "application/protobuf")) {
        return records_.decode(bytes);
    }
    if (is_type(content_type, "application/cloudevents+json")) return events_.decode(bytes);
    return base::fail("content_type_unsupported",
                      "A message must be application/x-protobuf or application/cloudevents+json.");
}

base::Result<ledger::CommandRecord> MessageDecoder::decode(
    std::string_view content_type, std::string_view bytes, std::string_view key,
    const std::vector<ledger::Header>& headers) {
    base::Result<ledger::CommandRecord> record = decode_body(content_type, bytes);
    if (!record) return record;
    if (auto problem = complete(*record, key, headers)) {
        return tl::unexpected<base::Error>(std::move(*problem));
    }
    return record;
}

base::Result<ledger::CommandRecord> MessageDecoder::decode(const ledger::StoredRecord& message) {
    return decode(header_of(message.headers, "content-type"), message.value, message.key,
                  message.headers);
}

}  // namespace quipu::ingest
