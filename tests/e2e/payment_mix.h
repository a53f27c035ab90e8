// A random mix of what back ends and paying customers ask for, through whatever happens to the
// server meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "e2e/api_client.h"

namespace quipu::e2e {

// Several clients at once; the same seed asks for the same things, in an order that is never the
// same.
class PaymentMix {
public:
    // `server` outlives it.
    PaymentMix(const ServerProcess& server, std::uint64_t seed, int customers);

    // Makes the customers; two of three begin with a card and a paid plan.
    void open(ApiClient& api) const;
    // Each client takes `steps` steps; a request that was not answered is sent again under the same
    // key. Returns when all are answered.
    void run(int clients, int steps);

    [[nodiscard]] const std::vector<std::string>& customers() const { return customers_; }
    [[nodiscard]] std::size_t answered() const { return answered_; }
    // How often a request had to be sent again.
    [[nodiscard]] std::size_t repeated() const { return repeated_; }
    // How often each step was answered how: "pay 200".
    [[nodiscard]] std::map<std::string, int> answers() const;

private:
    friend class MixClient;

    void count(const std::string& step, int status);
    void remember_page(const std::string& customer, const std::string& page);
    // A page of the customer that was not used when it was asked for, or nothing.
    [[nodiscard]] std::string old_page(const std::string& customer, std::uint64_t random);

    const ServerProcess& server_;
    const std::uint64_t seed_;
    std::vector<std::string> customers_;
    int runs_ = 0;
    std::atomic<std::size_t> answered_{0};
    std::atomic<std::size_t> repeated_{0};
    mutable std::mutex mutex_;  // guards pages_ and answers_
    std::map<std::string, std::vector<std::string>> pages_;
    std::map<std::string, int> answers_;
};

}  // namespace quipu::e2e
