#include "api/operators/admin_api.h"

#include "api/request/errors.h"
#include "api/request/fields.h"
#include "base/json_shape.h"
#include "base/json_writer.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kCheckpoint{"folder"};

std::string label_of(ledger::Partition partition) {
    return engine::partition_folder({}, partition);
}

}  // namespace

void AdminApi::handle(const http::HttpRequest& request, http::Responder respond) {
    if (request.method == "GET") {
        if (request.path == "/healthz")
            return respond(http::HttpResponse{.body = R"({"status":"healthy"})"});
        if (request.path == "/readyz") return respond(ready());
        if (request.path == "/metrics") return respond(metrics());
        if (request.path == "/admin/digest") return respond(digest());
    } else if (request.method == "POST" && request.path == "/admin/checkpoint") {
        return respond(checkpoint(request));
    }
    respond(response_of(base::Error{"not_found", "There is no such route."}));
}

http::HttpResponse AdminApi::ready() const {
    if (!engine_.is_caught_up()) {
        return response_of(
            base::Error{"not_ready", "The server is still catching up with its log."});
    }
    return http::HttpResponse{.body = R"({"status":"ready"})"};
}

http::HttpResponse AdminApi::metrics() {
    for (const engine::LedgerEngine::Progress& progress : engine_.progress()) {
        const http::Metrics::Labels labels{{"partition", label_of(progress.partition)}};
        metrics_.gauge("quipu_fold_offset", "Next offset that the fold will read.", labels)
            .set(progress.next_offset);
        metrics_.gauge("quipu_folded_records", "Records folded since the start.", labels)
            .set(static_cast<std::int64_t>(progress.folded));
        metrics_.gauge("quipu_accounts", "Customers held.", labels)
            .set(static_cast<std::int64_t>(progress.accounts));
    }
    metrics_.gauge("quipu_waiting_requests", "Requests that wait for the fold.", {})
        .set(static_cast<std::int64_t>(engine_.gateway().waiting()));
    return http::HttpResponse{.body = metrics_.text(), .content_type = "text/plain; version=0.0.4"};
}

http::HttpResponse AdminApi::digest() {
    const auto digests = engine_.digests();
    if (!digests) return response_of(digests.error());
    http::HttpResponse response;
    response.content_type = "application/x-ndjson";
    for (const engine::PartitionDigest& each : *digests) {
        base::JsonWriter json(response.body);
        json.begin_object();
        json.key("partition").string(label_of(each.partition));
        json.key("nextOffset").integer(each.next_offset);
        json.key("digest").string(each.digest);
        json.end_object();
        response.body.push_back('\n');
    }
    return response;
}

http::HttpResponse AdminApi::checkpoint(const http::HttpRequest& request) {
    const auto body = reader_.read(request.body);
    if (!body) return response_of(body.error());
    if (const auto looked = base::inspect(*body, kCheckpoint); looked.unknown)
        return response_of(*looked.unknown);
    Fields fields(*body);
    const std::string folder(fields.text("folder"));
    if (fields.problem()) return response_of(*fields.problem());
    if (const auto made = engine_.checkpoint(folder); !made) return response_of(made.error());
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(true);
    json.key("folder").string(folder);
    json.end_object();
    return response;
}

}  // namespace quipu::api
