// A Bloom filter whose question costs one cache line: "was this id never added?"
//
// 20 bits per id in blocks of 64 bytes, eight bits set in each, one per word. With as many ids as
// it was made for, about 3 in 10,000 absent ids are taken for present. The bits come straight from
// the fingerprint, which is a keyed hash already.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "base/decimal.h"
#include "base/fingerprint.h"

namespace quipu::projections {

// Which block, and which bits in it; good for every filter made for the same number of ids.
struct BloomProbe {
    std::size_t block = 0;
    std::array<std::uint64_t, 8> mask{};
};

class BlockedBloom {
public:
    explicit BlockedBloom(std::size_t ids)
        : count_(ids * kBitsPerId / 512 + 1),
          // Zero pages from the system: a filter that is hardly used takes hardly any memory.
          memory_(std::calloc(count_ + 1, sizeof(Block))) {
        if (memory_ == nullptr) throw std::bad_alloc();
        void* first = memory_.get();
        std::size_t space = (count_ + 1) * sizeof(Block);
        blocks_ =
            static_cast<Block*>(std::align(sizeof(Block), count_ * sizeof(Block), first, space));
    }

    [[nodiscard]] BloomProbe probe(const base::Fingerprint& id) const {
        BloomProbe probe;
        probe.block = static_cast<std::size_t>((base::Uint128{id.high()} * count_) >> 64);
        const std::uint64_t bits = id.low();
        for (unsigned i = 0; i < 8; ++i)
            probe.mask[i] = std::uint64_t{1} << ((bits >> (6 * i)) & 63);
        return probe;
    }

    void insert(const BloomProbe& probe) {
        Block& block = blocks_[probe.block];
        for (unsigned i = 0; i < 8; ++i) block[i] |= probe.mask[i];
    }
    [[nodiscard]] bool may_contain(const BloomProbe& probe) const {
        const Block& block = blocks_[probe.block];
        std::uint64_t missing = 0;
        for (unsigned i = 0; i < 8; ++i) missing |= probe.mask[i] & ~block[i];
        return missing == 0;
    }
    void prefetch(const BloomProbe& probe) const { __builtin_prefetch(&blocks_[probe.block]); }

private:
    static constexpr std::size_t kBitsPerId = 20;
    using Block = std::array<std::uint64_t, 8>;
    static_assert(sizeof(Block) == 64);

    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };

    std::size_t count_;
    std::unique_ptr<void, Free> memory_;
    Block* blocks_ = nullptr;
};

}  // namespace quipu::projections
