#include "ledger/log/embedded_reader.h"

#include <utility>

#include "ledger/log/log_errors.h"

namespace quipu::ledger {

EmbeddedReader::EmbeddedReader(Partition partition, Offset from, const EmbeddedStorage& storage,
                               const EmbeddedTail& tail, WakeList& wakes)
    : partition_(partition), next_(from), storage_(storage), tail_(tail), wake_(wakes) {}

void EmbeddedReader::on_readable(std::function<void()> wake) {
    wake_.set(std::move(wake));
}

base::Result<std::size_t> EmbeddedReader::poll(std::size_t limit, std::vector<StoredRecord>& out) {
    std::size_t count = 0;
    while (count < limit) {
        if (!frame_ || frame_->at_end()) {
            const auto found = next_frame();
            // What was moved already counts; the error shows again at the next poll.
            if (!found && count == 0) return tl::unexpected(found.error());
            if (!found || !*found) break;
        }
        for (; count < limit && !frame_->at_end(); ++count) frame_->read(out.emplace_back());
        next_ = frame_->next_offset();
    }
    return count;
}

base::Result<bool> EmbeddedReader::next_frame() {
    frame_.reset();
    held_.reset();
    if (cursor_) {
        cursor_->next();
        const auto found = frame_from_storage();
        if (!found || *found) return found;
    }
    // The cursor saw the log as it was when it was made: look at the tail, then at a new cursor.
    TailFrame tail_frame;
    switch (tail_.find(next_, tail_frame)) {
        case EmbeddedTail::Found::AtEnd:
            return false;
        case EmbeddedTail::Found::Frame:
            held_ = std::move(tail_frame.bytes);
            return use_frame(tail_frame.base, *held_);
        case EmbeddedTail::Found::Behind:
            break;
    }
    cursor_ = storage_.cursor(partition_, next_);
    const auto found = frame_from_storage();
    if (found && !*found) {
        return tl::unexpected(log_error(kLogTruncated, "the wanted offset is gone"));
    }
    return found;
}

// False: the cursor is used up, and gone.
base::Result<bool> EmbeddedReader::frame_from_storage() {
    if (cursor_->valid()) return use_frame(cursor_->address().base, cursor_->bytes());
    const auto error = cursor_->error();
    cursor_.reset();
    if (error) return tl::unexpected(*error);
    return false;
}

base::Result<bool> EmbeddedReader::use_frame(Offset base, std::string_view bytes) {
    auto frame = FrameReader::open({partition_, base}, bytes);
    if (!frame) {
        cursor_.reset();
        return tl::unexpected(frame.error());
    }
    if (base > next_ || frame->end_offset() <= next_) {
        cursor_.reset();
        return tl::unexpected(log_error(
            kLogTruncated, "offset " + std::to_string(next_) + " is missing from the log"));
    }
    frame->skip_to(next_);
    frame_ = *frame;
    return true;
}

}  // namespace quipu::ledger
