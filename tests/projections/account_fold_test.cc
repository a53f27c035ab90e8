// What an account partition makes of its records: accounts, answers, dead letters and routes.
#include "projections/account_fold.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "projections/rows/row_keys.h"
#include "support/catalog_builder.h"
#include "support/failing_store.h"
#include "support/fold_driver.h"

namespace quipu::projections {
namespace {

using namespace quipu::testing;
using ledger::Code;
using ledger::CommandRecord;
using ledger::OpenAccount;

constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};

AccountFoldOptions remembering(std::int64_t micros) {
    AccountFoldOptions options;
    options.dedupe_window_micros = micros;
    return options;
}

CommandRecord of_ledger(ledger::Command command) {
    return {"", "org_1", "", std::nullopt, {}, false, std::move(command)};
}
CommandRecord asking(std::string id, std::string customer, ledger::Command command) {
    return {std::move(id), std::string("org_1"), std::move(customer), std::nullopt, {},
            false,         std::move(command)};
}
CommandRecord opening(const std::string& id, const std::string& external_id,
                      const std::string& email = {}) {
    CommandRecord record = asking("open:" + id, id, OpenAccount{id, external_id, email, false});
    record.routed = true;
    return record;
}
CommandRecord tracking(std::string id, base::Quantity value) {
    return asking(std::move(id), "acme", ledger::Track{"api", value, {}, {}, false});
}
CommandRecord genesis() {
    ledger::Genesis genesis;
    genesis.partitions = 1;
    return of_ledger(genesis);
}

ledger::PublishCatalog catalog() {
    const auto payload = CatalogBuilder()
                             .metered("api")
                             .plan(testing::Plan("pro").costs(1000).with(
                                 Includes("api").limit(100_u).charge(10_price)))
                             .build();
    return {ledger::merge({}, payload, {}).catalog};
}

// An account partition; with a genesis, unless it says otherwise.
class Accounts : public FoldDriver<AccountFold> {
public:
    explicit Accounts(StateStore& store, bool open = true, AccountFoldOptions options = {})
        : FoldDriver(store, [options](StateStore& rows) {
              return std::make_unique<AccountFold>(kPartition, rows, decode_stored, options);
          }) {
        at("2026-01-01T00:00:00Z"_at);
        if (open) done(genesis());
    }
    void done(const CommandRecord& record) { QUIPU_CHECK(fold(record).has_value()); }
    // A customer on a plan.
    void live() {
        done(of_ledger(catalog()));
        done(opening("cus_1", "acme", "a@example.com"));
        done(asking("attach", "acme", ledger::Attach{"pro", {}, {}}));
    }
    [[nodiscard]] base::Quantity usage() const {
        return std::get<ledger::UsageAnswer>(answers().back().outcome).usage.value();
    }
    [[nodiscard]] Code rejection() const {
        return std::get<ledger::Rejection>(answers().back().outcome).code;
    }
};

TEST(AccountFold, AnAccountIsOpenedOnceAndASecondTimeChangesNothing) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.done(opening("cus_1", "acme"));
    const ledger::Account before = *accounts->find("org_1", "cus_1");
    accounts.at("2026-01-02T00:00:00Z"_at);
    accounts.done(opening("cus_1", "acme"));
    EXPECT_TRUE(accounts.answers().back().duplicate);
    // Not a duplicate by its id, but the caller's own id is given once.
    accounts.done(asking("again", "cus_1", OpenAccount{"cus_1", "other", "b@example.com", true}));
    EXPECT_FALSE(accounts.answers().back().duplicate);
    EXPECT_EQ(accounts.answers().back().outcome, ledger::Outcome{ledger::Done{"cus_1"}});
    EXPECT_EQ(*accounts->find("org_1", "acme"), before);
    EXPECT_EQ(accounts->find("org_1", "other"), nullptr);
    EXPECT_EQ(accounts->accounts(), 1u);
    EXPECT_TRUE(accounts.effects().empty());
}

