#include "projections/invoice_index.h"

#include <tuple>
#include <utility>

#include "base/bytes.h"

namespace quipu::projections {
namespace {

constexpr std::string_view kTable = "invoices/";
constexpr std::string_view kRow = "1";  // all of it is in its key
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

std::string prefix_of(std::string_view organisation) {
    std::string prefix(kTable);
    prefix.append(organisation).push_back('\0');
    return prefix;
}

std::string key_of(std::string_view organisation, const IssuedInvoice& invoice) {
    base::ByteWriter out;
    out.raw(prefix_of(organisation));
    out.big_endian_u64(static_cast<std::uint64_t>(invoice.at.micros) ^ kSignBit);
    out.raw(invoice.customer);
    out.byte(0);
    out.big_endian_u32(invoice.sequence);
    return out.take();
}

// `key` without the prefix.
std::optional<IssuedInvoice> parse(std::string_view key) {
    base::ByteReader in(key);
    IssuedInvoice invoice;
    invoice.at.micros = static_cast<std::int64_t>(in.big_endian_u64() ^ kSignBit);
    const std::size_t end = in.rest().find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    invoice.customer = in.raw(end);
    std::ignore = in.byte();
    invoice.sequence = in.big_endian_u32();
    if (!in.done()) return std::nullopt;
    return invoice;
}

}  // namespace

void InvoiceIndex::project(const Folded& folded) {
    for (const ledger::Invoice& invoice : folded.effects.invoices) {
        std::string key =
            key_of(invoice.organisation, {invoice.issued_at, invoice.customer, invoice.sequence});
        changed_.push_back(key);
        unsaved_[std::move(key)] = folded.offset;
    }
}

void InvoiceIndex::collect(WriteSet& set) {
    for (std::string& key : changed_)
        set.rows.push_back({Table::View, std::move(key), std::string(kRow)});
    changed_.clear();
}

void InvoiceIndex::mark_saved(ledger::Offset next_offset) {
    std::erase_if(unsaved_, [&](const auto& each) { return each.second < next_offset; });
}

base::Result<void> InvoiceIndex::visit(StateStore& store, std::string_view organisation,
                                       const std::optional<IssuedInvoice>& before,
                                       const Visit& visit) const {
    const std::string prefix = prefix_of(organisation);
    const std::string end = before ? key_of(organisation, *before) : std::string();
    std::vector<std::string_view> unsaved;  // oldest first; a row may be in the store too
    for (auto each = unsaved_.lower_bound(prefix);
         each != unsaved_.end() && each->first.starts_with(prefix); ++each) {
        if (end.empty() || each->first < end) unsaved.push_back(each->first);
    }
    bool readable = true;
    const auto show = [&](std::string_view key) {
        const auto invoice = parse(key.substr(prefix.size()));
        readable = invoice.has_value();
        return readable && visit(*invoice);
    };
    bool more = true;
    auto scanned =
        store.scan_back(Table::View, prefix, end, [&](std::string_view key, std::string_view) {
            for (; more && !unsaved.empty() && unsaved.back() >= key; unsaved.pop_back()) {
                if (unsaved.back() > key) more = show(unsaved.back());
            }
            more = more && show(key);
            return more;
        });
    if (!scanned) return scanned;
    for (; more && !unsaved.empty(); unsaved.pop_back()) more = show(unsaved.back());
    if (readable) return {};
    return base::fail("state_corrupt",
                      "A stored list of invoices is not readable; rebuild the state from the log "
                      "with `quipu replay`.");
}

}  // namespace quipu::projections
