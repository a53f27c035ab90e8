// A payment provider in memory, for tests of what calls one: it keeps the port's promises, and
// answers when it is told to.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "payments/payment_provider.h"

namespace quipu::testing {

// One thread.
class FakeProvider final : public payments::PaymentProvider {
public:
    using Id = std::pair<std::string, std::string>;  // organisation, id

    struct Method {
        std::string customer;
        bool fails = false;
    };
    struct Payment {
        base::Currency currency;
        std::int64_t amount_minor = 0;
        std::int64_t refunded_minor = 0;
    };

    static constexpr std::string_view kSignatureHeader = "x-fake-signature";

    bool unavailable = false;  // nothing is done, and every call says so
    std::map<Id, Method> methods;
    std::map<Id, Payment> payments;                       // by intent
    std::map<std::string, payments::ProviderEvent> sent;  // by the body of the webhook
    std::deque<std::function<void()>> pending;            // answers that nobody got yet

    void answer_all() {
        while (!pending.empty()) {
            const auto answer = std::move(pending.front());
            pending.pop_front();
            answer();
        }
    }
    // The customer pays the page of that reference.
    void pay(const std::string& reference) {
        for (const auto& [id, checkout] : checkouts_) {
            if (checkout.answer.reference != reference) continue;
            payments.emplace(id, Payment{checkout.request.currency, checkout.request.amount_minor});
        }
    }
    // What parse_webhook takes as signed.
    [[nodiscard]] static std::string signature(std::string_view organisation,
                                               std::string_view body) {
        return std::string(organisation) + ":" + std::string(body);
    }

    [[nodiscard]] std::string_view name() const override { return "fake"; }

    void create_checkout(const payments::CheckoutRequest& request, CheckoutDone done) override {
        later<payments::CheckoutSession>(std::move(done), checkout(request));
    }
    void charge(const payments::ChargeRequest& request, ChargeDone done) override {
        later<payments::ChargeResult>(std::move(done), charged(request));
    }
    void refund(const payments::RefundRequest& request, RefundDone done) override {
        later<payments::RefundResult>(std::move(done), refunded(request));
    }

    [[nodiscard]] base::Result<payments::ProviderEvent> parse_webhook(
        std::string_view organisation, const http::HttpRequest& request) override {
        const std::string_view given = request.header(kSignatureHeader);
        if (given.empty()) return base::fail("signature_missing", "There is no signature.");
        if (given != signature(organisation, request.body))
            return base::fail("signature_invalid", "The signature does not hold.");
        const auto event = sent.find(std::string(request.body));
        if (event == sent.end()) return base::fail("payload_malformed", "It was never sent.");
        return event->second;
    }

private:
    template <typename Request, typename Answer>
    struct Known {
        Request request;
        Answer answer;
    };
    using Attempt = std::tuple<std::string, std::string, std::uint32_t>;

    template <typename Answer>
    void later(std::function<void(const base::Result<Answer>&)> done, base::Result<Answer> answer) {
        if (unavailable) answer = base::fail("provider_unavailable", "It was told to be.");
        pending.push_back([done = std::move(done), answer = std::move(answer)] { done(answer); });
    }
    static tl::unexpected<base::Error> refused(const char* why) {
        return base::fail("provider_refused", why);
    }
    std::string fresh(const char* prefix) { return prefix + std::to_string(++last_id_); }

    base::Result<payments::CheckoutSession> checkout(const payments::CheckoutRequest& request) {
        if (unavailable) return {};
        if (request.amount_minor < 0) return refused("The amount is negative.");
        const Id id{request.organisation, request.intent};
        if (const auto known = checkouts_.find(id); known != checkouts_.end()) {
            if (known->second.request.amount_minor != request.amount_minor ||
                known->second.request.currency != request.currency ||
                known->second.request.customer != request.customer)
                return refused("The intent was for something else.");
            return known->second.answer;
        }
        const std::string reference = fresh("cs_");
        const payments::CheckoutSession answer{"https://pay.test/" + reference, reference};
        checkouts_[id] = {request, answer};
        return answer;
    }

    base::Result<payments::ChargeResult> charged(const payments::ChargeRequest& request) {
        if (unavailable) return {};
        if (request.amount_minor <= 0 || request.attempt == 0) return refused("Nothing to charge.");
        const Attempt attempt{request.organisation, request.intent, request.attempt};
        if (const auto known = charges_.find(attempt); known != charges_.end()) {
            if (known->second.request.amount_minor != request.amount_minor ||
                known->second.request.currency != request.currency ||
                known->second.request.method != request.method)
                return refused("The attempt was for something else.");
            return known->second.answer;
        }
        const Id intent{request.organisation, request.intent};
        if (payments.contains(intent)) return refused("The intent is already paid.");
        const auto method = methods.find({request.organisation, request.method});
        payments::ChargeResult answer{.reference = fresh("ch_")};
        if (method == methods.end() || method->second.customer != request.customer) {
            answer.failure = "method_not_found";
            answer.message = "The customer has no such payment method.";
            answer.permanent = true;
        } else if (method->second.fails) {
            answer.failure = "card_declined";
            answer.message = "The card was declined.";
        } else {
            answer.succeeded = true;
            payments[intent] = {request.currency, request.amount_minor};
        }
        charges_[attempt] = {request, answer};
        return answer;
    }

    base::Result<payments::RefundResult> refunded(const payments::RefundRequest& request) {
        if (unavailable) return {};
        if (request.amount_minor <= 0) return refused("Nothing to refund.");
        const Id id{request.organisation, request.refund};
        if (const auto known = refunds_.find(id); known != refunds_.end()) {
            if (known->second.request.amount_minor != request.amount_minor ||
                known->second.request.intent != request.intent)
                return refused("The refund was of something else.");
            return known->second.answer;
        }
        const auto paid = payments.find({request.organisation, request.intent});
        if (paid == payments.end()) return base::fail("never_paid", "The intent was never paid.");
        Payment& payment = paid->second;
        if (payment.currency != request.currency ||
            request.amount_minor > payment.amount_minor - payment.refunded_minor)
            return refused("It is more than was paid.");
        payment.refunded_minor += request.amount_minor;
        const payments::RefundResult answer{true, fresh("rfd_"), ""};
        refunds_[id] = {request, answer};
        return answer;
    }

    int last_id_ = 0;
    std::map<Id, Known<payments::CheckoutRequest, payments::CheckoutSession>> checkouts_;
    std::map<Attempt, Known<payments::ChargeRequest, payments::ChargeResult>> charges_;
    std::map<Id, Known<payments::RefundRequest, payments::RefundResult>> refunds_;
};

}  // namespace quipu::testing
