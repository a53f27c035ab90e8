// One account partition in memory: records in, answers and effects out, as the engine drives it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ledger/codec/command_codec.h"
#include "projections/account_fold.h"
#include "projections/store/memory_store.h"

namespace quipu::testing {

// What a fold told, kept.
struct KeptAnswer {
    ledger::Offset offset = 0;
    std::string id;
    ledger::Outcome outcome;
    bool duplicate = false;
    std::string customer;
};

class AccountPartition final : private projections::FoldSink {
public:
    static constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};

    // Folds with the genesis record, unless a store with rows is given.
    explicit AccountPartition(projections::AccountFoldOptions options = {},
                              projections::Projections projections = {})
        : fold_(kPartition, store_, decode, options, std::move(projections)) {
        ledger::Genesis genesis;
        genesis.partitions = 1;
        tell(genesis);
    }

    // Folds a record that the ledger tells itself; at the moment of the last one.
    base::Result<void> tell(ledger::Command command) {
        return add({"", "org_1", "", std::nullopt, {}, false, std::move(command)});
    }
    base::Result<void> open(const std::string& id, const std::string& external_id) {
        return add({"open:" + id,
                    "org_1",
                    id,
                    std::nullopt,
                    {},
                    true,
                    ledger::OpenAccount{id, external_id, "", false}});
    }
    base::Result<void> ask(std::string id, std::string customer, ledger::Command command) {
        return add({std::move(id),
                    "org_1",
                    std::move(customer),
                    std::nullopt,
                    {},
                    false,
                    std::move(command)});
    }
    base::Result<void> add(const ledger::CommandRecord& record) {
        return add_bytes(ledger::encode(record));
    }
    base::Result<void> add_bytes(std::string bytes) {
        const ledger::StoredRecord stored{next_++, now_, "key", std::move(bytes), {}};
        return fold_.fold(stored, *this);
    }
    void at(base::Instant now) { now_ = now; }

    // As the write-behind does it.
    void save() {
        projections::WriteSet set;
        fold_.collect(set);
        set.position = {next_, fold_.clock(), {}};
        QUIPU_CHECK(store_.write(std::move(set)).has_value());
        fold_.mark_saved(next_);
    }
    [[nodiscard]] std::string digest() { return store_.digest({}).value(); }

    [[nodiscard]] projections::AccountFold& fold() { return fold_; }
    [[nodiscard]] projections::MemoryStore& store() { return store_; }
    [[nodiscard]] const std::vector<KeptAnswer>& answers() const { return answers_; }
    [[nodiscard]] const std::vector<projections::Effect>& effects() const { return effects_; }

    static base::Result<ledger::CommandRecord> decode(const ledger::StoredRecord& stored) {
        return ledger::decode_record(stored.value);
    }

private:
    void answered(const projections::Answer& answer) override {
        answers_.push_back({answer.offset, answer.record.id, answer.outcome, answer.duplicate,
                            std::string(answer.customer)});
    }
    void emit(projections::Effect effect) override { effects_.push_back(std::move(effect)); }

    projections::MemoryStore store_;
    projections::AccountFold fold_;
    std::vector<KeptAnswer> answers_;
    std::vector<projections::Effect> effects_;
    ledger::Offset next_ = 0;
    base::Instant now_{1'793'491'200'000'000};
};

}  // namespace quipu::testing
