// What the control partition makes of its records: rows that bring the same state back, records for
// the account partitions, and answers.
#include "projections/control_fold.h"

#include <gtest/gtest.h>

#include "base/murmur2.h"
#include "ledger/control/webhook_endpoint.h"
#include "projections/store/memory_store.h"
#include "support/catalog_builder.h"
#include "support/fold_driver.h"

namespace quipu::projections {
namespace {

using namespace quipu::testing;
using ledger::Code;
using ledger::CommandRecord;
using ledger::ControlState;

constexpr std::uint32_t kPartitions = 3;

CommandRecord asking(std::string id, ledger::Command command) {
    return {std::move(id), "org_1", "", std::nullopt, {}, false, std::move(command)};
}
base::Sha256Digest secret(std::uint8_t byte) {
    base::Sha256Digest digest{};
    digest.fill(byte);
    return digest;
}
ledger::UpsertCustomer upsert(std::string candidate, std::string external_id, std::string email) {
    ledger::UpsertCustomer command;
    command.candidate = std::move(candidate);
    command.external_id = std::move(external_id);
    command.email = std::move(email);
    return command;
}
ledger::Catalog payload(const std::string& feature) {
    return CatalogBuilder().metered(feature).build();
}

// The control partition of a ledger with kPartitions account partitions.
class Control : public FoldDriver<ControlFold> {
public:
    explicit Control(StateStore& store, bool open = true)
        : FoldDriver(store, [](StateStore& rows) {
              return std::make_unique<ControlFold>(ledger::Partition{ledger::Topic::Control, 0},
                                                   rows, decode_stored, kDefaultDedupeWindowMicros);
          }) {
        at("2026-01-01T00:00:00Z"_at);
        if (!open) return;
        ledger::Genesis genesis;
        genesis.partitions = kPartitions;
        done({.command = genesis});
        ask(ledger::CreateOrganisation{"org_1", "Acme"});
    }
    void done(const CommandRecord& record) { QUIPU_CHECK(fold(record).has_value()); }
    void ask(ledger::Command command) {
        done(asking("evt_" + std::to_string(++asked_), std::move(command)));
    }
    [[nodiscard]] const ControlState& state() { return (*this)->state(); }
    [[nodiscard]] const ledger::Organisation& organisation() {
        return state().organisations.at("org_1");
    }
    [[nodiscard]] const ledger::WebhookEndpoint* endpoint() {
        return ledger::find_webhook_endpoint(state(), "org_1", "we_1");
    }
    [[nodiscard]] Code rejection() const {
        return std::get<ledger::Rejection>(answers().back().outcome).code;
    }
    // What went to account partitions since the first `before` effects: partition and record.
    [[nodiscard]] std::vector<std::pair<std::uint32_t, CommandRecord>> forwarded(
        std::size_t before) const {
        std::vector<std::pair<std::uint32_t, CommandRecord>> records;
        for (std::size_t i = before; i < effects().size(); ++i) {
            const auto& sent = std::get<SendRecord>(effects()[i]);
            if (sent.to.topic != ledger::Topic::Events) continue;
            records.emplace_back(sent.to.index, ledger::decode_record(sent.record.value).value());
        }
        return records;
    }

private:
    int asked_ = 0;
};

void expect_same(const ControlState& one, const ControlState& other) {
    ASSERT_EQ(one.organisations.size(), other.organisations.size());
    for (const auto& [id, organisation] : one.organisations) {
        const ledger::Organisation& same = other.organisations.at(id);
        EXPECT_EQ(organisation.name, same.name);
        EXPECT_EQ(organisation.created_at, same.created_at);
        EXPECT_EQ(*organisation.catalog, *same.catalog);
        EXPECT_EQ(organisation.provider, same.provider);
        EXPECT_EQ(organisation.settings, same.settings);
    }
    EXPECT_EQ(one.keys, other.keys);
    EXPECT_EQ(one.key_ids, other.key_ids);
    EXPECT_EQ(one.customers, other.customers);
    EXPECT_EQ(one.aliases, other.aliases);
    EXPECT_EQ(one.default_provider, other.default_provider);
    EXPECT_EQ(one.webhook_endpoints, other.webhook_endpoints);
}

void expect_loaded_again(Control& control) {
    const ControlState before = control.state();
    control.restart();
    expect_same(before, control.state());
}

TEST(ControlFold, AnOrganisationIsLoadedAgain) {
    MemoryStore store;
    Control control(store);
    EXPECT_EQ(control.organisation().name, "Acme");
    EXPECT_EQ(control.organisation().created_at, "2026-01-01T00:00:00Z"_at);
    expect_loaded_again(control);
    EXPECT_EQ(control->genesis().partitions, kPartitions);
}

TEST(ControlFold, AKeyIsLoadedAgainAndSoIsItsEnd) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::CreateKey{"key_1", "server", "abcd", secret(1)});
    control.ask(ledger::CreateKey{"key_2", "other", "efgh", secret(2)});
    EXPECT_NE(ledger::find_key(control.state(), secret(1)), nullptr);
    expect_loaded_again(control);
    control.ask(ledger::RevokeKey{"key_1"});
    EXPECT_EQ(ledger::find_key(control.state(), secret(1)), nullptr);
    EXPECT_TRUE(control.state().keys.at("key_1").revoked_at.has_value());
    expect_loaded_again(control);
    EXPECT_EQ(ledger::find_key(control.state(), secret(2))->id, "key_2");
}

