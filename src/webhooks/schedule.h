// When a failed delivery is tried again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.h"
#include "webhooks/options.h"

namespace quipu::webhooks {

// Microseconds from the end of failed attempt number `step` (from 0) to the next one; none when
// that was the last. `retry_after_micros` is what the receiver asked for, 0 = nothing: never
// sooner than that, up to the longest that is honoured. `random` is any number.
[[nodiscard]] std::optional<std::int64_t> retry_delay(const WebhookOptions& options,
                                                      std::size_t step,
                                                      std::int64_t retry_after_micros,
                                                      std::uint64_t random);

// A Retry-After header, seconds or an HTTP date, as microseconds from now; 0 when it is neither or
// lies in the past. At most ten years.
[[nodiscard]] std::int64_t parse_retry_after(std::string_view text, base::Instant now);

}  // namespace quipu::webhooks
