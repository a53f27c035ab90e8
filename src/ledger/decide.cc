#include "ledger/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/decide_usage.h"

namespace quipu::ledger {
namespace {

using base::Instant;

Decision rejected(Code code, std::string message) {
    return {{}, Rejection{code, std::move(message)}};
}

bool within_reach(Instant occurred, Instant now) {
    return occurred.micros >= now.micros - kOldestMicros &&
           occurred.micros <= now.micros + kFutureToleranceMicros;
}

struct Decider {
    const Account& account;
    const CatalogBook& book;
    const CommandRecord& record;
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
        if (usage.allowed) decision.events.emplace_back(UsageRecorded{std::move(usage.postings)});
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
    // The account is open already; its home may hear of it more than once.
    Decision operator()(const OpenAccount&) const { return {{}, Done{account.id}}; }

    Decision operator()(const Genesis&) const { return misplaced(); }
    Decision operator()(const Tick&) const { return misplaced(); }
    Decision operator()(const PublishCatalog&) const { return misplaced(); }
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
                Instant now) {
    return std::visit(Decider{account, book, record, now}, record.command);
}

}  // namespace quipu::ledger
