#include "api/usage/batch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace quipu::api {

ApiBatch::ApiBatch(Responder respond, std::size_t size)
    : respond_(std::move(respond)), results_(size), left_(size) {
    QUIPU_CHECK(size > 0);
}

void ApiBatch::finish(std::size_t index, http::HttpResponse response) {
    results_[index] = std::move(response);
    if (--left_ == 0) answer();
}

void ApiBatch::answer() {
    // When the ledger took none of it, the whole request is to be sent again.
    if (std::ranges::all_of(results_, [](const http::HttpResponse& r) { return r.status == 503; }))
        return respond_(std::move(results_.front()));
    http::HttpResponse response;
    std::size_t bytes = 64;
    for (const http::HttpResponse& result : results_) bytes += result.body.size() + 16;
    response.body.reserve(bytes);
    response.body = R"({"success":true,"results":[)";
    for (std::size_t i = 0; i < results_.size(); ++i) {
        if (i > 0) response.body.push_back(',');
        // Every body is an object with members.
        response.body.append(R"({"status":)").append(std::to_string(results_[i].status));
        response.body.push_back(',');
        response.body.append(std::string_view(results_[i].body).substr(1));
    }
    response.body.append("]}");
    respond_(std::move(response));
}

}  // namespace quipu::api
