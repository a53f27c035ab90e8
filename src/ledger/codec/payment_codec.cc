#include "ledger/codec/payment_codec.h"

#include "ledger/command.h"

namespace quipu::ledger::codec {

namespace {

void write(const BillingSettings& settings, v1::BillingSettings& out) {
    out.set_version(settings.version);
    out.set_provider(settings.provider);
    out.set_require_payment_method(settings.require_payment_method);
    out.set_threshold_enabled(settings.threshold_enabled);
    out.set_threshold_minor(settings.threshold_minor);
    out.set_auto_collect(settings.auto_collect);
    out.set_grace_hours(settings.grace_hours);
    for (const std::uint32_t hours : settings.retry_hours) out.add_retry_hours(hours);
    out.set_past_due_after_hours(settings.past_due_after_hours);
}

BillingSettings read(const v1::BillingSettings& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.version = message.version(),
            .provider = message.provider(),
            .require_payment_method = message.require_payment_method(),
            .threshold_enabled = message.threshold_enabled(),
            .threshold_minor = message.threshold_minor(),
            .auto_collect = message.auto_collect(),
            .grace_hours = message.grace_hours(),
            .retry_hours = {message.retry_hours().begin(), message.retry_hours().end()},
            .past_due_after_hours = message.past_due_after_hours()};
}

void write(const PaymentMethod& method, v1::PaymentMethod& out) {
    out.set_id(method.id);
    out.set_provider(method.provider);
    out.set_type(write_enum<v1::PaymentMethodType>(method.type));
    out.set_brand(method.brand);
    out.set_last4(method.last4);
    out.set_exp_month(method.exp_month);
    out.set_exp_year(method.exp_year);
    out.set_is_default(method.is_default);
    out.set_is_valid(method.is_valid);
    out.set_added_at_micros(method.added_at.micros);
    for (const LeastCharge& least : method.least_charges) {
        v1::LeastCharge& charge = *out.add_least_charges();
        charge.set_currency(write_currency(least.currency));
        charge.set_minor(least.minor);
    }
}

PaymentMethod read(const v1::PaymentMethod& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    PaymentMethod method{
        .id = message.id(),
        .provider = message.provider(),
        .type = read_enum<PaymentMethodType>(message.type(), "method.type", problems),
        .brand = message.brand(),
        .last4 = message.last4(),
        .exp_month = message.exp_month(),
        .exp_year = message.exp_year(),
        .is_default = message.is_default(),
        .is_valid = message.is_valid(),
        .added_at = {message.added_at_micros()}};
    for (const v1::LeastCharge& charge : message.least_charges()) {
        problems.refuse_unknown_fields(charge);
        method.least_charges.push_back(
            {read_currency(charge.currency(), "method.least_charges.currency", problems),
             charge.minor()});
    }
    return method;
}

}  // namespace

void write(const PublishSettings& command, v1::Record& record) {
    write(command.settings, *record.mutable_publish_settings()->mutable_settings());
}
PublishSettings read(const v1::PublishSettings& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.settings = read(message.settings(), problems)};
}

