// What the sandbox provider has on disk: the money as it saw it, to be held against the ledger's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "e2e/server_process.h"
#include "payments/sandbox/records.h"

namespace quipu::e2e {

struct SandboxBooks {
    // By intent: what it has brought, and what of that went back.
    std::map<std::string, payments::SandboxPayment> payments;
    // By intent: how often money was taken for it, by charges and pages together.
    std::map<std::string, int> taken;
    std::size_t charges = 0;   // answers given to charges, declined ones included
    std::size_t declined = 0;  // of these
    std::size_t pages_paid = 0;
    std::size_t refunds = 0;
    std::vector<payments::SandboxWebhook> undelivered;
    // Of the one organisation that there is; "" = nothing was signed yet.
    std::string organisation;
    std::string secret;
};

// The server must not run. Throws when the folder cannot be read.
[[nodiscard]] SandboxBooks read_books(const ServerProcess& server);

// Where a server of these tests keeps them.
[[nodiscard]] std::filesystem::path sandbox_folder(const ServerProcess& server);

}  // namespace quipu::e2e
