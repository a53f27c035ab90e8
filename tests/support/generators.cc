#include "support/generators.h"

#include "support/generator_parts.h"

namespace quipu::testing {
namespace {

using namespace parts;

ledger::UsageAnswer usage_answer() {
    auto answer = filled<ledger::UsageAnswer>();
    if (*rc::gen::arbitrary<bool>()) answer.terms_feature = answer.feature;
    return answer;
}

// Often says what the entry says, which the row then leaves out.
ledger::Posting posting(const ledger::Entry& entry) {
    ledger::Posting posting;
    Filler filler;
    filler(posting.bucket, posting.meter, posting.window, posting.grant, posting.units,
           posting.amount, posting.charge_minor, posting.currency);
    if (*rc::gen::arbitrary<bool>()) posting.units = entry.value;
    if (*rc::gen::arbitrary<bool>()) posting.amount = posting.units;
    if (*rc::gen::arbitrary<bool>()) posting.meter.entity = entry.entity;
    const auto* answer = std::get_if<ledger::UsageAnswer>(&entry.outcome);
    if (answer == nullptr) return posting;
    if (*rc::gen::arbitrary<bool>()) posting.meter.feature = answer->feature;
    if (answer->window_start && answer->resets_at && *rc::gen::arbitrary<bool>()) {
        posting.window = {*answer->window_start, *answer->resets_at};
    }
    return posting;
}

}  // namespace

rc::Gen<std::string> text() {
    return rc::gen::map(
        rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
                                std::vector<std::string>{"a", "b", "z", "0", "-", "_", ".", " ",
                                                         "\x01", "\x7f", "é", "ß", "€", "😀"}))),
        [](const std::vector<std::string>& letters) {
            std::string joined;
            for (const std::string& letter : letters) joined += letter;
            return joined;
        });
}

rc::Gen<std::string> word() {
    return rc::gen::suchThat(text(), [](const std::string& value) { return !value.empty(); });
}

rc::Gen<base::Quantity> quantity() {
    return decimal(base::Quantity{}, base::kMaxQuantity);
}

rc::Gen<base::Quantity> total() {
    return decimal(base::Quantity{} - base::kMaxTotal, base::kMaxTotal);
}

rc::Gen<base::UnitPrice> unit_price() {
    return decimal(base::UnitPrice::from_int(-1'000'000'000),
                   base::UnitPrice::from_int(1'000'000'000));
}

rc::Gen<base::Currency> currency() {
    return rc::gen::map(
        rc::gen::inRange<std::size_t>(0, base::kIso4217.size() + 1), [](std::size_t row) {
            return row == base::kIso4217.size() ? base::Currency()
                                                : *base::Currency::find(base::kIso4217[row].code);
        });
}

rc::Gen<base::Instant> instant() {
    return rc::gen::map(
        rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, base::kEndOfTime.micros + 1),
                       rc::gen::inRange<std::int64_t>(1'700'000'000'000'000, 1'900'000'000'000'000),
                       rc::gen::element<std::int64_t>(0, base::kEndOfTime.micros)),
        [](std::int64_t micros) { return base::Instant{micros}; });
}

rc::Gen<base::Period> period() {
    return any<base::Period>();
}

rc::Gen<ledger::Catalog> catalog() {
    return rc::gen::exec([] {
        auto catalog = filled<ledger::Catalog>();
        for (ledger::CreditPack& pack : catalog.credit_packs) {
            pack.metadata_json = metadata();
            pack.price_minor = *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor + 1);
        }
        for (ledger::Plan& plan : catalog.plans) {
            plan.metadata_json = metadata();
            plan.price_minor = *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor + 1);
            plan.trial_days = *rc::gen::inRange<std::int64_t>(0, ledger::kMaxTrialDays + 1);
            for (ledger::PlanFeature& feature : plan.features) {
                if (!feature.rollover) continue;
                if (feature.rollover->max) feature.rollover->max = *quantity();
                feature.rollover->windows = *rc::gen::inRange<std::uint32_t>(0, 120);
            }
        }
        return catalog;
    });
}

rc::Gen<ledger::CommandRecord> command_record() {
    return rc::gen::exec([] {
        ledger::CommandRecord record;
        record.id = *word();
        record.organisation = *text();
        record.customer = *text();
        record.occurred_at = filled<std::optional<base::Instant>>();
        record.origin = {filled<std::uint64_t>(), filled<std::uint64_t>()};
        record.routed = filled<bool>();
        record.command = *command();
        return record;
    });
}

rc::Gen<ledger::Invoice> invoice() {
    return rc::gen::exec([] {
        auto invoice = filled<ledger::Invoice>();
        for (ledger::InvoiceLine& line : invoice.lines) {
            for (rating::TierStep& step : line.steps)
                step.tier = *rc::gen::inRange<std::size_t>(0, 100);
        }
        return invoice;
    });
}

rc::Gen<ledger::Account> account() {
    return rc::gen::exec([] {
        ledger::Account account;
        static_cast<ledger::AccountHead&>(account) = filled<ledger::AccountHead>();
        return account;
    });
}
rc::Gen<ledger::MeterKey> meter_key() {
    return any<ledger::MeterKey>();
}
rc::Gen<ledger::MeterWindow> meter_window() {
    return any<ledger::MeterWindow>();
}
rc::Gen<ledger::CreditGrant> credit_grant() {
    return any<ledger::CreditGrant>();
}
rc::Gen<ledger::Entity> entity() {
    return any<ledger::Entity>();
}
rc::Gen<ledger::Customer> customer() {
    return any<ledger::Customer>();
}
rc::Gen<ledger::ApiKey> api_key() {
    return any<ledger::ApiKey>();
}
rc::Gen<ledger::WebhookEndpoint> webhook_endpoint() {
    return any<ledger::WebhookEndpoint>();
}
rc::Gen<ledger::Notification> notification() {
    return any<ledger::Notification>();
}

rc::Gen<ledger::Outcome> outcome() {
    return rc::gen::exec([] {
        return any_alternative<ledger::Outcome>([]<typename T>() {
            if constexpr (std::is_same_v<T, ledger::UsageAnswer>) {
                return usage_answer();
            } else {
                return filled<T>();
            }
        });
    });
}

rc::Gen<ledger::Entry> entry() {
    return rc::gen::exec([] {
        ledger::Entry entry;
        Filler filler;
        entry.offset = *rc::gen::inRange<ledger::Offset>(0, 1'000'000);
        filler(entry.id, entry.content, entry.kind, entry.recorded_at, entry.occurred_at,
               entry.value, entry.entity, entry.metadata_json);
        if (*rc::gen::arbitrary<bool>()) entry.occurred_at = entry.recorded_at;
        entry.outcome = *outcome();
        entry.postings.resize(*rc::gen::inRange<std::size_t>(0, 4));
        for (ledger::Posting& each : entry.postings) each = posting(entry);
        return entry;
    });
}

}  // namespace quipu::testing
