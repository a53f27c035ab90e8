// Buying credit packs.
#include "ledger/invoicing/decide_purchase.h"

#include <fmt/format.h>

#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

constexpr std::int64_t kMaxPackQuantity = 1'000'000;

InvoiceLine pack_line(const CreditPack& pack, std::int64_t quantity, std::int64_t amount_minor,
                      Instant now) {
    InvoiceLine line;
    line.kind = LineKind::CreditPack;
    line.feature = pack.slug;
    line.name = pack.name;
    line.description = fmt::format("{} x {}", quantity, pack.name);
    line.quantity = Quantity::from_int(quantity);
    line.unit_price_minor = pack.price_minor;
    line.amount_minor = amount_minor;
    line.period = {now, now};
    return line;
}

CreditGrant grant_of(const Account& account, const CreditPack& pack, Quantity credits,
                     Instant now) {
    CreditGrant grant;
    grant.seq = account.next_grant;
    grant.system = pack.credit_system;
    grant.source = pack.slug;
    grant.granted = grant.remaining = credits;
    grant.created_at = now;
    return grant;
}

Decision ask_for_payment(const Account& account, const CatalogBook& book, const CreditPack& pack,
                         const PurchaseAddon& command, std::int64_t amount_minor,
                         AddonAnswer answer, Instant now) {
    PaymentIntent intent = new_intent(account, book.settings(), IntentPurpose::Purchase, true, now);
    intent.pack = pack.slug;
    intent.quantity = command.quantity;
    intent.catalog_version = book.newest().version;
    intent.amount_minor = amount_minor;
    intent.currency = pack.currency;
    intent.description = fmt::format("{} x {}", command.quantity, pack.name);
    intent.callback_url = command.callback_url;
    Decision decision;
    answer.intent = open_intent(decision.events, account, std::move(intent));
    decision.outcome = std::move(answer);
    return decision;
}

}  // namespace

bool finish_purchase(Events& events, const Account& account, const CatalogBook& book,
                     PaymentIntent& intent, Instant now) {
    const CreditPack* pack = book.pack(intent.pack, intent.catalog_version);
    const auto credits = pack == nullptr
                             ? std::nullopt
                             : at_cost(pack->credits, Quantity::from_int(intent.quantity));
    if (!credits) return false;
    const CreditGrant grant = grant_of(account, *pack, *credits, now);
    intent.grant = grant.seq;
    events.emplace_back(CreditsGranted{grant});
    LinesByCurrency lines;
    lines[intent.currency].push_back(pack_line(*pack, intent.quantity, intent.amount_minor, now));
    InvoiceTerms terms{InvoiceTrigger::Purchase, now, {now, now}, nullptr};
    terms.paid_by = intent.id;
    for (const Invoice& invoice : make_invoices(account, lines, terms)) {
        intent.invoice = invoice.sequence;
        events.emplace_back(InvoiceIssued{invoice});
    }
    return true;
}

Decision decide(const Asked& asked, const PurchaseAddon& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    const CreditPack* pack = find_credit_pack(book.newest(), command.pack);
    if (pack == nullptr) {
        return {
            {},
            Rejection{Code::PackNotFound, fmt::format("Credit pack '{}' not found", command.pack)}};
    }
    if (command.quantity < 1 || command.quantity > kMaxPackQuantity) {
        return {{},
                Rejection{Code::QuantityOutOfRange,
                          fmt::format("The quantity must be between 1 and {}.", kMaxPackQuantity)}};
    }
    std::int64_t amount_minor = 0;
    const Quantity count = Quantity::from_int(command.quantity);
    const auto credits = at_cost(pack->credits, count);
    if (!credits || *credits > base::kMaxTotal ||
        __builtin_mul_overflow(pack->price_minor, command.quantity, &amount_minor)) {
        return {
            {},
            Rejection{Code::AmountOutOfRange, "The purchase exceeds what the ledger can hold."}};
    }
    Decision decision;
    const CreditGrant grant = grant_of(account, *pack, *credits, now);
    AddonAnswer answer;
    answer.pack = pack->slug;
    answer.pack_name = pack->name;
    answer.system = pack->credit_system;
    answer.quantity = command.quantity;
    answer.credits = *credits;
    answer.balance = addon_balance(account, pack->credit_system, now);
    if (takes_payments(book.settings()) && amount_minor > 0) {
        return ask_for_payment(account, book, *pack, command, amount_minor, std::move(answer), now);
    }
    answer.balance += *credits;
    decision.events.emplace_back(CreditsGranted{grant});
    LinesByCurrency lines;
    lines[pack->currency].push_back(pack_line(*pack, command.quantity, amount_minor, now));
    for (const Invoice& invoice :
         make_invoices(account, lines, {InvoiceTrigger::Purchase, now, {now, now}, nullptr})) {
        answer.invoice = invoice.id;
        decision.events.emplace_back(InvoiceIssued{invoice});
    }
    decision.outcome = std::move(answer);
    return decision;
}

}  // namespace quipu::ledger
