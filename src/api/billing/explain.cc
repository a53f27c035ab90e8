// Why an invoice says what it says (docs/explaining-an-invoice.md): its lines, their arithmetic and
// the events behind them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "api/billing/explain_json.h"
#include "api/billing/handlers.h"
#include "api/billing/invoice_lookup.h"
#include "api/request/errors.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "base/sha256.h"
#include "engine/history_walks.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Entry;
using ledger::Invoice;
using ledger::LineCursor;

constexpr std::size_t kUsualEvents = 25;
constexpr std::size_t kMostEventsOfLine = 1000;

// What a cursor says is taken on trust, so it carries a seal that only this ledger can make.
std::string cursor_text(projections::AccountFold& home, const ledger::Account& account,
                        std::string_view invoice, std::size_t line, const LineCursor& at) {
    const std::string place = fmt::format(
        "{}.{}", at.offset, base::format_coefficient(at.overage_later.coefficient(), 0));
    const base::Fingerprint seal =
        home.seal(account, fmt::format("explain/{}/{}/{}", invoice, line, place));
    return place + '.' + base::to_hex(seal.bytes);
}

Error bad_cursor() {
    return invalid("cursor", "Not a cursor of this line");
}

Result<LineCursor> read_cursor(projections::AccountFold& home, const ledger::Account& account,
                               std::string_view invoice, std::size_t line,
                               const std::string& text) {
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == last) return tl::unexpected(bad_cursor());
    const auto offset = base::parse_coefficient(text.substr(0, first), 0);
    const auto later = base::parse_coefficient(text.substr(first + 1, last - first - 1), 0);
    if (offset.error || later.error || offset.value < 0 ||
        offset.value > std::numeric_limits<ledger::Offset>::max()) {
        return tl::unexpected(bad_cursor());
    }
    const LineCursor cursor{static_cast<ledger::Offset>(offset.value),
                            base::Quantity::from_coefficient(later.value)};
    if (cursor_text(home, account, invoice, line, cursor) != text)
        return tl::unexpected(bad_cursor());
    return cursor;
}

Result<std::optional<std::size_t>> query_line(const ApiCall& call, const Invoice& invoice) {
    const std::string text = query_text(call, "line");
    if (text.empty()) return std::nullopt;
    const auto line = base::parse_coefficient(text, 0);
    const auto lines = static_cast<base::Int128>(invoice.lines.size());
    if (line.error || line.value < 0 || line.value >= lines) {
        return tl::unexpected(invalid("line", fmt::format("Expected the index of a line, 0 to {}",
                                                          invoice.lines.size() - 1)));
    }
    return static_cast<std::size_t>(line.value);
}

Result<ExplainQuery> read_query(const ApiCall& call, projections::AccountFold& home,
                                const ledger::Account& account, const Invoice& invoice) {
    ExplainQuery query;
    const auto limit = query_limit(call, kUsualEvents, kMostEventsOfLine);
    if (!limit) return tl::unexpected(limit.error());
    query.limit = *limit;
    const auto line = query_line(call, invoice);
    if (!line) return tl::unexpected(line.error());
    query.line = *line;
    const std::string cursor = query_text(call, "cursor");
    if (cursor.empty()) return query;
    if (!query.line) return tl::unexpected(invalid("cursor", "Expected `line` beside it"));
    if (cursor.starts_with(kSeatCursor)) {
        query.seat_cursor = cursor.substr(kSeatCursor.size());
        return query;
    }
    const auto place = read_cursor(home, account, invoice.id, *query.line, cursor);
    if (!place) return tl::unexpected(place.error());
    query.cursor = *place;
    return query;
}

bool names(const Entry& entry, const Invoice& invoice) {
    if (const auto* made = std::get_if<ledger::InvoiceAnswer>(&entry.outcome))
        return std::ranges::find(made->invoices, invoice.id) != made->invoices.end();
    const auto* bought = std::get_if<ledger::AddonAnswer>(&entry.outcome);
    return bought != nullptr && bought->invoice == invoice.id;
}

// Of invoices that are only ever made by a command, the entry before their place is that command's.
std::optional<Entry> issuing_entry(const projections::AccountFold& home, const Invoice& invoice) {
    const bool by_command = invoice.trigger == ledger::InvoiceTrigger::Manual ||
                            invoice.trigger == ledger::InvoiceTrigger::Purchase;
    if (!by_command || !invoice.issued_position) return std::nullopt;
    auto linked = home.read_entry(*invoice.issued_position - 1);
    if (!linked || !names(linked->entry, invoice)) return std::nullopt;
    return std::move(linked->entry);
}

// One request on its way through the ledger.
struct ExplainWalk {
    InvoiceExplainer explainer;
    projections::AccountFold& home;
    const ledger::Account& account;
    SharedResponder respond;

    bool step() {
        const auto more = explainer.step();
        if (more && *more) return true;
        (*respond)(more ? answer() : response_of(more.error()));
        return false;
    }

    http::HttpResponse answer() {
        const Invoice& invoice = explainer.invoice();
        const WriteCursor cursor = [this, &invoice](std::size_t line, const LineCursor& at) {
            return cursor_text(home, account, invoice.id, line, at);
        };
        const ExplainQuery& query = explainer.query();
        return read_response([&](base::JsonWriter& json) {
            if (query.cursor || !query.seat_cursor.empty()) {
                write_explanation_page(json, explainer, cursor);
            } else {
                write_explanation(json, explainer, issuing_entry(home, invoice), cursor);
            }
        });
    }
};

// A page needs a line that has pages of that kind.
Result<void> check_page(const InvoiceExplainer& explainer) {
    const ExplainQuery& query = explainer.query();
    if (!query.cursor && query.seat_cursor.empty()) return {};
    const ExplainedLine& line = explainer.lines().front();
    const bool usage = explainer.invoice().lines[line.index].kind == ledger::LineKind::Usage;
    const bool fits = query.cursor ? usage && line.seats == nullptr : line.seats != nullptr;
    if (!fits) return tl::unexpected(bad_cursor());
    return {};
}

}  // namespace

void get_invoice_explanation(Directory& directory, engine::HistoryWalks& walks, ApiCall call) {
    auto invoice = find_invoice(directory, call.organisation, call.parameter);
    if (!invoice) return call.respond(response_of(invoice.error()));
    const Customer& customer = **customer_of_invoice(directory, call.organisation, call.parameter);
    projections::AccountFold& home = directory.home_of(customer);
    const ledger::Account& account = *home.find(customer.organisation, customer.id);
    auto query = read_query(call, home, account, *invoice);
    if (!query) return call.respond(response_of(query.error()));
    auto explainer = InvoiceExplainer::make(home, account, home.book(customer.organisation),
                                            std::move(*invoice), std::move(*query));
    if (!explainer) return call.respond(response_of(explainer.error()));
    if (auto fits = check_page(*explainer); !fits) return call.respond(response_of(fits.error()));
    const SharedResponder respond = share(std::move(call.respond));
    auto walk =
        std::make_shared<ExplainWalk>(ExplainWalk{std::move(*explainer), home, account, respond});
    if (!walks.start([walk] { return walk->step(); })) (*respond)(response_of(history_busy()));
}

}  // namespace quipu::api
