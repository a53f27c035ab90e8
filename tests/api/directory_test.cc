// Who is meant by a name, and what becomes of those whom nobody knows.
#include "api/request/directory.h"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <optional>
#include <string>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

using base::Result;
using ledger::Customer;

constexpr const char* kOrganisation = "default";

// What `found` was called with: a copy of the customer, or the error.
using Told = Result<Customer>;

class DirectoryTest : public ::testing::Test {
protected:
    // Runs `ask` on the engine thread and waits until it has answered.
    Told ask(const std::function<void(const Directory::Found&)>& ask) {
        std::promise<Told> told;
        server_.on_engine([&] {
            ask([&told](const Result<const Customer*>& found) {
                if (found) return told.set_value(**found);
                told.set_value(tl::unexpected(found.error()));
            });
        });
        return told.get_future().get();
    }
    Told known(const std::string& reference, const std::string& organisation = kOrganisation) {
        return ask(
            [&](const auto& found) { directory_.with_known(organisation, reference, found); });
    }
    Told known_or_new(CustomerRef ref) {
        return ask([&](const auto& found) {
            directory_.with_customer(kOrganisation, std::move(ref), found);
        });
    }
    // A copy; none where the directory knows nobody.
    std::optional<Customer> owner_of(const std::string& id, const std::string& prefix,
                                     const std::string& organisation = kOrganisation) {
        std::optional<Customer> owner;
        server_.on_engine([&] {
            if (const auto* found = directory_.owner_of(organisation, id, prefix)) owner = *found;
        });
        return owner;
    }
    Customer make(const std::string& id) {
        const Answer made =
            server_.post("/v1/customers", {{"email", id + "@example.com"}, {"id", id}});
        EXPECT_EQ(made.status, 200) << made.text;
        return known(id).value();
    }

    ApiServer server_;
    base::RandomIds ids_;
    Commands commands_{server_.engine(), ids_};
    Directory directory_{server_.engine(), ids_, commands_};
};

TEST_F(DirectoryTest, ACustomerIsKnownByEachOfTheirNames) {
    const Customer ann = make("ann");
    for (const std::string& name : {ann.id, std::string("ann"), std::string("ann@example.com"),
                                    std::string("ANN@Example.com")})
        EXPECT_EQ(known(name).value(), ann) << name;
}

TEST_F(DirectoryTest, ANameOfAnotherOrganisationIsNobodys) {
    server_.add_organisation("other", "sk_other_organisation");
    const Customer ann = make("ann");
    for (const std::string& name : {ann.id, std::string("ann"), std::string("ann@example.com")}) {
        const Told told = known(name, "other");
        ASSERT_FALSE(told) << name;
        EXPECT_EQ(told.error().code, base::ErrorCode("customer_not_found"));
        EXPECT_EQ(told.error().message, "Customer '" + name + "' not found in this organization.");
    }
}

TEST_F(DirectoryTest, WhoeverIsNamedByAnEMailIsMadeWithIt) {
    const Customer made = known_or_new({.reference = "ann@example.com"}).value();
    EXPECT_TRUE(made.id.starts_with("cus_")) << made.id;
    EXPECT_EQ(made.email, "ann@example.com");
    EXPECT_EQ(made.external_id, "");
    EXPECT_EQ(made.name, "ann");
    // and found from then on.
    EXPECT_EQ(known_or_new({.reference = "ann@example.com"}).value(), made);
}

TEST_F(DirectoryTest, WhoeverIsNamedByAnIdIsMadeWhenAnEMailComesWithIt) {
    const Customer made = known_or_new({.reference = "user_1",
                                        .email = "ann@example.com",
                                        .name = "Ann",
                                        .metadata_json = R"({"a":1})"})
                              .value();
    EXPECT_EQ(made.external_id, "user_1");
    EXPECT_EQ(made.email, "ann@example.com");
    EXPECT_EQ(made.name, "Ann");
    EXPECT_EQ(made.metadata_json, R"({"a":1})");
    EXPECT_EQ(known("user_1").value(), made);
}

