#include "judge/compare.h"

#include <algorithm>
#include <sstream>

#include "judge/invoicing.h"
#include "judge/product.h"
#include "judge/story.h"

namespace quipu::judge {

using base::Instant;
using base::Quantity;
using ledger::Code;

namespace {

// In USD and EUR (docs/contract/billing-settings.md#provider-minimum).

std::string show(const std::optional<Quantity>& value) {
    return value ? value->to_string() : "-";
}
std::string show(const std::optional<Rational>& value) {
    return value ? shown(*value).to_string() : "-";
}

// How much of an answer is compared. What a plan goes on with from another one's window is used,
// but the contract does not say whether it is shown as this one's usage.
enum class Numbers { None, ButUsage, All };

Numbers numbers_of(const Answer& answer) {
    return answer.carries_on ? Numbers::ButUsage : Numbers::All;
}

std::string show(const Answer& answer, Numbers numbers) {
    std::ostringstream out;
    out << ledger::name_of(answer.code);
    if (answer.scheduled_at) out << " on " << base::format_instant(*answer.scheduled_at);
    if (numbers == Numbers::All && answer.numbers)
        out << " usage " << shown(answer.usage).to_string();
    if (numbers != Numbers::None && answer.numbers) {
        out << " limit " << show(answer.limit) << " balance " << show(answer.balance) << " overage "
            << shown(answer.overage).to_string();
    }
    return out.str();
}

std::string show(const ledger::UsageAnswer& answer, Numbers numbers) {
    std::ostringstream out;
    out << ledger::name_of(answer.code);
    if (numbers == Numbers::All && answer.metered) out << " usage " << show(answer.usage);
    if (numbers != Numbers::None && answer.metered) {
        out << " limit " << show(answer.limit) << " balance " << show(answer.balance) << " overage "
            << answer.overage_units.to_string();
    }
    return out.str();
}

// In the words of the judge's answers.
struct Showing {
    Numbers numbers;

    std::string operator()(const ledger::UsageAnswer& answer) const {
        return show(answer, numbers);
    }
    std::string operator()(const ledger::AttachAnswer& answer) const {
        Answer same;
        same.scheduled_at = answer.trial_ends_at ? answer.trial_ends_at : answer.scheduled_at;
        return show(same, Numbers::None);
    }
    std::string operator()(const ledger::EntityAnswer& answer) const {
        Answer same;
        same.scheduled_at = answer.remove_at;
        return show(same, Numbers::None);
    }
    std::string operator()(const ledger::EntityRefused&) const { return "limit_exceeded"; }
    std::string operator()(const ledger::Rejection& rejection) const {
        return std::string(ledger::name_of(rejection.code));
    }
    template <typename Other>
    std::string operator()(const Other&) const {
        return show(Answer{}, Numbers::None);
    }
};

template <typename Document>
std::string all(const std::vector<Document>& invoices) {
    std::string said;
    for (const Document& invoice : invoices) said += '\n' + text(invoice);
    return said;
}

// One stream, one step after the other.
class Running {
public:
    explicit Running(const Stream& stream)
        : stream_(stream),
          judge_(stream.catalog, stream.start, stream.has_card ? kLeastCharge : 0),
          product_(stream.catalog, stream.start, stream.has_card) {}

    std::optional<Difference> run() {
        for (step_ = 0; step_ < stream_.facts.size(); ++step_) {
            if (auto difference = step(stream_.facts[step_])) return difference;
        }
        return std::nullopt;
    }

private:
    std::optional<Difference> unless_equal(std::string kind, std::string judge,
                                           std::string product) const {
        if (judge == product) return std::nullopt;
        return Difference{std::move(kind), step_, std::move(judge), std::move(product)};
    }

    std::optional<Difference> compare_answers(const Fact& fact, const Answer& answer,
                                              const ledger::Outcome& outcome) const {
        // The numbers of late usage are those of its window; both are asked about now afterwards.
        const Numbers numbers = fact.record.occurred_at ? Numbers::None : numbers_of(answer);
        std::string expected = show(answer, numbers);
        std::string heard = std::visit(Showing{numbers}, outcome);
        // Why an invoice cannot be voided has more codes than the judge knows.
        if (std::holds_alternative<ledger::VoidInvoice>(fact.record.command)) {
            if (expected != "ok") expected = "refused";
            if (heard != "ok") heard = "refused";
        }
        return unless_equal("answer", std::move(expected), std::move(heard));
    }

