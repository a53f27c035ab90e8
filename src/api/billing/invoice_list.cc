// GET /invoices: those of the whole organisation, newest first, as JSON or as a table
// (docs/contract/invoices.md#listing-all).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "api/billing/handlers.h"
#include "api/billing/invoice_json.h"
#include "api/billing/invoice_lookup.h"
#include "api/request/errors.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "base/check.h"
#include "engine/ledger_engine.h"
#include "projections/invoice_index.h"

namespace quipu::api {
namespace {

using base::Result;
using ledger::Customer;
using ledger::Invoice;
using ledger::InvoiceStatus;
using projections::IssuedInvoice;

constexpr std::size_t kUsualPage = 100;
constexpr std::size_t kLargestPage = 1000;
// What one request looks at in one partition: where few fit the filter, its page is short.
constexpr std::size_t kMostLookedAt = 5000;

struct Filter {
    std::optional<InvoiceStatus> status;
    const Customer* customer = nullptr;  // null: everybody's
    std::optional<base::Currency> currency;
    std::optional<base::Instant> from;
    std::optional<IssuedInvoice> before;
    std::size_t limit = kUsualPage;

    [[nodiscard]] bool takes(const Invoice& invoice) const {
        return (!status || invoice.status == *status) &&
               (!currency || invoice.currency == *currency);
    }
};

std::string cursor_of(const IssuedInvoice& invoice) {
    return fmt::format("{}.{}", invoice.at.micros,
                       ledger::invoice_id(invoice.customer, invoice.sequence));
}

std::optional<IssuedInvoice> parse_cursor(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto micros = base::parse_coefficient(text.substr(0, dot), 0);
    const std::string_view id = text.substr(dot + 1);
    const auto sequence = invoice_sequence(id);
    if (micros.error || micros.value < 0 || micros.value > base::kEndOfTime.micros || !sequence)
        return std::nullopt;
    constexpr std::string_view kPrefix = "inv_";
    const std::string_view middle = id.substr(kPrefix.size(), id.rfind('_') - kPrefix.size());
    return IssuedInvoice{
        {static_cast<std::int64_t>(micros.value)}, "cus_" + std::string(middle), *sequence};
}

Result<InvoiceStatus> read_status(const std::string& text) {
    for (const auto status : {InvoiceStatus::Open, InvoiceStatus::Paid, InvoiceStatus::Void}) {
        if (text == name_of(status)) return status;
    }
    return tl::unexpected(invalid("status", "Expected open, paid or void"));
}

// The earlier of both ends: nothing that was issued at `to` or later, nor what was shown before.
void end_before(Filter& filter, const IssuedInvoice& end) {
    if (!filter.before || end < *filter.before) filter.before = end;
}

Result<Filter> read_filter(const ApiCall& call, Directory& directory) {
    Filter filter;
    const auto limit = query_limit(call, kUsualPage, kLargestPage);
    if (!limit) return tl::unexpected(limit.error());
    filter.limit = *limit;
    if (const std::string text = query_text(call, "status"); !text.empty()) {
        const auto status = read_status(text);
        if (!status) return tl::unexpected(status.error());
        filter.status = *status;
    }
    if (const std::string text = query_text(call, "currency"); !text.empty()) {
        filter.currency = base::Currency::find(text);
        if (!filter.currency)
            return tl::unexpected(invalid("currency", "Expected a code of ISO 4217"));
    }
    if (const std::string who = query_text(call, "customer"); !who.empty()) {
        filter.customer = directory.find(call.organisation, who);
        if (filter.customer == nullptr || !directory.is_open(*filter.customer))
            return tl::unexpected(short_of(customer_not_found(who)));
    }
    const auto from = query_instant(call, "from");
    if (!from) return tl::unexpected(from.error());
    filter.from = *from;
    const auto to = query_instant(call, "to");
    if (!to) return tl::unexpected(to.error());
    if (*to) end_before(filter, {**to, {}, 0});
    if (const std::string text = query_text(call, "cursor"); !text.empty()) {
        const auto cursor = parse_cursor(text);
        if (!cursor) return tl::unexpected(not_a_cursor());
        end_before(filter, *cursor);
    }
    return filter;
}

struct Listed {
    IssuedInvoice place;
    Invoice invoice;
};

struct Page {
    std::vector<Listed> items;
    std::optional<std::string> next;
};

// Gathers from one source after another, each newest first.
class Gathering {
public:
    explicit Gathering(const Filter& filter) : filter_(filter) {}

    void start_source() { looked_at_ = taken_ = 0; }
    // False: this source has given enough.
    bool offer(const IssuedInvoice& place, const Invoice& invoice) {
        if (filter_.takes(invoice)) {
            found_.push_back({place, invoice});
            if (++taken_ > filter_.limit) return false;
        }
        if (++looked_at_ < kMostLookedAt) return true;
        // Older ones of other sources wait for a later page.
        if (!floor_ || *floor_ < place) floor_ = place;
        return false;
    }
    [[nodiscard]] bool is_over(const IssuedInvoice& place) const {
        return filter_.from && place.at < *filter_.from;
    }

