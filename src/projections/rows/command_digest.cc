#include "projections/rows/command_digest.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/bytes.h"
#include "base/siphash.h"
#include "projections/rows/row_io.h"

// Digests are stored with entries and compared with those of a retry that may come after an
// upgrade: a field that is added to a command is written only where it differs from its default.
namespace quipu::projections {
namespace {

using Names = std::span<const std::string_view>;

template <std::size_t Size>
using NameList = std::array<std::string_view, Size>;

// Random per attempt, so that a retry would look like another request.
template <typename C>
inline constexpr NameList<0> kRandom{};
template <>
inline constexpr NameList<1> kRandom<ledger::UpsertCustomer>{"candidate"};
template <>
inline constexpr NameList<2> kRandom<ledger::CreateWebhookEndpoint>{"endpoint", "secret"};
template <>
inline constexpr NameList<1> kRandom<ledger::RotateWebhookSecret>{"secret"};

// Added to a command after records of it had been digested.
template <typename C>
inline constexpr NameList<0> kAdded{};
template <>
inline constexpr NameList<1> kAdded<ledger::Attach>{"callback_url"};
template <>
inline constexpr NameList<1> kAdded<ledger::PurchaseAddon>{"callback_url"};
template <>
inline constexpr NameList<1> kAdded<ledger::ActivateSubscription>{"page_only"};

constexpr bool names(Names list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

template <typename C>
void put(RowWriter& io, const C& command) {
    // Every Track comes through here: what has no exceptions asks for none.
    constexpr bool kPlain = kRandom<C>.empty() && kAdded<C>.empty();
    base::for_each_field(command, [&](std::string_view name, const auto& value) {
        if constexpr (!kPlain) {
            if (names(kRandom<C>, name)) return;
            if (names(kAdded<C>, name) && value == std::remove_cvref_t<decltype(value)>{}) return;
        }
        io(value);
    });
}

// A refusal was added with two fields at once.
void put(RowWriter& io, const ledger::RecordRefund& c) {
    io(c.intent, c.amount_minor, c.currency, c.reference);
    if (!c.failure.empty()) io(c.failure, c.message);
}

}  // namespace

std::uint64_t content_digest(const ledger::CommandRecord& record) {
    base::ByteWriter bytes;
    bytes.reserve(256);
    RowWriter io(bytes);
    io(ledger::kind_of(record.command).number, record.occurred_at);
    std::visit([&](const auto& command) { put(io, command); }, record.command);
    // An event id has one sender, who gains nothing by a collision: no secret key is needed.
    return base::siphash128(base::SipKey{}, bytes.view()).low();
}

}  // namespace quipu::projections
