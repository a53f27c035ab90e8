// The port to where deliveries are kept: what is to be sent, what became of it, and how far the
// topic has been read.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/log/log.h"
#include "webhooks/delivery.h"

namespace quipu::webhooks {

// Written together or not at all.
struct DeliveryWrites {
    std::vector<WebhookDelivery> put;  // new, or in place of the one with the same id
    std::vector<DeliverySummary> remove;
    std::optional<ledger::Offset> position;
};

// One thread. Codes of all: `state_unavailable`, `state_corrupt`.
class WebhookStore {
public:
    virtual ~WebhookStore() = default;

    // The first offset of the topic that is not read yet; none in a new store.
    [[nodiscard]] virtual base::Result<std::optional<ledger::Offset>> position() = 0;
    // Survives the process. What a machine that lost power forgets, it forgets as a whole: the
    // deliveries with the position that is behind them.
    [[nodiscard]] virtual base::Result<void> write(const DeliveryWrites& writes) = 0;
    [[nodiscard]] virtual base::Result<std::optional<WebhookDelivery>> find(
        std::string_view id) = 0;

    // By endpoint, then by sequence; `visit` answers whether to go on. "" = of all endpoints.
    using Visit = std::function<bool(const DeliverySummary&)>;
    [[nodiscard]] virtual base::Result<void> scan(std::string_view endpoint,
                                                  const Visit& visit) = 0;
    // An endpoint's, newest first, of sequences below `before`.
    [[nodiscard]] virtual base::Result<void> scan_back(std::string_view endpoint,
                                                       std::uint64_t before,
                                                       const Visit& visit) = 0;
};

}  // namespace quipu::webhooks
