// A cursor on one partition of the embedded log: from RocksDB while behind, else from the tail.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ledger/log/embedded_storage.h"
#include "ledger/log/embedded_tail.h"
#include "ledger/log/log.h"
#include "ledger/log/log_frame.h"
#include "ledger/log/wake_list.h"

namespace quipu::ledger {

// One thread; not longer than its log.
class EmbeddedReader final : public LogReader {
public:
    EmbeddedReader(Partition partition, Offset from, const EmbeddedStorage& storage,
                   const EmbeddedTail& tail, WakeList& wakes);

    [[nodiscard]] base::Result<std::size_t> poll(std::size_t limit,
                                                 std::vector<StoredRecord>& out) override;
    void on_readable(std::function<void()> wake) override;

private:
    // Makes frame_ the one that holds next_; false: nothing there yet.
    [[nodiscard]] base::Result<bool> next_frame();
    [[nodiscard]] base::Result<bool> frame_from_storage();
    [[nodiscard]] base::Result<bool> use_frame(Offset base, std::string_view bytes);

    const Partition partition_;
    Offset next_;
    const EmbeddedStorage& storage_;
    const EmbeddedTail& tail_;
    std::unique_ptr<FrameCursor> cursor_;      // while behind the tail
    std::shared_ptr<const std::string> held_;  // the tail's frame that frame_ reads
    std::optional<FrameReader> frame_;
    WakeEntry wake_;
};

}  // namespace quipu::ledger
