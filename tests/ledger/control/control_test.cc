// Organisations, keys, customers, catalogs and settings: what the control partition decides
// (docs/contract/customers.md#create-or-update).
#include "ledger/control/control.h"

#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;

base::Sha256Digest secret(std::uint8_t byte) {
    base::Sha256Digest digest{};
    digest.fill(byte);
    return digest;
}

UpsertCustomer upsert(std::string candidate, std::string external_id, std::string email = {}) {
    UpsertCustomer command;
    command.candidate = std::move(candidate);
    command.external_id = std::move(external_id);
    command.email = std::move(email);
    return command;
}

// A control partition and its past: one organisation, unless it says otherwise.
class Control {
public:
    Control() { when(CreateOrganisation{"org_1", "Acme"}); }

    ControlDecision when(Command command, const std::string& organisation = "org_1") {
        const CommandRecord record{"evt", organisation,      "", std::nullopt, {},
                                   false, std::move(command)};
        ControlDecision decision = decide_control(state, record, now);
        for (const ControlEvent& event : decision.events) apply_control(state, event);
        return decision;
    }
    Control& at(std::string_view text) {
        now = moment(text);
        return *this;
    }
    [[nodiscard]] const Organisation& organisation(const std::string& id = "org_1") const {
        return state.organisations.at(id);
    }
    [[nodiscard]] const Customer& customer(std::string_view name) const {
        return *find_customer(state, "org_1", name);
    }

    ControlState state;
    base::Instant now = "2026-01-01T00:00:00Z"_at;
};

Code code_of(const ControlDecision& decision) {
    const auto* rejection = std::get_if<Rejection>(&decision.outcome);
    return rejection != nullptr ? rejection->code : Code::Ok;
}
// Rejected, and nothing else.
void expect_rejected(const ControlDecision& decision, Code code) {
    EXPECT_EQ(code_of(decision), code);
    EXPECT_TRUE(decision.events.empty());
    EXPECT_TRUE(decision.forwards.empty());
}

TEST(Control, AnOrganisationIsMadeOnce) {
    Control control;
    expect_rejected(control.when(CreateOrganisation{"org_1", "Other"}), Code::AlreadyExists);
    EXPECT_EQ(control.organisation().name, "Acme");
    EXPECT_EQ(control.organisation().created_at, "2026-01-01T00:00:00Z"_at);
}

TEST(Control, NothingIsDecidedForAnOrganisationThatThereIsNot) {
    Control control;
    for (const Command& command :
         {Command(CreateKey{"key_1", "", "", secret(1)}), Command(upsert("cus_1", "acme")),
          Command(PublishPayload{}), Command(UpdateSettings{}),
          Command(CreateWebhookEndpoint{"we_1", "https://example.com", "", "whsec_1", {}})}) {
        expect_rejected(control.when(command, "org_2"), Code::OrganisationNotFound);
    }
}

TEST(Control, AKeyIsMadeOnceAndItsSecretToo) {
    Control control;
    EXPECT_EQ(code_of(control.when(CreateKey{"key_1", "server", "abcd", secret(1)})), Code::Ok);
    expect_rejected(control.when(CreateKey{"key_1", "", "", secret(2)}), Code::AlreadyExists);
    expect_rejected(control.when(CreateKey{"key_2", "", "", secret(1)}), Code::AlreadyExists);
    EXPECT_EQ(find_key(control.state, secret(1))->name, "server");
}

TEST(Control, ARevokedKeyOpensNothingAndIsRevokedOnce) {
    Control control;
    control.when(CreateKey{"key_1", "server", "abcd", secret(1)});
    control.at("2026-01-02T00:00:00Z").when(RevokeKey{"key_1"});
    EXPECT_EQ(find_key(control.state, secret(1)), nullptr);
    EXPECT_EQ(control.state.keys.at("key_1").revoked_at, "2026-01-02T00:00:00Z"_at);
    const auto again = control.at("2026-01-03T00:00:00Z").when(RevokeKey{"key_1"});
    EXPECT_EQ(again.outcome, Outcome(Done{"key_1"}));
    EXPECT_TRUE(again.events.empty());
}

