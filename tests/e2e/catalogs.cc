#include "e2e/catalogs.h"

namespace quipu::e2e {

Json metered(const std::string& slug, const std::string& name) {
    return {{"slug", slug}, {"type", "metered"}, {"name", name}, {"meterType", "consumable"}};
}

Json seats(const std::string& slug, const std::string& name) {
    return {{"slug", slug}, {"type", "metered"}, {"name", name}, {"meterType", "non_consumable"}};
}

Json limited(const std::string& feature, int limit) {
    return {{"slug", feature},
            {"enabled", true},
            {"limit", limit},
            {"reset", "monthly"},
            {"overage", "block"}};
}

Json charged(const std::string& feature, int limit, int price, int units) {
    Json grant = limited(feature, limit);
    grant["overage"] = "charge";
    grant["overagePrice"] = price;
    grant["billingUnits"] = units;
    return grant;
}

Json plan(const std::string& slug, int price, std::vector<Json> features) {
    return {{"slug", slug},      {"name", slug},          {"price", price},
            {"currency", "USD"}, {"interval", "monthly"}, {"features", std::move(features)}};
}

Json one_limit_catalog(int limit) {
    return {{"features", Json::array({metered("calls", "Calls")})},
            {"plans", Json::array({plan("free", 0, {limited("calls", limit)})})}};
}

}  // namespace quipu::e2e
