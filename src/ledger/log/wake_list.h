// The readers of one partition that want to hear of new records.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace quipu::ledger {

// Any thread. A wake runs while the list is locked, so that it never runs after remove() returned;
// it must therefore neither add to nor remove from the list it is called by.
class WakeList {
public:
    using Id = std::uint64_t;

    [[nodiscard]] Id add(std::function<void()> wake);
    void remove(Id id);
    void wake_all();

private:
    std::mutex wakes_mutex_;
    Id next_id_ = 1;
    std::vector<std::pair<Id, std::function<void()>>> wakes_;
};

// One entry of a WakeList, taken back when it goes. Owned by one thread.
class WakeEntry {
public:
    explicit WakeEntry(WakeList& list) : list_(list) {}
    ~WakeEntry() {
        if (id_ != 0) list_.remove(id_);
    }
    WakeEntry(const WakeEntry&) = delete;
    WakeEntry& operator=(const WakeEntry&) = delete;

    // At most once.
    void set(std::function<void()> wake);

private:
    WakeList& list_;
    WakeList::Id id_ = 0;
};

}  // namespace quipu::ledger
