// What must not be folded: bytes that are wrong, values out of range, and what only a newer version
// knows.
#include <gtest/gtest.h>

#include <functional>

#include "ledger/codec/command_codec.h"
#include "ledger/record_limits.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger {
namespace {

v1::Record track() {
    v1::Record record;
    record.set_id("evt_1");
    record.mutable_track()->set_feature("api-calls");
    record.mutable_track()->mutable_value()->set_units(1);
    return record;
}

std::string code_of(const std::string& bytes) {
    const base::Result<CommandRecord> decoded = decode_record(bytes);
    if (decoded) {
        return "accepted";
    }
    EXPECT_FALSE(decoded.error().message.empty());
    EXPECT_EQ(decoded.error().message.back(), '.') << decoded.error().message;
    return std::string(decoded.error().code.text());
}

struct Case {
    const char* name;
    const char* code;
    std::function<void(v1::Record&)> spoil;
};

void add_unknown(google::protobuf::Message& message, int number) {
    message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(number, "x");
}

const Case kCases[] = {
    {"Sound", "accepted", [](v1::Record&) {}},
    {"WithoutCommand", "record_without_command", [](v1::Record& r) { r.clear_command(); }},
    {"CommandOfANewerVersion", "record_unknown_command",
     [](v1::Record& r) {
         r.clear_command();
         add_unknown(r, 99);
     }},
    {"FieldOfANewerVersion", "record_unknown_field", [](v1::Record& r) { add_unknown(r, 7); }},
    {"TrackFieldOfANewerVersion", "record_unknown_field",
     [](v1::Record& r) { add_unknown(*r.mutable_track(), 50); }},
    {"QuantityFieldOfANewerVersion", "record_unknown_field",
     [](v1::Record& r) { add_unknown(*r.mutable_track()->mutable_value(), 50); }},
    {"OriginFieldOfANewerVersion", "record_unknown_field",
     [](v1::Record& r) { add_unknown(*r.mutable_origin(), 50); }},
    {"SecondCommandOfANewerVersion", "record_unknown_field",
     [](v1::Record& r) { add_unknown(r, 99); }},
    {"EnumOfANewerVersion", "record_unknown_command",
     [](v1::Record& r) {
         r.mutable_set_feature_config()->set_overage(static_cast<v1::OverageMode>(77));
     }},
    {"NegativeEnum", "record_unknown_command",
     [](v1::Record& r) {
         r.mutable_set_feature_config()->set_overage(static_cast<v1::OverageMode>(-1));
     }},
    {"UnspecifiedEnum", "value_unspecified",
     [](v1::Record& r) { r.mutable_set_overage_limit()->mutable_limit()->set_max_minor(1); }},
    {"UnspecifiedEnumInACatalog", "value_unspecified",
     [](v1::Record& r) {
         r.mutable_publish_payload()->mutable_payload()->add_features()->set_slug("f");
     }},
    {"WithoutId", "field_missing", [](v1::Record& r) { r.clear_id(); }},
    {"WithoutFeature", "field_missing", [](v1::Record& r) { r.mutable_track()->clear_feature(); }},
    {"WithoutValue", "field_missing", [](v1::Record& r) { r.mutable_track()->clear_value(); }},
    {"NegativeUsage", "value_out_of_range",
     [](v1::Record& r) { r.mutable_track()->mutable_value()->set_units(-1); }},
    {"NegativeFractionOfUsage", "value_out_of_range",
     [](v1::Record& r) {
         r.mutable_track()->mutable_value()->set_units(0);
         r.mutable_track()->mutable_value()->set_nanos(-1);
     }},
    {"MostUsage", "accepted",
     [](v1::Record& r) { r.mutable_track()->mutable_value()->set_units(1'000'000'000'000'000); }},
    {"TooMuchUsage", "value_out_of_range",
     [](v1::Record& r) {
         r.mutable_track()->mutable_value()->set_units(1'000'000'000'000'000);
         r.mutable_track()->mutable_value()->set_nanos(1);
     }},
    {"FractionOverOne", "value_out_of_range",
     [](v1::Record& r) { r.mutable_track()->mutable_value()->set_nanos(1'000'000'000); }},
    {"SignsThatDiffer", "value_out_of_range",
     [](v1::Record& r) { r.mutable_track()->mutable_value()->set_nanos(-1); }},
    {"IdTooLong", "field_too_long", [](v1::Record& r) { r.set_id(std::string(257, 'x')); }},
    {"LongestId", "accepted", [](v1::Record& r) { r.set_id(std::string(256, 'x')); }},
    {"CustomerTooLong", "field_too_long",
     [](v1::Record& r) { r.set_customer(std::string(257, 'x')); }},
    {"OrganisationTooLong", "field_too_long",
     [](v1::Record& r) { r.set_organisation(std::string(129, 'x')); }},
    {"FeatureTooLong", "field_too_long",
     [](v1::Record& r) { r.mutable_track()->set_feature(std::string(129, 'x')); }},
    {"EntityTooLong", "field_too_long",
     [](v1::Record& r) { r.mutable_track()->set_entity(std::string(257, 'x')); }},
    {"MetadataTooLong", "field_too_long",
     [](v1::Record& r) { r.mutable_track()->set_metadata_json(std::string(4097, 'x')); }},
    {"LongestMetadata", "accepted",
     [](v1::Record& r) {
         r.mutable_track()->set_metadata_json("{" + std::string(4094, ' ') + "}");
     }},
    {"MetadataThatIsNoObject", "metadata_malformed",
     [](v1::Record& r) { r.mutable_track()->set_metadata_json("[1]"); }},
    {"MetadataThatIsCut", "metadata_malformed",
     [](v1::Record& r) { r.mutable_track()->set_metadata_json("{\"a\":1"); }},
    {"NulInTheFeature", "text_malformed",
     [](v1::Record& r) { r.mutable_track()->set_feature(std::string("a\0b", 3)); }},
    {"NulInTheCustomer", "text_malformed",
     [](v1::Record& r) { r.set_customer(std::string("\0", 1)); }},
    {"Before1970", "value_out_of_range", [](v1::Record& r) { r.set_occurred_at_micros(-1); }},
    {"At1970", "accepted", [](v1::Record& r) { r.set_occurred_at_micros(0); }},
    {"EndOf9999", "accepted",
     [](v1::Record& r) { r.set_occurred_at_micros(253'402'300'799'999'999); }},
    {"After9999", "value_out_of_range",
     [](v1::Record& r) { r.set_occurred_at_micros(253'402'300'800'000'000); }},
    {"NegativeLimit", "value_out_of_range",
     [](v1::Record& r) {
         r.mutable_set_overage_limit()->mutable_limit()->set_max_minor(-1);
         r.mutable_set_overage_limit()->mutable_limit()->set_reaction(v1::LIMIT_REACTION_BLOCK);
     }},
    {"NegativeCap", "value_out_of_range",
     [](v1::Record& r) {
         r.mutable_set_feature_config()->mutable_max_overage_units()->set_units(-1);
     }},
    {"PriceOutOfRange", "value_out_of_range",
     [](v1::Record& r) {
         v1::Plan& plan = *r.mutable_publish_payload()->mutable_payload()->add_plans();
         plan.set_interval(v1::INTERVAL_MONTHLY);
         plan.set_billing_type(v1::BILLING_TYPE_RECURRING);
         v1::PlanFeature& feature = *plan.add_features();
         feature.set_reset(v1::INTERVAL_MONTHLY);
         feature.set_alignment(v1::ALIGNMENT_CALENDAR);
         feature.set_overage(v1::OVERAGE_MODE_BLOCK);
         feature.mutable_card()->set_usage_model(v1::USAGE_MODEL_INCLUDED);
         feature.mutable_card()->set_rating_model(v1::RATING_MODEL_VOLUME);
         feature.mutable_card()->add_tiers()->mutable_flat_fee()->set_units(
             -1'000'000'000'000'000'001);
     }},
    {"ShortHashKey", "record_malformed",
     [](v1::Record& r) { r.mutable_genesis()->set_hash_key("short"); }},
    {"LongSecretHash", "record_malformed",
     [](v1::Record& r) { r.mutable_create_key()->set_secret_sha256(std::string(33, 'x')); }},
};

class RefusedRecord : public ::testing::TestWithParam<Case> {};

TEST_P(RefusedRecord, AnswersItsCode) {
    v1::Record record = track();
    GetParam().spoil(record);
    EXPECT_EQ(code_of(record.SerializeAsString()), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(RecordCodec, RefusedRecord, ::testing::ValuesIn(kCases),
                         [](const auto& refused) { return std::string(refused.param.name); });

TEST(RecordCodec, BytesThatAreNoMessageAreMalformed) {
    EXPECT_EQ(code_of("\xff"), "record_malformed");
    EXPECT_EQ(code_of(std::string("\x0a\x7f\x41", 3)), "record_malformed");  // cut string
    EXPECT_EQ(code_of("{\"specversion\":\"1.0\"}"), "record_malformed");
    EXPECT_EQ(code_of(""), "record_without_command");
}

TEST(RecordCodec, TextThatIsNotUtf8IsMalformed) {
    for (const char* const bad :
         {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
        const std::string text(bad);
        std::string bytes = track().SerializeAsString();
        bytes += std::string("\x12") + static_cast<char>(text.size()) + text;  // organisation
        EXPECT_EQ(code_of(bytes), "record_malformed");
    }
}

TEST(RecordCodec, ARecordOverTheLimitIsNotEvenParsed) {
    EXPECT_EQ(code_of(std::string(kMaxRecordBytes + 1, '\0')), "record_too_large");
}

TEST(RecordCodec, OnlyTheLedgersOwnCommandsGoWithoutAnId) {
    EXPECT_TRUE(decode_record(encode({.command = Genesis{}})).has_value());
    EXPECT_TRUE(decode_record(encode({.command = Tick{}})).has_value());
    EXPECT_TRUE(decode_record(encode({.command = PublishCatalog{}})).has_value());
    EXPECT_EQ(code_of(encode({.command = OpenAccount{}})), "field_missing");
}

TEST(CleanText, KnowsUtf8) {
    for (const char* const good : {"", "a", "12345678", "123456789", "é", "€", "😀", "\x7f",
                                   "\xf4\x8f\xbf\xbf", "\xee\x80\x80", "1234567é"}) {
        EXPECT_TRUE(is_clean_text(good)) << good;
    }
    for (const char* const bad :
         {"\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xe2\x28\xa1", "1234567\xff"}) {
        EXPECT_FALSE(is_clean_text(bad)) << bad;
    }
    EXPECT_FALSE(is_clean_text(std::string_view("\0", 1)));
    EXPECT_FALSE(
        is_clean_text(std::string_view("1234\0"
                                       "567",
                                       8)));
}

TEST(Metadata, SaysFirstWhatIsWrongWithIt) {
    const auto code_of_metadata = [](std::string text) {
        v1::Record record = track();
        record.mutable_track()->set_metadata_json(std::move(text));
        return code_of(record.SerializeAsString());
    };
    EXPECT_EQ(code_of_metadata("{\"a\":1}"), "accepted");
    EXPECT_EQ(code_of_metadata(std::string(kMaxMetadataBytes - 2, ' ') + "{}"), "accepted");
    EXPECT_EQ(code_of_metadata(std::string(kMaxMetadataBytes - 1, ' ') + "{}"), "field_too_long");
    EXPECT_EQ(code_of_metadata(std::string("{}\0", 3)), "text_malformed");
    EXPECT_EQ(code_of_metadata("{} x"), "metadata_malformed");
}

}  // namespace
}  // namespace quipu::ledger
