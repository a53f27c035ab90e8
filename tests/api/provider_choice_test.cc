// Which payment provider an organisation may choose: one that its server has.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "api/api_fixture.h"
#include "support/fake_provider.h"

namespace quipu::api::testing {
namespace {

using Missing = std::map<std::string, std::size_t>;

class ProviderChoice : public ::testing::Test {
protected:
    void have_fake() {
        server_.on_engine([&] { server_.intents().add(fake_); });
    }
    Answer choose(const Json& provider) {
        return server_.post("/v1/billing/settings", {{"provider", provider}});
    }
    std::string chosen() { return server_.get("/v1/billing/settings")["data"]["provider"]; }
    Missing missing_of(const payments::PaymentIntents& intents) {
        Missing missing;
        server_.on_engine([&] { missing = intents.missing(); });
        return missing;
    }

    quipu::testing::FakeProvider fake_;
    ApiServer server_;
};

TEST_F(ProviderChoice, OneThatIsNotHereCannotBeChosen) {
    for (const std::string name : {"sandbox", "fake", "paystack"}) {
        const Answer refused = choose(name);
        EXPECT_EQ(refused.status, 400) << name;
        EXPECT_EQ(refused.code(), "provider_not_configured");
        EXPECT_EQ(refused["error"], "Provider '" + name + "' not configured");
        EXPECT_EQ(chosen(), "manual");
    }
}

TEST_F(ProviderChoice, OneThatIsHereCanBeChosenAndLeft) {
    have_fake();
    EXPECT_EQ(choose("fake").status, 200);
    EXPECT_EQ(chosen(), "fake");
    EXPECT_EQ(choose(nullptr).status, 200);
    EXPECT_EQ(chosen(), "manual");
}

TEST_F(ProviderChoice, ManualIsAlwaysHere) {
    EXPECT_EQ(choose("manual").status, 200);
}

TEST_F(ProviderChoice, OrganisationsWhoseProviderIsGoneAreCounted) {
    // Given two that collect through a provider and one that does not
    have_fake();
    for (const std::string name : {"first", "second"}) {
        server_.add_organisation(name, "sk_of_" + name);
        server_.use_key("sk_of_" + name);
        ASSERT_EQ(choose("fake").status, 200);
    }
    EXPECT_EQ(missing_of(server_.intents()), Missing());
    // Then a server without it misses it for both.
    const payments::PaymentIntents without(server_.loop(), server_.engine());
    EXPECT_EQ(missing_of(without), (Missing{{"fake", 2}}));
}

TEST_F(ProviderChoice, WebhooksOfAProviderThatIsNotHereAreRefused) {
    const Answer refused = server_.post("/webhooks/default/sandbox", Json::object());
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "provider_not_configured");
    EXPECT_EQ(refused["error"], "Unsupported provider 'sandbox'");
}

TEST_F(ProviderChoice, APageOfAProviderThatIsGoneIsRefused) {
    // Given an organisation that collects through a provider
    have_fake();
    ASSERT_EQ(choose("fake").status, 200);
    ASSERT_EQ(server_.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 10}}, 900)).status,
              200);
    ASSERT_EQ(server_.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "ann"}}).status,
              200);
    // When its server has none any more
    payments::PaymentIntents without(server_.loop(), server_.engine());
    server_.on_engine([&] { server_.mount({.intents = &without}); });
    // Then who has to pay is told so, and asks again where there is one.
    const Answer refused = server_.post("/v1/attach", {{"customer", "ann"}, {"product", "pro"}});
    EXPECT_EQ(refused.status, 400) << refused.text;
    EXPECT_EQ(refused.code(), "provider_not_configured");
    EXPECT_EQ(refused["error"], "Provider 'fake' not configured");
    server_.on_engine([&] { server_.mount({}); });
}

}  // namespace
}  // namespace quipu::api::testing
