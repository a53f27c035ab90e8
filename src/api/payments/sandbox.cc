#include "api/payments/sandbox.h"

#include <array>

#include "api/payments/handlers.h"
#include "api/request/errors.h"
#include "api/request/fields.h"
#include "base/json_writer.h"
#include "payments/sandbox/provider.h"

namespace quipu::api {
namespace {

template <typename Value>
struct Name {
    std::string_view name;
    Value value;
};
constexpr std::array<Name<payments::SandboxCharges>, 3> kCharges = {
    {{"ok", payments::SandboxCharges::Ok},
     {"decline", payments::SandboxCharges::Decline},
     {"unavailable", payments::SandboxCharges::Unavailable}}};
constexpr std::array<Name<payments::SandboxWebhookConduct>, 4> kWebhooks = {
    {{"once", payments::SandboxWebhookConduct::Once},
     {"twice", payments::SandboxWebhookConduct::Twice},
     {"late", payments::SandboxWebhookConduct::Late},
     {"never", payments::SandboxWebhookConduct::Never}}};

void choose(Fields& fields, std::string_view field, const auto& names, auto& chosen,
            std::string_view reason) {
    const auto text = fields.optional_text(field);
    if (!text) return;
    for (const auto& entry : names) {
        if (entry.name == *text) {
            chosen = entry.value;
            return;
        }
    }
    fields.refuse(field, reason);
}

std::string_view name_of(const auto& names, auto value) {
    for (const auto& entry : names) {
        if (entry.value == value) return entry.name;
    }
    return {};
}

}  // namespace

base::Result<http::HttpResponse> control_sandbox(payments::SandboxControls& sandbox,
                                                 std::string_view organisation,
                                                 base::JsonValue body) {
    payments::SandboxBehaviour wanted = sandbox.behaviour(organisation);
    Fields fields(body);
    choose(fields, "charges", kCharges, wanted.charges, "expected ok, decline or unavailable");
    choose(fields, "webhooks", kWebhooks, wanted.webhooks, "expected once, twice, late or never");
    if (const auto delay = fields.optional_integer("delayMs", 0)) {
        if (*delay > payments::kMaxSandboxDelay.count()) fields.refuse("delayMs", "at most a day");
        wanted.delay = std::chrono::milliseconds(*delay);
    }
    const bool flush = fields.boolean_or("flush", false);
    if (fields.problem()) return tl::unexpected(*fields.problem());

    sandbox.set_behaviour(organisation, wanted);
    if (flush) sandbox.flush(organisation);
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(true);
    json.key("charges").string(name_of(kCharges, wanted.charges));
    json.key("webhooks").string(name_of(kWebhooks, wanted.webhooks));
    json.key("delayMs").integer(wanted.delay.count());
    json.key("flush").boolean(flush);
    json.end_object();
    return response;
}

void post_test_sandbox(payments::SandboxProvider& sandbox, ApiCall call) {
    auto answered = control_sandbox(sandbox, call.organisation, call.body);
    call.respond(answered ? std::move(*answered) : response_of(answered.error()));
}

void get_or_post_sandbox_page(payments::SandboxProvider& sandbox, ApiCall call) {
    sandbox.handle(call.request, std::move(call.respond).release());
}

}  // namespace quipu::api
