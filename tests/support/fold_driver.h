// Any fold on any store: records in, what it told kept. `restart` loads it anew from its rows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ledger/codec/command_codec.h"
#include "projections/fold.h"
#include "projections/outbox_codec.h"

namespace quipu::testing {

// What a fold answered, as a value.
struct ToldAnswer {
    ledger::Offset offset = 0;
    std::string id;
    ledger::Outcome outcome;
    bool duplicate = false;

    friend bool operator==(const ToldAnswer&, const ToldAnswer&) = default;
};

[[nodiscard]] inline base::Result<ledger::CommandRecord> decode_stored(
    const ledger::StoredRecord& stored) {
    return ledger::decode_record(stored.value);
}

// The code of a dead letter; "" for what is none.
[[nodiscard]] inline std::string dead_letter_code(const projections::Effect& effect) {
    const auto* sent = std::get_if<projections::SendRecord>(&effect);
    if (sent == nullptr || sent->to.topic != ledger::Topic::Deadletter) return {};
    for (const ledger::Header& header : sent->record.headers) {
        if (header.name == "quipu-code") return header.value;
    }
    return {};
}

template <typename AFold>
class FoldDriver : private projections::FoldSink {
public:
    using Make = std::function<std::unique_ptr<AFold>(projections::StateStore&)>;

    // `store` must outlive this.
    FoldDriver(projections::StateStore& store, Make make)
        : store_(store), make_(std::move(make)), fold_(make_(store_)) {}

    base::Result<void> fold(const ledger::CommandRecord& record) {
        return fold_->fold({next_++, now_, "key", ledger::encode(record), {}}, *this);
    }
    void at(base::Instant now) { now_ = now; }

    // As the write-behind does it.
    void save() {
        projections::WriteSet set;
        fold_->collect(set);
        set.position = {next_, fold_->clock(), {}};
        QUIPU_CHECK(store_.write(std::move(set)).has_value());
        fold_->mark_saved(next_);
    }
    void restart() {
        save();
        fold_ = make_(store_);
        QUIPU_CHECK(fold_->load().has_value());
    }

    [[nodiscard]] AFold& operator*() { return *fold_; }
    [[nodiscard]] AFold* operator->() { return fold_.get(); }
    [[nodiscard]] const std::vector<ToldAnswer>& answers() const { return answers_; }
    [[nodiscard]] const std::vector<projections::Effect>& effects() const { return effects_; }
    // The effects as bytes, to be compared.
    [[nodiscard]] std::vector<std::string> effect_rows() const {
        std::vector<std::string> rows;
        for (const projections::Effect& effect : effects_)
            rows.push_back(projections::encode_effect(effect));
        return rows;
    }
    [[nodiscard]] std::vector<std::string> dead_letters() const {
        std::vector<std::string> codes;
        for (const projections::Effect& effect : effects_) {
            if (std::string code = dead_letter_code(effect); !code.empty())
                codes.push_back(std::move(code));
        }
        return codes;
    }

private:
    void answered(const projections::Answer& answer) override {
        answers_.push_back({answer.offset, answer.record.id, answer.outcome, answer.duplicate});
    }
    void emit(projections::Effect effect) override { effects_.push_back(std::move(effect)); }

    projections::StateStore& store_;
    const Make make_;
    std::unique_ptr<AFold> fold_;
    std::vector<ToldAnswer> answers_;
    std::vector<projections::Effect> effects_;
    ledger::Offset next_ = 0;
    base::Instant now_{1'793'491'200'000'000};
};

}  // namespace quipu::testing
