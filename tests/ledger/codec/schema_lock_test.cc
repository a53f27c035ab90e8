// schemas/lock.json lists every message, field, number and type, so that a change of the schema is
// a diff that someone reviews (rules: schemas/README.md).
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "quipu/v1/catalog.pb.h"
#include "quipu/v1/decimal.pb.h"
#include "quipu/v1/invoice.pb.h"
#include "quipu/v1/notification.pb.h"
#include "quipu/v1/record.pb.h"
#include "support/written_files.h"

namespace quipu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

using Numbers = std::map<int, std::string>;

const FileDescriptor* const kFiles[] = {
    v1::Quantity::descriptor()->file(),     v1::Catalog::descriptor()->file(),
    v1::Record::descriptor()->file(),       v1::Invoice::descriptor()->file(),
    v1::Notification::descriptor()->file(), v1::PaymentMethod::descriptor()->file(),
    v1::Reserve::descriptor()->file()};

std::string type_of(const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) return field.message_type()->full_name();
    if (field.type() == FieldDescriptor::TYPE_ENUM) return field.enum_type()->full_name();
    return field.type_name();
}

std::string line_of(const FieldDescriptor& field) {
    std::string line = type_of(field) + " " + field.name();
    if (field.is_repeated()) line = "repeated " + line;
    if (field.has_optional_keyword()) line = "optional " + line;
    if (const auto* oneof = field.real_containing_oneof()) line += " in " + oneof->name();
    return line;
}

void add(const Descriptor& message, std::map<std::string, Numbers>& lock) {
    Numbers& numbers = lock[message.full_name()];
    for (int i = 0; i < message.field_count(); ++i) {
        numbers[message.field(i)->number()] = line_of(*message.field(i));
    }
    for (int i = 0; i < message.nested_type_count(); ++i) add(*message.nested_type(i), lock);
}

void add(const EnumDescriptor& type, std::map<std::string, Numbers>& lock) {
    for (int i = 0; i < type.value_count(); ++i) {
        lock[type.full_name()][type.value(i)->number()] = type.value(i)->name();
    }
}

std::string lock_text() {
    std::map<std::string, Numbers> lock;
    for (const FileDescriptor* file : kFiles) {
        for (int i = 0; i < file->message_type_count(); ++i) add(*file->message_type(i), lock);
        for (int i = 0; i < file->enum_type_count(); ++i) add(*file->enum_type(i), lock);
    }
    std::string text;
    for (const auto& [name, numbers] : lock) {
        text += text.empty() ? "{\n" : ",\n";
        text += "  \"" + name + "\": {";
        bool first = true;
        for (const auto& [number, line] : numbers) {
            text += first ? "\n" : ",\n";
            text += "    \"" + std::to_string(number) + "\": \"" + line + '"';
            first = false;
        }
        text += first ? "}" : "\n  }";
    }
    return text + "\n}\n";
}

TEST(Schemas, EveryFieldIsAsInTheLock) {
    const std::string path = QUIPU_SOURCE_DIR "/schemas/lock.json";
    if (testing::may_write_files()) testing::write_file(path, lock_text());
    EXPECT_EQ(testing::read_file(path).value_or(""), lock_text())
        << "The schemas changed. If only fields were added, run scripts/schema-lock.";
}

TEST(Schemas, EveryFileIsLocked) {
    for (const FileDescriptor* file : kFiles) {
        for (int i = 0; i < file->dependency_count(); ++i)
            EXPECT_NE(std::ranges::find(kFiles, file->dependency(i)), std::end(kFiles))
                << file->dependency(i)->name();
    }
}

TEST(Schemas, EveryEnumStartsUnspecified) {
    for (const FileDescriptor* file : kFiles) {
        for (int i = 0; i < file->enum_type_count(); ++i) {
            const auto* zero = file->enum_type(i)->FindValueByNumber(0);
            ASSERT_NE(zero, nullptr) << file->enum_type(i)->full_name();
            EXPECT_TRUE(zero->name().ends_with("_UNSPECIFIED")) << zero->full_name();
        }
    }
}

void expect_allowed(const FieldDescriptor& field) {
    static const std::set<FieldDescriptor::Type> kBanned{
        FieldDescriptor::TYPE_FLOAT, FieldDescriptor::TYPE_DOUBLE, FieldDescriptor::TYPE_GROUP};
    EXPECT_FALSE(kBanned.contains(field.type())) << field.full_name();
    EXPECT_FALSE(field.is_map()) << field.full_name();
    if (field.message_type() != nullptr) {
        EXPECT_EQ(field.message_type()->file()->package(), "quipu.v1") << field.full_name();
    }
}

TEST(Schemas, NoFloatMapOrForeignMessageIsUsed) {
    for (const FileDescriptor* file : kFiles) {
        for (int i = 0; i < file->message_type_count(); ++i) {
            const Descriptor& message = *file->message_type(i);
            for (int f = 0; f < message.field_count(); ++f) expect_allowed(*message.field(f));
        }
    }
}

}  // namespace
}  // namespace quipu