TEST(Control, AKeyOfAnotherOrganisationIsNotFound) {
    Control control;
    control.when(CreateOrganisation{"org_2", "Other"}, "org_2");
    control.when(CreateKey{"key_1", "server", "abcd", secret(1)});
    expect_rejected(control.when(RevokeKey{"key_1"}, "org_2"), Code::KeyNotFound);
    expect_rejected(control.when(RevokeKey{"key_9"}), Code::KeyNotFound);
    EXPECT_NE(find_key(control.state, secret(1)), nullptr);
}

TEST(Control, ANewCustomerIsOpenedAtItsHome) {
    Control control;
    UpsertCustomer command = upsert("cus_1", "acme", "Ann@Example.com");
    command.auto_enable = true;
    const auto decision = control.when(command);
    EXPECT_EQ(decision.outcome, Outcome(CustomerAnswer{"cus_1", true}));
    ASSERT_EQ(decision.forwards.size(), 1u);
    EXPECT_FALSE(decision.forwards[0].to_all);
    EXPECT_EQ(decision.forwards[0].key, "acme");
    EXPECT_EQ(decision.forwards[0].record.command,
              Command(OpenAccount{"cus_1", "acme", "ann@example.com", true}));
    EXPECT_EQ(control.customer("acme").name, "Ann");  // before the @, for want of a name
    EXPECT_EQ(control.customer("acme").email, "ann@example.com");
    // Without an id of the caller's, our own decides the home.
    EXPECT_EQ(control.when(upsert("cus_2", "", "b@example.com")).forwards[0].key, "cus_2");
}

TEST(Control, AnUpsertFillsBlanks) {
    Control control;
    control.when(upsert("cus_1", "acme"));
    control.at("2026-01-02T00:00:00Z");
    UpsertCustomer more = upsert("cus_9", "acme", "A@example.com");
    more.name = "Ann";
    more.metadata_json = R"({"a":1})";
    const auto decision = control.when(more);
    EXPECT_EQ(decision.outcome, Outcome(CustomerAnswer{"cus_1", false}));
    EXPECT_TRUE(decision.forwards.empty());
    EXPECT_EQ(control.customer("acme").name, "Ann");
    EXPECT_EQ(control.customer("acme").metadata_json, "");  // no blank: only overwriting adds to it
    EXPECT_EQ(control.customer("a@example.com").id, "cus_1");
    EXPECT_EQ(control.customer("acme").created_at, "2026-01-01T00:00:00Z"_at);
    EXPECT_EQ(control.customer("acme").updated_at, "2026-01-02T00:00:00Z"_at);
    // One that is found by its e-mail gets the caller's id, and keeps its home.
    control.when(upsert("cus_2", "", "b@example.com"));
    control.when(upsert("cus_9", "beta", "B@example.com"));
    EXPECT_EQ(control.customer("beta").id, "cus_2");
    EXPECT_EQ(control.customer("beta").home_key, "cus_2");
}

TEST(Control, AnUpsertOverwritesOnlyWhenTold) {
    Control control;
    UpsertCustomer first = upsert("cus_1", "acme", "a@example.com");
    first.name = "Ann";
    first.metadata_json = R"({"a":1,"b":2})";
    control.when(first);
    UpsertCustomer second = upsert("cus_9", "acme", "new@example.com");
    second.name = "Bob";
    second.metadata_json = R"({"b":3})";
    EXPECT_TRUE(control.when(second).events.empty());
    EXPECT_EQ(control.customer("acme").name, "Ann");
    second.overwrite = true;
    control.when(second);
    EXPECT_EQ(control.customer("acme").name, "Bob");
    EXPECT_EQ(control.customer("acme").metadata_json, R"({"a":1,"b":3})");
    EXPECT_EQ(control.customer("acme").email, "new@example.com");
}

