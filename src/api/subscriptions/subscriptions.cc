// Attaching plans, canceling and continuing them, and buying credit packs.
#include <fmt/format.h>

#include <tuple>

#include "api/payments/payment_answers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "api/subscriptions/handlers.h"
#include "http/http_error.h"
#include "ledger/usage/sources.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

void write_customer_id(base::JsonWriter& json, const ingest::Reply& reply) {
    json.key("customerId").string(reply.customer);
    json.key("customer_id").string(reply.customer);
}

void write_subscription_id(base::JsonWriter& json, std::string_view id) {
    json.key("subscriptionId").string(id);
    json.key("subscription_id").string(id);
}

void write_attached(base::JsonWriter& json, const ingest::Reply& reply) {
    const auto& answer = std::get<ledger::AttachAnswer>(reply.outcome);
    if (answer.type == ledger::AttachType::Trial) {
        json.key("trial").boolean(true);
        write_instant(json.key("trial_ends_at"), answer.trial_ends_at);
        write_instant(json.key("trialEndsAt"), answer.trial_ends_at);
    } else {
        json.key("type").string(name_of(answer.type));
    }
    json.key("requiresCheckout").boolean(false);
    json.key("message").string(answer.message);
    write_subscription_id(json, answer.subscription);
    if (answer.scheduled_at) json.key("scheduledAt").integer(base::to_millis(*answer.scheduled_at));
    if (!answer.invoice.empty()) json.key("invoiceId").string(answer.invoice);
    write_customer_id(json, reply);
}

void write_purchase(base::JsonWriter& json, const ingest::Reply& reply) {
    const auto& answer = std::get<ledger::AddonAnswer>(reply.outcome);
    json.key("requiresCheckout").boolean(false);
    json.key("quantity").integer(answer.quantity);
    write_quantity(json.key("credits"), answer.credits);
    write_quantity(json.key("balance"), answer.balance);
    json.key("creditSystemId").string(answer.system);
    json.key("pack").string(answer.pack);
    json.key("message").string(fmt::format("Purchased {}x {} ({} credits)", answer.quantity,
                                           answer.pack_name, answer.credits.to_string()));
    if (!answer.invoice.empty()) json.key("invoiceId").string(answer.invoice);
    write_customer_id(json, reply);
}

void write_trial_days(base::JsonWriter& json, const ledger::Plan* plan) {
    if (plan == nullptr) return;
    json.key("trial_days").integer(plan->trial_days);
    json.key("trialDays").integer(plan->trial_days);
}

// The plan of one of a customer's subscriptions, as it is sold now; null when it is no more.
const ledger::Plan* plan_of(Directory& directory, const Customer& customer, std::string_view id) {
    const engine::AccountView view = directory.view(customer);
    for (const ledger::Subscription& subscription : view.account->subscriptions) {
        if (subscription.id == id)
            return find_plan(directory.catalog(customer.organisation), subscription.plan);
    }
    return nullptr;
}

// An attach whose intent is paid, or has a page.
void write_payable(base::JsonWriter& json, const ingest::Reply& reply, const PaymentState& state,
                   const ledger::Catalog& catalog) {
    const auto& answer = std::get<ledger::AttachAnswer>(reply.outcome);
    const ledger::PaymentIntent& intent = *state.intent;
    const ledger::Plan* plan = find_plan(catalog, intent.plan);
    const bool trial = answer.type == ledger::AttachType::Trial;
    const bool paid = state.checkout_url.empty();
    const ledger::Subscription* bought =
        paid ? state.account->find_subscription(intent.subscription) : nullptr;
    if (trial) {
        json.key("trial").boolean(true);
        write_trial_days(json, plan);
        if (bought != nullptr) write_instant(json.key("trial_ends_at"), bought->period.end);
    } else {
        json.key("type").string(name_of(answer.type));
    }
    json.key("requiresCheckout").boolean(!paid);
    if (!paid) json.key("checkoutUrl").string(state.checkout_url);
    json.key("reference").string(intent.id);
    if (paid) {
        json.key("message").string(fmt::format("Subscribed to {}", intent.description));
        if (bought != nullptr) write_subscription_id(json, bought->id);
        if (intent.invoice != 0)
            json.key("invoiceId").string(ledger::invoice_id(state.account->id, intent.invoice));
    } else {
        json.key("message").string(answer.message);
    }
    write_customer_id(json, reply);
}

