// What `quipu demo` sells: every shape of pricing once.
#pragma once

#include <string_view>

namespace quipu::cli {

// The body of POST /v1/sync.
inline constexpr std::string_view kDemoCatalog = R"({
  "features": [
    {"slug": "api-calls", "name": "API calls", "type": "metered"},
    {"slug": "storage-gb", "name": "Storage", "type": "metered"},
    {"slug": "seats", "name": "Seats", "type": "metered", "meterType": "non_consumable"},
    {"slug": "chat", "name": "Chat messages", "type": "metered"},
    {"slug": "images", "name": "Images", "type": "metered"},
    {"slug": "audit-log", "name": "Audit log", "type": "boolean"}
  ],
  "creditSystems": [
    {"slug": "ai-credits", "name": "AI credits",
     "features": [{"feature": "chat", "creditCost": 1}, {"feature": "images", "creditCost": 20}]}
  ],
  "creditPacks": [
    {"slug": "credits-500", "name": "500 credits", "credits": 500, "price": 1000,
     "currency": "USD", "creditSystem": "ai-credits"}
  ],
  "plans": [
    {"slug": "free", "name": "Free", "price": 0, "currency": "USD", "interval": "monthly",
     "autoEnable": true, "features": [
      {"slug": "api-calls", "enabled": true, "limit": 100, "reset": "monthly", "overage": "block"}]},
    {"slug": "pro", "name": "Pro", "price": 2900, "currency": "USD", "interval": "monthly", "features": [
      {"slug": "api-calls", "enabled": true, "limit": 1000, "reset": "monthly", "overage": "charge",
       "overagePrice": 5, "billingUnits": 10},
      {"slug": "ai-credits", "enabled": true, "limit": 300, "reset": "monthly", "overage": "block"},
      {"slug": "audit-log", "enabled": true}]},
    {"slug": "pay-as-you-go", "name": "Pay as you go", "price": 0, "currency": "USD",
     "interval": "monthly", "features": [
      {"slug": "api-calls", "enabled": true, "reset": "monthly", "usageModel": "usage_based",
       "ratingModel": "graduated", "tiers": [
        {"upTo": 1000, "unitPrice": 1}, {"upTo": 10000, "unitPrice": 0.5},
        {"upTo": null, "unitPrice": 0.2}]},
      {"slug": "storage-gb", "enabled": true, "reset": "monthly", "usageModel": "usage_based",
       "ratingModel": "volume", "tiers": [
        {"upTo": 10, "unitPrice": 10}, {"upTo": null, "unitPrice": 8, "flatFee": 100}]}]},
    {"slug": "team", "name": "Team", "price": 9900, "currency": "USD", "interval": "monthly", "features": [
      {"slug": "seats", "enabled": true, "limit": 3, "overage": "charge", "overagePrice": 900},
      {"slug": "api-calls", "enabled": true, "limit": 5000, "reset": "monthly", "overage": "charge",
       "overagePrice": 4, "billingUnits": 10}]}
  ]
})";

}  // namespace quipu::cli
