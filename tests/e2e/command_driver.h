// Sends a stream of commands over many connections until each has an answer, whatever happens to
// the server meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "e2e/api_client.h"
#include "e2e/json_value.h"
#include "ledger/command.h"

namespace quipu::e2e {

struct Sent {
    ledger::CommandRecord record;
    std::string answer;  // in one line; see shown
    std::string event_id;
    bool duplicate = false;  // the answer said so
};

// An answer in the words of the reference model: its code, and its numbers where it has any.
[[nodiscard]] std::string shown(const Json& answer);

class CommandDriver {
public:
    // `server` outlives it.
    CommandDriver(const ServerProcess& server, int connections)
        : server_(server), connections_(connections) {}

    // Blocks of commands by batch and one by one, in turn; in no particular order. Requests without
    // an answer, or with one that says nothing, are sent again under the same id.
    void send(std::span<Sent> commands);

    [[nodiscard]] std::size_t answered() const { return answered_; }
    // How often a request had to be sent again.
    [[nodiscard]] std::size_t repeated() const { return repeated_; }

private:
    void send_block(ApiClient& api, std::span<Sent> block, bool batched);
    void send_one(ApiClient& api, Sent& sent, bool in_header);
    void send_batch(ApiClient& api, const std::vector<Sent*>& tracks);
    void take(Sent& sent, const Answer& answer);
    Answer insist(ApiClient& api, const std::string& path, const Json& body,
                  const std::string& key);

    const ServerProcess& server_;
    const int connections_;
    std::atomic<std::size_t> answered_{0};
    std::atomic<std::size_t> repeated_{0};
};

}  // namespace quipu::e2e
