#include "webhooks/schedule.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace quipu::webhooks {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::int64_t kLongestMicros = 3650 * base::kMicrosPerDay;

// From -percent to +percent of the delay.
std::int64_t jitter(std::int64_t delay, int percent, std::uint64_t random) {
    const std::int64_t reach = delay / 100 * percent;
    if (reach <= 0) return 0;
    const auto width = static_cast<std::uint64_t>(2 * reach + 1);
    return static_cast<std::int64_t>(random % width) - reach;
}

}  // namespace

std::optional<std::int64_t> retry_delay(const WebhookOptions& options, std::size_t step,
                                        std::int64_t retry_after_micros, std::uint64_t random) {
    if (step >= options.delays.size()) return std::nullopt;
    const std::int64_t delay = duration_cast<microseconds>(options.delays[step]).count();
    const std::int64_t most = duration_cast<microseconds>(options.max_retry_after).count();
    return std::max(delay + jitter(delay, options.jitter_percent, random),
                    std::min(retry_after_micros, most));
}

std::int64_t parse_retry_after(std::string_view text, base::Instant now) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size()) {
        return std::clamp<std::int64_t>(seconds, 0, kLongestMicros / base::kMicrosPerSecond) *
               base::kMicrosPerSecond;
    }
    std::tm date{};
    const std::string copy(text);
    const char* rest = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (rest == nullptr || *rest != '\0') return 0;
    const std::int64_t at = std::int64_t{::timegm(&date)} * base::kMicrosPerSecond;
    return std::clamp<std::int64_t>(at - now.micros, 0, kLongestMicros);
}

}  // namespace quipu::webhooks