    Page page() && {
        std::ranges::sort(found_, std::greater<>{}, &Listed::place);
        if (floor_) std::erase_if(found_, [&](const Listed& each) { return each.place < *floor_; });
        Page page;
        const bool more = found_.size() > filter_.limit;
        if (more)
            found_.erase(found_.begin() + static_cast<std::ptrdiff_t>(filter_.limit), found_.end());
        if (more) {
            page.next = cursor_of(found_.back().place);
        } else if (floor_) {
            page.next = cursor_of(*floor_);
        }
        page.items = std::move(found_);
        return page;
    }

private:
    const Filter& filter_;
    std::vector<Listed> found_;
    std::optional<IssuedInvoice> floor_;
    std::size_t looked_at_ = 0;
    std::size_t taken_ = 0;
};

Result<void> gather_own(Directory& directory, const Filter& filter, Gathering& gathering) {
    const Customer& customer = *filter.customer;
    projections::AccountFold& home = directory.home_of(customer);
    gathering.start_source();
    return home.visit_invoices(
        *home.find(customer.organisation, customer.id), [&](const Invoice& invoice) {
            const IssuedInvoice place{invoice.issued_at, invoice.customer, invoice.sequence};
            if (filter.before && place >= *filter.before) return true;
            return !gathering.is_over(place) && gathering.offer(place, invoice);
        });
}

Result<void> gather_of(Directory& directory, engine::LedgerEngine& engine,
                       ledger::Partition partition, const std::string& organisation,
                       const Filter& filter, Gathering& gathering) {
    const auto* index = engine.fold_of(partition).read_model<projections::InvoiceIndex>();
    QUIPU_CHECK(index != nullptr);
    Result<void> read;
    gathering.start_source();
    auto visited = index->visit(
        engine.store_of(partition), organisation, filter.before, [&](const IssuedInvoice& place) {
            if (gathering.is_over(place)) return false;
            const auto invoice = find_invoice(directory, organisation,
                                              ledger::invoice_id(place.customer, place.sequence));
            if (!invoice) read = tl::unexpected(invoice.error());
            return read.has_value() && gathering.offer(place, *invoice);
        });
    return visited ? read : visited;
}

Result<Page> gather(Directory& directory, engine::LedgerEngine& engine,
                    const std::string& organisation, const Filter& filter) {
    Gathering gathering(filter);
    if (filter.customer != nullptr) {
        if (auto own = gather_own(directory, filter, gathering); !own)
            return tl::unexpected(own.error());
        return std::move(gathering).page();
    }
    for (const ledger::Partition partition : engine.account_partitions()) {
        auto of = gather_of(directory, engine, partition, organisation, filter, gathering);
        if (!of) return tl::unexpected(of.error());
    }
    return std::move(gathering).page();
}

std::string moment(const std::optional<base::Instant>& at) {
    return at ? base::format_instant(*at) : std::string();
}

// RFC 4180. No text here is a caller's own, so none needs quotes; each row says how to go on
// behind it.
http::HttpResponse table_of(const Page& page) {
    http::HttpResponse response;
    response.content_type = "text/csv; charset=utf-8";
    response.body =
        "id,number,customerId,status,trigger,currency,total,amountPaid,amountDue,periodStart,"
        "periodEnd,createdAt,dueAt,paidAt,cursor\r\n";
    for (const auto& [place, invoice] : page.items) {
        const bool paid = invoice.status == InvoiceStatus::Paid;
        const bool open = invoice.status == InvoiceStatus::Open;
        response.body += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", invoice.id, invoice.number,
            invoice.customer, name_of(invoice.status), name_of(invoice.trigger),
            invoice.currency.code(), invoice.total_minor, paid ? invoice.total_minor : 0,
            open ? invoice.total_minor : 0, moment(invoice.period.start),
            moment(invoice.period.end), moment(invoice.issued_at), moment(invoice.due_at),
            moment(paid ? invoice.settled_at : std::nullopt), cursor_of(place));
    }
    return response;
}

bool wants_table(const ApiCall& call) {
    return call.request.header("accept").find("text/csv") != std::string_view::npos;
}

}  // namespace

void get_invoices(Directory& directory, engine::LedgerEngine& engine, ApiCall call) {
    const auto filter = read_filter(call, directory);
    if (!filter) return call.respond(response_of(filter.error()));
    const auto page = gather(directory, engine, call.organisation, *filter);
    if (!page) return call.respond(response_of(page.error()));
    if (wants_table(call)) return call.respond(table_of(*page));
    call.respond(page_response(
        "invoices", page->items,
        [](base::JsonWriter& json, const Listed& each) { write_invoice(json, each.invoice); },
        page->next));
}

}  // namespace quipu::api
