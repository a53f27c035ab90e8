#include "api/payments/payment_answers.h"

#include <memory>

#include "api/request/errors.h"
#include "http/http_error.h"
#include "payments/payment_intents.h"

namespace quipu::api {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::IntentMode;
using ledger::IntentStatus;
using ledger::PaymentIntent;

struct PaymentAnswers::Waiting {
    const Customer& customer;
    std::string intent;
    StoredReply reply;
    SharedResponder respond;
    WritePayment write;
    bool redirects = false;

    void write_answer(const PaymentIntent& asked, const ledger::Account& account,
                      std::string url) const {
        if (redirects && !url.empty()) {
            http::HttpResponse response{.status = 302};
            response.location = std::move(url);
            return (*respond)(std::move(response));
        }
        const PaymentState state{&asked, &account, std::move(url)};
        (*respond)(
            write_response(reply.view(), [&](base::JsonWriter& json, const ingest::Reply& stored) {
                write(json, stored, state);
            }));
    }
};

void PaymentAnswers::show_page(const std::shared_ptr<Waiting>& waiting,
                               const ledger::Account& account, const PaymentIntent& intent) {
    intents_.open_page(
        account, waiting->customer, intent,
        [this, waiting](const Result<payments::CheckoutSession>& session) {
            if (!session) {
                const bool refused = session.error().code == "provider_not_configured";
                return (*waiting->respond)(http::error_response(
                    refused ? session.error().code : base::ErrorCode("checkout_unavailable"),
                    refused ? session.error().message
                            : "Failed to create checkout: " + session.error().message));
            }
            const engine::AccountView view = directory_.view(waiting->customer);
            const PaymentIntent* now = view.account->find_intent(waiting->intent);
            if (now != nullptr) waiting->write_answer(*now, *view.account, session->url);
        });
}

void PaymentAnswers::answer_now(const std::shared_ptr<Waiting>& waiting, bool waited) {
    const engine::AccountView view = directory_.view(waiting->customer);
    const PaymentIntent* intent = view.account->find_intent(waiting->intent);
    if (intent == nullptr)
        return (*waiting->respond)(
            response_of(Error{"checkout_closed", "The payment is too old."}));
    switch (intent->status) {
        case IntentStatus::Succeeded:
        case IntentStatus::Refunded:
            return waiting->write_answer(*intent, *view.account, {});
        case IntentStatus::Failed:
        case IntentStatus::Expired:
        case IntentStatus::Canceled:
            return (*waiting->respond)(response_of(
                Error{"checkout_closed",
                      "The checkout of this request is over; ask again for a new one."}));
        case IntentStatus::Pending:
            break;
    }
    if (intent->mode == IntentMode::Checkout) return show_page(waiting, *view.account, *intent);
    if (waited) {
        return (*waiting->respond)(response_of(
            Error{"payment_pending",
                  "The charge is still under way. Retry with the same Idempotency-Key."}));
    }
    intents_.when_settled(waiting->intent, [this, waiting] { answer_now(waiting, true); });
}

StoredReply::StoredReply(const ingest::Reply& reply)
    : outcome(reply.outcome),
      duplicate(reply.duplicate),
      event_id(reply.event_id),
      customer(reply.customer),
      partition(reply.partition),
      offset(reply.offset),
      recorded_at(reply.recorded_at) {}

ingest::Reply StoredReply::view() const {
    return {outcome, duplicate, event_id, customer, partition, offset, recorded_at};
}

void PaymentAnswers::answer(const Customer& customer, const std::string& intent,
                            const ingest::Reply& reply, SharedResponder respond,
                            WritePayment write) {
    answer_now(std::make_shared<Waiting>(Waiting{customer, intent, StoredReply(reply),
                                                 std::move(respond), std::move(write)}),
               false);
}

void PaymentAnswers::redirect(const Customer& customer, const std::string& intent,
                              const ingest::Reply& reply, SharedResponder respond) {
    const WritePayment paid = [](base::JsonWriter& json, const ingest::Reply&,
                                 const PaymentState&) {
        json.key("activatedDirectly").boolean(true);
    };
    answer_now(std::make_shared<Waiting>(
                   Waiting{customer, intent, StoredReply(reply), std::move(respond), paid, true}),
               false);
}

}  // namespace quipu::api
