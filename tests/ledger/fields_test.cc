// The list of fields beside a struct is whole: what is stored, shown, limited, compared and
// generated follows from it.
#include <gtest/gtest.h>

#include <boost/pfr/tuple_size.hpp>
#include <set>
#include <type_traits>
#include <utility>

#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/identity.h"
#include "ledger/notification.h"
#include "ledger/outcome.h"
#include "ledger/record_limits.h"

namespace quipu::ledger {
namespace {

// `left_out`: members that have rows of their own.
template <typename T>
constexpr bool is_whole(std::size_t left_out = 0) {
    return boost::pfr::tuple_size_v<T> == base::kFieldCount<T> + left_out;
}

template <typename Variant>
void expect_whole_alternatives() {
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, Variant>>(
        []<typename T>(std::type_identity<T>) {
            EXPECT_TRUE(is_whole<T>()) << __PRETTY_FUNCTION__ << " has another number of fields "
                                       << "than its QUIPU_FIELDS";
        });
}

TEST(Fields, EachCommandNamesAllOfIts) {
    expect_whole_alternatives<AnyCommand>();
}

TEST(Fields, EachEventNamesAllOfIts) {
    expect_whole_alternatives<AnyEvent>();
}

TEST(Fields, EachValueOfRowsNamesAllOfIts) {
    using Values = std::variant<
        base::Period, rating::Tier, rating::RateCard, Feature, Rollover, PlanFeature, Plan,
        CreditCost, CreditSystem, CreditPack, Catalog, Subscription, FeatureConfig, Override,
        Posting, Reservation, PaymentMethod, PaymentIntent, Dunning, OverageBlock, LeastCharge,
        BillingSettings, SettingsPatch, OverageLimit, AccountHead, RolloverLot, MeterWindow,
        CreditGrant, Entity, EntityKey, MeterKey, ApiKey, Customer, WebhookEndpoint, CreditsView,
        AttachAnswer, AddonAnswer, EntityAnswer, EntityRefused, InvoiceAnswer, Done, PaymentAnswer,
        CustomerAnswer, Changes, SyncReport, SyncAnswer, Rejection, Refused, UsageAnswer,
        rating::TierStep, InvoiceLine, Invoice, Fact, Notification>;
    expect_whole_alternatives<Values>();
    constexpr std::size_t kCatalogs = 1;
    EXPECT_TRUE(is_whole<Organisation>(kCatalogs));
}

// Makes each text of a value too long, one after the other, and asks what is made of it.
class TextStretcher {
public:
    TextStretcher(CommandRecord& record, std::string path)
        : record_(record), path_(std::move(path)) {}

    template <typename T>
    void each(T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            stretch(value);
        } else if constexpr (base::HasFields<T>) {
            base::for_each_field(value, [this](std::string_view name, auto& member) {
                TextStretcher(record_, path_ + "." + std::string(name)).each(member);
            });
        }
    }
    template <typename T>
    void each(std::optional<T>& value) {
        each(value.emplace());
        value.reset();
    }
    template <typename T>
    void each(base::Boxed<T>& value) {
        each(value.emplace());
        value = {};
    }
    template <typename T>
    void each(std::vector<T>& values) {
        each(values.emplace_back());
        values.clear();
    }

private:
    void stretch(std::string& text) {
        const std::string before = std::exchange(text, std::string(kMaxMetadataBytes + 1, 'x'));
        EXPECT_TRUE(problem_of(record_).has_value()) << path_ << " may be of any length.";
        text = std::string("a\0b", 3);
        EXPECT_TRUE(problem_of(record_).has_value()) << path_ << " may hold a NUL.";
        text = before;
    }

    CommandRecord& record_;
    std::string path_;
};

TEST(Fields, NoTextOfACommandIsWithoutALimit) {
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyCommand>>(
        []<typename C>(std::type_identity<C>) {
            CommandRecord record{.id = "1", .command = C{}};
            TextStretcher(record, std::string(C::kKind.name)).each(std::get<C>(record.command));
        });
}

TEST(Fields, EachKindOfCommandHasItsOwnNumberAndName) {
    std::set<int> numbers;
    std::set<std::string_view> names;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyCommand>>(
        [&]<typename C>(std::type_identity<C>) {
            EXPECT_GE(C::kKind.number, 16);
            EXPECT_TRUE(numbers.insert(C::kKind.number).second) << C::kKind.name;
            EXPECT_TRUE(names.insert(C::kKind.name).second) << C::kKind.name;
        });
}

}  // namespace
}  // namespace quipu::ledger