// A purchase that is paid, or has a page.
void write_payable_purchase(base::JsonWriter& json, const ingest::Reply& reply,
                            const PaymentState& state, base::Instant now) {
    ledger::AddonAnswer answer = std::get<ledger::AddonAnswer>(reply.outcome);
    answer.balance = ledger::addon_balance(*state.account, answer.system, now);
    const bool paid = state.checkout_url.empty();
    json.key("requiresCheckout").boolean(!paid);
    if (!paid) json.key("checkoutUrl").string(state.checkout_url);
    json.key("reference").string(state.intent->id);
    json.key("quantity").integer(answer.quantity);
    write_quantity(json.key("credits"), answer.credits);
    write_quantity(json.key("balance"), answer.balance);
    json.key("creditSystemId").string(answer.system);
    json.key("pack").string(answer.pack);
    json.key("message").string(
        fmt::format("{} {}x {} ({} credits)", paid ? "Purchased" : "Checkout created for",
                    answer.quantity, answer.pack_name, answer.credits.to_string()));
    if (paid && state.intent->invoice != 0)
        json.key("invoiceId").string(ledger::invoice_id(state.account->id, state.intent->invoice));
    write_customer_id(json, reply);
}

// The reply itself, or what its intent comes to.
void answer_bought(Directory& directory, PaymentAnswers& answers, const Customer& customer,
                   const SharedResponder& respond, const Result<ingest::Reply>& reply,
                   void (*write)(base::JsonWriter&, const ingest::Reply&)) {
    if (reply) {
        const auto* attached = std::get_if<ledger::AttachAnswer>(&reply->outcome);
        if (attached != nullptr && !attached->intent.empty()) {
            return answers.answer(
                customer, attached->intent, *reply, respond,
                [&directory, organisation = customer.organisation](base::JsonWriter& json,
                                                                   const ingest::Reply& stored,
                                                                   const PaymentState& state) {
                    write_payable(json, stored, state, directory.catalog(organisation));
                });
        }
        if (attached != nullptr && attached->type == ledger::AttachType::Trial) {
            return (*respond)(
                write_response(reply, [&](base::JsonWriter& json, const ingest::Reply& of) {
                    write_trial_days(json, plan_of(directory, customer, attached->subscription));
                    write_attached(json, of);
                }));
        }
        const auto* bought = std::get_if<ledger::AddonAnswer>(&reply->outcome);
        if (bought != nullptr && !bought->intent.empty()) {
            return answers.answer(
                customer, bought->intent, *reply, respond,
                [&directory, &customer](base::JsonWriter& json, const ingest::Reply& stored,
                                        const PaymentState& state) {
                    write_payable_purchase(json, stored, state, directory.view(customer).now);
                });
        }
    }
    (*respond)(write_response(reply, write));
}

void write_changed_subscription(base::JsonWriter& json, const ingest::Reply& reply,
                                Directory& directory, const Customer& customer) {
    const auto& done = std::get<ledger::Done>(reply.outcome);
    write_subscription_id(json, done.subject);
    const engine::AccountView view = directory.view(customer);
    for (const ledger::Subscription& subscription : view.account->subscriptions) {
        if (subscription.id != done.subject) continue;
        json.key("plan").string(subscription.plan);
        json.key("status").string(name_of(subscription.status));
        write_instant(json.key("cancelAt"), subscription.cancel_at);
        write_instant(json.key("endedAt"), subscription.ended_at);
    }
    write_customer_id(json, reply);
}

