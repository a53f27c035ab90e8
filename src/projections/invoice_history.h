// The invoices of a partition's accounts: rows of the store, and before them what is still on its
// way there.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/invoice.h"
#include "projections/projection.h"

namespace quipu::projections {

// An invoice is written when it is issued and again when its status changes.
class InvoiceHistory final : public Projection {
public:
    // `store` must outlive this.
    explicit InvoiceHistory(StateStore& store) : store_(store) {}

    void project(const Folded& folded) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;

    // Newest first; `visit` ends it with false. Error codes: those of the store, `state_corrupt`.
    using Visit = std::function<bool(const ledger::Invoice&)>;
    [[nodiscard]] base::Result<void> visit(const ledger::Account& account,
                                           const Visit& visit) const;
    [[nodiscard]] base::Result<std::optional<ledger::Invoice>> find(const ledger::Account& account,
                                                                    std::uint32_t sequence) const;

private:
    void keep(const Folded& folded, const ledger::Invoice& invoice);

    struct Unsaved {
        ledger::Offset offset = 0;  // of the record that wrote it last
        std::string value;
    };
    StateStore& store_;
    // By row key: those that the store may not show yet, or not as they are now.
    std::map<std::string, Unsaved, std::less<>> unsaved_;
    std::map<std::string, std::string> changed_;  // rows that no write set has yet
};

}  // namespace quipu::projections
