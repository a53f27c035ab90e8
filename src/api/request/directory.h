// What the routes ask of the ledger: who is meant, an account as of now, a command to its home.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "engine/account_view.h"
#include "engine/history_walks.h"
#include "engine/ledger_engine.h"
#include "ingest/json_cloudevents.h"

namespace quipu::engine {
class PastAccounts;
}
namespace quipu::payments {
class PaymentIntents;
}
namespace quipu::webhooks {
class WebhookSender;
}

namespace quipu::api {

// Whom a request means, and what is known for creating them.
struct CustomerRef {
    std::string reference;  // our id, the caller's own id or an e-mail
    std::string email;      // customerData.email; "" = not sent
    std::optional<std::string> name;
    std::string metadata_json;
    bool auto_enable = false;  // start the plans that say so when created

    // With an e-mail there is enough to create a customer.
    [[nodiscard]] bool is_creatable() const;
};

// Engine thread. `engine` and `ids` outlive it. Customers it hands out stay where they are.
class ApiLedger {
public:
    ApiLedger(engine::LedgerEngine& engine, base::ApiIds& ids)
        : engine_(engine), ids_(ids), walks_(engine.executor()) {}

    [[nodiscard]] engine::LedgerEngine& engine() { return engine_; }
    [[nodiscard]] base::ApiIds& ids() { return ids_; }
    [[nodiscard]] ingest::CloudEventDecoder& event_decoder() { return event_decoder_; }
    // Null where no webhooks are sent.
    [[nodiscard]] webhooks::WebhookSender* webhooks() { return webhooks_; }
    void use_webhooks(webhooks::WebhookSender* webhooks) { webhooks_ = webhooks; }
    // Null: only the manual provider.
    [[nodiscard]] payments::PaymentIntents* payments() { return payments_; }
    void use_payments(payments::PaymentIntents* payments) { payments_ = payments; }
    // Null where nobody answers for the past.
    [[nodiscard]] engine::PastAccounts* past() { return past_; }
    void use_past(engine::PastAccounts* past) { past_ = past; }
    [[nodiscard]] engine::HistoryWalks& walks() { return walks_; }
    // The newest that was published; empty before that.
    [[nodiscard]] const ledger::Catalog& catalog(std::string_view organisation) const;

    // Null: nobody of that name.
    [[nodiscard]] const ledger::Customer* find(std::string_view organisation,
                                               std::string_view reference) const;
    // False: known, but the home has not heard of it yet.
    [[nodiscard]] bool is_open(const ledger::Customer& customer);
    // Of a customer whose account is open.
    [[nodiscard]] engine::AccountView view(const ledger::Customer& customer);

    // Finds or creates the customer and waits until the account is open: at once where it is. Error
    // codes: `customer_not_found`, `validation_error`, those of the fold and of the gateway.
    using Found = std::function<void(const base::Result<const ledger::Customer*>&)>;
    void with_customer(std::string_view organisation, CustomerRef ref, const Found& found);
    // The same for one that must be known.
    void with_known(std::string_view organisation, std::string_view reference, const Found& found);
    void when_open(const ledger::Customer& customer, const Found& found);

    // To the customer's home; organisation and customer are filled in, an empty id gets a fresh
    // one. A record that may not go on the log is refused with `validation_error`.
    void submit(const ledger::Customer& customer, ledger::CommandRecord record, ingest::Done done);
    void submit_logged(const ledger::Customer& customer, ledger::CommandRecord record,
                       const ingest::Gateway::Logged& done);
    void submit_control(std::string_view organisation, ledger::CommandRecord record,
                        ingest::Done done);

private:
    void create(std::string_view organisation, const CustomerRef& ref, const Found& found);
    [[nodiscard]] base::Result<void> prepare(ledger::CommandRecord& record);

    engine::LedgerEngine& engine_;
    base::ApiIds& ids_;
    engine::HistoryWalks walks_;
    ingest::CloudEventDecoder event_decoder_;
    webhooks::WebhookSender* webhooks_ = nullptr;
    payments::PaymentIntents* payments_ = nullptr;
    engine::PastAccounts* past_ = nullptr;
};

}  // namespace quipu::api
