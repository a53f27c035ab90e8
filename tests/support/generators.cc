#include "support/generators.h"

#include <utility>

#include "ledger/enum_range.h"
#include "ledger/record_limits.h"
#include "ledger/row_fields.h"

namespace quipu::testing {
namespace {

using base::Int128;

rc::Gen<Int128> coefficient(Int128 least, Int128 most) {
    return rc::gen::map(
        rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>()),
        [=](const std::pair<std::uint64_t, std::uint64_t>& halves) {
            const auto bits = (static_cast<base::Uint128>(halves.first) << 64) | halves.second;
            return least + static_cast<Int128>(bits % static_cast<base::Uint128>(most - least + 1));
        });
}

template <typename Decimal>
rc::Gen<Decimal> decimal(Decimal least, Decimal most) {
    const auto make = [](Int128 value) { return Decimal::from_coefficient(value); };
    return rc::gen::oneOf(
        rc::gen::map(rc::gen::inRange(0, 1000), [](int whole) { return Decimal::from_int(whole); }),
        rc::gen::map(coefficient(least.coefficient(), most.coefficient()), make),
        rc::gen::element(least, most, Decimal{}, Decimal::from_coefficient(1)));
}

// Fills a value field by field, in the order of row_fields.h.
class Filler {
public:
    template <typename... Fields>
    void operator()(Fields&... values) {
        (fill(values), ...);
    }

private:
    void fill(bool& value) { value = *rc::gen::arbitrary<bool>(); }
    void fill(std::uint8_t& value) { value = *rc::gen::arbitrary<std::uint8_t>(); }
    void fill(std::uint32_t& value) { value = *rc::gen::arbitrary<std::uint32_t>(); }
    void fill(std::uint64_t& value) { value = *rc::gen::arbitrary<std::uint64_t>(); }
    void fill(std::int32_t& value) { value = *rc::gen::arbitrary<std::int32_t>(); }
    void fill(std::int64_t& value) { value = *rc::gen::arbitrary<std::int64_t>(); }
    void fill(std::string& value) { value = *text(); }
    void fill(base::Instant& value) { value = *instant(); }
    void fill(base::Quantity& value) { value = *total(); }
    void fill(base::UnitPrice& value) { value = *unit_price(); }
    template <std::size_t Size>
    void fill(std::array<std::uint8_t, Size>& value) {
        for (std::uint8_t& byte : value) fill(byte);
    }
    template <typename T>
    void fill(std::optional<T>& value) {
        value.reset();
        if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    }
    template <typename T>
    void fill(std::vector<T>& values) {
        values.resize(*rc::gen::inRange<std::size_t>(0, 4));
        for (T& value : values) fill(value);
    }
    template <typename Key, typename T, typename Less>
    void fill(std::map<Key, T, Less>& values) {
        for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
            Key key;
            fill(key);
            fill(values[key]);
        }
    }
    template <typename T>
    void fill(T& value) {
        if constexpr (std::is_same_v<T, ledger::Refusal>) {
            value = static_cast<T>(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 4)));
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(*rc::gen::resize(
                rc::kNominalSize,
                rc::gen::inRange(1, static_cast<int>(ledger::EnumRange<T>::kLast) + 1)));
        } else {
            fields(*this, value);
        }
    }
};

// Any value that row_fields.h lists.
template <typename T>
T filled() {
    T value{};
    Filler filler;
    filler(value);
    return value;
}

template <typename T>
rc::Gen<T> any() {
    return rc::gen::exec([] { return filled<T>(); });
}

std::string metadata() {
    return *rc::gen::element<std::string>("", "{}", R"({"region":"eu"})",
                                          R"({"a":[1,2.50,{"b":null}],"é":"\u0041"})");
}

std::optional<std::string> maybe_text() {
    return *rc::gen::arbitrary<bool>() ? std::optional(*text()) : std::nullopt;
}

template <typename T>
T generated();

