// A history told to the judge in a few words, for its own tests.
//
//     History history(catalog, "2027-01-01");
//     history.attach("pro").track("api", 90_u);
//     history.at("2027-02-02").track("api", 5_u);
//     EXPECT_EQ(history.balance("api"), 195);
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "judge/invoicing.h"
#include "judge/judge.h"
#include "support/catalog_builder.h"
#include "support/literals.h"

namespace quipu::judge {

class History {
public:
    History(const ledger::Catalog& payload, std::string_view start)
        : judge_(payload, testing::moment(start)), now_(testing::moment(start)) {}

    History& at(std::string_view when) {
        now_ = testing::moment(when);
        return *this;
    }
    History& ask(ledger::Command command, std::string_view happened = {}) {
        Fact fact;
        fact.recorded = now_;
        fact.record.command = std::move(command);
        if (!happened.empty()) fact.record.occurred_at = testing::moment(happened);
        judge_.record(std::move(fact));
        answer_ = judge_.tell(now_).last;
        return *this;
    }
    History& attach(const std::string& plan) { return ask(ledger::Attach{plan, {}, {}}); }
    History& cancel(bool immediately = false) { return ask(ledger::Cancel{{}, immediately}); }
    History& track(const std::string& feature, base::Quantity value,
                   std::string_view happened = {}) {
        return ask(ledger::Track{feature, value, {}, {}, false}, happened);
    }
    History& track_of(const std::string& entity, const std::string& feature, base::Quantity value) {
        return ask(ledger::Track{feature, value, entity, {}, false});
    }
    History& correct(const std::string& feature, base::Quantity value,
                     std::string_view happened = {}) {
        return ask(ledger::CorrectUsage{feature, {}, value, {}}, happened);
    }
    History& buy(const std::string& pack) { return ask(ledger::PurchaseAddon{pack, 1, {}}); }
    History& invoice() { return ask(ledger::GenerateInvoice{}); }
    History& withdraw(int sequence) {
        return ask(ledger::VoidInvoice{"inv_1_" + std::to_string(sequence), {}});
    }
    History& publish(const ledger::Catalog& payload) {
        return ask(ledger::PublishCatalog{payload});
    }

    [[nodiscard]] const Answer& answer() const { return answer_; }
    [[nodiscard]] bool allowed() const { return answer_.allowed(); }
    [[nodiscard]] Rational balance(const std::string& feature) const {
        return judge_.balance(feature, {}, now_).value_or(Rational(-1));
    }
    [[nodiscard]] std::vector<Invoice> invoices() const { return judge_.invoices(now_); }
    [[nodiscard]] World world() const { return judge_.tell(now_).world; }
    [[nodiscard]] std::int64_t unbilled(base::Currency currency = "USD") const {
        const auto open = judge_.unbilled(now_);
        const auto found = open.find(currency);
        return found == open.end() ? 0 : found->second;
    }
    // Of the newest invoice, in its order.
    [[nodiscard]] std::vector<Line> lines() const {
        const auto all = invoices();
        return all.empty() ? std::vector<Line>{} : all.back().lines;
    }

private:
    Judge judge_;
    base::Instant now_;
    Answer answer_;
};

}  // namespace quipu::judge
