// A customer's usage over time (docs/explaining-an-invoice.md#usage-over-time).
#include "ledger/explain/usage_series.h"

#include <memory>
#include <utility>

#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "api/usage/handlers.h"
#include "engine/entry_walk.h"
#include "engine/history_walks.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Instant;
using base::Result;
using ledger::BucketSums;
using ledger::Customer;
using ledger::SeriesUnit;
using ledger::SeriesWindow;
using ledger::UsageSeries;

// What was asked, before the customer is known.
struct SeriesRequest {
    std::string feature;
    std::string entity;
    SeriesWindow window = SeriesWindow::Day;
    std::optional<Instant> from;
    std::optional<Instant> to;
};

Result<SeriesRequest> read_request(const ApiCall& call) {
    SeriesRequest request;
    request.feature = query_text(call, "feature");
    if (request.feature.empty())
        return base::fail("validation_error", "feature query param required");
    request.entity = query_text(call, "entity");
    if (const std::string name = query_text(call, "window"); !name.empty()) {
        const auto window = ledger::series_window_from(name);
        if (!window) {
            return tl::unexpected(
                invalid("window", "Expected minute, hour, day, week, month or period"));
        }
        request.window = *window;
    }
    const auto from = query_instant(call, "from");
    if (!from) return tl::unexpected(from.error());
    const auto to = query_instant(call, "to");
    if (!to) return tl::unexpected(to.error());
    request.from = *from;
    request.to = *to;
    if (request.from && request.to && *request.to <= *request.from)
        return tl::unexpected(invalid("to", "Expected a moment after `from`"));
    return request;
}

Result<ledger::SeriesQuery> query_of(const SeriesRequest& request,
                                     const engine::AccountView& view) {
    const ledger::Catalog& catalog = view.book->newest();
    const ledger::Feature* feature = find_feature(catalog, request.feature);
    const bool is_system = find_credit_system(catalog, request.feature) != nullptr;
    if (feature == nullptr && !is_system) {
        return base::fail("feature_not_found", "Feature '" + request.feature + "' not found.");
    }
    if (!is_system && (feature->type != ledger::FeatureType::Metered || is_seats(*feature))) {
        return base::fail("feature_without_usage",
                          "Feature '" + request.feature +
                              "' has no usage over time: only metered features that are consumed "
                              "have.");
    }
    ledger::SeriesQuery query;
    query.feature = request.feature;
    if (!request.entity.empty()) query.entity = request.entity;
    query.window = request.window;
    query.unit = is_system ? SeriesUnit::Credits : SeriesUnit::Units;
    // The moment that is now is part of the range.
    query.range.end = request.to.value_or(Instant{view.now.micros + 1});
    query.range.start = request.from.value_or(ledger::usual_start(query.window, query.range.end));
    if (query.range.end <= query.range.start)
        return tl::unexpected(invalid("from", "Expected a moment before `to`, which is now"));
    if (query.window != SeriesWindow::Period)
        query.range = ledger::whole_buckets(query.window, query.range);
    return query;
}

void write_sums(base::JsonWriter& json, const BucketSums& sums) {
    write_quantity(json.key("usage"), sums.total());
    write_quantity(json.key("included"), sums.allowance);
    write_quantity(json.key("rollover"), sums.rollover);
    write_quantity(json.key("credits"), sums.credit);
    write_quantity(json.key("prepaid"), sums.prepaid);
    write_quantity(json.key("overage"), sums.overage);
    json.key("events").integer(sums.events);
}

http::HttpResponse series_response(const std::string& customer, const UsageSeries& series,
                                   Instant now) {
    return read_response([&](base::JsonWriter& json) {
        const ledger::SeriesQuery& query = series.query();
        json.key("customerId").string(customer);
        json.key("customer_id").string(customer);
        json.key("feature").string(query.feature);
        if (query.entity) json.key("entity").string(*query.entity);
        json.key("window").string(name_of(query.window));
        json.key("unit").string(query.unit == SeriesUnit::Credits ? "credits" : "units");
        write_instant(json.key("from"), query.range.start);
        write_instant(json.key("to"), query.range.end);
        write_instant(json.key("asOf"), now);
        json.key("total").begin_object();
        write_sums(json, series.total());
        json.end_object();
        json.key("buckets").begin_array();
        for (const auto& [bucket, sums] : series.buckets()) {
            json.begin_object();
            write_instant(json.key("start"), bucket.first);
            std::optional<Instant> end;
            if (bucket.second != base::kEndOfTime) end = bucket.second;
            write_instant(json.key("end"), end);
            write_sums(json, sums);
            json.end_object();
        }
        json.end_array();
    });
}

// One request on its way through the ledger.
struct SeriesWalk {
    UsageSeries series;
    engine::EntryWalk entries;
    std::string customer;
    Instant now;
    SharedResponder respond;

    bool step() {
        bool fits = true;
        const auto more = entries.step([this, &fits](const ledger::Entry& entry) {
            fits = series.take(entry);
            return fits;
        });
        if (more && *more) return true;
        if (!more) {
            (*respond)(response_of(more.error()));
        } else if (!fits) {
            (*respond)(response_of(ledger::too_many_buckets()));
        } else {
            (*respond)(series_response(customer, series, now));
        }
        return false;
    }
};

void walk_series(Directory& directory, engine::HistoryWalks& walks, const Customer& customer,
                 const SeriesRequest& request, const SharedResponder& respond) {
    const engine::AccountView view = directory.view(customer);
    auto query = query_of(request, view);
    if (!query) return (*respond)(response_of(query.error()));
    auto series = UsageSeries::make(std::move(*query), *view.account, *view.book, view.now);
    if (!series) return (*respond)(response_of(series.error()));
    projections::AccountFold& home = directory.home_of(customer);
    const Instant earliest = series->earliest();
    auto walk = std::make_shared<SeriesWalk>(SeriesWalk{
        std::move(*series), engine::EntryWalk(home, home.newest_entry(*view.account), earliest),
        customer.id, view.now, respond});
    if (!walks.start([walk] { return walk->step(); })) (*respond)(response_of(history_busy()));
}

}  // namespace

void get_usage_series(Directory& directory, engine::HistoryWalks& walks, ApiCall call) {
    const auto request = read_request(call);
    if (!request) return call.respond(response_of(request.error()));
    with_known_customer(
        directory, call, call.parameter,
        [&directory, &walks, request = *request](const Customer& customer,
                                                 const SharedResponder& respond) {
            walk_series(directory, walks, customer, request, respond);
        },
        Unknown::ByName);
}

}  // namespace quipu::api
