// Row keys sort as what they name, and can be read back.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "projections/rows/row_keys.h"
#include "support/generators.h"

namespace quipu::projections {
namespace {

AccountName account_name() {
    return {*testing::text(), *testing::text()};
}

std::string prefix_of(const AccountName& account) {
    return account_prefix(account.organisation, account.customer);
}

RC_GTEST_PROP(RowKeys, EveryKeyIsReadBack, ()) {
    const AccountName account = account_name();
    const std::string prefix = prefix_of(account);
    RC_ASSERT(parse_account_key(account_key(account.organisation, account.customer)) == account);
    const ledger::MeterKey meter = *testing::meter_key();
    const base::Instant start{*rc::gen::arbitrary<std::int64_t>()};
    RC_ASSERT(parse_window_key(window_key(prefix, meter, start)) ==
              (WindowName{account, meter, start}));
    const auto seq = *rc::gen::arbitrary<std::uint32_t>();
    RC_ASSERT(parse_grant_key(grant_key(prefix, seq)) == (GrantName{account, seq}));
    const ledger::EntityKey entity{*testing::text(), *testing::text()};
    RC_ASSERT(parse_entity_key(entity_key(prefix, entity)) == (EntityName{account, entity}));
    const auto offset =
        *rc::gen::inRange<ledger::Offset>(0, std::numeric_limits<ledger::Offset>::max());
    RC_ASSERT(parse_entry_key(entry_key(offset)) == offset);
}

RC_GTEST_PROP(RowKeys, WindowsSortByMeterThenStart, ()) {
    const std::string prefix = prefix_of(account_name());
    const ledger::MeterKey a = *testing::meter_key();
    const ledger::MeterKey b = *testing::meter_key();
    const base::Instant earlier{*rc::gen::arbitrary<std::int64_t>()};
    const base::Instant later{*rc::gen::arbitrary<std::int64_t>()};
    RC_ASSERT((window_key(prefix, a, earlier) < window_key(prefix, b, later)) ==
              (std::tie(a, earlier) < std::tie(b, later)));
}

RC_GTEST_PROP(RowKeys, AccountsDoNotOverlap, ()) {
    const AccountName a = account_name();
    const AccountName b = account_name();
    RC_PRE(a != b);
    RC_ASSERT_FALSE(grant_key(prefix_of(a), 1).starts_with(prefix_of(b)));
    RC_ASSERT(prefix_of(a) != prefix_of(b));
}

RC_GTEST_PROP(RowKeys, AnyBytesAreReadBackOrRefused, ()) {
    const std::string bytes =
        *rc::gen::container<std::string>(rc::gen::element<char>('\0', '\1', 'a', '\xff'));
    if (const auto name = parse_window_key(bytes)) {
        RC_ASSERT(window_key(prefix_of(name->account), name->meter, name->start) == bytes);
    }
    if (const auto name = parse_entity_key(bytes)) {
        RC_ASSERT(entity_key(prefix_of(name->account), name->entity) == bytes);
    }
    if (const auto offset = parse_entry_key(bytes)) {
        RC_ASSERT(entry_key(*offset) == bytes);
    }
    if (const auto name = parse_grant_key(bytes)) {
        RC_ASSERT(grant_key(prefix_of(name->account), name->seq) == bytes);
    }
}

TEST(RowKeys, AnEarlierStartSortsFirstAcrossTheEpoch) {
    EXPECT_LT(window_key("p", {}, base::Instant{-1}), window_key("p", {}, base::Instant{0}));
    EXPECT_LT(window_key("p", {}, base::Instant{0}), window_key("p", {}, base::Instant{1}));
}

TEST(RowKeys, ANulInATextIsADefect) {
    EXPECT_DEATH(static_cast<void>(account_key(std::string_view("a\0b", 3), "c")), "CHECK failed");
}

}  // namespace
}  // namespace quipu::projections