TEST_F(DirectoryTest, AnIdAloneMakesNobody) {
    const CustomerRef ref{.reference = "user_1"};
    EXPECT_FALSE(ref.is_creatable());
    const Told told = known_or_new(ref);
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, base::ErrorCode("customer_not_found"));
    EXPECT_EQ(known("user_1").error().code, base::ErrorCode("customer_not_found"));
}

TEST_F(DirectoryTest, AnEMailThatIsSomebodyElsesMakesNobody) {
    const Customer ann = make("ann");
    const Told told = known_or_new({.reference = "user_2", .email = ann.email});
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, base::ErrorCode("customer_conflict"));
    EXPECT_EQ(known("user_2").error().code, base::ErrorCode("customer_not_found"));
}

TEST_F(DirectoryTest, AKnownCustomerIsWaitedForUntilTheAccountIsOpen) {
    std::promise<bool> open_at_first;
    std::promise<bool> open_when_told;
    server_.on_engine([&] {
        ledger::UpsertCustomer upsert;
        upsert.candidate = ids_.fresh("cus_");
        upsert.email = "ann@example.com";
        ledger::CommandRecord record;
        record.command = upsert;
        commands_.submit_control(
            kOrganisation, std::move(record), [&](const Result<ingest::Reply>& reply) {
                const Customer* ann = directory_.find(kOrganisation, reply.value().customer);
                // Given one of whom the home has not heard yet
                open_at_first.set_value(directory_.is_open(*ann));
                directory_.when_open(*ann, [&](const Result<const Customer*>& found) {
                    open_when_told.set_value(found && directory_.is_open(**found));
                });
            });
    });
    EXPECT_FALSE(open_at_first.get_future().get());
    EXPECT_TRUE(open_when_told.get_future().get());
}

TEST_F(DirectoryTest, WhoseAccountDoesNotOpenInTimeIsToldToAskAgain) {
    Customer nobody;
    nobody.id = nobody.home_key = "cus_nobody";
    nobody.organisation = kOrganisation;
    const Told told = ask([&](const auto& found) { directory_.when_open(nobody, found); });
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code, base::ErrorCode("outcome_unknown"));
}

TEST_F(DirectoryTest, AnIdOfASubscriptionOrAnInvoiceNamesItsCustomer) {
    const Customer ann = make("ann");
    const std::string middle = ann.id.substr(std::string("cus_").size());
    EXPECT_EQ(owner_of("sub_" + middle + "_1", "sub_"), ann);
    EXPECT_EQ(owner_of("inv_" + middle + "_12", "inv_"), ann);
    for (const std::string& id : {"inv_" + middle + "_1", "sub_" + middle, std::string("sub_"),
                                  std::string("sub_1"), std::string("sub_nobody_1"), ann.id})
        EXPECT_FALSE(owner_of(id, "sub_")) << id;
}

TEST_F(DirectoryTest, AnIdOfAnotherOrganisationNamesNobody) {
    server_.add_organisation("other", "sk_other_organisation");
    const Customer ann = make("ann");
    const std::string middle = ann.id.substr(std::string("cus_").size());
    EXPECT_FALSE(owner_of("sub_" + middle + "_1", "sub_", "other"));
}

TEST_F(DirectoryTest, ACustomersOwnIdDoesNotPassForOneOfOurs) {
    make("cus_mine");  // as the caller calls them
    EXPECT_TRUE(known("cus_mine"));
    EXPECT_FALSE(owner_of("sub_mine_1", "sub_"));
}

TEST_F(DirectoryTest, AnOrganisationHasAnEmptyCatalogUntilItPublishesOne) {
    const auto plans = [&] {
        std::size_t count = 0;
        server_.on_engine([&] { count = directory_.catalog(kOrganisation).plans.size(); });
        return count;
    };
    EXPECT_EQ(plans(), 0u);
    ASSERT_EQ(server_.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 10}})).status, 200);
    EXPECT_EQ(plans(), 1u);
}

}  // namespace
}  // namespace quipu::api::testing
