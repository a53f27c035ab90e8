// The webhook store in memory, for tests.
#pragma once

#include <map>
#include <utility>

#include "webhooks/store.h"

namespace quipu::webhooks {

class MemoryWebhookStore final : public WebhookStore {
public:
    [[nodiscard]] base::Result<std::optional<ledger::Offset>> position() override;
    [[nodiscard]] base::Result<void> write(const DeliveryWrites& writes) override;
    [[nodiscard]] base::Result<std::optional<WebhookDelivery>> find(std::string_view id) override;
    [[nodiscard]] base::Result<void> scan(std::string_view endpoint, const Visit& visit) override;
    [[nodiscard]] base::Result<void> scan_back(std::string_view endpoint, std::uint64_t before,
                                               const Visit& visit) override;

private:
    std::map<std::string, WebhookDelivery, std::less<>> deliveries_;
    std::map<std::pair<std::string, std::uint64_t>, std::string> order_;
    std::optional<ledger::Offset> position_;
};

}  // namespace quipu::webhooks