TEST(AccountFold, NamesThatBelongToSomebodyElseAreADeadLetter) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.done(opening("cus_1", "acme", "a@example.com"));
    const std::size_t answered = accounts.answers().size();
    accounts.done(opening("cus_2", "acme"));
    accounts.done(opening("cus_3", "", "A@Example.com"));
    accounts.done(opening("cus_4", "cus_1"));
    CommandRecord for_another = opening("cus_5", "");
    for_another.customer = "cus_6";
    accounts.done(for_another);
    EXPECT_EQ(accounts.dead_letters(), std::vector<std::string>(4, "account_conflict"));
    EXPECT_EQ(accounts.answers().size(), answered);
    EXPECT_EQ(accounts->accounts(), 1u);
    // Another organisation has names of its own.
    CommandRecord elsewhere = opening("cus_2", "acme", "a@example.com");
    elsewhere.organisation = "org_2";
    accounts.done(elsewhere);
    EXPECT_EQ(accounts->accounts(), 2u);
    EXPECT_EQ(accounts->find("org_2", "acme")->id, "cus_2");
}

TEST(AccountFold, AnAccountIsFoundByEachOfItsNames) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.done(opening("cus_1", "acme", "a@example.com"));
    const ledger::Account* account = accounts->find("org_1", "cus_1");
    ASSERT_NE(account, nullptr);
    EXPECT_EQ(accounts->find("org_1", "acme"), account);
    EXPECT_EQ(accounts->find("org_1", "A@Example.COM"), account);
    EXPECT_EQ(accounts->find("org_1", "ACME"), nullptr);
    EXPECT_EQ(accounts->find("org_2", "acme"), nullptr);
}

TEST(AccountFold, ARenamedAccountIsFoundByItsNewNameOnly) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.done(opening("cus_1", "acme", "a@example.com"));
    const CommandRecord renaming =
        asking("open:cus_1:1", "cus_1", OpenAccount{"cus_1", "acme", "b@example.com", false});
    EXPECT_FALSE(accounts->has_folded(renaming).value());
    accounts.done(renaming);
    EXPECT_TRUE(accounts->has_folded(renaming).value());
    EXPECT_TRUE(accounts->has_folded(opening("cus_1", "acme", "a@example.com")).value());
    for (int restarts = 0; restarts < 2; ++restarts) {
        EXPECT_EQ(accounts->find("org_1", "a@example.com"), nullptr);
        EXPECT_EQ(accounts->find("org_1", "b@example.com")->id, "cus_1");
        EXPECT_EQ(accounts->find("org_1", "acme")->email, "b@example.com");
        accounts.restart();
    }
    // Whoever comes next may have the name that was given up.
    accounts.done(opening("cus_2", "", "a@example.com"));
    EXPECT_EQ(accounts->find("org_1", "a@example.com")->id, "cus_2");
    accounts.done(
        asking("open:cus_1:2", "cus_1", OpenAccount{"cus_1", "acme", "a@example.com", false}));
    EXPECT_EQ(accounts.dead_letters(), std::vector<std::string>{"account_conflict"});
    EXPECT_EQ(accounts->find("org_1", "acme")->email, "b@example.com");
}

TEST(AccountFold, ARecordOfAnUnknownCustomerIsRouted) {
    MemoryStore store;
    Accounts accounts(store);
    const std::size_t answered = accounts.answers().size();
    accounts.done(asking("evt_1", "nobody", ledger::GenerateInvoice{}));
    ASSERT_EQ(accounts.effects().size(), 1u);
    const auto& route = std::get<RouteRecord>(accounts.effects()[0]);
    EXPECT_EQ(route.from, kPartition);
    EXPECT_EQ(route.offset, 1);
    EXPECT_EQ(route.record.id, "evt_1");
    EXPECT_EQ(route.record.customer, "nobody");
    EXPECT_EQ(accounts.answers().size(), answered);
}

TEST(AccountFold, ARoutedRecordOfAnUnknownCustomerIsADeadLetterAndAnswered) {
    MemoryStore store;
    Accounts accounts(store);
    CommandRecord record = asking("evt_1", "nobody", ledger::GenerateInvoice{});
    record.routed = true;
    accounts.done(record);
    EXPECT_EQ(accounts.effects().size(), 1u);
    EXPECT_EQ(accounts.dead_letters(), std::vector<std::string>{"customer_not_found"});
    EXPECT_EQ(accounts.answers().back().id, "evt_1");
    EXPECT_EQ(accounts.rejection(), Code::CustomerNotFound);
}