// Cancel and Uncancel differ only in their command.
void change_subscription(Directory& directory, Commands& commands, ApiCall& call,
                         const std::string& reference, ledger::CommandRecord record) {
    with_known_customer(
        directory, call, reference,
        [&directory, &commands, record = std::move(record)](const Customer& customer,
                                                            const SharedResponder& respond) {
            commands.submit(
                customer, record,
                answer_with(respond, [&directory, &customer](base::JsonWriter& json,
                                                             const ingest::Reply& reply) {
                    write_changed_subscription(json, reply, directory, customer);
                }));
        },
        Unknown::ByName);
}

// `unresolved`: what an unknown customer who cannot be created is told.
void submit_for(Directory& directory, Commands& commands, PaymentAnswers& answers, ApiCall& call,
                CustomerRef ref, ledger::CommandRecord record, std::string_view unresolved,
                void (*write)(base::JsonWriter&, const ingest::Reply&)) {
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    directory.with_customer(
        organisation, std::move(ref),
        [&directory, &commands, &answers, respond, record = std::move(record), unresolved,
         write](const Result<const Customer*>& found) {
            if (!found && found.error().code == "customer_not_found")
                return (*respond)(http::error_response(400, "customer_not_found", unresolved));
            if (!found) return (*respond)(response_of(found.error()));
            const Customer& customer = **found;
            commands.submit(customer, record,
                            [&directory, &answers, &customer, respond,
                             write](const Result<ingest::Reply>& reply) {
                                answer_bought(directory, answers, customer, respond, reply, write);
                            });
        });
}

}  // namespace

void post_attach(Directory& directory, Commands& commands, PaymentAnswers& answers, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    CustomerRef customer = customer_ref(fields, false);
    ledger::Attach attach;
    attach.plan = fields.text("product");
    attach.metadata_json = fields.object_text("metadata");
    std::ignore = fields.currency_or_none("currency");  // amounts are never converted
    attach.callback_url = callback_url(fields);
    fields.check_texts("channels");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    // Before a customer is created for it.
    if (find_plan(directory.catalog(call.organisation), attach.plan) == nullptr) {
        return call.respond(
            response_of(Error{"plan_not_found", fmt::format("Plan '{}' not found", attach.plan)}));
    }
    record.command = std::move(attach);
    submit_for(directory, commands, answers, call, std::move(customer), std::move(record),
               "Could not resolve or create customer", write_attached);
}

void post_cancel(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    ledger::Cancel cancel;
    cancel.plan = fields.text_or("product", "");
    cancel.immediately = fields.boolean_or("immediate", false);
    record.id = event_id(call, fields);
    record.command = std::move(cancel);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    change_subscription(directory, commands, call, customer, std::move(record));
}

void post_uncancel(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    record.command = ledger::Uncancel{std::string(fields.text_or("product", ""))};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    change_subscription(directory, commands, call, customer, std::move(record));
}

void post_addon(Directory& directory, Commands& commands, PaymentAnswers& answers, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    CustomerRef customer = customer_ref(fields, false);
    ledger::PurchaseAddon purchase;
    purchase.pack = fields.text("pack");
    purchase.quantity = fields.count_or_one("quantity");
    std::ignore = fields.currency_or_none("currency");
    purchase.callback_url = callback_url(fields);
    std::ignore = fields.object_text("metadata");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const ledger::CreditPack* pack =
        find_credit_pack(directory.catalog(call.organisation), purchase.pack);
    if (pack == nullptr) {
        return call.respond(response_of(
            Error{"pack_not_found", fmt::format("Credit pack '{}' not found", purchase.pack)}));
    }
    if (pack->provider && !directory.sells_through(call.organisation, *pack->provider)) {
        return call.respond(response_of(
            ledger::Rejection{ledger::Code::ProviderNotConfigured,
                              fmt::format("Provider '{}' not configured", *pack->provider)}));
    }
    record.command = std::move(purchase);
    submit_for(
        directory, commands, answers, call, std::move(customer), std::move(record),
        "Could not resolve customer. Use an existing customer ID/external ID or pass a customer "
        "email to auto-create.",
        write_purchase);
}

}  // namespace quipu::api
