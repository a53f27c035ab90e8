// The fields of a catalog as POST /sync takes it; read by sync_body.h.
#pragma once

#include "api/request/shapes.h"

namespace quipu::api {

inline constexpr base::JsonShape kTierInput{"upTo", "unitPrice", "flatFee"};
inline constexpr base::JsonShape kPlanFeatureInput{
    "slug",         "enabled",         "usageModel",   "ratingModel",         "limit",
    "pricePerUnit", "overagePrice",    "billingUnits", {"tiers", kTierInput}, "trialLimit",
    "reset",        "anchor",          "overage",      "maxOverageUnits",     "creditCost",
    "rollover",     "rolloverEnabled", "maxRollover",  "rolloverMaxBalance"};
inline constexpr base::JsonShape kPlanInput{
    "slug",     "name",        "description", "price",     "currency",
    "interval", "billingType", "planGroup",   "trialDays", "trialCardRequired",
    "provider", "metadata",    "autoEnable",  "isAddon",   {"features", kPlanFeatureInput}};
inline constexpr base::JsonShape kFeatureInput{"slug", "name", "type", "meterType"};
inline constexpr base::JsonShape kCreditCostInput{"feature", "creditCost"};
inline constexpr base::JsonShape kCreditSystemInput{
    "slug", "name", "description", {"features", kCreditCostInput}};
inline constexpr base::JsonShape kCreditPackInput{"slug",         "name",     "description",
                                                  "credits",      "price",    "currency",
                                                  "creditSystem", "provider", "metadata"};
inline constexpr base::JsonShape kSyncInput = kEventIds + unused::kOfSync +
                                              base::JsonShape{{"features", kFeatureInput},
                                                              {"creditSystems", kCreditSystemInput},
                                                              {"creditPacks", kCreditPackInput},
                                                              {"plans", kPlanInput}};

}  // namespace quipu::api
