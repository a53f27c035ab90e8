// The ordered keys of state rows, by table. Text parts end with a NUL, which no id or slug may
// hold; numbers are big-endian, so that keys sort as (organisation, customer, number) do.
//
//   account   organisation \0 customer
//   window    organisation \0 customer \0 subscription(4) feature \0 entity \0 start(8, sign
//   flipped) grant     organisation \0 customer \0 seq(4) entity    organisation \0 customer \0
//   feature \0 entity entry     offset(8)
//
// `customer` is our id (cus_…). Builders need text without NUL; parsers answer nullopt for anything
// that no builder makes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/log/log.h"

namespace quipu::projections {

struct AccountName {
    std::string organisation;
    std::string customer;

    friend auto operator<=>(const AccountName&, const AccountName&) = default;
};

[[nodiscard]] std::string account_key(std::string_view organisation, std::string_view customer);
// What the keys of all windows, grants and entities of one account begin with, and no
// other's.
[[nodiscard]] std::string account_prefix(std::string_view organisation, std::string_view customer);
[[nodiscard]] std::string window_key(std::string_view account_prefix, const ledger::MeterKey& meter,
                                     base::Instant start);
[[nodiscard]] std::string grant_key(std::string_view account_prefix, std::uint32_t seq);
[[nodiscard]] std::string entity_key(std::string_view account_prefix,
                                     const ledger::EntityKey& entity);
// Entries lie in the order of the log, not by account: an account's are a chain
// (projections/event_history.h).
[[nodiscard]] std::string entry_key(ledger::Offset offset);

struct WindowName {
    AccountName account;
    ledger::MeterKey meter;
    base::Instant start;

    friend bool operator==(const WindowName&, const WindowName&) = default;
};
struct GrantName {
    AccountName account;
    std::uint32_t seq = 0;

    friend bool operator==(const GrantName&, const GrantName&) = default;
};
struct EntityName {
    AccountName account;
    ledger::EntityKey entity;

    friend bool operator==(const EntityName&, const EntityName&) = default;
};
[[nodiscard]] std::optional<AccountName> parse_account_key(std::string_view key);
[[nodiscard]] std::optional<WindowName> parse_window_key(std::string_view key);
[[nodiscard]] std::optional<GrantName> parse_grant_key(std::string_view key);
[[nodiscard]] std::optional<EntityName> parse_entity_key(std::string_view key);
[[nodiscard]] std::optional<ledger::Offset> parse_entry_key(std::string_view key);

}  // namespace quipu::projections
