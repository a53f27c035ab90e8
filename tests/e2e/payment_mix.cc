#include "e2e/payment_mix.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "e2e/clients.h"
#include "e2e/payment_clients.h"

namespace quipu::e2e {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kMostPages = 8;

}  // namespace

// One of the clients; of its own thread.
class MixClient {
public:
    MixClient(PaymentMix& mix, std::uint64_t seed, std::string name)
        : mix_(mix), api_(mix.server_), random_(seed), name_(std::move(name)) {}

    void step();

private:
    using Step = void (MixClient::*)();
    struct Choice {
        Step step;
        int weight;
    };

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    bool chance(int percent) { return below(100) < static_cast<std::uint64_t>(percent); }

    template <typename Ask, typename Known>
    auto until_answered(Ask ask, Known known) {
        decltype(ask()) answer;
        static_cast<void>(eventually(
            [&] {
                answer = ask();
                if (!known(answer)) ++mix_.repeated_;
                return known(answer);
            },
            kPatience));
        return answer;
    }

    Answer ask(const char* step, const std::string& path, Json body) {
        const std::string key = fmt::format("{}-{}", name_, ++sent_);
        const Answer answer = until_answered([&] { return api_.try_post(path, body, key); },
                                             [](const Answer& got) { return !got.unknown(); });
        EXPECT_FALSE(answer.unknown()) << path << " is never answered: " << answer.body;
        EXPECT_LT(answer.status, 500) << path << ' ' << body << ' ' << answer.body;
        EXPECT_NE(answer.code(), "idempotency_conflict") << path << ' ' << body;
        mix_.count(step, answer.status);
        return answer;
    }
    Answer ask_for(const char* step, const std::string& path, Json body) {
        body["customer"] = customer_;
        return ask(step, path, std::move(body));
    }
    Answer look(const std::string& path) {
        return until_answered(
            [&] { return answer_of(api_.http().call({"GET", path, {}, api_.key()})); },
            [](const Answer& got) { return !got.unknown(); });
    }

    // Pays, is declined, goes away, or leaves the page for another time.
    void meet_page(const Answer& answer) {
        const char* field = answer.body.contains("url") ? "url" : "checkoutUrl";
        const std::string url = answer.body.value(field, "");
        if (url.empty()) return;  // another client was there before
        const std::string page = page_of(url);
        if (chance(25)) return mix_.remember_page(customer_, page);
        use_page(page);
    }
    void use_page(const std::string& page) {
        static constexpr std::array<const char*, 10> kForms = {"action=pay&card=4242424242424242",
                                                               "action=pay&card=4242424242424242",
                                                               "action=pay&card=4242424242424242",
                                                               "action=pay&card=4242424242424242",
                                                               "action=pay&card=4242424242424242",
                                                               "action=pay&card=4242424242424242",
                                                               "action=pay&card=4000000000000341",
                                                               "action=pay&card=4000000000000002",
                                                               "action=decline",
                                                               "action=abandon"};
        const std::string form = kForms[below(kForms.size())];
        const int status = until_answered([&] { return send_form(api_, page, form); },
                                          [](int got) { return got != 0 && got != 503; });
        EXPECT_LT(status, 500) << form;
        mix_.count("page", status);
        if (status == 402 && chance(50)) mix_.remember_page(customer_, page);
    }

    void attach() {
        static constexpr std::array<const char*, 5> kPlans = {"pro", "pro", "max", "max", "free"};
        meet_page(ask_for("attach", "/v1/attach", {{"product", kPlans[below(kPlans.size())]}}));
    }
    void buy_pack() {
        const Json body{{"pack", "pack"}, {"quantity", 1 + below(3)}};
        meet_page(ask_for("addon", "/v1/addon", body));
    }
    void come_back_to_a_page() {
        const std::string page = mix_.old_page(customer_, random_());
        if (!page.empty()) use_page(page);
    }
    void set_up_a_card() { meet_page(ask_for("setup", "/v1/wallet/setup", Json::object())); }
    void remove_a_card() {
        const Answer wallet = look("/v1/wallet?customer=" + customer_);
        if (!wallet.ok() || wallet.body["methods"].empty()) return;
        const Json& methods = wallet.body["methods"];
        ask_for("remove", "/v1/wallet/remove", {{"id", methods[below(methods.size())]["id"]}});
    }
    void track_calls() {
        ask_for("track", "/v1/track", {{"feature", "calls"}, {"value", 1 + below(150)}});
    }
    void track_gpt() {
        ask_for("track", "/v1/track", {{"feature", "gpt"}, {"value", 1 + below(40)}});
    }
    void correct() {
        ask_for("correct", "/v1/usage/correct", {{"feature", "calls"}, {"value", 1 + below(15)}});
    }
    void invoice() { ask_for("invoice", "/v1/billing/invoice", Json::object()); }

