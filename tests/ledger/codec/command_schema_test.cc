// Each command stands in the schema with its number, its name and its fields.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Fields that the schema keeps one level deeper, in a message of their own.
const std::set<std::string> kNested = {"config",   "limit",   "granted", "patch",
                                       "settings", "catalog", "payload"};

template <typename C>
void expect_in_schema() {
    const Descriptor& record = *v1::Record::descriptor();
    const FieldDescriptor* field = record.FindFieldByNumber(C::kKind.number);
    ASSERT_NE(field, nullptr) << C::kKind.name << " is not in the oneof of Record.";
    EXPECT_EQ(field->name(), C::kKind.name);
    ASSERT_NE(field->real_containing_oneof(), nullptr) << C::kKind.name;
    const Descriptor& message = *field->message_type();
    const C command{};
    base::for_each_field(command, [&](std::string_view name, const auto& value) {
        if (message.FindFieldByName(std::string(name)) != nullptr) return;
        using Value = std::remove_cvref_t<decltype(value)>;
        EXPECT_TRUE(kNested.contains(std::string(name)))
            << message.name() << " has no field '" << name << "'.";
        // What is not nested in the schema stands there field by field.
        if constexpr (base::HasFields<Value>) {
            base::for_each_field(value, [&](std::string_view inner, const auto&) {
                const bool known =
                    message.FindFieldByName(std::string(inner)) != nullptr ||
                    message.FindFieldByName(std::string(inner) + "_micros") != nullptr ||
                    inner == "created_at";  // the ledger's to say
                EXPECT_TRUE(known) << message.name() << " has no field '" << inner << "'.";
            });
        }
    });
}

TEST(CommandSchema, HasEveryFieldOfEveryCommand) {
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyCommand>>(
        []<typename C>(std::type_identity<C>) { expect_in_schema<C>(); });
}

TEST(CommandSchema, HasNoCommandThatTheLedgerDoesNotKnow) {
    std::set<int> known;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyCommand>>(
        [&]<typename C>(std::type_identity<C>) { known.insert(C::kKind.number); });
    const auto& commands = *v1::Record::descriptor()->FindOneofByName("command");
    for (int at = 0; at < commands.field_count(); ++at)
        EXPECT_TRUE(known.contains(commands.field(at)->number())) << commands.field(at)->name();
}

}  // namespace
}  // namespace quipu::ledger
