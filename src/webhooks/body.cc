#include "webhooks/body.h"

#include <variant>

#include "base/json_writer.h"

namespace quipu::webhooks {
namespace {

struct FactText {
    base::JsonWriter& json;

    void operator()(const std::string& text) const { json.string(text); }
    void operator()(std::int64_t whole) const { json.integer(whole); }
    void operator()(bool truth) const { json.boolean(truth); }
    void operator()(base::Quantity quantity) const { json.number(quantity.to_string()); }
    void operator()(base::Instant instant) const { json.string(base::format_instant(instant)); }
};

}  // namespace

std::string webhook_body(const ledger::Notification& notification) {
    std::string body;
    base::JsonWriter json(body);
    json.begin_object();
    json.key("id").string(notification.id);
    json.key("type").string(notification.type);
    json.key("timestamp").string(base::format_instant(notification.at));
    json.key("organisation").string(notification.organisation);
    json.key("data").begin_object();
    for (const ledger::Fact& fact : notification.facts) {
        json.key(fact.name);
        std::visit(FactText{json}, fact.value);
    }
    json.end_object();
    json.end_object();
    return body;
}

}  // namespace quipu::webhooks