void write(const UpdateSettings& command, v1::Record& record) {
    const SettingsPatch& patch = command.patch;
    v1::UpdateSettings& out = *record.mutable_update_settings();
    if (patch.provider) out.set_provider(*patch.provider);
    if (patch.require_payment_method) out.set_require_payment_method(*patch.require_payment_method);
    if (patch.threshold_enabled) out.set_threshold_enabled(*patch.threshold_enabled);
    if (patch.threshold_minor) out.set_threshold_minor(*patch.threshold_minor);
    if (patch.auto_collect) out.set_auto_collect(*patch.auto_collect);
    if (patch.grace_hours) out.set_grace_hours(*patch.grace_hours);
    if (patch.retry_hours) {
        v1::RetryHours& hours = *out.mutable_retry_hours();
        for (const std::uint32_t each : *patch.retry_hours) hours.add_hours(each);
    }
    if (patch.past_due_after_hours) out.set_past_due_after_hours(*patch.past_due_after_hours);
}
UpdateSettings read(const v1::UpdateSettings& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    SettingsPatch patch;
    if (message.has_provider()) patch.provider = message.provider();
    if (message.has_require_payment_method())
        patch.require_payment_method = message.require_payment_method();
    if (message.has_threshold_enabled()) patch.threshold_enabled = message.threshold_enabled();
    if (message.has_threshold_minor()) patch.threshold_minor = message.threshold_minor();
    if (message.has_auto_collect()) patch.auto_collect = message.auto_collect();
    if (message.has_grace_hours()) patch.grace_hours = message.grace_hours();
    if (message.has_retry_hours()) {
        problems.refuse_unknown_fields(message.retry_hours());
        const auto& hours = message.retry_hours().hours();
        patch.retry_hours.emplace(hours.begin(), hours.end());
    }
    if (message.has_past_due_after_hours())
        patch.past_due_after_hours = message.past_due_after_hours();
    return {.patch = std::move(patch)};
}

void write(const RecordPayment& command, v1::Record& record) {
    v1::RecordPayment& out = *record.mutable_record_payment();
    out.set_intent(command.intent);
    out.set_result(write_enum<v1::PaymentResult>(command.result));
    out.set_amount_minor(command.amount_minor);
    out.set_currency(write_currency(command.currency));
    out.set_reference(command.reference);
    if (command.method) write(*command.method, *out.mutable_method());
    out.set_failure(command.failure);
    out.set_message(command.message);
    out.set_permanent(command.permanent);
}
RecordPayment read(const v1::RecordPayment& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    RecordPayment command{
        .intent = message.intent(),
        .result = read_enum<PaymentResult>(message.result(), "record_payment.result", problems),
        .amount_minor = message.amount_minor(),
        .currency = read_currency(message.currency(), "record_payment.currency", problems),
        .reference = message.reference(),
        .failure = message.failure(),
        .message = message.message(),
        .permanent = message.permanent()};
    if (message.has_method()) command.method = read(message.method(), problems);
    return command;
}

void write(const RecordRefund& command, v1::Record& record) {
    v1::RecordRefund& out = *record.mutable_record_refund();
    out.set_intent(command.intent);
    out.set_amount_minor(command.amount_minor);
    out.set_currency(write_currency(command.currency));
    out.set_reference(command.reference);
    out.set_failure(command.failure);
    out.set_message(command.message);
}
RecordRefund read(const v1::RecordRefund& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.intent = message.intent(),
            .amount_minor = message.amount_minor(),
            .currency = read_currency(message.currency(), "record_refund.currency", problems),
            .reference = message.reference(),
            .failure = message.failure(),
            .message = message.message()};
}

void write(const GrantOverride& command, v1::Record& record) {
    v1::GrantOverride& out = *record.mutable_grant_override();
    out.set_feature(command.granted.feature);
    if (command.granted.limit) write(*command.granted.limit, *out.mutable_limit());
    out.set_reset(write_enum<v1::Interval>(command.granted.reset));
    if (command.granted.expires_at) out.set_expires_at_micros(command.granted.expires_at->micros);
    out.set_reason(command.granted.reason);
}
GrantOverride read(const v1::GrantOverride& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Override granted{.feature = message.feature(),
                     .reset = read_enum<Interval>(message.reset(), "override.reset", problems),
                     .reason = message.reason()};
    if (message.has_limit()) granted.limit = read(message.limit(), problems);
    if (message.has_expires_at_micros())
        granted.expires_at = base::Instant{message.expires_at_micros()};
    return {.granted = std::move(granted)};
}

void write(const CorrectUsage& command, v1::Record& record) {
    v1::CorrectUsage& out = *record.mutable_correct_usage();
    out.set_feature(command.feature);
    out.set_entity(command.entity);
    write(command.value, *out.mutable_value());
    out.set_reason(command.reason);
}
CorrectUsage read(const v1::CorrectUsage& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.feature = message.feature(),
            .entity = message.entity(),
            .value = read(message.value(), problems),
            .reason = message.reason()};
}

