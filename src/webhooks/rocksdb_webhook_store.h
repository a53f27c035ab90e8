// The webhook store in RocksDB: a folder of its own, since what was sent to whom is of the world
// and not a fold of the log.
//
// A lost folder is made anew by reading the topic from its start: what is recent is sent again,
// with the same ids.
#pragma once

#include <memory>
#include <string>

#include "webhooks/store.h"

namespace quipu::webhooks {

// Makes the folder when there is none. `state_unavailable` also when another process has it open.
[[nodiscard]] base::Result<std::unique_ptr<WebhookStore>> open_rocksdb_webhook_store(
    const std::string& folder);

}  // namespace quipu::webhooks
