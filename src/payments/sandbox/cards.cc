#include "payments/sandbox/cards.h"

#include <algorithm>
#include <array>

namespace quipu::payments {
namespace {

constexpr std::array<TestCard, 4> kCards = {{
    {"4242424242424242", CardConduct::Succeeds, "visa", "Succeeds, now and later."},
    {"4000000000000002", CardConduct::Declined, "visa", "Is declined."},
    {"4000002500003155", CardConduct::NeedsConfirmation, "visa",
     "Asks for a confirmation first, then succeeds."},
    {"4000000000000341", CardConduct::FailsLater, "visa",
     "Succeeds now, fails whenever it is charged later."},
}};

}  // namespace

std::span<const TestCard> test_cards() {
    return kCards;
}

const TestCard* find_test_card(std::string_view typed) {
    if (typed.size() > 64) return nullptr;
    std::string digits(typed);
    std::erase(digits, ' ');
    const auto* const found = std::find_if(
        kCards.begin(), kCards.end(), [&](const TestCard& card) { return card.number == digits; });
    return found == kCards.end() ? nullptr : found;
}

std::string grouped(std::string_view number) {
    std::string text;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i > 0 && i % 4 == 0) text.push_back(' ');
        text.push_back(number[i]);
    }
    return text;
}

std::vector<ledger::LeastCharge> sandbox_least_charges() {
    return {{"EUR", 50}, {"GBP", 50}, {"USD", 50}};
}

}  // namespace quipu::payments
