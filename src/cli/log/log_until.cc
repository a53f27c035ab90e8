#include "cli/log/log_until.h"

#include <algorithm>

namespace quipu::cli {
namespace {

using base::Result;
using ledger::Offset;
using ledger::StoredRecord;

class ReaderUntil final : public ledger::LogReader {
public:
    ReaderUntil(std::unique_ptr<LogReader> reader, Offset end)
        : reader_(std::move(reader)), end_(end) {}

    Result<std::size_t> poll(std::size_t limit, std::vector<StoredRecord>& out) override {
        if (ended_) return 0;
        const auto before = static_cast<std::ptrdiff_t>(out.size());
        const auto polled = reader_->poll(limit, out);
        if (!polled) return polled;
        const auto first_beyond =
            std::find_if(out.begin() + before, out.end(),
                         [this](const StoredRecord& record) { return record.offset >= end_; });
        ended_ = first_beyond != out.end();
        out.erase(first_beyond, out.end());
        return out.size() - static_cast<std::size_t>(before);
    }
    void on_readable(std::function<void()> wake) override { reader_->on_readable(std::move(wake)); }

private:
    std::unique_ptr<LogReader> reader_;
    const Offset end_;
    bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<ledger::LogReader>> LogUntil::read(ledger::Partition partition,
                                                          Offset from) {
    auto reader = log_.read(partition, from);
    const auto end = ends_.find(partition);
    if (!reader || end == ends_.end()) return reader;
    return std::make_unique<ReaderUntil>(std::move(*reader), end->second);
}

Result<Offset> LogUntil::end(ledger::Partition partition) {
    const auto actual = log_.end(partition);
    const auto end = ends_.find(partition);
    if (!actual || end == ends_.end()) return actual;
    return std::min(*actual, end->second);
}

}  // namespace quipu::cli
