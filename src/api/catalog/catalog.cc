// Publishing the catalog and reading it.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "api/catalog/catalog_json.h"
#include "api/catalog/handlers.h"
#include "api/catalog/sync_body.h"
#include "api/request/errors.h"
#include "api/request/list.h"
#include "api/request/request.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Plan;

// As sent, but newest first.
template <typename Item>
std::vector<const Item*> newest_first(const std::vector<Item>& items) {
    std::vector<const Item*> sorted;
    for (const Item& item : items) sorted.push_back(&item);
    std::ranges::stable_sort(sorted, std::greater<>{},
                             [](const Item* item) { return item->created_at; });
    return sorted;
}

struct PlanFilter {
    std::string group;
    std::string interval;
    std::string currency;
    bool include_inactive = false;

    [[nodiscard]] bool takes(const Plan& plan) const {
        if (!include_inactive && !plan.active) return false;
        if (!group.empty() && plan.group != group) return false;
        if (!interval.empty() && ledger::name_of(plan.interval) != interval) return false;
        return currency.empty() || plan.currency == base::Currency::find(currency);
    }
};

// What is kept and shown, but cannot be collected as it says (docs/contract/catalog.md#providers).
std::vector<std::string> provider_warnings(const Directory& directory,
                                           std::string_view organisation,
                                           const ledger::Catalog& published) {
    std::vector<std::string> warnings;
    const auto look = [&](std::string_view kind, const auto& item, std::string_view consequence) {
        if (!item.provider || directory.sells_through(organisation, *item.provider)) return;
        warnings.push_back(
            fmt::format("{} '{}' names the provider '{}', which is not configured: {}.", kind,
                        item.slug, *item.provider, consequence));
    };
    for (const ledger::CreditPack& pack : published.credit_packs)
        look("Credit pack", pack, "it cannot be bought");
    for (const Plan& plan : published.plans)
        look("Plan", plan, "it is collected as the organisation's settings say");
    return warnings;
}

}  // namespace

void post_sync(Directory& directory, Commands& commands, ApiCall call) {
    auto payload = read_sync(call.body, directory.catalog(call.organisation));
    if (!payload) return call.respond(response_of(payload.error()));
    Fields fields(call.body);
    ledger::CommandRecord record;
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    std::vector<std::string> warnings = call.respond.take_warnings();
    std::ranges::move(provider_warnings(directory, call.organisation, *payload),
                      std::back_inserter(warnings));
    record.command = ledger::PublishPayload{std::move(*payload)};
    const SharedResponder respond = share(std::move(call.respond));
    commands.submit_control(
        call.organisation, std::move(record),
        [&commands, respond, warnings](const Result<ingest::Reply>& reply) {
            http::HttpResponse response =
                write_response(reply, [&](base::JsonWriter& json, const ingest::Reply& done) {
                    const auto& answer = std::get<ledger::SyncAnswer>(done.outcome);
                    ledger::SyncReport report = answer.report;
                    report.warnings.insert(report.warnings.end(), warnings.begin(), warnings.end());
                    write_sync_report(json, report);
                    json.key("version").integer(static_cast<std::int64_t>(answer.version));
                });
            if (response.status != 200) return (*respond)(std::move(response));
            // The caller may rely on the new catalog everywhere as soon as this is answered.
            commands.when_everywhere(
                [respond, response = std::move(response)](const Result<void>& passed) {
                    (*respond)(passed ? response : response_of(passed.error()));
                });
        });
}

void get_plans(Directory& directory, ApiCall call) {
    const PlanFilter filter{query_text(call, "group"), query_text(call, "interval"),
                            query_text(call, "currency"),
                            query_text(call, "includeInactive") == "true"};
    const ledger::Catalog& catalog = directory.catalog(call.organisation);
    call.respond(read_response([&](base::JsonWriter& json) {
        json.key("plans").begin_array();
        for (const Plan* plan : newest_first(catalog.plans)) {
            if (filter.takes(*plan)) write_plan(json, catalog, *plan, PlanShape::Listed);
        }
        json.end_array();
    }));
}

void get_plan(Directory& directory, ApiCall call) {
    const ledger::Catalog& catalog = directory.catalog(call.organisation);
    const Plan* plan = find_plan(catalog, call.parameter);
    if (plan == nullptr)
        return call.respond(response_of(Error{"plan_not_found", "Plan not found"}));
    call.respond(read_response([&](base::JsonWriter& json) {
        write_plan(json.key("plan"), catalog, *plan, PlanShape::Single);
    }));
}

void get_credit_systems(Directory& directory, ApiCall call) {
    const ledger::Catalog& catalog = directory.catalog(call.organisation);
    call.respond(list_response("creditSystems", catalog.credit_systems, write_credit_system));
}

void get_credit_packs(Directory& directory, ApiCall call) {
    const ledger::Catalog& catalog = directory.catalog(call.organisation);
    call.respond(list_response("data", newest_first(catalog.credit_packs),
                               [](base::JsonWriter& json, const ledger::CreditPack* pack) {
                                   write_credit_pack(json, *pack);
                               }));
}

}  // namespace quipu::api