    void settle() {
        const Answer listed = look("/v1/billing/invoices?customer=" + customer_);
        if (!listed.ok() || listed.body["invoices"].empty()) return;
        const Json& invoices = listed.body["invoices"];
        // Mostly one that is open, where there is one.
        std::size_t chosen = below(invoices.size());
        for (std::size_t at = 0; at < invoices.size() && chance(90); ++at) {
            if (invoices[at]["status"] != "open") continue;
            chosen = at;
            break;
        }
        const std::string id = invoices[chosen]["id"];
        switch (below(5)) {
            case 0:
                ask("void", "/v1/invoices/" + id + "/void", {{"reason", "test"}});
                return;
            case 1:
                ask("mark-paid", "/v1/invoices/" + id + "/mark-paid", {{"reference", "by hand"}});
                return;
            default:
                meet_page(ask("pay", "/v1/billing/invoice/" + id + "/pay", Json::object()));
        }
    }
    void override_limit() {
        if (chance(40)) {
            ask_for("override", "/v1/overrides/remove", {{"feature", "calls"}});
        } else {
            ask_for("override", "/v1/overrides", {{"feature", "calls"}, {"limit", below(150)}});
        }
    }
    void cancel() {
        const Json body = chance(50) ? Json{{"immediate", chance(50)}} : Json::object();
        ask_for("cancel", "/v1/subscriptions/cancel", body);
    }
    void uncancel() { ask_for("uncancel", "/v1/subscriptions/uncancel", Json::object()); }
    void change_settings() {
        Json body{{"autoCollect", chance(60)}, {"requirePaymentMethod", chance(60)}};
        body["thresholdEnabled"] = chance(30);
        body["thresholdAmount"] = 300 + 100 * below(10);
        if (body["thresholdEnabled"] == false) body.erase("thresholdAmount");
        if (body["autoCollect"] == false) body["thresholdEnabled"] = false;
        if (body["autoCollect"] == false) body.erase("thresholdAmount");
        ask("settings", "/v1/billing/settings", std::move(body));
    }

    PaymentMix& mix_;
    ApiClient api_;
    std::mt19937_64 random_;
    const std::string name_;
    std::string customer_;  // of this step
    int sent_ = 0;
};

void MixClient::step() {
    static constexpr std::array<Choice, 14> kChoices = {{{&MixClient::attach, 14},
                                                         {&MixClient::buy_pack, 8},
                                                         {&MixClient::come_back_to_a_page, 6},
                                                         {&MixClient::set_up_a_card, 6},
                                                         {&MixClient::remove_a_card, 2},
                                                         {&MixClient::track_calls, 24},
                                                         {&MixClient::track_gpt, 6},
                                                         {&MixClient::correct, 4},
                                                         {&MixClient::invoice, 11},
                                                         {&MixClient::settle, 10},
                                                         {&MixClient::override_limit, 3},
                                                         {&MixClient::cancel, 2},
                                                         {&MixClient::uncancel, 2},
                                                         {&MixClient::change_settings, 2}}};
    customer_ = mix_.customers_[below(mix_.customers_.size())];
    auto left = static_cast<int>(below(100));
    for (const Choice& choice : kChoices) {
        left -= choice.weight;
        if (left >= 0) continue;
        (this->*choice.step)();
        break;
    }
    ++mix_.answered_;
}

PaymentMix::PaymentMix(const ServerProcess& server, std::uint64_t seed, int customers)
    : server_(server), seed_(seed) {
    for (int number = 0; number < customers; ++number)
        customers_.push_back("payer-" + std::to_string(number));
}

void PaymentMix::open(ApiClient& api) const {
    for (std::size_t at = 0; at < customers_.size(); ++at) {
        api.customer(customers_[at]);
        if (at % 3 == 0) continue;
        save_card(api, customers_[at]);
        static_cast<void>(api.attach(customers_[at], at % 3 == 1 ? "pro" : "max"));
    }
}

void PaymentMix::run(int clients, int steps) {
    ++runs_;
    in_parallel(clients, [&](int number) {
        const std::string name = fmt::format("run{}-client{}", runs_, number);
        const auto of_client = static_cast<std::uint64_t>(runs_ * 1'000 + number);
        MixClient client(*this, seed_ * 1'000'003 + of_client, name);
        for (int done = 0; done < steps; ++done) client.step();
    });
}

std::map<std::string, int> PaymentMix::answers() const {
    const std::lock_guard lock(mutex_);
    return answers_;
}

void PaymentMix::count(const std::string& step, int status) {
    const std::lock_guard lock(mutex_);
    ++answers_[fmt::format("{} {}", step, status)];
}

void PaymentMix::remember_page(const std::string& customer, const std::string& page) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string>& pages = pages_[customer];
    if (pages.size() == kMostPages) pages.erase(pages.begin());
    pages.push_back(page);
}

std::string PaymentMix::old_page(const std::string& customer, std::uint64_t random) {
    const std::lock_guard lock(mutex_);
    const std::vector<std::string>& pages = pages_[customer];
    return pages.empty() ? std::string() : pages[random % pages.size()];
}

}  // namespace quipu::e2e
