#include "projections/past/account_past.h"

#include <algorithm>
#include <utility>

namespace quipu::projections {
namespace {

using ledger::CommandRecord;

template <typename T>
bool is(const CommandRecord& record) {
    return std::holds_alternative<T>(record.command);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

AccountPast::AccountPast(ledger::Partition partition, PastSubject subject, Decode decode,
                         PastOptions options)
    : subject_(std::move(subject)),
      decode_(std::move(decode)),
      options_(options),
      store_(options.limits),
      fold_(
          partition, store_,
          [this](const ledger::StoredRecord&) -> base::Result<CommandRecord> {
              return std::move(decoded_);
          },
          AccountFoldOptions{.dedupe_window_micros = options.dedupe_window_micros}, Projections{}) {
}

// In any case: which of two names that differ in case only is meant is for the fold to say.
bool AccountPast::is_subject(std::string_view name) const {
    return std::ranges::any_of(subject_.names, [&](const std::string& own) {
        return std::ranges::equal(own, name, {}, lower, lower);
    });
}

bool AccountPast::concerns_subject(const CommandRecord& record) const {
    if (record.organisation != subject_.organisation) return false;
    if (is_subject(record.customer)) return true;
    // Somebody else's account that takes a name of the subject's.
    const auto* open = std::get_if<ledger::OpenAccount>(&record.command);
    return open != nullptr &&
           (is_subject(open->customer) || is_subject(open->external_id) || is_subject(open->email));
}

// An account is renamed by being opened again.
void AccountPast::learn_names(const CommandRecord& record) {
    const auto* open = std::get_if<ledger::OpenAccount>(&record.command);
    if (open == nullptr) return;
    for (const std::string* name : {&open->external_id, &open->email}) {
        if (!name->empty() && !is_subject(*name)) subject_.names.push_back(*name);
    }
}

base::Result<void> AccountPast::fold(const ledger::StoredRecord& stored) {
    next_offset_ = stored.offset + 1;
    auto record = decode_(stored);
    if (!record) return {};  // the live fold puts it aside and does nothing else
    if (is<ledger::PublishCatalog>(*record) || is<ledger::PublishSettings>(*record)) {
        if (record->organisation != subject_.organisation) return {};
    } else if (concerns_subject(*record)) {
        if (is_subject(record->customer)) learn_names(*record);
        ++unsaved_;
    } else if (!is<ledger::Genesis>(*record) && !is<ledger::AdoptRules>(*record)) {
        record->command = ledger::Tick{};
    }
    decoded_ = std::move(*record);
    if (auto folded = fold_.fold(stored, *this); !folded) return folded;
    if (unsaved_ < options_.save_after_records) return {};
    return save();
}

// The fold lets go of what it has handed over.
base::Result<void> AccountPast::save() {
    unsaved_ = 0;
    WriteSet set;
    fold_.collect(set);
    set.position = {next_offset_, fold_.clock(), {}};
    auto written =
        store_.forget_seen(base::Instant{fold_.clock().micros - options_.dedupe_window_micros});
    if (written) written = store_.write(std::move(set));
    if (written) fold_.mark_saved(next_offset_);
    return written;
}

}  // namespace quipu::projections
