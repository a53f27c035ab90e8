// The commands of a customer's account, decided at its home.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/boxed.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/fields.h"
#include "ledger/account.h"
#include "ledger/command_kind.h"
#include "ledger/payment.h"

namespace quipu::ledger {

// The control partition knows this customer; its home opens the account. Sent again, it says the
// names that the account has from then on.
struct OpenAccount {
    static constexpr CommandKind kKind{26, "open_account"};
    std::string customer;  // cus_…
    std::string external_id;
    std::string email;
    bool auto_enable = false;  // start the plans that say so

    friend bool operator==(const OpenAccount&, const OpenAccount&) = default;
};
QUIPU_FIELDS(OpenAccount, customer, external_id, email, auto_enable)

struct Track {
    static constexpr CommandKind kKind{16, "track"};
    std::string feature;
    base::Quantity value;
    std::string entity;         // "" = the customer
    std::string metadata_json;  // kept for the reader, "" = none
    bool as_check = false;      // check(sendEvent): answered in check's words

    friend bool operator==(const Track&, const Track&) = default;
};
QUIPU_FIELDS(Track, feature, value, entity, metadata_json, as_check)

struct Attach {
    static constexpr CommandKind kKind{17, "attach"};
    std::string plan;
    std::string metadata_json;
    std::string callback_url;  // where a checkout page sends the browser afterwards; "" = nowhere

    friend bool operator==(const Attach&, const Attach&) = default;
};
QUIPU_FIELDS(Attach, plan, metadata_json, callback_url)

struct Cancel {
    static constexpr CommandKind kKind{18, "cancel"};
    std::string plan;  // "" = the only live one
    bool immediately = false;

    friend bool operator==(const Cancel&, const Cancel&) = default;
};
QUIPU_FIELDS(Cancel, plan, immediately)

struct Uncancel {
    static constexpr CommandKind kKind{19, "uncancel"};
    std::string plan;  // "" = the only one pending

    friend bool operator==(const Uncancel&, const Uncancel&) = default;
};
QUIPU_FIELDS(Uncancel, plan)

struct PurchaseAddon {
    static constexpr CommandKind kKind{20, "purchase_addon"};
    std::string pack;
    std::int64_t quantity = 1;
    std::string callback_url;

    friend bool operator==(const PurchaseAddon&, const PurchaseAddon&) = default;
};
QUIPU_FIELDS(PurchaseAddon, pack, quantity, callback_url)

struct AddEntity {
    static constexpr CommandKind kKind{21, "add_entity"};
    std::string feature;
    std::string entity;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::string metadata_json;

    friend bool operator==(const AddEntity&, const AddEntity&) = default;
};
QUIPU_FIELDS(AddEntity, feature, entity, name, email, metadata_json)

struct RemoveEntity {
    static constexpr CommandKind kKind{22, "remove_entity"};
    std::string feature;
    std::string entity;

    friend bool operator==(const RemoveEntity&, const RemoveEntity&) = default;
};
QUIPU_FIELDS(RemoveEntity, feature, entity)

struct SetFeatureConfig {
    static constexpr CommandKind kKind{23, "set_feature_config"};
    FeatureConfig config;  // a field left empty clears that part

    friend bool operator==(const SetFeatureConfig&, const SetFeatureConfig&) = default;
};
QUIPU_FIELDS(SetFeatureConfig, config)

struct SetOverageLimit {
    static constexpr CommandKind kKind{24, "set_overage_limit"};
    std::optional<OverageLimit> limit;  // none removes it

    friend bool operator==(const SetOverageLimit&, const SetOverageLimit&) = default;
};
QUIPU_FIELDS(SetOverageLimit, limit)

struct GenerateInvoice {
    static constexpr CommandKind kKind{25, "generate_invoice"};
    friend bool operator==(const GenerateInvoice&, const GenerateInvoice&) = default;
};
QUIPU_FIELDS(GenerateInvoice)

// A plan that waits for its first payment is to begin.
struct ActivateSubscription {
    static constexpr CommandKind kKind{36, "activate_subscription"};
    std::string subscription;  // sub_…
    std::string callback_url;
    bool page_only = false;  // whoever has the link asks: no saved card is charged

    friend bool operator==(const ActivateSubscription&, const ActivateSubscription&) = default;
};
QUIPU_FIELDS(ActivateSubscription, subscription, callback_url, page_only)

// The customer is asked for a payment method.
struct SetUpPaymentMethod {
    static constexpr CommandKind kKind{37, "set_up_payment_method"};
    std::string callback_url;

    friend bool operator==(const SetUpPaymentMethod&, const SetUpPaymentMethod&) = default;
};
QUIPU_FIELDS(SetUpPaymentMethod, callback_url)

struct RemovePaymentMethod {
    static constexpr CommandKind kKind{38, "remove_payment_method"};
    std::string method;  // pm_…

    friend bool operator==(const RemovePaymentMethod&, const RemovePaymentMethod&) = default;
};
QUIPU_FIELDS(RemovePaymentMethod, method)

// An open invoice is to be paid now: by the saved method, else on a page.
struct PayInvoice {
    static constexpr CommandKind kKind{39, "pay_invoice"};
    std::string invoice;  // inv_…
    std::string callback_url;

