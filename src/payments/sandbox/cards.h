// The sandbox's test cards: what each number does.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/payment_method.h"

namespace quipu::payments {

enum class CardConduct { Succeeds, Declined, NeedsConfirmation, FailsLater };

struct TestCard {
    std::string_view number;  // digits only
    CardConduct conduct;
    std::string_view brand;
    std::string_view description;  // for the page

    [[nodiscard]] std::string_view last4() const { return number.substr(number.size() - 4); }
};

[[nodiscard]] std::span<const TestCard> test_cards();

// By what a customer typed: digits, spaces anywhere. Null: none of them.
[[nodiscard]] const TestCard* find_test_card(std::string_view typed);

// Of every card: with less, the fees would make the charge a loss.
[[nodiscard]] std::vector<ledger::LeastCharge> sandbox_least_charges();

// "4242 4242 4242 4242"
[[nodiscard]] std::string grouped(std::string_view number);

inline constexpr std::uint32_t kTestCardExpiryMonth = 12;
inline constexpr std::uint32_t kTestCardExpiryYear = 2030;

}  // namespace quipu::payments