TEST(AccountFold, ADuplicateGetsTheFirstAnswer) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.live();
    accounts.done(tracking("evt_1", 10_u));
    const ToldAnswer first = accounts.answers().back();
    accounts.done(tracking("evt_2", 5_u));
    EXPECT_EQ(accounts.usage(), 15_u);
    // Also when a read of the store is what tells it.
    accounts.save();
    accounts.done(tracking("evt_1", 10_u));
    const ToldAnswer& again = accounts.answers().back();
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.offset, first.offset);
    EXPECT_EQ(again.outcome, first.outcome);
    accounts.done(tracking("evt_3", 1_u));
    EXPECT_EQ(accounts.usage(), 16_u);
}

TEST(AccountFold, TheSameIdWithAnotherContentIsAConflict) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.live();
    accounts.done(tracking("evt_1", 10_u));
    CommandRecord waited = tracking("evt_1", 11_u);
    waited.origin = {1, 7};
    accounts.done(waited);
    EXPECT_EQ(accounts.rejection(), Code::IdempotencyConflict);
    EXPECT_FALSE(accounts.answers().back().duplicate);
    EXPECT_TRUE(accounts.dead_letters().empty());
    // Nobody hears the answer of a producer's own record: it must not vanish.
    accounts.done(tracking("evt_1", 12_u));
    EXPECT_EQ(accounts.rejection(), Code::IdempotencyConflict);
    EXPECT_EQ(accounts.dead_letters(), std::vector<std::string>{"idempotency_conflict"});
    accounts.done(tracking("evt_2", 1_u));
    EXPECT_EQ(accounts.usage(), 11_u);
}

TEST(AccountFold, RecordsBeforeGenesisAreDeadLetters) {
    MemoryStore store;
    Accounts accounts(store, false);
    accounts.done(opening("cus_1", "acme"));
    accounts.done(of_ledger(ledger::Tick{}));
    accounts.done(of_ledger(catalog()));
    EXPECT_EQ(accounts.dead_letters(), std::vector<std::string>(3, "ledger_not_open"));
    EXPECT_TRUE(accounts.answers().empty());
    EXPECT_FALSE(accounts->is_open());
    accounts.done(genesis());
    accounts.done(opening("cus_1", "acme"));
    EXPECT_EQ(accounts->accounts(), 1u);
    EXPECT_TRUE(accounts->book("org_1").empty());
}

TEST(AccountFold, TimersFireBeforeTheCommandOfTheSameMoment) {
    const auto answer_at = [](base::Instant moment) {
        MemoryStore store;
        Accounts accounts(store);
        accounts.live();
        accounts.done(asking("cancel", "acme", ledger::Cancel{"pro", false}));
        EXPECT_EQ(accounts->next_due(), "2026-02-01T00:00:00Z"_at);
        accounts.at(moment);
        accounts.done(tracking("evt_1", 1_u));
        return std::get<ledger::UsageAnswer>(accounts.answers().back().outcome).code;
    };
    EXPECT_EQ(answer_at("2026-01-31T23:59:59.999999Z"_at), Code::Tracked);
    EXPECT_EQ(answer_at("2026-02-01T00:00:00Z"_at), Code::NoActiveSubscription);
}

TEST(AccountFold, ATickFiresTheTimersOfAllAccounts) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.live();
    accounts.at("2026-01-02T00:00:00Z"_at);
    accounts.done(opening("cus_2", "beta"));
    accounts.done(asking("attach", "beta", ledger::Attach{"pro", {}, {}}));
    EXPECT_EQ(accounts->find("org_1", "acme")->next_invoice, 2u);
    accounts.at("2026-02-03T00:00:00Z"_at);
    accounts.done(of_ledger(ledger::Tick{}));
    EXPECT_EQ(accounts->find("org_1", "acme")->next_invoice, 3u);
    EXPECT_EQ(accounts->find("org_1", "beta")->next_invoice, 3u);
    EXPECT_EQ(accounts->next_due(), "2026-03-01T00:00:00Z"_at);
}

