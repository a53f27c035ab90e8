// Customers of a server with the sandbox as its provider: what is sold, cards, and pages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "e2e/api_client.h"
#include "e2e/json_value.h"
#include "e2e/server_process.h"

namespace quipu::e2e {

// Both paid plans rate `calls` alike, so that the price of any window follows from its overage.
inline constexpr int kPackageUnits = 10;
inline constexpr int kPackagePrice = 60;  // minor units, per started package
inline constexpr int kPackCredits = 500;
inline constexpr int kPackPrice = 900;

inline constexpr char kGoodCard[] = "4242424242424242";
inline constexpr char kDeclinedCard[] = "4000000000000002";
inline constexpr char kCardThatFailsLater[] = "4000000000000341";

// The plans free, pro (29.00, 100 calls) and max (99.00, 200 calls), and the pack `pack`, whose
// credits pay for `gpt` at 2 each.
[[nodiscard]] Json payments_catalog();

[[nodiscard]] ServerSettings with_sandbox(ServerSettings settings = {});

// The path of a checkout URL: a server that starts again has another port.
[[nodiscard]] std::string page_of(const std::string& checkout_url);

// Sends the page's form once; status 0 when there was no answer.
[[nodiscard]] int send_form(ApiClient& api, const std::string& page, const std::string& form);
[[nodiscard]] int pay_page(ApiClient& api, const std::string& page, const std::string& card);

// Must succeed: the customer has that card as the default when it returns.
void save_card(ApiClient& api, const std::string& customer, const std::string& card = kGoodCard);

// How many of the sandbox's webhooks this run of the server has taken; each is counted when it is
// answered.
[[nodiscard]] std::size_t webhooks_taken(const ServerProcess& server);

// Every invoice and every entry of a customer, through all pages of the lists.
[[nodiscard]] Json all_invoices(ApiClient& api, const std::string& customer);
[[nodiscard]] Json all_entries(ApiClient& api, const std::string& customer);

}  // namespace quipu::e2e
