#include "ledger/fold/changes.h"

#include <algorithm>

namespace quipu::ledger {
namespace {

// Most accounts use a few meters again and again: a short look back keeps their lists short.
constexpr std::size_t kLookBack = 8;

template <typename T>
void add_unless_recent(std::vector<T>& items, const T& item) {
    const std::size_t first = items.size() > kLookBack ? items.size() - kLookBack : 0;
    const auto recent = items.begin() + static_cast<std::ptrdiff_t>(first);
    if (std::find(recent, items.end(), item) == items.end()) items.push_back(item);
}

}  // namespace

void AccountChanges::window(const Meters::value_type& meter, base::Instant start) {
    add_unless_recent(windows, {&meter, start});
}

void AccountChanges::grant(std::uint32_t seq) {
    add_unless_recent(grants, seq);
}

void AccountChanges::clear() {
    head = false;
    windows.clear();
    grants.clear();
    entities.clear();
}

}  // namespace quipu::ledger