TEST(Control, AChangedEmailIsTheOnlyOneAndIsToldAtHome) {
    Control control;
    control.when(upsert("cus_1", "acme", "a@example.com"));
    UpsertCustomer change = upsert("cus_9", "acme", "New@example.com");
    change.overwrite = true;
    const auto decision = control.when(change);
    EXPECT_EQ(decision.outcome, Outcome(CustomerAnswer{"cus_1", false}));
    EXPECT_EQ(find_customer(control.state, "org_1", "a@example.com"), nullptr);
    EXPECT_EQ(control.customer("new@example.com").id, "cus_1");
    ASSERT_EQ(decision.forwards.size(), 1u);
    EXPECT_EQ(decision.forwards[0].key, "acme");
    EXPECT_NE(decision.forwards[0].record.id, "open:cus_1");
    EXPECT_EQ(decision.forwards[0].record.command,
              Command(OpenAccount{"cus_1", "acme", "new@example.com", false}));
    // Somebody else may have the one that was given up, and only that.
    EXPECT_EQ(code_of(control.when(upsert("cus_2", "beta", "a@example.com"))), Code::Ok);
    UpsertCustomer taken = upsert("cus_9", "beta", "NEW@example.com");
    taken.overwrite = true;
    expect_rejected(control.when(taken), Code::CustomerConflict);
    EXPECT_EQ(control.customer("beta").email, "a@example.com");
}

TEST(Control, AnEmailThatIsAnIdTooStaysANameWhenItChanges) {
    Control control;
    control.when(upsert("cus_1", "a@example.com", "a@example.com"));
    UpsertCustomer change = upsert("cus_9", "a@example.com", "b@example.com");
    change.overwrite = true;
    control.when(change);
    EXPECT_EQ(control.customer("a@example.com").id, "cus_1");
    EXPECT_EQ(control.customer("b@example.com").id, "cus_1");
}

TEST(Control, AnUpsertThatBringsNothingIsNoEvent) {
    Control control;
    control.when(upsert("cus_1", "acme", "a@example.com"));
    const auto again =
        control.at("2026-01-02T00:00:00Z").when(upsert("cus_2", "acme", "a@example.com"));
    EXPECT_EQ(again.outcome, Outcome(CustomerAnswer{"cus_1", false}));
    EXPECT_TRUE(again.events.empty());
    EXPECT_EQ(control.customer("acme").updated_at, "2026-01-01T00:00:00Z"_at);
}

TEST(Control, AnEmailOfACustomerWithAnotherIdIsAConflict) {
    Control control;
    control.when(upsert("cus_1", "acme", "a@example.com"));
    expect_rejected(control.when(upsert("cus_2", "beta", "A@example.com")), Code::CustomerConflict);
    EXPECT_EQ(find_customer(control.state, "org_1", "beta"), nullptr);
    // Whoever is known by the id is that one; somebody else's e-mail is not taken over.
    control.when(upsert("cus_2", "beta"));
    EXPECT_EQ(code_of(control.when(upsert("cus_3", "beta", "a@example.com"))), Code::Ok);
    EXPECT_EQ(control.customer("beta").email, "");
    EXPECT_EQ(control.customer("a@example.com").id, "cus_1");
}

TEST(Control, APayloadIsMergedAndGoesToAll) {
    Control control;
    control.when(PublishPayload{CatalogBuilder().metered("api").build()});
    const auto decision = control.when(PublishPayload{CatalogBuilder().metered("seats").build()});
    EXPECT_EQ(std::get<SyncAnswer>(decision.outcome).version, 2u);
    EXPECT_EQ(std::get<SyncAnswer>(decision.outcome).report.features.created,
              std::vector<std::string>{"seats"});
    EXPECT_EQ(control.organisation().catalog->features.size(), 2u);
    ASSERT_EQ(decision.forwards.size(), 1u);
    EXPECT_TRUE(decision.forwards[0].to_all);
    EXPECT_EQ(decision.forwards[0].record.command,
              Command(PublishCatalog{*control.organisation().catalog}));
}

