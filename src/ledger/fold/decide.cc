#include "ledger/fold/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/decide_invoice.h"
#include "ledger/invoicing/decide_purchase.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/subscriptions/attach.h"
#include "ledger/subscriptions/decide_entity.h"
#include "ledger/usage/decide_override.h"
#include "ledger/usage/decide_reservation.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::ledger {
namespace {

using base::Instant;

bool within_reach(Instant occurred, Instant now) {
    return occurred.micros >= now.micros - kOldestMicros &&
           occurred.micros <= now.micros + kFutureToleranceMicros;
}

struct Decider {
    const Account& account;
    const CatalogBook& book;
    const CommandRecord& record;
    const Invoice* invoice;
    Instant now;

    Decision operator()(const Track& command) const {
        const Instant occurred = record.occurred_at.value_or(now);
        if (!within_reach(occurred, now)) {
            return rejected(
                Code::OccurredAtOutOfRange,
                fmt::format(
                    "The event happened at {}, which is more than 400 days before or a day after "
                    "the ledger's clock, {}.",
                    base::format_instant(occurred), base::format_instant(now)));
        }
        UsageDecision usage = decide_usage(account, book,
                                           {command.feature, command.entity, command.value,
                                            std::min(occurred, now), command.as_check, true},
                                           now);
        Decision decision;
        if (usage.allowed) decision.events = std::move(usage.opening);
        if (usage.allowed) decision.events.emplace_back(UsageRecorded{std::move(usage.postings)});
        for (Event& event : usage.notices) decision.events.push_back(std::move(event));
        decision.outcome = std::move(usage.answer);
        return decision;
    }
    Decision operator()(const Attach& command) const {
        return decide_attach(account, book, command, now);
    }
    Decision operator()(const Cancel& command) const {
        return decide_cancel(account, book, command, now);
    }
    Decision operator()(const Uncancel& command) const { return decide_uncancel(account, command); }
    Decision operator()(const PurchaseAddon& command) const {
        return decide_addon(account, book, command, now);
    }
    Decision operator()(const AddEntity& command) const {
        return decide_add_entity(account, book, command, now);
    }
    Decision operator()(const RemoveEntity& command) const {
        return decide_remove_entity(account, book, command, now);
    }
    Decision operator()(const SetFeatureConfig& command) const {
        const std::string& slug = command.config.feature;
        if (find_feature(book.newest(), slug) == nullptr &&
            find_credit_system(book.newest(), slug) == nullptr) {
            return rejected(Code::FeatureNotFound, fmt::format("Feature '{}' not found.", slug));
        }
        return {{FeatureConfigSet{command.config}}, Done{slug}};
    }
    Decision operator()(const SetOverageLimit& command) const {
        return {{OverageLimitSet{command.limit}}, Done{account.id}};
    }
    Decision operator()(const GenerateInvoice&) const { return decide_invoice(account, book, now); }
    Decision operator()(const ActivateSubscription& command) const {
        return decide_activate(account, book, command, now);
    }
    Decision operator()(const SetUpPaymentMethod& command) const {
        return decide_set_up_method(account, book, command, now);
    }
    Decision operator()(const RemovePaymentMethod& command) const {
        return decide_remove_method(account, command);
    }
    Decision operator()(const PayInvoice& command) const {
        return decide_pay_invoice(account, book, command, invoice, now);
    }
    Decision operator()(const MarkInvoicePaid& command) const {
        return decide_mark_paid(command, invoice, now);
    }
    Decision operator()(const VoidInvoice& command) const {
        return decide_void(account, command, invoice, now);
    }
    Decision operator()(const RecordPayment& command) const {
        return decide_record_payment(account, book, command, invoice, now);
    }
    Decision operator()(const RecordRefund& command) const {
        return decide_record_refund(account, book, command, invoice, now);
    }
    Decision operator()(const GrantOverride& command) const {
        return decide_grant_override(book, command, now);
    }
    Decision operator()(const RevokeOverride& command) const {
        return decide_revoke_override(account, command);
    }
    Decision operator()(const CorrectUsage& command) const {
        return decide_correct_usage(account, book, command, record.occurred_at.value_or(now), now);
    }
    Decision operator()(const Reserve& command) const {
        return decide_reserve(account, book, command, record.id, now);
    }
    Decision operator()(const ConfirmReservation& command) const {
        return decide_confirm(account, book, command, now);
    }
    Decision operator()(const ReleaseReservation& command) const {
        return decide_release(account, command);
    }
    // The account is open already; its home may hear of it more than once.
    Decision operator()(const OpenAccount&) const { return {{}, Done{account.id}}; }

    Decision operator()(const Genesis&) const { return misplaced(); }
    Decision operator()(const Tick&) const { return misplaced(); }
    Decision operator()(const PublishCatalog&) const { return misplaced(); }
    Decision operator()(const PublishSettings&) const { return misplaced(); }
    Decision operator()(const SetDefaultProvider&) const { return misplaced(); }
    Decision operator()(const UpdateSettings&) const { return misplaced(); }
    Decision operator()(const CreateOrganisation&) const { return misplaced(); }
    Decision operator()(const CreateKey&) const { return misplaced(); }
    Decision operator()(const RevokeKey&) const { return misplaced(); }
    Decision operator()(const UpsertCustomer&) const { return misplaced(); }
    Decision operator()(const PublishPayload&) const { return misplaced(); }
    Decision operator()(const CreateWebhookEndpoint&) const { return misplaced(); }
    Decision operator()(const UpdateWebhookEndpoint&) const { return misplaced(); }
    Decision operator()(const DeleteWebhookEndpoint&) const { return misplaced(); }
    Decision operator()(const DisableWebhookEndpoint&) const { return misplaced(); }
    Decision operator()(const RotateWebhookSecret&) const { return misplaced(); }

    static Decision misplaced() {
        return rejected(Code::InvalidRequest, "This command is not for a customer's account.");
    }
};

}  // namespace

Decision decide(const Account& account, const CatalogBook& book, const CommandRecord& record,
                const Invoice* invoice, Instant now) {
    return std::visit(Decider{account, book, record, invoice, now}, record.command);
}

}  // namespace quipu::ledger