TEST(ControlFold, ACustomerIsLoadedAgainUnderEachName) {
    MemoryStore store;
    Control control(store);
    control.ask(upsert("cus_1", "acme", "A@Example.com"));
    control.ask(upsert("cus_2", "", "b@example.com"));
    expect_loaded_again(control);
    EXPECT_EQ(ledger::find_customer(control.state(), "org_1", "acme")->id, "cus_1");
    EXPECT_EQ(ledger::find_customer(control.state(), "org_1", "a@example.com")->id, "cus_1");
    // A name that came later too.
    control.ask(upsert("cus_3", "beta", "b@example.com"));
    EXPECT_EQ(ledger::find_customer(control.state(), "org_1", "beta")->id, "cus_2");
    expect_loaded_again(control);
}

TEST(ControlFold, TheNewestCatalogIsLoadedAgain) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::PublishPayload{payload("api")});
    control.ask(ledger::PublishPayload{payload("seats")});
    EXPECT_EQ(control.organisation().catalog->version, 2u);
    expect_loaded_again(control);
    EXPECT_EQ(control.organisation().catalog->features.size(), 2u);
}

TEST(ControlFold, SettingsAreLoadedAgain) {
    MemoryStore store;
    Control control(store);
    ledger::SettingsPatch patch;
    patch.provider = "sandbox";
    patch.grace_hours = 5;
    patch.retry_hours = {1, 2};
    control.ask(ledger::UpdateSettings{patch});
    EXPECT_EQ(control.organisation().settings.grace_hours, 5u);
    EXPECT_EQ(control.organisation().provider, "sandbox");
    expect_loaded_again(control);
}

TEST(ControlFold, TheDefaultProviderIsLoadedAgain) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::SetDefaultProvider{"sandbox"});
    EXPECT_EQ(control.state().default_provider, "sandbox");
    EXPECT_EQ(control.organisation().settings.provider, "sandbox");
    EXPECT_EQ(control.organisation().provider, "");
    expect_loaded_again(control);
}

TEST(ControlFold, AWebhookEndpointIsLoadedAgainAndSoIsItsEnd) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::CreateWebhookEndpoint{
        "we_1", "https://example.com", "", "whsec_1", {"invoice.paid"}});
    control.ask(ledger::RotateWebhookSecret{"we_1", "whsec_2"});
    ASSERT_NE(control.endpoint(), nullptr);
    EXPECT_EQ(control.endpoint()->previous_secret, "whsec_1");
    expect_loaded_again(control);
    control.ask(ledger::DeleteWebhookEndpoint{"we_1"});
    EXPECT_EQ(control.endpoint(), nullptr);
    expect_loaded_again(control);
    EXPECT_EQ(control.endpoint(), nullptr);
}

TEST(ControlFold, ACatalogGoesToEveryAccountPartition) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::PublishPayload{payload("api")});
    const auto forwarded = control.forwarded(0);
    ASSERT_EQ(forwarded.size(), kPartitions);
    for (std::uint32_t index = 0; index < kPartitions; ++index) {
        EXPECT_EQ(forwarded[index].first, index);
        EXPECT_EQ(forwarded[index].second.organisation, "org_1");
        EXPECT_EQ(std::get<ledger::PublishCatalog>(forwarded[index].second.command).catalog,
                  *control.organisation().catalog);
    }
}

TEST(ControlFold, SettingsGoToEveryAccountPartition) {
    MemoryStore store;
    Control control(store);
    control.ask(ledger::SetDefaultProvider{"sandbox"});
    const auto forwarded = control.forwarded(0);
    ASSERT_EQ(forwarded.size(), kPartitions);
    EXPECT_EQ(std::get<ledger::PublishSettings>(forwarded[2].second.command).settings,
              control.organisation().settings);
}

