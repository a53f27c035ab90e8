#include "payments/sandbox/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "payments/sandbox/cards.h"

namespace quipu::payments {
namespace {

constexpr std::string_view kStyle =
    "body{margin:0;background:#f4f5f7;color:#1b1f24;font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:30rem;margin:2rem auto;padding:2rem;background:#fff;border-radius:12px;"
    "box-shadow:0 1px 4px #0002;overflow-wrap:anywhere}"
    "h1{font-size:1.25rem;margin:.75rem 0 0}"
    ".mode{display:inline-block;margin:0;padding:.1rem .6rem;border-radius:1rem;background:#fff3cd;"
    "color:#5c4400;font-size:.85rem}"
    ".amount{font-size:2rem;font-weight:600;margin:.5rem 0}"
    ".seller{margin:0;color:#4a5260}"
    ".state{color:#4a5260}"
    ".notice{padding:.75rem 1rem;border-radius:8px;background:#fde8e8;color:#7a1212}"
    "label{display:block;font-weight:600;margin-top:1rem}"
    "input{box-sizing:border-box;width:100%;padding:.7rem;border:1px solid #6b7280;"
    "border-radius:8px;font:inherit}"
    ".hint{margin:.25rem 0 1rem;color:#4a5260;font-size:.9rem}"
    "button{width:100%;margin-top:.5rem;padding:.7rem;border:1px solid #6b7280;border-radius:8px;"
    "background:#fff;color:inherit;font:inherit;cursor:pointer}"
    "button.main{background:#1f4fd8;border-color:#1f4fd8;color:#fff;font-weight:600}"
    "input:focus-visible,button:focus-visible{outline:3px solid #1f4fd880;outline-offset:2px}"
    "table{width:100%;border-collapse:collapse;margin-top:1.5rem;font-size:.9rem}"
    "caption{text-align:left;font-weight:600}"
    "th,td{text-align:left;padding:.35rem .5rem .35rem 0;border-top:1px solid #e3e5e9;"
    "font-weight:400;vertical-align:top}"
    "th{white-space:nowrap;font-variant-numeric:tabular-nums}"
    "thead th{font-weight:600;border-top:0}";

std::string document(std::string_view title, std::string_view content) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n"
        "<p class=\"mode\">Sandbox: no real money moves</p>\n{}</main>\n</body>\n</html>\n",
        escape_html(title), kStyle, content);
}

bool is_setup(const SandboxSession& session) {
    return session.request.amount_minor == 0;
}

std::string heading(const SandboxSession& session) {
    const CheckoutRequest& request = session.request;
    std::string_view what = request.description;
    if (what.empty()) what = is_setup(session) ? "Add a payment method" : "Payment";
    std::string text = fmt::format("<h1>{}</h1>\n<p class=\"seller\">for {}</p>\n",
                                   escape_html(what), escape_html(request.organisation));
    text += fmt::format("<p class=\"amount\">{}</p>\n",
                        is_setup(session)
                            ? "Nothing to pay now"
                            : escape_html(money_text(request.amount_minor, request.currency)));
    if (!request.email.empty())
        text += fmt::format("<p class=\"seller\">Customer: {}</p>\n", escape_html(request.email));
    return text;
}

std::string card_table() {
    std::string rows;
    for (const TestCard& card : test_cards()) {
        rows += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>\n",
                            grouped(card.number), escape_html(card.description));
    }
    return fmt::format(
        "<table>\n<caption>Test cards</caption>\n<thead><tr><th scope=\"col\">Number</th>"
        "<th scope=\"col\">What happens</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
        rows);
}

constexpr std::string_view kOtherButtons =
    "<button type=\"submit\" name=\"action\" value=\"decline\" formnovalidate>"
    "The bank declines</button>\n"
    "<button type=\"submit\" name=\"action\" value=\"abandon\" formnovalidate>"
    "Leave without paying</button>\n";

std::string card_form(const SandboxSession& session, bool failed) {
    const std::string label = is_setup(session) ? "Save card"
                                                : "Pay " + money_text(session.request.amount_minor,
                                                                      session.request.currency);
    return fmt::format(
        "<form method=\"post\">\n<label for=\"card\">Card number</label>\n"
        "<input id=\"card\" name=\"card\" type=\"text\" inputmode=\"numeric\" autocomplete=\"off\" "
        "maxlength=\"32\" required aria-describedby=\"card-hint\"{}>\n"
        "<p class=\"hint\" id=\"card-hint\">One of the test cards below. Never a real card.</p>\n"
        "<button class=\"main\" type=\"submit\" name=\"action\" value=\"pay\">{}</button>\n{}"
        "</form>\n{}",
        failed ? " aria-invalid=\"true\"" : "", escape_html(label), kOtherButtons, card_table());
}

std::string confirmation_form(const SandboxSession& session) {
    return fmt::format(
        "<form method=\"post\">\n"
        "<input type=\"hidden\" name=\"confirmation\" value=\"{}\">\n"
        "<p>The bank of the {} card ending in {} asks you to confirm.</p>\n"
        "<button class=\"main\" type=\"submit\" name=\"action\" value=\"confirm\">Confirm</button>"
        "\n{}</form>\n",
        escape_html(session.confirmation), escape_html(session.method.brand),
        escape_html(session.method.last4), kOtherButtons);
}

std::string_view state_sentence(const SandboxSession& session, bool expired) {
    if (expired) return "This checkout has expired. Nothing was charged.";
    switch (session.state) {
        case SandboxState::Open:
            return "Status: open.";
        case SandboxState::NeedsConfirmation:
            return "Status: needs confirmation.";
        case SandboxState::Paid:
            return is_setup(session) ? "Done: the card is saved." : "Paid. Thank you.";
        case SandboxState::Abandoned:
            return "This checkout was abandoned. Nothing was charged.";
    }
    return {};
}

}  // namespace

std::string money_text(std::int64_t amount_minor, base::Currency currency) {
    const int decimals = currency.exponent();
    // By digits, so that the least number has no absolute value to overflow.
    std::string digits = fmt::format("{}", amount_minor);
    const std::string sign = digits.front() == '-' ? "-" : "";
    digits.erase(0, sign.size());
    const auto wanted = static_cast<std::size_t>(decimals) + 1;
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    return fmt::format("{}{} {}", sign, digits, currency.code());
}

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out.push_back(c);
        }
    }
    return out;
}

std::string checkout_page(const SandboxSession& session, bool expired, std::string_view notice) {
    std::string content = heading(session);
    if (!notice.empty())
        content += fmt::format("<p class=\"notice\" role=\"alert\">{}</p>\n", escape_html(notice));
    content += fmt::format("<p class=\"state\" role=\"status\">{}</p>\n",
                           state_sentence(session, expired));
    if (!expired && session.state == SandboxState::Open)
        content += card_form(session, !notice.empty());
    if (!expired && session.state == SandboxState::NeedsConfirmation)
        content += confirmation_form(session);
    return document("Checkout: " + session.request.organisation, content);
}

std::string message_page(std::string_view title, std::string_view sentence) {
    return document(
        title, fmt::format("<h1>{}</h1>\n<p>{}</p>\n", escape_html(title), escape_html(sentence)));
}

}  // namespace quipu::payments
