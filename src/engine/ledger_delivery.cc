// Answers to those who wait, effects to where they belong, and the appends of a turn.
#include "engine/ledger_engine_impl.h"
#include "ledger/codec/command_codec.h"

namespace quipu::engine {

using base::Error;
using base::Result;
using ledger::Partition;
using ledger::Topic;

namespace {

constexpr std::chrono::milliseconds kRetryDelivery{200};

}  // namespace

void Engine::answered(const projections::Answer& answer) {
    if (answer.record.origin.node == 0) return;
    gateway_.settle(answer.record.origin,
                    {answer.outcome, answer.duplicate, answer.record.id, answer.customer,
                     answer.partition, answer.offset, answer.recorded_at});
}

Result<void> Engine::begin_delivery() {
    delivered_outputs_ = std::make_unique<DeliveredOutputs>(log_);
    for (const auto& shard : shards_) {
        if (auto begun = shard->runner->begin_delivery(); !begun) return begun;
    }
    delivered_outputs_.reset();
    return {};
}

// A state that was lost makes all its effects again; sending them again would change nothing but
// the length of the log.
bool Engine::has_arrived(const projections::SendRecord& sent) {
    if (sent.to.topic != Topic::Events) return delivered_outputs_->contains(sent);
    const auto record = ledger::decode_record(sent.record.value);
    return record.has_value() && account_fold(sent.to.index).has_folded(*record).value_or(false);
}

// Its answer is on the log already.
bool Engine::has_settled(const ledger::ProviderCall& call) {
    const ledger::Customer* customer =
        ledger::find_customer(control(), call.organisation, call.customer);
    if (customer == nullptr) return true;
    const ledger::Account* account = home_of(*customer).find(call.organisation, call.customer);
    const ledger::PaymentIntent* intent =
        account != nullptr ? account->find_intent(call.intent) : nullptr;
    if (intent == nullptr) return true;
    if (call.kind == ledger::ProviderCall::Kind::Refund)
        return intent->refunded_minor >= call.amount_minor;
    // A charge that was canceled meanwhile may have been made: it is taken back there.
    if (intent->status == ledger::IntentStatus::Canceled) return intent->refunded_minor > 0;
    return intent->status != ledger::IntentStatus::Pending ||
           intent->mode != ledger::IntentMode::Charge;
}

void Engine::call_provider(Shard& shard, const std::string& id, const ledger::ProviderCall& call) {
    if (has_settled(call)) return shard.runner->delivered(id);
    if (provider_calls_ == nullptr) return;
    provider_calls_->call(call, [this, alive = alive_, &shard, id] {
        if (*alive) shard.runner->delivered(id);
    });
}

void Engine::deliver(Shard& shard, const std::string& id, projections::Effect effect) {
    if (const auto* called = std::get_if<projections::CallProvider>(&effect))
        return call_provider(shard, id, called->call);
    auto* routed = std::get_if<projections::RouteRecord>(&effect);
    projections::SendRecord sent = routed != nullptr
                                       ? route(std::move(*routed))
                                       : std::get<projections::SendRecord>(std::move(effect));
    if (delivered_outputs_ != nullptr && has_arrived(sent)) return shard.runner->delivered(id);
    send(shard, id, std::move(sent));
}

projections::SendRecord Engine::route(projections::RouteRecord route) const {
    ledger::CommandRecord& record = route.record;
    const ledger::Customer* customer =
        ledger::find_customer(control(), record.organisation, record.customer);
    if (customer == nullptr) {
        ledger::StoredRecord stored;
        stored.offset = route.offset;
        stored.key = record.customer;
        stored.value = ledger::encode(record);
        return projections::dead_letter(
            route.from, stored, "customer_not_found",
            "Customer '" + record.customer + "' not found in this organization.");
    }
    record.customer = customer->id;
    record.routed = true;
    return {gateway_.home_of(customer->home_key), {customer->home_key, ledger::encode(record), {}}};
}

// In the order that the folds made them: behind an effect that could not be sent, all later ones of
// its partition wait.
void Engine::send(Shard& shard, std::string id, projections::SendRecord sent) {
    Undelivered effect{&shard, std::move(id), std::move(sent)};
    auto waiting = undelivered_.find(effect.sent.to);
    if (waiting != undelivered_.end()) {
        waiting->second.push_back(std::move(effect));
        return;
    }
    append(std::move(effect));
}

void Engine::append(Undelivered effect) {
    plan_flush();
    ledger::NewRecord record = effect.sent.record;
    const Partition to = effect.sent.to;
    const auto appended = [this, &loop = loop_, alive = alive_,
                           effect = std::move(effect)](const Result<ledger::Offset>& offset) {
        loop.post([this, alive, effect, done = offset.has_value()] {
            if (!*alive) return;
            if (done) return effect.shard->runner->delivered(effect.id);
            retry(effect);
        });
    };
    sends_.push_back({to, std::move(record), appended});
}

void Engine::retry(Undelivered effect) {
    if (stopped_) return;
    const Partition to = effect.sent.to;
    const bool first = !undelivered_.contains(to);
    undelivered_[to].push_back(std::move(effect));
    if (!first) return;
    loop_.run_after(kRetryDelivery, [this, alive = alive_, to] {
        if (!*alive || stopped_) return;
        const auto waiting = undelivered_.extract(to);
        for (Undelivered& each : waiting.mapped()) append(std::move(each));
    });
}

void Engine::plan_flush() {
    if (flush_planned_) return;
    flush_planned_ = true;
    loop_.at_end_of_turn([this, alive = alive_] {
        if (*alive) flush_appends();
    });
}

void Engine::flush_appends() {
    flush_planned_ = false;
    // What the folds forward goes first: a caller that heard their answer may rely on it.
    if (!sends_.empty()) log_.append(std::exchange(sends_, {}));
    gateway_.flush();
}

}  // namespace quipu::engine