    friend bool operator==(const PayInvoice&, const PayInvoice&) = default;
};
QUIPU_FIELDS(PayInvoice, invoice, callback_url)

// It was paid outside of Quipu.
struct MarkInvoicePaid {
    static constexpr CommandKind kKind{40, "mark_invoice_paid"};
    std::string invoice;
    std::string reference;  // of the payment, for the reader; "" = none

    friend bool operator==(const MarkInvoicePaid&, const MarkInvoicePaid&) = default;
};
QUIPU_FIELDS(MarkInvoicePaid, invoice, reference)

// An open invoice is withdrawn; its usage is unbilled again.
struct VoidInvoice {
    static constexpr CommandKind kKind{41, "void_invoice"};
    std::string invoice;
    std::string reason;

    friend bool operator==(const VoidInvoice&, const VoidInvoice&) = default;
};
QUIPU_FIELDS(VoidInvoice, invoice, reason)

enum class PaymentResult : std::uint8_t { Succeeded = 1, Failed = 2, Abandoned = 3 };
QUIPU_ENUMERATORS(PaymentResult, Succeeded, Failed, Abandoned)

// What a provider said of an intent, as its answer to a call or by webhook.
struct RecordPayment {
    static constexpr CommandKind kKind{42, "record_payment"};
    std::string intent;  // pi_…
    PaymentResult result = PaymentResult::Succeeded;
    std::int64_t amount_minor = 0;
    base::Currency currency;
    std::string reference;              // the provider's
    base::Boxed<PaymentMethod> method;  // kept for later charges
    std::string failure;                // stable code
    std::string message;
    bool permanent = false;  // no later attempt can succeed with this method

    friend bool operator==(const RecordPayment&, const RecordPayment&) = default;
};
QUIPU_FIELDS(RecordPayment, intent, result, amount_minor, currency, reference, method, failure,
             message, permanent)

// Money went back: by our own call, or by hand at the provider.
struct RecordRefund {
    static constexpr CommandKind kKind{43, "record_refund"};
    std::string intent;
    std::int64_t amount_minor = 0;
    base::Currency currency;
    std::string reference;
    std::string failure;  // not empty: the provider refused it for good
    std::string message;

    friend bool operator==(const RecordRefund&, const RecordRefund&) = default;
};
QUIPU_FIELDS(RecordRefund, intent, amount_minor, currency, reference, failure, message)

struct GrantOverride {
    static constexpr CommandKind kKind{44, "grant_override"};
    Override granted;  // `created_at` is the ledger's to say

    friend bool operator==(const GrantOverride&, const GrantOverride&) = default;
};
QUIPU_FIELDS(GrantOverride, granted)

struct RevokeOverride {
    static constexpr CommandKind kKind{45, "revoke_override"};
    std::string feature;

    friend bool operator==(const RevokeOverride&, const RevokeOverride&) = default;
};
QUIPU_FIELDS(RevokeOverride, feature)

// Takes back units that were reported by mistake, as a new fact.
struct CorrectUsage {
    static constexpr CommandKind kKind{46, "correct_usage"};
    std::string feature;
    std::string entity;
    base::Quantity value;  // > 0: units to take back
    std::string reason;

    friend bool operator==(const CorrectUsage&, const CorrectUsage&) = default;
};
QUIPU_FIELDS(CorrectUsage, feature, entity, value, reason)

// Holds units for work that is about to be done. The event's id names the reservation.
struct Reserve {
    static constexpr CommandKind kKind{49, "reserve"};
    std::string feature;
    std::string entity;            // "" = the customer
    base::Quantity value;          // > 0
    std::int64_t hold_micros = 0;  // 1 to kMaxHoldMicros; it expires by itself

    friend bool operator==(const Reserve&, const Reserve&) = default;
};
QUIPU_FIELDS(Reserve, feature, entity, value, hold_micros)

// The work is done and took `value`, which may be less or more than was held.
struct ConfirmReservation {
    static constexpr CommandKind kKind{50, "confirm_reservation"};
    std::string reservation;
    std::optional<base::Quantity> value;  // >= 0; none = as held
    std::string metadata_json;            // "" = none

    friend bool operator==(const ConfirmReservation&, const ConfirmReservation&) = default;
};
QUIPU_FIELDS(ConfirmReservation, reservation, value, metadata_json)

struct ReleaseReservation {
    static constexpr CommandKind kKind{51, "release_reservation"};
    std::string reservation;

    friend bool operator==(const ReleaseReservation&, const ReleaseReservation&) = default;
};
QUIPU_FIELDS(ReleaseReservation, reservation)

using AccountCommand =
    std::variant<Track, Attach, Cancel, Uncancel, PurchaseAddon, AddEntity, RemoveEntity,
                 SetFeatureConfig, SetOverageLimit, GenerateInvoice, OpenAccount,
                 ActivateSubscription, SetUpPaymentMethod, RemovePaymentMethod, PayInvoice,
                 MarkInvoicePaid, VoidInvoice, RecordPayment, RecordRefund, GrantOverride,
                 RevokeOverride, CorrectUsage, Reserve, ConfirmReservation, ReleaseReservation>;

}  // namespace quipu::ledger
