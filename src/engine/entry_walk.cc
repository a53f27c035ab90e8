#include "engine/entry_walk.h"

#include <fmt/format.h>

namespace quipu::engine {
namespace {

constexpr int kEntriesPerStep = 16;

}  // namespace

base::Result<bool> EntryWalk::step(const Visit& visit) {
    for (int i = 0; i < kEntriesPerStep; ++i) {
        if (at_ == projections::kNoEntry) return false;
        if (read_ == kMostEntriesRead) {
            return base::fail(
                "history_too_long",
                fmt::format("More than {} entries of the customer's ledger would have "
                            "to be read; ask for something more recent.",
                            kMostEntriesRead));
        }
        ++read_;
        const auto linked = home_.read_entry(at_);
        if (!linked) return tl::unexpected(linked.error());
        if (linked->entry.recorded_at < earliest_) return false;
        at_ = linked->previous;
        if (!visit(linked->entry)) return false;
    }
    return true;
}

}  // namespace quipu::engine
