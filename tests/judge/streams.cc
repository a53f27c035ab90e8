#include "judge/streams.h"

#include <algorithm>
#include <array>
#include <set>

#include "judge/dice.h"
#include "judge/stream_catalog.h"

namespace quipu::judge {

using base::Instant;
using base::Quantity;

namespace {

constexpr std::array<std::pair<std::string_view, Topic>, 24> kTopics{
    {{"late", Topic::Late},
     {"switch", Topic::Switch},
     {"cancel", Topic::Cancel},
     {"publish", Topic::Publish},
     {"rollover", Topic::Rollover},
     {"credits", Topic::Credits},
     {"costs", Topic::Costs},
     {"systems", Topic::Systems},
     {"entities", Topic::Entities},
     {"seats", Topic::Seats},
     {"voids", Topic::Voids},
     {"corrections", Topic::Corrections},
     {"currencies", Topic::Currencies},
     {"caps", Topic::Caps},
     {"long_plans", Topic::LongPlans},
     {"addons", Topic::Addons},
     {"resets", Topic::Resets},
     {"straddling", Topic::Straddling},
     {"fractions", Topic::Fractions},
     {"volume", Topic::Volume},
     {"before", Topic::Before},
     {"refusals", Topic::Refusals},
     {"small", Topic::Small},
     {"trials", Topic::Trials}}};

// What a busy customer asks for next.
class Writing {
public:
    Writing(std::uint64_t seed, Topics topics) : dice_(seed), topics_(topics), seed_(seed) {
        stream_.start = clock_;
        stream_.has_card = topics_.has(Topic::Small);
        stream_.catalog = catalog_ = some_catalog(dice_, topics_);
    }

    Stream write() {
        ask(ledger::Attach{first_plan(), {}, {}});
        if (topics_.has(Topic::Addons) && dice_.percent(60)) ask(ledger::Attach{"extra", {}, {}});
        if (topics_.has(Topic::Entities)) add_members(dice_.percent(5) ? 100 : 3);
        const std::uint64_t commands = 20 + dice_.below(30);
        for (std::uint64_t i = 0; i < commands; ++i) {
            pass_time();
            something();
        }
        return std::move(stream_);
    }

private:
    void ask(ledger::Command command, std::optional<Instant> happened = std::nullopt) {
        Fact fact;
        fact.recorded = clock_;
        fact.record.organisation = "org_1";
        fact.record.customer = "cus_0";
        fact.record.id =
            "event-" + std::to_string(seed_) + "-" + std::to_string(stream_.facts.size());
        fact.record.occurred_at = happened;
        fact.record.command = std::move(command);
        stream_.facts.push_back(std::move(fact));
    }

    void pass_time() {
        clock_.micros += static_cast<std::int64_t>(dice_.below(8 * 3600)) * base::kMicrosPerSecond;
        if (topics_.has(Topic::Small) && dice_.percent(10))
            clock_.micros += static_cast<std::int64_t>(dice_.below(300)) * base::kMicrosPerDay;
        if (dice_.percent(15))
            clock_.micros += static_cast<std::int64_t>(dice_.below(40)) * base::kMicrosPerDay;
    }

    // Plans begin and end at midnight, so that days do not straddle their periods.
    void wait_for_midnight() {
        if (topics_.has(Topic::Straddling)) return;
        const std::int64_t past = clock_.micros % base::kMicrosPerDay;
        if (past != 0) clock_.micros += base::kMicrosPerDay - past;
    }

