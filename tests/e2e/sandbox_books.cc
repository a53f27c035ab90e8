#include "e2e/sandbox_books.h"

#include <stdexcept>

#include "payments/sandbox/rocksdb_store.h"

namespace quipu::e2e {
namespace {

using payments::RocksdbSandboxStore;
using payments::SandboxTable;

// Every row of a table, decoded; one that cannot be read is a failure of the test.
template <typename Decode, typename Take>
void each(const RocksdbSandboxStore& store, SandboxTable table, Decode decode, Take take) {
    const auto scanned = store.scan(table, [&](std::string_view key, std::string_view row) {
        auto value = decode(key, row);
        if (!value) throw std::runtime_error("a row of the sandbox cannot be read");
        take(*value);
    });
    if (!scanned) throw std::runtime_error(scanned.error().message);
}

// For rows whose key is no part of what they say.
template <typename Value>
auto by_row(std::optional<Value> (*decode)(std::string_view)) {
    return [decode](std::string_view, std::string_view row) { return decode(row); };
}

void read_payments(const RocksdbSandboxStore& store, SandboxBooks& books,
                   const std::map<std::string, std::string>& keys) {
    std::size_t rows = 0;
    each(store, SandboxTable::Payment, by_row(payments::decode_payment),
         [&](const payments::SandboxPayment&) { ++rows; });
    for (const auto& [intent, key] : keys) {
        const auto row = store.get(SandboxTable::Payment, key);
        if (!row) throw std::runtime_error(row.error().message);
        if (*row) books.payments[intent] = payments::decode_payment(**row).value();
    }
    if (rows != books.payments.size()) throw std::runtime_error("money that nobody asked for");
}

}  // namespace

std::filesystem::path sandbox_folder(const ServerProcess& server) {
    return server.settings().data / "sandbox";
}

SandboxBooks read_books(const ServerProcess& server) {
    const auto opened = RocksdbSandboxStore::open(sandbox_folder(server));
    if (!opened) throw std::runtime_error(opened.error().message);
    const RocksdbSandboxStore& store = **opened;
    SandboxBooks books;
    std::map<std::string, std::string> keys;  // of payments, by intent
    each(store, SandboxTable::Charge, by_row(payments::decode_charge),
         [&](const payments::SandboxCharge& charge) {
             ++books.charges;
             if (!charge.result.succeeded) ++books.declined;
             if (charge.result.succeeded) ++books.taken[charge.request.intent];
             keys[charge.request.intent] =
                 payments::sandbox_key(charge.request.organisation, charge.request.intent);
         });
    each(store, SandboxTable::Session, by_row(payments::decode_session),
         [&](const payments::SandboxSession& session) {
             const payments::CheckoutRequest& request = session.request;
             keys[request.intent] = payments::sandbox_key(request.organisation, request.intent);
             if (session.state != payments::SandboxState::Paid || request.amount_minor == 0) return;
             ++books.pages_paid;
             ++books.taken[request.intent];
         });
    each(store, SandboxTable::Refund, by_row(payments::decode_refund),
         [&](const payments::SandboxRefund&) { ++books.refunds; });
    each(store, SandboxTable::Webhook, payments::decode_webhook,
         [&](const payments::SandboxWebhook& webhook) { books.undelivered.push_back(webhook); });
    read_payments(store, books, keys);
    const auto secrets = store.scan(SandboxTable::Secret,
                                    [&](std::string_view organisation, std::string_view secret) {
                                        books.organisation = organisation;
                                        books.secret = secret;
                                    });
    if (!secrets) throw std::runtime_error(secrets.error().message);
    return books;
}

}  // namespace quipu::e2e
