#include "engine/delivered_outputs.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <vector>

namespace quipu::engine {
namespace {

constexpr std::size_t kBatch = 1024;
constexpr std::chrono::seconds kPatience{5};  // without a further record

std::string_view header(const std::vector<ledger::Header>& headers, std::string_view name) {
    // The last one of a name is ours: a dead letter keeps the headers it came with.
    for (auto each = headers.rbegin(); each != headers.rend(); ++each) {
        if (each->name == name) return each->value;
    }
    return {};
}

std::string name_of(ledger::Topic topic, const std::vector<ledger::Header>& headers) {
    if (topic != ledger::Topic::Deadletter) {
        std::string name(header(headers, "organisation"));
        return name.append("/").append(header(headers, "id"));
    }
    std::string name;
    for (const char* part : {"quipu-topic", "quipu-partition", "quipu-offset"}) {
        name.append(header(headers, part)).append("/");
    }
    return name;
}

}  // namespace

bool DeliveredOutputs::contains(const projections::SendRecord& sent) {
    auto known = topics_.find(sent.to.topic);
    if (known == topics_.end()) known = topics_.emplace(sent.to.topic, read(sent.to.topic)).first;
    return known->second.contains(name_of(sent.to.topic, sent.record.headers));
}

DeliveredOutputs::Names DeliveredOutputs::read(ledger::Topic topic) {
    Names names;
    const ledger::Partition partition{topic, 0};
    const auto end = log_.end(partition);
    auto reader = log_.read(partition, 0);
    if (!end || !reader) return names;
    std::mutex woken_mutex;
    std::condition_variable changed;
    bool woken = false;
    (*reader)->on_readable([&] {
        const std::lock_guard lock(woken_mutex);
        woken = true;
        changed.notify_one();
    });
    std::vector<ledger::StoredRecord> records;
    for (ledger::Offset next = 0; next < *end;) {
        records.clear();
        const auto polled = (*reader)->poll(kBatch, records);
        if (!polled) break;
        for (const ledger::StoredRecord& record : records)
            names.insert(name_of(topic, record.headers));
        if (!records.empty()) {
            next = records.back().offset + 1;
            continue;
        }
        std::unique_lock lock(woken_mutex);
        if (!changed.wait_for(lock, kPatience, [&] { return woken; })) break;
        woken = false;
    }
    reader->reset();
    return names;
}

}  // namespace quipu::engine
