// Who is meant by a request: customers by any of their names, made where enough is known of them,
// and their accounts as of now.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/request/commands.h"
#include "base/ids.h"
#include "base/result.h"
#include "engine/account_view.h"
#include "engine/ledger_engine.h"
#include "ledger/catalog.h"
#include "ledger/identity.h"

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

// Engine thread. `engine`, `ids` and `commands` outlive it. Customers it hands out stay where they
// are.
class Directory {
public:
    Directory(engine::LedgerEngine& engine, base::ApiIds& ids, Commands& commands)
        : engine_(engine), ids_(ids), commands_(commands) {}

    // The newest that the organisation has published; empty before that.
    [[nodiscard]] const ledger::Catalog& catalog(std::string_view organisation) const;

    // Whether what names this provider can be bought: nobody collects, or the organisation collects
    // through it.
    [[nodiscard]] bool sells_through(std::string_view organisation,
                                     std::string_view provider) const;

    // Null: nobody of that name.
    [[nodiscard]] const ledger::Customer* find(std::string_view organisation,
                                               std::string_view reference) const;
    // The customer, if their account is open, whose intent, subscription or invoice has this id:
    // `prefix`, the customer's id without its own, and a number. Null: nobody's.
    [[nodiscard]] const ledger::Customer* owner_of(std::string_view organisation,
                                                   std::string_view id, std::string_view prefix);
    // False: known, but the home has not heard of it yet.
    [[nodiscard]] bool is_open(const ledger::Customer& customer);
    // Where the customer's account is, if it is open.
    [[nodiscard]] projections::AccountFold& home_of(const ledger::Customer& customer);
    // Of a customer whose account is open.
    [[nodiscard]] engine::AccountView view(const ledger::Customer& customer);

    // Finds or creates the customer and waits until the account is open: at once where it is. Error
    // codes: `customer_not_found`, `validation_error`, those of the fold and of the gateway.
    using Found = std::function<void(const base::Result<const ledger::Customer*>&)>;
    void with_customer(std::string_view organisation, CustomerRef ref, const Found& found);
    // The same for one that must be known.
    void with_known(std::string_view organisation, std::string_view reference, const Found& found);
    void when_open(const ledger::Customer& customer, const Found& found);

private:
    void create(std::string_view organisation, const CustomerRef& ref, const Found& found);

    engine::LedgerEngine& engine_;
    base::ApiIds& ids_;
    Commands& commands_;
};

}  // namespace quipu::api
