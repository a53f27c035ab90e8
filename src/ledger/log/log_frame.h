// A frame: the records that one group commit put into one partition, as stored bytes.
//
// The layout is in docs/log-format.md. The checksum is seeded with the frame's address (partition
// and base offset), so that a frame is never taken for another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

struct FrameAddress {
    Partition partition;
    Offset base = 0;  // offset of the first record; the others follow without gaps
};

// A value under construction; one thread.
class FrameBuilder {
public:
    void add(const NewRecord& record);
    [[nodiscard]] std::uint32_t count() const { return count_; }

    // The finished bytes; the builder is empty afterwards.
    [[nodiscard]] std::string finish(const FrameAddress& address, base::Instant recorded_at);

private:
    std::string bytes_;
    std::uint32_t count_ = 0;
};

// Reads the records of one frame in order, straight from its bytes, which must outlive it.
class FrameReader {
public:
    // Checks the whole frame. Error code: `log_damaged`.
    [[nodiscard]] static base::Result<FrameReader> open(const FrameAddress& address,
                                                        std::string_view bytes);

    [[nodiscard]] base::Instant recorded_at() const { return recorded_at_; }
    [[nodiscard]] Offset next_offset() const { return next_; }
    [[nodiscard]] Offset end_offset() const { return end_; }
    [[nodiscard]] bool at_end() const { return next_ == end_; }

    // Only before the end. The bytes passed their checksum, so a malformed record is a defect.
    void read(StoredRecord& record);
    void skip_to(Offset offset);

private:
    FrameReader() = default;

    [[nodiscard]] std::uint64_t take_varint();
    [[nodiscard]] std::string_view take_bytes();

    std::string_view rest_;
    base::Instant recorded_at_;
    Offset next_ = 0;
    Offset end_ = 0;
};

}  // namespace quipu::ledger