TEST(AccountFold, WhatIsSetUpBeforehandDoesNotMoveTheClock) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.live();
    accounts.at("2026-06-01T00:00:00Z"_at);
    ledger::PublishCatalog second = catalog();
    second.catalog.version = 2;
    accounts.done(of_ledger(second));
    accounts.done(of_ledger(ledger::PublishSettings{{.version = 1}}));
    EXPECT_EQ(accounts->clock(), "2026-01-01T00:00:00Z"_at);
    accounts.done(of_ledger(ledger::Tick{}));
    EXPECT_EQ(accounts->clock(), "2026-06-01T00:00:00Z"_at);
    // A broker's clock may fall; the partition's does not.
    accounts.at("2026-05-01T00:00:00Z"_at);
    accounts.done(of_ledger(ledger::Tick{}));
    EXPECT_EQ(accounts->clock(), "2026-06-01T00:00:00Z"_at);
}

TEST(AccountFold, WhatWasCollectedOnceIsNotCollectedAgain) {
    MemoryStore store;
    Accounts accounts(store);
    accounts.live();
    WriteSet first;
    accounts->collect(first);
    EXPECT_FALSE(first.rows.empty());
    EXPECT_EQ(first.seen.size(), 2u);
    WriteSet nothing;
    accounts->collect(nothing);
    EXPECT_TRUE(nothing.rows.empty());
    EXPECT_TRUE(nothing.seen.empty());

    accounts.done(opening("cus_2", "beta"));
    WriteSet later;
    accounts->collect(later);
    EXPECT_EQ(later.seen.size(), 1u);
    const auto has = [&](const std::string& customer) {
        return std::ranges::any_of(later.rows, [&](const Row& row) {
            return row.table == Table::Account && row.key == account_key("org_1", customer);
        });
    };
    EXPECT_TRUE(has("cus_2"));
    EXPECT_FALSE(has("cus_1"));
}

TEST(AccountFold, LoadedFromItsRowsItAnswersAndDigestsTheSame) {
    const std::vector<std::pair<base::Instant, CommandRecord>> log{
        {"2026-01-05T00:00:00Z"_at, tracking("evt_1", 90_u)},
        {"2026-01-06T00:00:00Z"_at, tracking("evt_2", 30_u)},
        {"2026-01-06T00:00:00Z"_at, tracking("evt_1", 90_u)},
        {"2026-01-07T00:00:00Z"_at, tracking("evt_2", 31_u)},
        {"2026-02-02T00:00:00Z"_at, of_ledger(ledger::Tick{})},
        {"2026-02-02T00:00:00Z"_at, asking("pay", "acme", ledger::MarkInvoicePaid{"inv_1_1", {}})},
        {"2026-02-03T00:00:00Z"_at, asking("bill", "a@example.com", ledger::GenerateInvoice{})},
        {"2026-02-03T00:00:00Z"_at, asking("evt_3", "nobody", ledger::GenerateInvoice{})},
        {"2026-02-04T00:00:00Z"_at, asking("cancel", "cus_1", ledger::Cancel{"pro", true})}};
    struct Lived {
        std::vector<ToldAnswer> answers;
        std::vector<std::string> effects;
        std::string digest;
    };
    const auto live = [&](bool restarting) {
        MemoryStore store;
        Accounts accounts(store);
        accounts.live();
        for (const auto& [at, record] : log) {
            if (restarting) accounts.restart();
            accounts.at(at);
            accounts.done(record);
        }
        accounts.save();
        return Lived{accounts.answers(), accounts.effect_rows(), store.digest({}).value()};
    };
    const Lived once = live(false);
    const Lived often = live(true);
    EXPECT_EQ(once.answers, often.answers);
    EXPECT_EQ(once.effects, often.effects);
    EXPECT_EQ(once.digest, often.digest);
    EXPECT_GT(once.effects.size(), 3u);
}

