#include "ledger/log/wake_list.h"

#include <algorithm>

#include "base/check.h"

namespace quipu::ledger {

WakeList::Id WakeList::add(std::function<void()> wake) {
    const std::lock_guard lock(wakes_mutex_);
    wakes_.emplace_back(next_id_, std::move(wake));
    return next_id_++;
}

void WakeList::remove(Id id) {
    const std::lock_guard lock(wakes_mutex_);
    std::erase_if(wakes_, [id](const auto& entry) { return entry.first == id; });
}

void WakeList::wake_all() {
    const std::lock_guard lock(wakes_mutex_);
    for (const auto& [id, wake] : wakes_) wake();
}

void WakeEntry::set(std::function<void()> wake) {
    QUIPU_CHECK(id_ == 0);
    id_ = list_.add(std::move(wake));
}

}  // namespace quipu::ledger
