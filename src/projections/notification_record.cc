#include "projections/notification_record.h"

#include "base/bytes.h"
#include "base/sha256.h"
#include "ledger/codec/notification_codec.h"

namespace quipu::projections {
namespace {

constexpr std::size_t kIdBytes = 16;  // of the hash

}  // namespace

// The facts are left out, so that a later version may add one and a rebuilt state still knows what
// was published.
std::string notification_id(const ledger::Notification& notification, std::string_view subject,
                            ledger::Partition from, ledger::Offset offset) {
    base::ByteWriter name;
    name.string(notification.type);
    name.string(notification.organisation);
    name.string(notification.customer);
    name.instant(notification.at);
    name.string(subject);
    name.byte(static_cast<std::uint8_t>(from.topic));
    name.varint(from.index);
    name.zigzag(offset);
    const base::Sha256Digest hash = base::sha256(name.view());
    return "ntf_" + base::to_hex(std::span(hash).first<kIdBytes>());
}

SendRecord notification_record(const ledger::Notification& notification) {
    SendRecord sent;
    sent.to = {ledger::Topic::Notifications, 0};
    sent.record.key = notification.customer;
    sent.record.value = ledger::encode_notification(notification);
    sent.record.headers = {{"content-type", "application/x-protobuf"},
                           {"id", notification.id},
                           {"organisation", notification.organisation},
                           {"type", notification.type}};
    return sent;
}

}  // namespace quipu::projections
