// Customers: create or update, read, list, and what they set for themselves.
#include "api/customers/customer_json.h"
#include "api/customers/customer_list.h"
#include "api/customers/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kLargestPage = 500;
constexpr std::size_t kLargestOffset = 10'000;

ledger::UpsertCustomer read_upsert(Fields& fields) {
    ledger::UpsertCustomer upsert;
    upsert.email = fields.text("email");
    if (!looks_like_email(upsert.email)) fields.refuse("email", "Invalid email address");
    upsert.external_id = fields.optional_own_id("id");
    if (const auto name = fields.optional_text("name")) upsert.name = std::string(*name);
    upsert.metadata_json = fields.object_text("metadata");
    upsert.overwrite = true;
    upsert.auto_enable = true;
    return upsert;
}

struct Receipt {
    std::string event_id;
    bool duplicate = false;
    ledger::Partition partition;
    ledger::Offset offset = 0;
};

// The customer as they are now, once the account is open.
void answer_customer(Directory& directory, const Customer& customer, const Receipt& receipt,
                     const SharedResponder& respond) {
    directory.when_open(customer,
                        [&directory, receipt, respond](const Result<const Customer*>& opened) {
                            if (!opened) return (*respond)(response_of(opened.error()));
                            const engine::AccountView view = directory.view(**opened);
                            (*respond)(read_response([&](base::JsonWriter& json) {
                                write_customer(json, **opened, *view.account);
                                static const ledger::Outcome kNone;
                                write_receipt(json, {kNone,
                                                     receipt.duplicate,
                                                     receipt.event_id,
                                                     {},
                                                     receipt.partition,
                                                     receipt.offset,
                                                     {}});
                            }));
                        });
}

void submit_for(Directory& directory, Commands& commands, ApiCall& call, std::string_view reference,
                ledger::CommandRecord record, const WriteAnswer& write) {
    with_known_customer(
        directory, call, reference,
        [&commands, record = std::move(record), write](const Customer& customer,
                                                       const SharedResponder& respond) {
            commands.submit(customer, record, answer_with(respond, write));
        },
        Unknown::ByName);
}

// null clears, and so does leaving out.
std::optional<ledger::OverageMode> read_overage(Fields& fields) {
    const auto text = fields.optional_text("overage");
    if (!text) return std::nullopt;
    if (*text == "charge") return ledger::OverageMode::Charge;
    if (*text != "block") fields.refuse("overage", "Expected \"block\", \"charge\" or null");
    return ledger::OverageMode::Block;
}

std::optional<ledger::OverageLimit> read_overage_limit(Fields& fields) {
    const std::string_view reaction = fields.text_or("onLimitReached", "block");
    if (reaction != "block" && reaction != "notify")
        fields.refuse("onLimitReached", "Expected \"block\" or \"notify\"");
    if (!fields.has("maxOverageAmount"))
        fields.refuse("maxOverageAmount", "Invalid input: expected number, received undefined");
    const auto amount = fields.optional_integer("maxOverageAmount", 0);
    if (!amount) return std::nullopt;
    return ledger::OverageLimit{*amount, reaction == "notify" ? ledger::LimitReaction::Notify
                                                              : ledger::LimitReaction::Block};
}

// How many of the list are left out before its first; within what one request looks at.
Result<std::size_t> query_offset(const ApiCall& call) {
    const std::string text = query_text(call, "offset");
    if (text.empty()) return 0;
    const base::ParsedCoefficient parsed = base::parse_coefficient(text, 0);
    if (parsed.error || parsed.value < 0 || parsed.value > kLargestOffset)
        return tl::unexpected(invalid("offset", "Expected a whole number between 0 and 10000"));
    return static_cast<std::size_t>(parsed.value);
}

CustomerFilter read_filter(const ApiCall& call) {
    return {ledger::lower_case(query_text(call, "email")), query_text(call, "externalId"),
            ledger::lower_case(query_text(call, "search"))};
}

}  // namespace