void write(const ActivateSubscription& command, v1::Record& record) {
    v1::ActivateSubscription& out = *record.mutable_activate_subscription();
    out.set_subscription(command.subscription);
    out.set_callback_url(command.callback_url);
    out.set_page_only(command.page_only);
}
ActivateSubscription read(const v1::ActivateSubscription& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.subscription = message.subscription(),
            .callback_url = message.callback_url(),
            .page_only = message.page_only()};
}

void write(const SetUpPaymentMethod& command, v1::Record& record) {
    record.mutable_set_up_payment_method()->set_callback_url(command.callback_url);
}
SetUpPaymentMethod read(const v1::SetUpPaymentMethod& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.callback_url = message.callback_url()};
}

void write(const RemovePaymentMethod& command, v1::Record& record) {
    record.mutable_remove_payment_method()->set_method(command.method);
}
RemovePaymentMethod read(const v1::RemovePaymentMethod& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.method = message.method()};
}

void write(const PayInvoice& command, v1::Record& record) {
    record.mutable_pay_invoice()->set_invoice(command.invoice);
    record.mutable_pay_invoice()->set_callback_url(command.callback_url);
}
PayInvoice read(const v1::PayInvoice& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.invoice = message.invoice(), .callback_url = message.callback_url()};
}

void write(const MarkInvoicePaid& command, v1::Record& record) {
    record.mutable_mark_invoice_paid()->set_invoice(command.invoice);
    record.mutable_mark_invoice_paid()->set_reference(command.reference);
}
MarkInvoicePaid read(const v1::MarkInvoicePaid& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.invoice = message.invoice(), .reference = message.reference()};
}

void write(const VoidInvoice& command, v1::Record& record) {
    record.mutable_void_invoice()->set_invoice(command.invoice);
    record.mutable_void_invoice()->set_reason(command.reason);
}
VoidInvoice read(const v1::VoidInvoice& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.invoice = message.invoice(), .reason = message.reason()};
}

void write(const RevokeOverride& command, v1::Record& record) {
    record.mutable_revoke_override()->set_feature(command.feature);
}
RevokeOverride read(const v1::RevokeOverride& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.feature = message.feature()};
}

void write(const SetDefaultProvider& command, v1::Record& record) {
    record.mutable_set_default_provider()->set_provider(command.provider);
}
SetDefaultProvider read(const v1::SetDefaultProvider& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.provider = message.provider()};
}

std::optional<Command> read_payment_command(const v1::Record& record, Problems& problems) {
    switch (record.command_case()) {
        case v1::Record::kPublishSettings:
            return read(record.publish_settings(), problems);
        case v1::Record::kActivateSubscription:
            return read(record.activate_subscription(), problems);
        case v1::Record::kSetUpPaymentMethod:
            return read(record.set_up_payment_method(), problems);
        case v1::Record::kRemovePaymentMethod:
            return read(record.remove_payment_method(), problems);
        case v1::Record::kPayInvoice:
            return read(record.pay_invoice(), problems);
        case v1::Record::kMarkInvoicePaid:
            return read(record.mark_invoice_paid(), problems);
        case v1::Record::kVoidInvoice:
            return read(record.void_invoice(), problems);
        case v1::Record::kRecordPayment:
            return read(record.record_payment(), problems);
        case v1::Record::kRecordRefund:
            return read(record.record_refund(), problems);
        case v1::Record::kGrantOverride:
            return read(record.grant_override(), problems);
        case v1::Record::kRevokeOverride:
            return read(record.revoke_override(), problems);
        case v1::Record::kCorrectUsage:
            return read(record.correct_usage(), problems);
        case v1::Record::kSetDefaultProvider:
            return read(record.set_default_provider(), problems);
        case v1::Record::kUpdateSettings:
            return read(record.update_settings(), problems);
        default:
            return std::nullopt;
    }
}

}  // namespace quipu::ledger::codec
