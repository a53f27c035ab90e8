#include "payments/sandbox/checkout.h"

#include <fmt/format.h>

#include "http/http_ascii.h"
#include "http/http_query.h"
#include "http/http_url.h"
#include "payments/sandbox/page.h"

namespace quipu::payments {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

http::HttpResponse page(int status, std::string html) {
    http::HttpResponse response;
    response.status = status;
    response.content_type = kHtml;
    response.body = std::move(html);
    return response;
}

http::HttpResponse not_found() {
    return page(404, message_page("Not found", "There is no such checkout."));
}

http::HttpResponse unavailable(const base::Error& error) {
    return page(503, message_page("Not available", error.message));
}

bool is_form(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find_first_of("; "));
    return http::equal_without_case(type, kForm);
}

http::HttpResponse show(SandboxBank& bank, std::string_view id) {
    const auto session = bank.find_session(id);
    if (!session) return unavailable(session.error());
    if (!*session) return not_found();
    return page(200, checkout_page(**session, bank.is_expired(**session), {}));
}

http::HttpResponse ended(const SandboxSession& session) {
    http::HttpResponse response = page(200, checkout_page(session, false, {}));
    const bool paid = session.state == SandboxState::Paid;
    if (session.request.callback_url.empty()) return response;
    response.status = 303;
    response.location =
        callback_with(session.request.callback_url, session.id, paid ? "success" : "abandoned");
    return response;
}

http::HttpResponse answer(const SandboxStep& step) {
    switch (step.kind) {
        case SandboxStep::Kind::Done:
            if (step.session.ended()) return ended(step.session);
            return page(200, checkout_page(step.session, false, {}));
        case SandboxStep::Kind::Declined:
            return page(402, checkout_page(step.session, false, step.notice));
        case SandboxStep::Kind::Refused:
            return page(400, checkout_page(step.session, false, step.notice));
        case SandboxStep::Kind::Expired:
            return page(410, checkout_page(step.session, true, step.notice));
        case SandboxStep::Kind::NotFound:
            break;
    }
    return not_found();
}

http::HttpResponse act(SandboxBank& bank, std::string_view id, const http::HttpRequest& request) {
    if (!is_form(request.content_type))
        return page(415, message_page("Not a form", "This page takes only its own form."));
    const auto field = [&](std::string_view name) {
        return http::query_value(request.body, name).value_or("");
    };
    const std::string action = field("action");
    base::Result<SandboxStep> step;
    if (action == "pay") {
        step = bank.pay(id, field("card"));
    } else if (action == "confirm") {
        step = bank.confirm(id, field("confirmation"));
    } else if (action == "decline") {
        step = bank.decline(id);
    } else if (action == "abandon") {
        step = bank.abandon(id);
    } else {
        return page(400, message_page("Unknown action",
                                      "The form's action is pay, confirm, decline or abandon."));
    }
    return step ? answer(*step) : unavailable(step.error());
}

}  // namespace

http::HttpResponse answer_sandbox_page(SandboxBank& bank, const http::HttpRequest& request) {
    if (!request.path.starts_with(kSandboxCheckoutPath)) return not_found();
    const std::string_view id = request.path.substr(kSandboxCheckoutPath.size());
    if (id.empty() || id.size() > 64) return not_found();
    if (request.method == "GET") return show(bank, id);
    if (request.method == "POST") return act(bank, id, request);
    http::HttpResponse response =
        page(405, message_page("Not allowed", "This page is read with GET and sent with POST."));
    response.allow = "GET, POST";
    return response;
}

std::string callback_with(std::string_view callback, std::string_view reference,
                          std::string_view status) {
    return http::with_parameters(callback,
                                 fmt::format("reference={}&status={}", reference, status));
}

}  // namespace quipu::payments