    std::string first_plan() {
        if (topics_.has(Topic::Small) && dice_.percent(70)) return "free";
        if (topics_.has(Topic::LongPlans) && dice_.percent(60)) return "year";
        if (topics_.has(Topic::Currencies) && dice_.percent(60)) return "euro";
        return some_plan();
    }
    std::string some_plan() {
        const std::uint64_t roll = dice_.below(10);
        if (roll < 2) return "free";
        if (roll < 5) return "basic";
        if (roll < 6) return "flat";
        if (roll < 7 && topics_.has(Topic::Currencies)) return "euro";
        if (roll < 8 && topics_.has(Topic::LongPlans)) return "year";
        return "pro";
    }
    std::string some_feature() {
        if (topics_.has(Topic::Costs) && dice_.percent(20)) return "tokens";
        if (topics_.has(Topic::Credits) && dice_.percent(50))
            return dice_.pick(std::array{"gpt", "mini", "ai"});
        return dice_.percent(65) ? "api" : "mail";
    }
    std::string some_entity() {
        if (!topics_.has(Topic::Entities) || !dice_.percent(40)) return {};
        return "member-" + std::to_string(dice_.below(members_));
    }
    Quantity some_value() {
        if (topics_.has(Topic::Fractions) && dice_.percent(40))
            return Quantity::from_coefficient(static_cast<base::Int128>(dice_.below(90'000)) *
                                              1'000'000);
        return dice_.whole(dice_.percent(80) ? 30 : 120);
    }
    std::optional<Instant> some_time_ago() {
        if (!topics_.has(Topic::Late) || !dice_.percent(30)) return std::nullopt;
        const std::int64_t days = static_cast<std::int64_t>(dice_.below(45)) * base::kMicrosPerDay;
        const std::int64_t day = static_cast<std::int64_t>(dice_.below(86'400));
        const Instant then{clock_.micros - days - day * base::kMicrosPerSecond};
        return topics_.has(Topic::Before) ? then : std::max(then, stream_.start);
    }

    void add_members(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            ask(ledger::AddEntity{"members", "member-" + std::to_string(i), {}, {}, {}});
        }
        members_ = count;
    }

    void something() {
        if (dice_.percent(10)) return ask(ledger::GenerateInvoice{});
        if (dice_.percent(35) && something_of_a_topic()) return;
        const std::string feature = some_feature();
        const std::string entity = some_entity();
        const auto happened = some_time_ago();
        ask(ledger::Track{feature, some_value(), entity, {}, dice_.percent(15)}, happened);
    }

    bool something_of_a_topic() {
        for (int i = 0; i < 6; ++i) {
            if (something_of_some_topic()) return true;
        }
        return false;
    }
    // Each asks whether its topic is among the stream's.
    bool something_of_some_topic() {
        switch (dice_.below(9)) {
            case 0:
                return when(Topic::Switch, [&] { change_plan(); });
            case 1:
                return when(Topic::Cancel, [&] { end_or_begin(); });
            case 2:
                return when(Topic::Publish, [&] { publish(); });
            case 3:
                return when(Topic::Credits, [&] { buy(); });
            case 4:
                return when(Topic::Seats, [&] { move_seats(); });
            case 5:
                return when(Topic::Voids, [&] { withdraw(); });
            case 6:
                return when(Topic::Corrections, [&] { take_back(); });
            case 7:
                return when(Topic::Caps, [&] { set_cap(); });
            default:
                return configure();
        }
    }
    template <typename Do>
    bool when(Topic topic, Do&& act) {
        if (!topics_.has(topic)) return false;
        act();
        return true;
    }

    void change_plan() {
        wait_for_midnight();
        ask(ledger::Attach{some_plan(), {}, {}});
    }
    void end_or_begin() {
        wait_for_midnight();
        const std::uint64_t roll = dice_.below(10);
        if (roll < 3) return ask(ledger::Cancel{{}, false});
        if (roll < 5) return ask(ledger::Cancel{{}, true});
        if (roll < 7) return ask(ledger::Uncancel{{}});
        ask(ledger::Attach{some_plan(), {}, {}});
    }
    void publish() {
        catalog_ = changed(catalog_, dice_, topics_, settled_);
        ask(ledger::PublishCatalog{catalog_});
    }
    void buy() {
        const char* const pack =
            topics_.has(Topic::Systems) && dice_.percent(40) ? "paint" : "boost";
        ask(ledger::PurchaseAddon{pack, static_cast<std::int64_t>(1 + dice_.below(2)), {}});
    }
    void move_seats() {
        const std::string name = "seat-" + std::to_string(dice_.below(4));
        if (dice_.percent(65)) return ask(ledger::AddEntity{"seats", name, {}, {}, {}});
        ask(ledger::RemoveEntity{"seats", name});
    }
    void withdraw() {
        const auto sequence = static_cast<std::uint32_t>(1 + dice_.below(8));
        ask(ledger::VoidInvoice{ledger::invoice_id("cus_0", sequence), {}});
    }
    // Of what was tracked before, some or all or too much.
    void take_back() {
        std::vector<const Fact*> tracked;
        for (const Fact& fact : stream_.facts) {
            if (std::holds_alternative<ledger::Track>(fact.record.command))
                tracked.push_back(&fact);
        }
        if (tracked.empty()) return;
        const Fact fact = *tracked[dice_.below(tracked.size())];
        const auto& track = std::get<ledger::Track>(fact.record.command);
        const Quantity all = std::max(track.value, Quantity::from_int(1));
        const Quantity value = dice_.percent(50) ? all : dice_.whole(15) + Quantity::from_int(1);
        ask(ledger::CorrectUsage{track.feature, track.entity, value, {}},
            fact.record.occurred_at.value_or(fact.recorded));
    }
    void set_cap() {
        if (dice_.percent(15)) return ask(ledger::SetOverageLimit{});
        const auto most = static_cast<std::int64_t>(dice_.below(3000));
        ask(ledger::SetOverageLimit{
            ledger::OverageLimit{most, dice_.percent(85) ? ledger::LimitReaction::Block
                                                         : ledger::LimitReaction::Notify}});
    }
    // The customer's own choice; to charge where the plan has no price is refused one day.
    bool configure() {
        const bool could_refuse = topics_.has(Topic::Rollover) && !topics_.has(Topic::Refusals);
        if (could_refuse || !dice_.percent(30)) return false;
        ledger::FeatureConfig config{some_feature(), {}, {}};
        if (dice_.percent(40)) config.overage = ledger::OverageMode::Block;
        if (dice_.percent(40)) config.max_overage_units = dice_.whole(60);
        ask(ledger::SetFeatureConfig{config});
        return true;
    }

    Dice dice_;
    Topics topics_;
    std::uint64_t seed_;
    Instant clock_{1'801'353'600'000'000};  // 2027-01-31T00:00:00Z, so that months clamp
    ledger::Catalog catalog_;
    std::set<std::string> settled_;  // plans that gained or lost a feature
    std::uint64_t members_ = 1;
    Stream stream_;
};

}  // namespace

Topics Topics::with(Topic topic) const {
    Topics more = *this;
    more.bits_ |= static_cast<std::uint32_t>(topic);
    return more;
}

std::optional<Topics> Topics::parse(std::string_view names) {
    Topics topics;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        const auto known = std::ranges::find(kTopics, name, [](const auto& t) { return t.first; });
        if (known == kTopics.end() && name != "all") return std::nullopt;
        for (const auto& [text, topic] : kTopics) {
            if (text == name || name == "all") topics = topics.with(topic);
        }
    }
    return topics;
}

std::string Topics::names() const {
    std::string names;
    for (const auto& [text, topic] : kTopics) {
        if (!has(topic)) continue;
        if (!names.empty()) names += ',';
        names += text;
    }
    return names;
}

Stream make_stream(std::uint64_t seed, Topics topics) {
    return Writing(seed, topics).write();
}

}  // namespace quipu::judge
