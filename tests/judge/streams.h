// Seeded streams of what one customer's back end sends, restricted to subjects, so that the ledger
// can be held against the judge one subject at a time. The same seed and topics make the same
// stream on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "judge/judge.h"
#include "ledger/catalog.h"

namespace quipu::judge {

// What a stream may have besides plain usage of one plan, its overage and its invoices.
enum class Topic : std::uint32_t {
    Late = 1u << 0,          // usage that is reported up to 45 days after it happened
    Switch = 1u << 1,        // upgrades, downgrades, lateral moves
    Cancel = 1u << 2,        // plans end and are taken again
    Publish = 1u << 3,       // catalogs with other limits, prices and features
    Rollover = 1u << 4,      // with and without a cap or an expiry
    Credits = 1u << 5,       // a credit system and its packs, at costs that divide evenly
    Costs = 1u << 6,         // costs that do not: 3, 7, 0.7
    Systems = 1u << 7,       // features of a plan and of several systems at once
    Entities = 1u << 8,      // usage of members, now and then a hundred of them
    Seats = 1u << 9,         // seats that are counted and billed
    Voids = 1u << 10,        // invoices that are withdrawn
    Corrections = 1u << 11,  // usage that is taken back
    Currencies = 1u << 12,   // plans in another one
    Caps = 1u << 13,         // the customer's overage limit
    LongPlans = 1u << 14,    // yearly plans with monthly windows
    Addons = 1u << 15,       // add-on plans beside the base plan
    Resets = 1u << 16,       // hourly and daily windows, and those that never reset
    Straddling = 1u << 17,   // windows that are open when their billing period ends
    Fractions = 1u << 18,    // prices and values with decimals
    Volume = 1u << 19,       // prices that fall as the volume grows
    Before = 1u << 20,       // usage from before the first plan
    Refusals = 1u << 21,     // of features that roll over; others are refused anyway
    Small = 1u << 22,        // usage that costs less than the least charge, and pauses of months
    Trials = 1u << 23,       // plans that begin with one
};

class Topics {
public:
    constexpr Topics() = default;
    constexpr Topics(std::initializer_list<Topic> topics) {
        for (const Topic topic : topics) bits_ |= static_cast<std::uint32_t>(topic);
    }
    [[nodiscard]] constexpr bool has(Topic topic) const {
        return (bits_ & static_cast<std::uint32_t>(topic)) != 0;
    }
    [[nodiscard]] Topics with(Topic topic) const;
    // Names with commas: "late,switch"; "all"; "" = none. Nothing for a name that is not one.
    [[nodiscard]] static std::optional<Topics> parse(std::string_view names);
    [[nodiscard]] std::string names() const;

    friend constexpr bool operator==(Topics, Topics) = default;

private:
    std::uint32_t bits_ = 0;
};

struct Stream {
    bool has_card = false;  // so that invoices of usage have a least amount
    base::Instant start;
    ledger::Catalog catalog;
    std::vector<Fact> facts;  // times never run backwards
};

[[nodiscard]] Stream make_stream(std::uint64_t seed, Topics topics);

}  // namespace quipu::judge
