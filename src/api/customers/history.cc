// What a customer has and how it came to be: every balance with its parts, and the ledger's
// entries.
#include <algorithm>
#include <limits>

#include "api/customers/entry_json.h"
#include "api/customers/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "api/usage/usage_json.h"
#include "ledger/command.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::api {
namespace {

using base::Quantity;
using base::Result;
using ledger::Customer;
using ledger::Entry;

constexpr std::size_t kUsualPage = 100;
constexpr std::size_t kLargestPage = 1000;
// Entries looked at for one page, so that a rare feature does not hold the engine up.
constexpr std::size_t kMostVisited = 10'000;

void write_grants(base::JsonWriter& json, const engine::AccountView& view) {
    json.begin_array();
    for (const ledger::CreditGrant& grant : view.account->grants) {
        json.begin_object();
        json.key("creditSystem").string(grant.system);
        json.key("pack").string(grant.source);
        write_quantity(json.key("granted"), grant.granted);
        write_quantity(json.key("remaining"), grant.remaining);
        json.key("priority").integer(grant.priority);
        write_instant(json.key("expiresAt"), grant.expires_at);
        write_instant(json.key("createdAt"), grant.created_at);
        json.end_object();
    }
    json.end_array();
}

// What check would say of nothing more than the present state.
void write_balance(base::JsonWriter& json, const engine::AccountView& view,
                   std::string_view feature, std::string_view name) {
    ledger::UsageRequest request;
    request.feature = feature;
    request.at = view.now;
    request.check = true;
    request.record = false;
    const ledger::UsageDecision decision =
        ledger::decide_usage(*view.account, *view.book, request, view.now);
    if (decision.answer.plan.empty()) return;
    json.begin_object();
    json.key("feature").string(feature);
    json.key("featureName").string(name);
    json.key("plan").string(decision.answer.plan);
    json.key("metered").boolean(decision.answer.metered);
    write_usage_numbers(json, decision.answer, *view.book);
    json.end_object();
}

void write_balances(base::JsonWriter& json, const Customer& customer,
                    const engine::AccountView& view) {
    json.key("customerId").string(customer.id);
    json.key("customer_id").string(customer.id);
    write_instant(json.key("asOf"), view.now);
    const ledger::Catalog& catalog = view.book->newest();
    json.key("balances").begin_array();
    for (const ledger::Feature& feature : catalog.features)
        write_balance(json, view, feature.slug, feature.name);
    for (const ledger::CreditSystem& system : catalog.credit_systems) {
        if (find_feature(catalog, system.slug) == nullptr)
            write_balance(json, view, system.slug, system.name);
    }
    json.end_array();
    write_grants(json.key("grants"), view);
}

void write_posting(base::JsonWriter& json, const ledger::Posting& posting) {
    json.begin_object();
    json.key("bucket").string(name_of(posting.bucket));
    json.key("feature").string(posting.meter.feature);
    if (!posting.meter.entity.empty()) json.key("entity").string(posting.meter.entity);
    json.key("subscription").integer(posting.meter.subscription);
    write_quantity(json.key("units"), posting.units);
    write_quantity(json.key("amount"), posting.amount);
    if (posting.grant != 0) json.key("grant").integer(posting.grant);
    write_instant(json.key("windowStart"), posting.window.start);
    std::optional<base::Instant> end;
    if (posting.window.end != base::kEndOfTime) end = posting.window.end;
    write_instant(json.key("windowEnd"), end);
    if (posting.bucket == ledger::Bucket::Overage) {
        json.key("windowCharge").integer(posting.charge_minor);
        json.key("currency").string(posting.currency.code());
    }
    json.end_object();
}

void write_entry_outcome(base::JsonWriter& json, const ledger::Outcome& outcome) {
    json.key("code");
    if (const auto* usage = std::get_if<ledger::UsageAnswer>(&outcome)) {
        json.string(name_of(usage->code));
        json.key("feature").string(usage->feature);
        write_quantity(json.key("usage"), usage->usage);
        write_quantity(json.key("balance"), usage->balance);
        return;
    }
    const auto* refused = std::get_if<ledger::Rejection>(&outcome);
    json.string(name_of(refused != nullptr ? refused->code : ledger::Code::Ok));
    if (refused != nullptr) json.key("message").string(refused->message);
}

void write_entry(base::JsonWriter& json, const Entry& entry) {
    json.begin_object();
    json.key("offset").integer(entry.offset);
    json.key("eventId").string(entry.id);
    json.key("kind").string(entry_kind_name(entry.kind));
    write_instant(json.key("recordedAt"), entry.recorded_at);
    write_instant(json.key("occurredAt"), entry.occurred_at);
    write_entry_outcome(json, entry.outcome);
    if (entry.kind == ledger::kCommandKind<ledger::Track> ||
        entry.kind == ledger::kCommandKind<ledger::ConfirmReservation>) {
        write_quantity(json.key("value"), entry.value);
        if (!entry.entity.empty()) json.key("entity").string(entry.entity);
    }
    if (!entry.metadata_json.empty()) json.key("metadata").raw(entry.metadata_json);
    json.key("postings").begin_array();
    for (const ledger::Posting& posting : entry.postings) write_posting(json, posting);
    json.end_array();
    json.end_object();
}

bool concerns(const Entry& entry, std::string_view feature) {
    if (feature.empty()) return true;
    if (const auto* usage = std::get_if<ledger::UsageAnswer>(&entry.outcome);
        usage != nullptr && usage->feature == feature)
        return true;
    return std::ranges::any_of(entry.postings, [&](const ledger::Posting& posting) {
        return posting.meter.feature == feature;
    });
}

struct EntryPage {
    std::string feature;
    std::size_t limit = kUsualPage;
    ledger::Offset before = 0;  // the page is of older entries
};

http::HttpResponse entries_response(Directory& directory, const Customer& customer,
                                    const EntryPage& page) {
    projections::AccountFold& home = directory.home_of(customer);
    std::vector<Entry> entries;
    std::size_t visited = 0;
    ledger::Offset last = 0;
    bool more = false;
    const auto done = home.visit_entries(
        *home.find(customer.organisation, customer.id), page.before, [&](const Entry& entry) {
            more = entries.size() == page.limit || visited == kMostVisited;
            if (more) return false;
            ++visited;
            last = entry.offset;
            if (concerns(entry, page.feature)) entries.push_back(entry);
            return true;
        });
    if (!done) return response_of(done.error());
    return page_response("entries", entries, write_entry,
                         more ? std::optional(std::to_string(last)) : std::nullopt);
}

void with_path_customer(Directory& directory, ApiCall& call,
                        const std::function<http::HttpResponse(const Customer&)>& answer) {
    with_known_customer(
        directory, call, call.parameter,
        [answer](const Customer& customer, const SharedResponder& respond) {
            (*respond)(answer(customer));
        },
        Unknown::ByName);
}

}  // namespace

void get_balances(Directory& directory, ApiCall call) {
    with_path_customer(directory, call, [&directory](const Customer& customer) {
        const engine::AccountView view = directory.view(customer);
        return read_response([&](base::JsonWriter& json) { write_balances(json, customer, view); });
    });
}

void get_entries(Directory& directory, ApiCall call) {
    const auto limit = query_limit(call, kUsualPage, kLargestPage);
    if (!limit) return call.respond(response_of(limit.error()));
    EntryPage page;
    page.limit = *limit;
    page.feature = query_text(call, "feature");
    const auto before = query_cursor(call, std::numeric_limits<ledger::Offset>::max());
    if (!before) return call.respond(response_of(before.error()));
    page.before = static_cast<ledger::Offset>(*before);
    with_path_customer(directory, call, [&directory, page](const Customer& customer) {
        return entries_response(directory, customer, page);
    });
}

}  // namespace quipu::api
