#include "ledger/codec/notification_codec.h"

#include "ledger/codec/codec_values.h"
#include "quipu/v1/notification.pb.h"

namespace quipu::ledger {
namespace codec {
namespace {

// Overloads below must not hide those of the parts.
using codec::read;
using codec::write;

struct FactWriter {
    v1::Fact& out;

    void operator()(const std::string& text) const { out.set_text(text); }
    void operator()(std::int64_t whole) const { out.set_whole(whole); }
    void operator()(bool truth) const { out.set_truth(truth); }
    void operator()(base::Quantity quantity) const { write(quantity, *out.mutable_quantity()); }
    void operator()(base::Instant instant) const { out.set_instant_micros(instant.micros); }
};

Fact read(const v1::Fact& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Fact fact{.name = message.name(), .value = {}};
    switch (message.value_case()) {
        case v1::Fact::kText:
            fact.value = message.text();
            break;
        case v1::Fact::kWhole:
            fact.value = std::int64_t{message.whole()};
            break;
        case v1::Fact::kTruth:
            fact.value = message.truth();
            break;
        case v1::Fact::kQuantity:
            fact.value = read(message.quantity(), problems);
            break;
        case v1::Fact::kInstantMicros:
            fact.value = base::Instant{message.instant_micros()};
            break;
        case v1::Fact::VALUE_NOT_SET:
            problems.report("value_unspecified", "fact '" + message.name() + "' has no value.");
    }
    return fact;
}

Notification read_notification(const v1::Notification& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Notification notification{.id = message.id(),
                              .organisation = message.organisation(),
                              .customer = message.customer(),
                              .type = message.type(),
                              .at = {message.at_micros()},
                              .facts = {}};
    for (const v1::Fact& fact : message.facts()) {
        notification.facts.push_back(read(fact, problems));
    }
    return notification;
}

}  // namespace
}  // namespace codec

std::string encode_notification(const Notification& notification) {
    v1::Notification message;
    message.set_id(notification.id);
    message.set_organisation(notification.organisation);
    message.set_customer(notification.customer);
    message.set_type(notification.type);
    message.set_at_micros(notification.at.micros);
    for (const Fact& fact : notification.facts) {
        v1::Fact& out = *message.add_facts();
        out.set_name(fact.name);
        std::visit(codec::FactWriter{out}, fact.value);
    }
    return message.SerializeAsString();
}

base::Result<Notification> decode_notification(std::string_view bytes) {
    v1::Notification message;
    return codec::decode<Notification>(
        message, bytes, [](const v1::Notification& parsed, codec::Problems& problems) {
            return codec::read_notification(parsed, problems);
        });
}

}  // namespace quipu::ledger
