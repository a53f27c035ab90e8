// Promises that hold whatever is sent, stated over random streams.
#include <gtest/gtest.h>

#include <set>

#include "model/naive_ledger.h"
#include "model/real_ledger.h"
#include "model/workload.h"
#include "rating/price.h"
#include "support/literals.h"

namespace quipu::testing {
namespace {

using base::Quantity;

constexpr std::uint64_t kStreams = 200;

// Calls visit(ledger just after the step, step, what it answered) along one stream.
template <typename Visit>
RealLedger run(const WorkloadOptions& options, Visit&& visit) {
    RealLedger real(workload_catalog(options.seed), options.start);
    for (const WorkloadStep& step : make_workload(options)) {
        const ledger::Handled handled = real.handle(step.record, step.now);
        visit(real, step, handled);
    }
    return real;
}

WorkloadOptions stream(std::uint64_t seed) {
    WorkloadOptions options;
    options.seed = seed;
    options.duplicates = 0;
    return options;
}

template <typename Property>
void for_each_stream(Property&& property) {
    for (std::uint64_t seed = 1; seed <= kStreams; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        property(stream(seed));
        if (::testing::Test::HasFatalFailure()) {
            return;
        }
    }
}

TEST(Properties, ThePostingsOfAnEventSumToItsValue) {
    for_each_stream([](const WorkloadOptions& options) {
        std::map<std::string, Quantity> reserved;
        run(options,
            [&](const RealLedger&, const WorkloadStep& step, const ledger::Handled& handled) {
                const ledger::Command& command = step.record.command;
                std::optional<Quantity> value;
                if (const auto* track = std::get_if<ledger::Track>(&command)) {
                    value = track->value;
                } else if (const auto* hold = std::get_if<ledger::Reserve>(&command)) {
                    reserved[step.record.id] = hold->value;
                } else if (const auto* work = std::get_if<ledger::ConfirmReservation>(&command)) {
                    value = work->value.value_or(reserved[work->reservation]);
                }
                Quantity sum;
                for (const ledger::Posting& posting : handled.postings) {
                    ASSERT_TRUE(posting.units.is_positive());
                    ASSERT_FALSE(posting.amount.is_negative());
                    sum += posting.units;
                }
                if (!value) {
                    ASSERT_TRUE(handled.postings.empty());
                } else if (!handled.postings.empty()) {
                    ASSERT_EQ(sum, *value);
                }
            });
    });
}

// What is held of one meter in one window, or of all entities' together, or of one grant.
Quantity held(const RealLedger& real, auto&& is_meant) {
    Quantity sum;
    for (const ledger::Reservation& reservation : real.account().reservations) {
        for (const ledger::Posting& posting : reservation.postings) {
            if (is_meant(posting)) {
                sum += posting.amount;
            }
        }
    }
    return sum;
}

const ledger::PlanFeature& terms_of(const RealLedger& real, const ledger::MeterKey& key) {
    const ledger::Subscription* subscription = real.account().find_subscription(key.subscription);
    return real.book().terms(*subscription)->find(key.feature)->grant;
}

TEST(Properties, AHardLimitIsNeverPassed) {
    for_each_stream([](const WorkloadOptions& options) {
        std::set<std::string> configured;
        run(options, [&](const RealLedger& real, const WorkloadStep& step, const ledger::Handled&) {
            if (const auto* set = std::get_if<ledger::SetFeatureConfig>(&step.record.command)) {
                configured.insert(set->config.feature);
            }
            for (const auto& [key, meter] : real.account().meters) {
                const auto* plan =
                    real.book().terms(*real.account().find_subscription(key.subscription));
                if (plan->find(key.feature) == nullptr) {
                    continue;  // add-on credits without a plan that includes the system
                }
                const ledger::PlanFeature& terms = terms_of(real, key);
                for (const auto& [start, window] : meter.windows) {
                    const auto holds = [&](ledger::Bucket bucket, bool pooled) {
                        return held(real, [&](const ledger::Posting& posting) {
                            return posting.bucket == bucket && posting.window.start == start &&
                                   posting.meter.subscription == key.subscription &&
                                   posting.meter.feature == key.feature &&
                                   (pooled || posting.meter.entity == key.entity);
                        });
                    };
                    if (terms.card.included) {
                        ASSERT_LE(window.allowance_used + holds(ledger::Bucket::Allowance, false),
                                  *terms.card.included)
                            << key.feature;
                    }
                    if (configured.contains(key.feature)) {
                        continue;
                    }
                    if (terms.overage == ledger::OverageMode::Block) {
                        ASSERT_TRUE(window.overage.is_zero()) << key.feature;
                    }
                    if (terms.max_overage_units) {
                        ASSERT_LE(window.pooled_overage + holds(ledger::Bucket::Overage, true),
                                  *terms.max_overage_units)
                            << key.feature;
                    }
                }
            }
            for (const ledger::CreditGrant& grant : real.account().grants) {
                const Quantity taken = held(real, [&](const ledger::Posting& posting) {
                    return posting.bucket == ledger::Bucket::Credit && posting.grant == grant.seq;
                });
                ASSERT_LE(taken, grant.remaining);
            }
        });
    });
}

TEST(Properties, TheOverageLimitIsNeverPassedByANewCharge) {
    for_each_stream([](const WorkloadOptions& options) {
        std::map<base::Currency, std::int64_t> before;
        run(options,
            [&](const RealLedger& real, const WorkloadStep& step, const ledger::Handled& handled) {
                std::map<base::Currency, std::int64_t> open;
                for (const auto& [currency, counted] : real.account().unbilled_charges)
                    open[currency] = capped_charges(real.account(), currency, step.now);
                const auto& limit = real.account().overage_limit;
                const bool used = !handled.postings.empty();
                if (used && limit && limit->reaction == ledger::LimitReaction::Block) {
                    for (const auto& [currency, counted] : open) {
                        ASSERT_TRUE(counted <= limit->max_minor || counted <= before[currency]);
                    }
                }
                before = open;
            });
    });
}

// Whoever held enough can settle it, unless the customer's own rights have changed since.
TEST(Properties, WhatWasHeldCanBeSettled) {
    std::size_t settled = 0;
    for_each_stream([&](const WorkloadOptions& options) {
        std::map<std::string, Quantity> promised;
        run(options,
            [&](const RealLedger&, const WorkloadStep& step, const ledger::Handled& handled) {
                const ledger::Command& command = step.record.command;
                if (std::holds_alternative<ledger::SetFeatureConfig>(command) ||
                    std::holds_alternative<ledger::SetOverageLimit>(command) ||
                    std::holds_alternative<ledger::Attach>(command)) {
                    promised.clear();
                } else if (const auto* hold = std::get_if<ledger::Reserve>(&command)) {
                    promised[step.record.id] = hold->value;
                } else if (const auto* work = std::get_if<ledger::ConfirmReservation>(&command)) {
                    const auto held = promised.find(work->reservation);
                    const auto* answer = std::get_if<ledger::UsageAnswer>(&handled.outcome);
                    if (answer == nullptr || held == promised.end() ||
                        work->value.value_or(held->second) > held->second) {
                        return;
                    }
                    ASSERT_NE(answer->code, ledger::Code::LimitExceeded) << step.record.id;
                    ++settled;
                }
            });
    });
    EXPECT_GT(settled, 100U);
}

TEST(Properties, InvoicesSumAndNumbersHaveNoGaps) {
    for_each_stream([](const WorkloadOptions& options) {
        const RealLedger real = run(options, [](auto&&...) {});
        std::uint32_t sequence = 0;
        for (const ledger::Invoice& invoice : real.invoices()) {
            std::int64_t sum = 0;
            for (const ledger::InvoiceLine& line : invoice.lines) {
                sum += line.amount_minor;
            }
            ASSERT_EQ(sum, invoice.total_minor);
            ASSERT_GE(invoice.total_minor, 0);
            ASSERT_EQ(invoice.sequence, ++sequence);
            ASSERT_FALSE(invoice.lines.empty());
        }
    });
}

TEST(Properties, WhatIsInvoicedAndUnbilledIsThePriceOfEachWindow) {
    for_each_stream([](const WorkloadOptions& options) {
        const RealLedger real = run(options, [](auto&&...) {});
        using Key = std::tuple<std::uint32_t, std::string, std::string, base::Instant>;
        std::map<Key, std::int64_t> billed;
        for (const ledger::Invoice& invoice : real.invoices()) {
            for (const ledger::InvoiceLine& line : invoice.lines) {
                if (line.kind == ledger::LineKind::Usage) {
                    billed[{line.subscription, line.feature, line.entity, line.period.start}] +=
                        line.amount_minor;
                }
            }
        }
        for (const auto& [currency, lines] :
             ledger::unbilled_usage(real.account(), real.book(), std::nullopt)) {
            for (const ledger::InvoiceLine& line : lines) {
                billed[{line.subscription, line.feature, line.entity, line.period.start}] +=
                    line.amount_minor;
            }
        }
        for (const auto& [key, meter] : real.account().meters) {
            for (const auto& [start, window] : meter.windows) {
                const std::int64_t accounted =
                    billed[{key.subscription, key.feature, key.entity, start}];
                ASSERT_EQ(accounted, window.charge_minor);
                if (window.overage.is_positive()) {
                    ASSERT_EQ(accounted, naive_price(terms_of(real, key).card, window.overage));
                }
            }
        }
    });
}

TEST(Properties, CheckSaysYesExactlyWhenAnImmediateTrackSucceeds) {
    for_each_stream([](WorkloadOptions options) {
        options.late = 0;
        RealLedger real(workload_catalog(options.seed), options.start);
        for (const WorkloadStep& step : make_workload(options)) {
            const auto* track = std::get_if<ledger::Track>(&step.record.command);
            if (track == nullptr) {
                (void)real.handle(step.record, step.now);
                continue;
            }
            const auto asked = real.check(track->feature, track->entity, track->value, step.now);
            const ledger::Handled handled = real.handle(step.record, step.now);
            const auto& answer = std::get<ledger::UsageAnswer>(handled.outcome);
            const bool tracked = answer.code == ledger::Code::Tracked ||
                                 answer.code == ledger::Code::TrackedOverage ||
                                 answer.code == ledger::Code::AddonCreditsUsed ||
                                 answer.code == ledger::Code::AccessGranted ||
                                 answer.code == ledger::Code::OverageAllowed;
            ASSERT_EQ(asked.allowed, tracked) << step.record.id;
            ASSERT_EQ(asked.postings, handled.postings);
        }
    });
}

// Ticks and checks in between, at random moments, are not felt.
TEST(Properties, HowOftenTheClockIsLookedAtChangesNothing) {
    for_each_stream([](const WorkloadOptions& options) {
        const RealLedger once = run(options, [](auto&&...) {});
        RealLedger often(workload_catalog(options.seed), options.start);
        base::Instant last = options.start;
        std::uint64_t turn = options.seed;
        for (const WorkloadStep& step : make_workload(options)) {
            const std::int64_t gap = step.now.micros - last.micros;
            for (std::int64_t part = 1; part < 5; ++part) {
                often.tick(base::Instant{last.micros + gap / 5 * part});
            }
            (void)often.check(turn++ % 2 == 0 ? "api" : "gpt", {}, 3_u, step.now);
            (void)often.handle(step.record, step.now);
            last = step.now;
        }
        ASSERT_EQ(often.invoices(), once.invoices());
        ASSERT_TRUE(often.account() == once.account());
    });
}

TEST(Properties, TheSameStreamGivesTheSameState) {
    for_each_stream([](const WorkloadOptions& options) {
        const RealLedger first = run(options, [](auto&&...) {});
        const RealLedger second = run(options, [](auto&&...) {});
        ASSERT_EQ(first.invoices(), second.invoices());
        ASSERT_TRUE(first.account() == second.account());
    });
}

// The workload's own promises, on which end-to-end tests rest.
TEST(Workload, IsTheSameForASeedAndKeepsItsDuplicatesUnchanged) {
    WorkloadOptions options;
    options.commands = 2000;
    options.customers = 9;
    options.duplicates = 20;
    const auto first = make_workload(options);
    const auto second = make_workload(options);
    ASSERT_EQ(first.size(), options.commands);
    std::map<std::string, std::size_t> contents;
    std::size_t duplicates = 0;
    std::size_t late = 0;
    std::set<std::string> customers;
    base::Instant last = options.start;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const ledger::CommandRecord& record = first[i].record;
        ASSERT_EQ(record.id, second[i].record.id);
        ASSERT_EQ(first[i].now, second[i].now);
        ASSERT_LE(last, first[i].now);
        last = first[i].now;
        customers.insert(record.customer);
        const bool seen = contents.contains(record.id);
        ASSERT_EQ(seen, first[i].duplicate);
        if (seen) {
            ASSERT_EQ(contents[record.id], record.command.index());
        }
        if (seen) ++duplicates;
        if (record.occurred_at) ++late;
        contents[record.id] = record.command.index();
    }
    EXPECT_EQ(customers.size(), options.customers);
    EXPECT_GT(duplicates, options.commands / 10);
    EXPECT_GT(late, options.commands / 20);
}

// What is left of a throw of many: no two are equal by chance.
std::set<base::Int128> fine_values(std::uint64_t seed) {
    WorkloadOptions options;
    options.seed = seed;
    options.commands = 2000;
    options.duplicates = 0;
    std::set<base::Int128> values;
    for (const WorkloadStep& step : make_workload(options)) {
        const auto* track = std::get_if<ledger::Track>(&step.record.command);
        if (track != nullptr && track->value.coefficient() % 1'000'000 != 0) {
            values.insert(track->value.coefficient());
        }
    }
    return values;
}

// Two hundred seeds of one stream, each a throw further than the last, judged next to nothing.
TEST(Workload, IsAnotherStreamForTheNextSeed) {
    const auto first = fine_values(1);
    ASSERT_GT(first.size(), 50U);
    std::size_t common = 0;
    for (const base::Int128& value : fine_values(2)) common += first.count(value);
    EXPECT_LT(common, first.size() / 10);
}

}  // namespace
}  // namespace quipu::testing
