// The judge: the slow, obvious ledger that the real one is held against.
//
// It keeps everything it was ever told and answers each question by sorting that by time and
// telling the story from its beginning, in exact numbers. Nothing is kept from one question to the
// next, so nothing can be forgotten or counted twice on the way. It is written from the contract,
// docs/contract/decided.md included; where that was silent, docs/judge.md says what it does.
//
// Scope: one customer under the manual provider. No reservations, thresholds, payments nor plans
// that start by themselves. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "judge/world.h"
#include "ledger/command.h"

namespace quipu::judge {

// Something that was asked of the ledger, or published: `record` says when it happened.
struct Fact {
    base::Instant recorded;
    ledger::CommandRecord record;
};

class Judge {
public:
    // An invoice of usage alone below the least is not made
    // (docs/contract/invoices.md#below-minimum).
    Judge(const ledger::Catalog& payload, base::Instant opened,
          std::int64_t least_usage_invoice_minor = 0);

    // What is refused has no effect, then or later.
    void record(Fact fact);

    // Everything as it is at `at`, which is not before the newest fact; and what that fact heard.
    struct Told {
        World world;
        Answer last;
    };
    [[nodiscard]] Told tell(base::Instant at) const;

    // --- questions ---
    // What it would hear; it is not recorded.
    [[nodiscard]] Answer would_hear(Fact fact) const;
    [[nodiscard]] Answer check(const std::string& feature, const std::string& entity,
                               const Rational& value, base::Instant at) const;
    // None: unlimited, or there is none.
    [[nodiscard]] std::optional<Rational> balance(const std::string& feature,
                                                  const std::string& entity,
                                                  base::Instant at) const;
    [[nodiscard]] std::map<base::Currency, std::int64_t> unbilled(base::Instant at) const;
    [[nodiscard]] std::vector<Invoice> invoices(base::Instant at) const;

private:
    std::vector<Fact> facts_;  // the first is the catalog it was opened with
    base::Instant opened_;
    std::int64_t least_usage_invoice_minor_ = 0;
};

// In a world that has been told so far.
[[nodiscard]] Answer check_in(World& world, const std::string& feature, const std::string& entity,
                              const Rational& value);

}  // namespace quipu::judge