template <>
ledger::Genesis generated() {
    return {filled<std::uint32_t>(), filled<std::array<std::uint8_t, 16>>(),
            filled<std::uint32_t>()};
}
template <>
ledger::Tick generated() {
    return {};
}
template <>
ledger::PublishCatalog generated() {
    return {*catalog()};
}
template <>
ledger::OpenAccount generated() {
    return {*text(), *text(), *text(), filled<bool>()};
}
template <>
ledger::Track generated() {
    return {*word(), *quantity(), *text(), metadata(), filled<bool>()};
}
template <>
ledger::Attach generated() {
    return {*text(), metadata()};
}
template <>
ledger::Cancel generated() {
    return {*text(), filled<bool>()};
}
template <>
ledger::Uncancel generated() {
    return {*text()};
}
template <>
ledger::PurchaseAddon generated() {
    return {*text(), filled<std::int64_t>()};
}
template <>
ledger::AddEntity generated() {
    return {*text(), *text(), maybe_text(), maybe_text(), metadata()};
}
template <>
ledger::RemoveEntity generated() {
    return {*text(), *text()};
}
template <>
ledger::SetFeatureConfig generated() {
    ledger::FeatureConfig config = filled<ledger::FeatureConfig>();
    if (config.max_overage_units) config.max_overage_units = *quantity();
    return {config};
}
template <>
ledger::SetOverageLimit generated() {
    auto limit = filled<std::optional<ledger::OverageLimit>>();
    if (limit) limit->max_minor &= std::numeric_limits<std::int64_t>::max();
    return {limit};
}
template <>
ledger::GenerateInvoice generated() {
    return {};
}
template <>
ledger::CreateOrganisation generated() {
    return {*text(), *text()};
}
template <>
ledger::CreateKey generated() {
    return {*text(), *text(), *text(), filled<ledger::Sha256>()};
}
template <>
ledger::RevokeKey generated() {
    return {*text()};
}
template <>
ledger::UpsertCustomer generated() {
    return {*text(), *text(), *text(), maybe_text(), metadata(), filled<bool>(), filled<bool>()};
}
ledger::BillingSettings settings() {
    auto made = filled<ledger::BillingSettings>();
    made.threshold_minor = *rc::gen::inRange<std::int64_t>(0, ledger::kMaxThresholdMinor);
    const auto hours = rc::gen::inRange<std::uint32_t>(0, ledger::kMaxSettingsHours);
    made.grace_hours = *hours;
    made.past_due_after_hours = *hours;
    made.retry_hours = *rc::gen::resize(ledger::kMaxRetries - 1,
                                        rc::gen::container<std::vector<std::uint32_t>>(hours));
    return made;
}

template <>
ledger::PublishPayload generated() {
    return {*catalog()};
}
template <>
ledger::CreateWebhookEndpoint generated() {
    return {*word(), *text(), *text(), *text(), filled<std::vector<std::string>>()};
}
template <>
ledger::UpdateWebhookEndpoint generated() {
    return {*text(), maybe_text(), maybe_text(), filled<std::optional<std::vector<std::string>>>(),
            filled<std::optional<bool>>()};
}
template <>
ledger::DeleteWebhookEndpoint generated() {
    return {*text()};
}
template <>
ledger::DisableWebhookEndpoint generated() {
    return {*text(), *text()};
}
template <>
ledger::RotateWebhookSecret generated() {
    return {*text(), *text()};
}

template <>
ledger::PublishSettings generated() {
    return {settings()};
}
template <>
ledger::ActivateSubscription generated() {
    return {*text(), *text()};
}
template <>
ledger::SetUpPaymentMethod generated() {
    return {*text()};
}
template <>
ledger::RemovePaymentMethod generated() {
    return {*text()};
}
template <>
ledger::PayInvoice generated() {
    return {*text(), *text()};
}
template <>
ledger::MarkInvoicePaid generated() {
    return {*text(), *text()};
}
template <>
ledger::VoidInvoice generated() {
    return {*text(), *text()};
}
template <>
ledger::RecordPayment generated() {
    auto method = filled<std::optional<ledger::PaymentMethod>>();
    if (method) {
        method->id = *word();
        method->last4 = "4242";
    }
    return {*word(),
            filled<ledger::PaymentResult>(),
            *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor),
            *text(),
            *text(),
            std::move(method),
            *text(),
            *text(),
            filled<bool>()};
}
template <>
ledger::RecordRefund generated() {
    return {*word(), *rc::gen::inRange<std::int64_t>(0, ledger::kMaxFeeMinor), *text(), *text()};
}
template <>
ledger::GrantOverride generated() {
    auto granted = filled<ledger::Override>();
    granted.feature = *word();
    if (granted.limit) granted.limit = *quantity();
    granted.created_at = {};
    return {std::move(granted)};
}
template <>
ledger::RevokeOverride generated() {
    return {*text()};
}
template <>
ledger::CorrectUsage generated() {
    base::Quantity value = *quantity();
    if (!value.is_positive()) value = base::Quantity::from_coefficient(1);
    return {*word(), *text(), value, *text()};
}
template <>
ledger::SetDefaultProvider generated() {
    return {*word()};
}
template <>
ledger::UpdateSettings generated() {
    auto patch = filled<ledger::SettingsPatch>();
    const ledger::BillingSettings sound = settings();
    if (patch.threshold_minor) patch.threshold_minor = sound.threshold_minor;
    if (patch.grace_hours) patch.grace_hours = sound.grace_hours;
    if (patch.retry_hours) patch.retry_hours = sound.retry_hours;
    if (patch.past_due_after_hours) patch.past_due_after_hours = sound.past_due_after_hours;
    return {std::move(patch)};
}

