// What may be asked of the ledger: every command, and the record that carries one.
#pragma once

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/fields.h"
#include "base/instant.h"
#include "ledger/account_command.h"
#include "ledger/catalog.h"
#include "ledger/control_command.h"
#include "ledger/rules.h"
#include "ledger/settings.h"

namespace quipu::ledger {

// First record of every partition. `hash_key` keys the event-id fingerprints; it is on the log so
// that a replay has it.
struct Genesis {
    static constexpr CommandKind kKind{29, "genesis"};
    std::uint32_t partitions = 0;
    std::array<std::uint8_t, 16> hash_key{};
    RulesVersion rules_version = 1;

    friend bool operator==(const Genesis&, const Genesis&) = default;
};
QUIPU_FIELDS(Genesis, partitions, hash_key, rules_version)

// From here on the partition is folded under this version of the rules (ledger/rules.h).
struct AdoptRules {
    static constexpr CommandKind kKind{52, "adopt_rules"};
    RulesVersion version = 0;
    std::string release;  // of the program that wrote it: what a reader needs at least

    friend bool operator==(const AdoptRules&, const AdoptRules&) = default;
};
QUIPU_FIELDS(AdoptRules, version, release)

// Nothing happened, but a timer is due or the clock was moved.
struct Tick {
    static constexpr CommandKind kKind{27, "tick"};
    friend bool operator==(const Tick&, const Tick&) = default;
};
QUIPU_FIELDS(Tick)

struct PublishCatalog {
    static constexpr CommandKind kKind{28, "publish_catalog"};
    Catalog catalog;  // the whole new version, already merged

    friend bool operator==(const PublishCatalog&, const PublishCatalog&) = default;
};
QUIPU_FIELDS(PublishCatalog, catalog)

// The organisation's settings, all of them, from the control partition.
struct PublishSettings {
    static constexpr CommandKind kKind{35, "publish_settings"};
    BillingSettings settings;

    friend bool operator==(const PublishSettings&, const PublishSettings&) = default;
};
QUIPU_FIELDS(PublishSettings, settings)

// What every partition's fold takes itself, before it looks for a customer.
using PartitionCommand = std::variant<Genesis, Tick, AdoptRules>;

// What the control partition tells every account partition of an organisation.
using PublishedCommand = std::variant<PublishCatalog, PublishSettings>;

using AnyCommand =
    boost::mp11::mp_append<PartitionCommand, PublishedCommand, AccountCommand, ControlCommand>;

// One of them: to be visited and asked as the variant that it is. Its copies and comparisons are
// compiled once (command.cc), not in every file that hands a record on.
class Command : public AnyCommand {
public:
    using AnyCommand::AnyCommand;
    using AnyCommand::operator=;
    Command();
    Command(const Command&);
    Command(Command&&) noexcept;
    Command& operator=(const Command&);
    Command& operator=(Command&&) noexcept;
    ~Command();

    friend bool operator==(const Command&, const Command&);
};

template <typename T>
inline constexpr std::uint8_t kCommandKind = T::kKind.number;

[[nodiscard]] inline CommandKind kind_of(const Command& command) {
    return std::visit([]<typename T>(const T&) { return T::kKind; }, command);
}

// Who waits for the answer; never part of the state. node 0 = nobody.
struct Origin {
    std::uint64_t node = 0;
    std::uint64_t sequence = 0;

    friend bool operator==(const Origin&, const Origin&) = default;
};

struct CommandRecord {
    std::string id;  // event id, unique per customer; "" only for Genesis, Tick and PublishCatalog
    std::string organisation;
    std::string customer;                      // our id, the caller's own id or an e-mail
    std::optional<base::Instant> occurred_at;  // the producer's time; none = when recorded
    Origin origin;
    bool routed = false;  // has been handed on by the router once
    Command command;

    friend bool operator==(const CommandRecord&, const CommandRecord&) = default;
};

}  // namespace quipu::ledger