TEST(Control, TheDefaultProviderChangesOrganisationsWithoutTheirOwn) {
    Control control;
    control.when(CreateOrganisation{"org_2", "Own"}, "org_2");
    SettingsPatch own;
    own.provider = "paystack";
    control.when(UpdateSettings{own}, "org_2");
    const auto decision = control.when(SetDefaultProvider{"sandbox"});
    ASSERT_EQ(decision.forwards.size(), 1u);
    EXPECT_EQ(decision.forwards[0].record.organisation, "org_1");
    EXPECT_TRUE(decision.forwards[0].to_all);
    EXPECT_EQ(control.organisation("org_1").settings.provider, "sandbox");
    EXPECT_EQ(control.organisation("org_2").settings.provider, "paystack");
    EXPECT_TRUE(control.when(SetDefaultProvider{"sandbox"}).events.empty());
    // Whoever comes later has it too, and whoever gives up its own.
    EXPECT_EQ(control.when(CreateOrganisation{"org_3", "Late"}, "org_3").forwards.size(), 1u);
    EXPECT_EQ(control.organisation("org_3").settings.provider, "sandbox");
    own.provider = "";
    control.when(UpdateSettings{own}, "org_2");
    EXPECT_EQ(control.organisation("org_2").settings.provider, "sandbox");
}

TEST(Control, SettingsThatChangeNothingAreNoEvent) {
    Control control;
    SettingsPatch patch;
    patch.grace_hours = 5;
    EXPECT_EQ(control.when(UpdateSettings{patch}).forwards.size(), 1u);
    EXPECT_EQ(control.organisation().settings.version, 1u);
    const auto again = control.when(UpdateSettings{patch});
    EXPECT_EQ(again.outcome, Outcome(Done{"org_1"}));
    EXPECT_TRUE(again.events.empty());
    EXPECT_TRUE(again.forwards.empty());
    EXPECT_EQ(control.organisation().settings.version, 1u);
}

TEST(Control, CommandsOfOtherPartitionsAreRejected) {
    Control control;
    for (const Command& command :
         {Command(track("api", 1_u)), Command(OpenAccount{"cus_1", "acme", "", false}),
          Command(PublishCatalog{}), Command(PublishSettings{}), Command(Tick{}),
          Command(Genesis{}), Command(AdoptRules{})}) {
        expect_rejected(control.when(command), Code::InvalidRequest);
    }
}

TEST(Control, AWebhookEndpointIsMadeOnceAndFoundInItsOrganisationOnly) {
    Control control;
    control.when(CreateOrganisation{"org_2", "Other"}, "org_2");
    const CreateWebhookEndpoint create{"we_1", "https://example.com", "", "whsec_1", {}};
    EXPECT_EQ(code_of(control.when(create)), Code::Ok);
    expect_rejected(control.when(create), Code::AlreadyExists);
    expect_rejected(control.when(DeleteWebhookEndpoint{"we_1"}, "org_2"),
                    Code::WebhookEndpointNotFound);
    for (std::size_t i = 1; i < kMaxWebhookEndpoints; ++i) {
        CreateWebhookEndpoint more = create;
        more.endpoint = "more_" + std::to_string(i);
        EXPECT_EQ(code_of(control.when(more)), Code::Ok);
    }
    CreateWebhookEndpoint one_too_many = create;
    one_too_many.endpoint = "we_2";
    expect_rejected(control.when(one_too_many), Code::InvalidRequest);
    control.when(DeleteWebhookEndpoint{"we_1"});
    EXPECT_EQ(code_of(control.when(one_too_many)), Code::Ok);
}

}  // namespace
}  // namespace quipu::ledger