// One alternative, each about as likely.
template <typename Variant, std::size_t... Index>
Variant any_alternative(std::index_sequence<Index...>, auto make) {
    // inRange shrinks with the size; alternatives must not.
    const std::size_t chosen =
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, sizeof...(Index)));
    Variant value;
    ((Index == chosen
          ? static_cast<void>(
                value = make.template operator()<std::variant_alternative_t<Index, Variant>>())
          : static_cast<void>(0)),
     ...);
    return value;
}

template <typename Variant>
Variant any_alternative(auto make) {
    return any_alternative<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>{}, make);
}

ledger::UsageAnswer usage_answer() {
    ledger::UsageAnswer answer;
    Filler filler;
    filler(answer.code, answer.metered, answer.feature, answer.usage, answer.limit, answer.balance,
           answer.overage_units, answer.window_start, answer.resets_at, answer.reset,
           answer.credits, answer.addon_used, answer.plan, answer.catalog_version,
           answer.terms_feature, answer.trial_ends_at, answer.refusal, answer.refused_used,
           answer.refused_cap, answer.message, answer.rollover_balance);
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

ledger::InvoiceLine invoice_line() {
    ledger::InvoiceLine line;
    Filler filler;
    filler(line.kind, line.feature, line.name, line.description, line.quantity,
           line.unit_price_minor, line.amount_minor, line.period, line.subscription, line.plan,
           line.entity, line.correction, line.rating_model, line.billed_before_minor);
    line.steps.resize(*rc::gen::inRange<std::size_t>(0, 3));
    for (rating::TierStep& step : line.steps) {
        step.tier = *rc::gen::inRange<std::size_t>(0, 100);
        filler(step.units, step.unit_price, step.flat_fee);
        step.amount = *decimal<base::Amount>(base::Amount::from_int(-1'000'000'000'000),
                                             base::Amount::from_int(1'000'000'000'000));
    }
    return line;
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

rc::Gen<ledger::Command> command() {
    return rc::gen::exec([] {
        return any_alternative<ledger::Command>([]<typename T>() { return generated<T>(); });
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
        ledger::Invoice invoice;
        Filler filler;
        filler(invoice.id, invoice.number, invoice.sequence, invoice.organisation, invoice.customer,
               invoice.subscription, invoice.subscription_id, invoice.status, invoice.trigger,
               invoice.currency, invoice.total_minor, invoice.issued_at, invoice.due_at,
               invoice.period, invoice.settled_at, invoice.payment);
        invoice.lines.resize(*rc::gen::inRange<std::size_t>(0, 4));
        for (ledger::InvoiceLine& line : invoice.lines) line = invoice_line();
        return invoice;
    });
}

rc::Gen<ledger::Account> account() {
    return any<ledger::Account>();
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
    return rc::gen::exec([] {
        ledger::Notification notification;
        Filler filler;
        filler(notification.id, notification.organisation, notification.customer, notification.type,
               notification.at);
        notification.facts.resize(*rc::gen::inRange<std::size_t>(0, 6));
        for (ledger::Fact& fact : notification.facts) {
            filler(fact.name);
            fact.value = any_alternative<decltype(fact.value)>(
                []<typename Value>() { return filled<Value>(); });
        }
        return notification;
    });
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