    std::optional<Difference> step(const Fact& fact) {
        judge_.record(fact);
        Judge::Told told = judge_.tell(fact.recorded);
        const ledger::Outcome outcome = product_.handle(fact);
        if (auto d = compare_answers(fact, told.last, outcome)) return d;
        if (auto d = unless_equal("invoices", all(told.world.invoices), all(product_.invoices())))
            return d;
        const auto open = unbilled(told.world);
        if (auto d = unless_equal("unbilled", text(open), text(product_.unbilled()))) return d;
        if (auto d =
                unless_equal("unbilled counter", text(open), text(product_.unbilled_counter())))
            return d;
        return check_everything(told.world, fact.recorded);
    }

    std::optional<Difference> check_everything(World& world, Instant now) {
        std::vector<std::string> slugs;
        for (const ledger::Feature& feature : stream_.catalog.features)
            slugs.push_back(feature.slug);
        for (const ledger::CreditSystem& system : stream_.catalog.credit_systems)
            slugs.push_back(system.slug);
        for (const std::string& slug : slugs) {
            for (const std::int64_t value : {1, 25}) {
                if (auto d = check(world, slug, "", value, now)) return d;
            }
            if (world.entity("member-1") == nullptr) continue;
            if (auto d = check(world, slug, "member-1", 1, now)) return d;
        }
        return std::nullopt;
    }
    std::optional<Difference> check(World& world, const std::string& slug,
                                    const std::string& entity, std::int64_t value, Instant now) {
        const Answer answer = check_in(world, slug, entity, value);
        const Numbers numbers = numbers_of(answer);
        const std::string expected = show(answer, numbers);
        const std::string heard =
            show(product_.check(slug, entity, Quantity::from_int(value), now), numbers);
        return unless_equal(
            "check " + slug + ' ' + std::to_string(value) + (entity.empty() ? "" : " by " + entity),
            expected, heard);
    }

    const Stream& stream_;
    Judge judge_;
    Product product_;
    std::size_t step_ = 0;
};

std::string first_word(const std::string& words) {
    return words.substr(0, words.find(' '));
}

bool still_differs(const Stream& stream, const Difference& difference) {
    const auto now = first_difference(stream);
    return now && first_word(now->kind) == first_word(difference.kind);
}

}  // namespace

std::optional<Difference> first_difference(const Stream& stream) {
    return Running(stream).run();
}

Stream shrunken(Stream stream, const Difference& difference) {
    stream.facts.resize(std::min(stream.facts.size(), difference.step + 1));
    for (bool again = true; again;) {
        again = false;
        // The first stays: without the plan that it attaches, the rest would differ for another
        // reason.
        for (std::size_t i = stream.facts.size(); i > 1; --i) {
            Stream less = stream;
            less.facts.erase(less.facts.begin() + static_cast<std::ptrdiff_t>(i - 1));
            if (!still_differs(less, difference)) continue;
            stream = std::move(less);
            again = true;
        }
    }
    return stream;
}

std::string report(std::uint64_t seed, Topics topics) {
    const Stream stream = make_stream(seed, topics);
    const auto found = first_difference(stream);
    if (!found) return "no difference";
    const Stream least = shrunken(stream, *found);
    const Difference difference = first_difference(least).value_or(*found);
    std::ostringstream out;
    out << "seed " << seed << ", topics \"" << topics.names() << "\": " << difference.kind
        << "\nagain: QUIPU_JUDGE_SEED=" << seed << " QUIPU_JUDGE_TOPICS=" << topics.names()
        << " test_judge --gtest_filter='*AgreesWithTheJudge*'\n"
        << text(least.catalog, least.facts) << text(least.facts) << "judge:   " << difference.judge
        << "\nproduct: " << difference.product << '\n';
    return out.str();
}

}  // namespace quipu::judge
