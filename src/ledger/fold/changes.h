// Which rows of one account a fold has changed since they were last stored.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/account.h"

namespace quipu::ledger {

// Kept beside the account by whoever stores it, and of no meaning for a copy: `windows` points to
// nodes of the account's own meters, which stay where they are. A name may stand in a list more
// than once; what it names may be gone again, which is a row to delete.
struct AccountChanges {
    struct Window {
        const Meters::value_type* meter = nullptr;
        base::Instant start;

        friend auto operator<=>(const Window&, const Window&) = default;
    };

    bool head = false;
    std::vector<Window> windows;
    std::vector<std::uint32_t> grants;  // seq
    std::vector<EntityKey> entities;

    void window(const Meters::value_type& meter, base::Instant start);
    void grant(std::uint32_t seq);
    void entity(const EntityKey& key) { entities.push_back(key); }
    void clear();
};

}  // namespace quipu::ledger