TEST(ControlFold, ANewCustomerGoesToItsHomeAlone) {
    for (const std::string external_id : {"acme", "beta", "gamma", "delta"}) {
        MemoryStore store;
        Control control(store);
        control.ask(upsert("cus_1", external_id, "a@example.com"));
        const auto forwarded = control.forwarded(0);
        ASSERT_EQ(forwarded.size(), 1u);
        EXPECT_EQ(forwarded[0].first, base::partition_for(external_id, kPartitions));
        EXPECT_EQ(forwarded[0].second.id, "open:cus_1");
        EXPECT_EQ(forwarded[0].second.customer, "cus_1");
        EXPECT_EQ(forwarded[0].second.command, ledger::Command(ledger::OpenAccount{
                                                   "cus_1", external_id, "a@example.com", false}));
    }
}

TEST(ControlFold, ACustomerIsToldOfWhenItChanges) {
    MemoryStore store;
    Control control(store);
    const auto told = [&] {
        std::vector<std::string> types;
        for (const Effect& effect : control.effects()) {
            const auto& sent = std::get<SendRecord>(effect);
            if (sent.to.topic == ledger::Topic::Notifications)
                types.push_back(sent.record.headers.back().value);
        }
        return types;
    };
    control.ask(upsert("cus_1", "acme", ""));
    EXPECT_EQ(told(), std::vector<std::string>{"customer.created"});
    control.ask(upsert("cus_2", "acme", "a@example.com"));
    EXPECT_EQ(told(), (std::vector<std::string>{"customer.created", "customer.updated"}));
    control.ask(upsert("cus_3", "acme", "a@example.com"));  // brings nothing new
    EXPECT_EQ(told().size(), 2u);
}

TEST(ControlFold, ADuplicateGetsTheFirstAnswerAndSendsNothing) {
    for (const bool restarting : {false, true}) {
        MemoryStore store;
        Control control(store);
        control.done(asking("one", upsert("cus_1", "acme", "")));
        const ToldAnswer first = control.answers().back();
        const std::size_t sent = control.effects().size();
        if (restarting) control.restart();
        control.done(asking("one", upsert("cus_1", "acme", "")));
        const ToldAnswer& again = control.answers().back();
        EXPECT_TRUE(again.duplicate);
        EXPECT_EQ(again.offset, first.offset);
        EXPECT_EQ(again.outcome, first.outcome);
        EXPECT_EQ(again.outcome, ledger::Outcome(ledger::CustomerAnswer{"cus_1", true}));
        EXPECT_EQ(control.effects().size(), sent);
    }
}

TEST(ControlFold, TheSameIdWithAnotherContentIsAConflict) {
    MemoryStore store;
    Control control(store);
    control.done(asking("one", upsert("cus_1", "acme", "")));
    control.done(asking("one", upsert("cus_2", "beta", "")));
    EXPECT_EQ(control.rejection(), Code::IdempotencyConflict);
    EXPECT_FALSE(control.answers().back().duplicate);
    EXPECT_EQ(control.state().customers.size(), 1u);
    // The id is free in another organisation: what is asked there is decided.
    CommandRecord elsewhere = asking("one", upsert("cus_2", "beta", ""));
    elsewhere.organisation = "org_2";
    control.done(elsewhere);
    EXPECT_EQ(control.rejection(), Code::OrganisationNotFound);
}

TEST(ControlFold, WhatIsRejectedChangesAndSendsNothing) {
    MemoryStore store;
    Control control(store);
    const ControlState before = control.state();
    control.ask(ledger::CreateOrganisation{"org_1", "Another"});
    EXPECT_EQ(control.rejection(), Code::AlreadyExists);
    control.ask(ledger::Track{"api", 1_u, {}, {}, false});
    EXPECT_EQ(control.rejection(), Code::InvalidRequest);
    expect_same(before, control.state());
    EXPECT_TRUE(control.effects().empty());
}

TEST(ControlFold, ARejectionLeavesItsIdFree) {
    MemoryStore store;
    Control control(store);
    CommandRecord early = asking("one", upsert("cus_2", "beta", ""));
    early.organisation = "org_2";
    control.done(early);
    EXPECT_EQ(control.rejection(), Code::OrganisationNotFound);
    CommandRecord founding = asking("found", ledger::CreateOrganisation{"org_2", "Another"});
    founding.organisation = "org_2";
    control.done(founding);
    control.done(early);
    EXPECT_FALSE(control.answers().back().duplicate);
    EXPECT_EQ(control.answers().back().outcome,
              ledger::Outcome(ledger::CustomerAnswer{"cus_2", true}));
    control.done(early);
    EXPECT_TRUE(control.answers().back().duplicate);
}

TEST(ControlFold, RecordsBeforeGenesisAreDeadLetters) {
    MemoryStore store;
    Control control(store, false);
    control.ask(ledger::CreateOrganisation{"org_1", "Acme"});
    EXPECT_EQ(control.dead_letters(), std::vector<std::string>{"ledger_not_open"});
    EXPECT_TRUE(control.answers().empty());
    EXPECT_TRUE(control.state().organisations.empty());
}

}  // namespace
}  // namespace quipu::projections