TEST(AccountFold, SaysWhatItHasFoldedAlready) {
    MemoryStore store;
    Accounts accounts(store, true, remembering(base::kMicrosPerDay));
    const auto folded = [&](const CommandRecord& record) {
        return accounts->has_folded(record).value();
    };
    EXPECT_FALSE(folded(of_ledger(catalog())));
    EXPECT_FALSE(folded(opening("cus_1", "acme")));
    EXPECT_FALSE(folded(of_ledger(ledger::PublishSettings{{.version = 1}})));
    accounts.live();
    accounts.done(of_ledger(ledger::PublishSettings{{.version = 1}}));
    accounts.done(tracking("evt_1", 1_u));
    EXPECT_TRUE(folded(of_ledger(catalog())));
    EXPECT_TRUE(folded(of_ledger(ledger::PublishSettings{{.version = 1}})));
    EXPECT_FALSE(folded(of_ledger(ledger::PublishSettings{{.version = 2}})));
    EXPECT_TRUE(folded(opening("cus_1", "acme")));
    EXPECT_TRUE(folded(tracking("evt_1", 1_u)));
    EXPECT_FALSE(folded(tracking("evt_2", 1_u)));
    EXPECT_FALSE(folded(asking("evt_1", "nobody", ledger::GenerateInvoice{})));
    // A refusal has its entry: what a rebuilt state sends again is not judged a second time.
    EXPECT_FALSE(folded(asking("evt_3", "acme", ledger::Cancel{"nope", true})));
    accounts.done(asking("evt_3", "acme", ledger::Cancel{"nope", true}));
    EXPECT_TRUE(folded(asking("evt_3", "acme", ledger::Cancel{"nope", true})));
    // A name that comes back is another record than the one that brought it first.
    CommandRecord renaming = opening("cus_1", "acme");
    renaming.id += ":2";
    EXPECT_FALSE(folded(renaming));
    // Ids are remembered for a day here, entries for good.
    accounts.at("2026-01-09T00:00:00Z"_at);
    accounts.done(of_ledger(ledger::Tick{}));
    accounts.restart();
    EXPECT_TRUE(folded(tracking("evt_1", 1_u)));
    EXPECT_FALSE(folded(tracking("evt_2", 1_u)));
}

TEST(AccountFold, AStoreThatCannotBeReadIsAnError) {
    FailingStore store;
    Accounts accounts(store);
    accounts.live();
    accounts.done(tracking("evt_1", 1_u));
    accounts.save();
    const std::string invoice =
        std::get<ledger::AttachAnswer>(accounts.answers()[3].outcome).invoice;
    store.fail(true);
    // What the first answer was is in the store, and so is the invoice.
    for (const CommandRecord& record :
         {tracking("evt_1", 1_u), asking("pay", "acme", ledger::MarkInvoicePaid{invoice, {}})}) {
        const auto folded = accounts.fold(record);
        ASSERT_FALSE(folded.has_value());
        EXPECT_EQ(folded.error().code, base::ErrorCode("state_unavailable"));
    }
    EXPECT_EQ(accounts->has_folded(tracking("evt_1", 1_u)).error().code,
              base::ErrorCode("state_unavailable"));
    AccountFold another(kPartition, store, decode_stored);
    EXPECT_EQ(another.load().error().code, base::ErrorCode("state_unavailable"));
    // Once it is back, the same record is folded.
    store.fail(false);
    accounts.done(tracking("evt_1", 1_u));
    EXPECT_TRUE(accounts.answers().back().duplicate);
}

TEST(AccountFold, BytesThatAreNoRecordAreADeadLetter) {
    MemoryStore store;
    AccountFold fold(kPartition, store, decode_stored);
    struct Kept final : FoldSink {
        void answered(const Answer&) override { ++answers; }
        void emit(Effect effect) override { codes.push_back(dead_letter_code(effect)); }
        int answers = 0;
        std::vector<std::string> codes;
    } kept;
    ASSERT_TRUE(fold.fold({0, {1}, "key", "\xff\xff no record", {}}, kept).has_value());
    EXPECT_EQ(kept.answers, 0);
    ASSERT_EQ(kept.codes.size(), 1u);
    EXPECT_FALSE(kept.codes[0].empty());
}

}  // namespace
}  // namespace quipu::projections