void post_customers(Directory& directory, Commands& commands, base::ApiIds& ids, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    ledger::UpsertCustomer upsert = read_upsert(fields);
    record.id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    upsert.candidate = ids.fresh("cus_");
    record.command = std::move(upsert);
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    commands.submit_control(
        organisation, std::move(record),
        [&directory, respond, organisation](const Result<ingest::Reply>& reply) {
            if (!reply) return (*respond)(response_of(reply.error()));
            if (const auto* refused = std::get_if<ledger::Rejection>(&reply->outcome))
                return (*respond)(response_of(*refused));
            const Customer* customer = directory.find(organisation, reply->customer);
            if (customer == nullptr)
                return (*respond)(response_of(customer_not_found(reply->customer)));
            answer_customer(
                directory, *customer,
                {std::string(reply->event_id), reply->duplicate, reply->partition, reply->offset},
                respond);
        });
}

void get_customer(Directory& directory, ApiCall call) {
    with_known_customer(directory, call, call.parameter,
                        [&directory](const Customer& customer, const SharedResponder& respond) {
                            const engine::AccountView view = directory.view(customer);
                            (*respond)(read_response([&](base::JsonWriter& json) {
                                write_customer(json, customer, *view.account);
                            }));
                        });
}

void get_customers(Directory& directory, const ledger::ControlState& control, ApiCall call) {
    const auto limit = query_limit(call, kUsualPage, kLargestPage);
    if (!limit) return call.respond(response_of(limit.error()));
    const auto offset = query_offset(call);
    if (!offset) return call.respond(response_of(offset.error()));
    const CustomerPage page = find_customers(control, call.organisation, read_filter(call),
                                             query_text(call, "cursor"), *offset, *limit);
    static const ledger::Account kNotOpen;
    const auto write = [&](base::JsonWriter& json, const Customer* customer) {
        json.begin_object();
        if (directory.is_open(*customer)) {
            const engine::AccountView view = directory.view(*customer);
            write_customer(json, *customer, *view.account);
        } else {
            write_customer(json, *customer, kNotOpen);
        }
        json.end_object();
    };
    call.respond(page_response("customers", page.customers, write, page.next));
}

void post_feature_config(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    ledger::SetFeatureConfig set;
    set.config.feature = fields.text("feature");
    set.config.overage = read_overage(fields);
    set.config.max_overage_units =
        fields.optional_decimal<base::Quantity::kScale>("maxOverageUnits");
    if (set.config.max_overage_units && set.config.max_overage_units->is_negative())
        fields.refuse("maxOverageUnits", "Too small: expected number to be >=0");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const ledger::FeatureConfig config = set.config;
    record.command = std::move(set);
    submit_for(
        directory, commands, call, customer, std::move(record),
        [config](base::JsonWriter& json, const ingest::Reply& reply) {
            json.key("customerId").string(reply.customer);
            json.key("customer_id").string(reply.customer);
            json.key("feature").string(config.feature);
            json.key("overage");
            if (config.overage) {
                json.string(*config.overage == ledger::OverageMode::Charge ? "charge" : "block");
            } else {
                json.null();
            }
            write_quantity(json.key("maxOverageUnits"), config.max_overage_units);
        });
}

void post_overage_limit(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    const auto limit = read_overage_limit(fields);
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    record.command = ledger::SetOverageLimit{limit};
    submit_for(
        directory, commands, call, customer, std::move(record),
        [limit](base::JsonWriter& json, const ingest::Reply& reply) {
            json.key("customerId").string(reply.customer);
            json.key("customer_id").string(reply.customer);
            json.key("maxOverageAmount");
            if (!limit) {
                json.null().key("onLimitReached").null();
                return;
            }
            json.integer(limit->max_minor);
            json.key("onLimitReached")
                .string(limit->reaction == ledger::LimitReaction::Notify ? "notify" : "block");
        });
}

}  // namespace quipu::api
