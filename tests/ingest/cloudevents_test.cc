// CloudEvents become Track records; every rule a producer can break has its code.
#include <gtest/gtest.h>

#include "ingest/json_cloudevents.h"

namespace quipu::ingest {
namespace {

using base::Quantity;

base::Result<ledger::CommandRecord> decode(std::string_view json) {
    return CloudEventDecoder().decode(json);
}

const ledger::Track& track_of(const base::Result<ledger::CommandRecord>& record) {
    return std::get<ledger::Track>(record.value().command);
}

// An event with these members beside the required ones.
std::string event_with(const std::string& members) {
    return R"({"specversion":"1.0","id":"e1","type":"api-calls","subject":"acme")" +
           (members.empty() ? "" : "," + members) + "}";
}

Quantity value_in(const std::string& value) {
    const auto record = decode(event_with(R"("data":{"value":)" + value + "}"));
    EXPECT_TRUE(record.has_value()) << value << " " << (record ? "" : record.error().message);
    return record ? track_of(record).value : Quantity::from_int(-1);
}

TEST(CloudEvents, AFullEventIsReadWhole) {
    const auto record = decode(R"({
        "specversion": "1.0", "id": "e1", "source": "/gateways/eu-1", "type": "api-calls",
        "subject": "acme", "time": "2026-11-30T23:59:59.5+01:00", "organisation": "org_1",
        "datacontenttype": "application/json", "dataschema": "https://example.com/usage",
        "traceparent": "00-1", "sampled": true, "sequence": 7, "comment": null,
        "data": {"value": 2.50, "entity": "seat-1", "metadata": {"b": [1, 2.0]}, "region": "eu"}
    })");
    ASSERT_TRUE(record.has_value()) << record.error().message;
    const ledger::CommandRecord expected{
        .id = "/gateways/eu-1#e1",
        .organisation = "org_1",
        .customer = "acme",
        .occurred_at = base::parse_instant("2026-11-30T22:59:59.5Z"),
        .command = ledger::Track{.feature = "api-calls",
                                 .value = *Quantity::parse("2.5"),
                                 .entity = "seat-1",
                                 .metadata_json = R"({"b":[1, 2.0],"region":"eu"})"}};
    EXPECT_EQ(*record, expected);
}

TEST(CloudEvents, AnEventWithoutDataCountsOne) {
    for (const char* const data :
         {"", R"("data":null)", R"("data":{})", R"("data":{"value":null})"}) {
        const auto record = decode(event_with(data));
        ASSERT_TRUE(record.has_value()) << data << record.error().message;
        EXPECT_EQ(track_of(record).value, Quantity::from_int(1));
        EXPECT_EQ(track_of(record).metadata_json, "");
        EXPECT_FALSE(record->occurred_at.has_value());
    }
}

TEST(CloudEvents, NumbersAreReadFromTheirText) {
    EXPECT_EQ(value_in("0.300000000"), *Quantity::parse("0.3"));
    EXPECT_EQ(value_in("\"0.000000001\""), Quantity::from_coefficient(1));
    EXPECT_EQ(value_in("1e3"), Quantity::from_int(1000));
    EXPECT_EQ(value_in("0"), Quantity());
    EXPECT_EQ(value_in("-0"), Quantity());
    EXPECT_EQ(value_in("1000000000000000"), base::kMaxQuantity);
    EXPECT_EQ(value_in("123456789012345.123456789"), *Quantity::parse("123456789012345.123456789"));
}

TEST(CloudEvents, TheSourceIsPartOfTheIdentity) {
    EXPECT_EQ(decode(event_with(""))->id, "e1");
    EXPECT_EQ(decode(event_with(R"("source":"quipu")"))->id, "e1");
    EXPECT_EQ(decode(event_with(R"("source":"/a")"))->id, "/a#e1");
}

TEST(CloudEvents, MetadataIsKeptAsItWasWritten) {
    const auto metadata = [](const std::string& data) {
        const auto record = decode(event_with(R"("data":)" + data));
        return record ? track_of(record).metadata_json : std::string(record.error().code.text());
    };
    EXPECT_EQ(metadata(R"({"a":1.00})"), R"({"a":1.00})");
    EXPECT_EQ(metadata(R"({"metadata":{}})"), "{}");
    EXPECT_EQ(metadata(R"({"metadata":null})"), "");
    EXPECT_EQ(metadata(R"({"a\"\u0001":"é"})"), R"({"a\"\u0001":"é"})");
    EXPECT_EQ(metadata(R"({"x":2,"metadata":{"y":1}})"), R"({"y":1,"x":2})");
    EXPECT_EQ(metadata(R"({"n":123456789012345678901234567890e400})"),
              R"({"n":123456789012345678901234567890e400})");
}

struct Case {
    const char* code;
    std::string json;
};

TEST(CloudEvents, EveryBrokenRuleHasItsCode) {
    const std::string attributes = R"("specversion":"1.0","id":"e1","type":"f","subject":"s")";
    const Case cases[] = {
        {"event_malformed", ""},
        {"event_malformed", "{"},
        {"event_malformed", "[]"},
        {"event_malformed", "\"text\""},
        {"event_malformed", event_with("") + "{}"},
        {"event_malformed", event_with(R"("id":"e2")")},
        {"event_malformed", event_with(R"("data":{"value":01})")},
        {"event_malformed", event_with(R"("data":{"a":tru})")},
        {"event_malformed", event_with("\"note\":\"\xff\"")},
        {"event_malformed", event_with(R"("data":{"a":1,"a":2})")},
        {"event_malformed", event_with(R"("data":)" + std::string(40, '[') + std::string(40, ']'))},
        {"event_too_large", event_with(R"("note":")" + std::string(5 << 20, 'x') + '"')},
        {"event_attribute_missing", R"({"id":"e1","type":"f"})"},
        {"event_version_unsupported", R"({"specversion":"0.3","id":"e1","type":"f"})"},
        {"event_attribute_malformed", R"({"specversion":1.0,"id":"e1","type":"f"})"},
        {"event_attribute_missing", R"({"specversion":"1.0","type":"f"})"},
        {"event_attribute_missing", R"({"specversion":"1.0","id":null,"type":"f"})"},
        {"event_attribute_malformed", R"({"specversion":"1.0","id":"","type":"f"})"},
        {"event_attribute_malformed", R"({"specversion":"1.0","id":7,"type":"f"})"},
        {"event_attribute_missing", R"({"specversion":"1.0","id":"e1"})"},
        {"event_attribute_malformed", event_with(R"("source":"")")},
        {"event_attribute_malformed", event_with(R"("source":{})")},
        {"event_attribute_malformed", R"({"specversion":"1.0","id":"1","type":"f","subject":""})"},
        {"event_attribute_malformed", event_with(R"("organisation":5)")},
        {"event_attribute_malformed", event_with(R"("time":"yesterday")")},
        {"event_attribute_malformed", event_with(R"("time":"2026-11-30")")},
        {"event_attribute_malformed", event_with(R"("time":1764500000)")},
        {"event_attribute_malformed", event_with(R"("dataschema":"")")},
        {"event_attribute_malformed", event_with(R"("Upper":"x")")},
        {"event_attribute_malformed", event_with(R"("with_underscore":"x")")},
        {"event_attribute_malformed", event_with(R"("extension":{"a":1})")},
        {"event_attribute_malformed", event_with(R"("extension":[1])")},
        {"event_data_unsupported", event_with(R"("data_base64":"AA==")")},
        {"event_data_unsupported", event_with(R"("datacontenttype":"text/xml","data":"<a/>")")},
        {"event_data_malformed", event_with(R"("data":5)")},
        {"event_data_malformed", event_with(R"("data":[1])")},
        {"event_data_malformed", event_with(R"("data":{"entity":5})")},
        {"event_data_malformed", event_with(R"("data":{"metadata":[]})")},
        {"event_data_malformed", event_with(R"("data":{"a":1,"metadata":{"a":1}})")},
        {"value_malformed", event_with(R"("data":{"value":true})")},
        {"value_malformed", event_with(R"("data":{"value":"many"})")},
        {"value_malformed", event_with(R"("data":{"value":""})")},
        {"value_malformed", event_with(R"("data":{"value":[1]})")},
        {"value_too_precise", event_with(R"("data":{"value":0.0000000001})")},
        {"value_too_precise", event_with(R"("data":{"value":0.30000000000000000001})")},
        {"value_out_of_range", event_with(R"("data":{"value":-1})")},
        {"value_out_of_range", event_with(R"("data":{"value":1000000000000000.000000001})")},
        {"value_out_of_range", event_with(R"("data":{"value":1e999})")},
        {"value_out_of_range", event_with(R"("time":"1969-12-31T23:59:59Z")")},
        {"field_too_long", event_with(R"("source":")" + std::string(255, 's') + '"')},
        {"field_too_long", event_with(R"("data":{"a":")" + std::string(4096, 'x') + "\"}")},
        {"text_malformed", R"({"specversion":"1.0","id":"a\u0000b","type":"f"})"},
    };
    for (const Case& each : cases) {
        const auto record = decode(each.json);
        ASSERT_FALSE(record.has_value()) << each.json;
        EXPECT_EQ(record.error().code.text(), each.code) << each.json.substr(0, 200);
        EXPECT_EQ(record.error().message.back(), '.') << record.error().message;
    }
}

TEST(CloudEvents, ANameThatIsNearlyOursIsRefused) {
    const auto sentence = [](const std::string& json) {
        const auto record = decode(json);
        return record ? std::string() : record.error().message;
    };
    EXPECT_EQ(sentence(event_with(R"("data":{"valu":5})")),
              "Unknown field 'data.valu'. Did you mean 'value'?");
    EXPECT_EQ(sentence(event_with(R"("tiem":"2026-11-30T12:00:00Z")")),
              "Unknown field 'tiem'. Did you mean 'time'?");
    EXPECT_EQ(sentence(R"({"specversion":"1.0","id":"e1","type":"f","subjct":"s"})"),
              "Unknown field 'subjct'. Did you mean 'subject'?");
    EXPECT_EQ(decode(event_with(R"("data":{"valu":5})")).error().code,
              base::ErrorCode("unknown_field"));
}

// Producers add what they like (CloudEvents' extension attributes); so may their data.
TEST(CloudEvents, OtherNamesAreKept) {
    for (const char* extension :
         {R"("partitionkey":"p")", R"("traceparent":"00-1")", R"("sequence":"1")",
          R"("recordedtime":"2026-11-30T12:00:00Z")", R"("dataref":"https://x.io")",
          R"("sampledrate":1)", R"("severitytext":"warn")", R"("expirytime":"x")",
          R"("authtype":"user")", R"("tenant":"t")"})
        EXPECT_TRUE(decode(event_with(extension))) << extension;
    // Nearly ours, but ours is there too.
    const auto record = decode(event_with(R"("data":{"value":2,"values":[1,1]})"));
    ASSERT_TRUE(record);
    EXPECT_EQ(std::get<ledger::Track>(record->command).metadata_json, R"({"values":[1,1]})");
}

TEST(CloudEvents, ADecoderThatFailedDecodesTheNextEvent) {
    CloudEventDecoder decoder;
    EXPECT_FALSE(decoder.decode("{\"id\":").has_value());
    EXPECT_EQ(decoder.decode(event_with("")).value().id, "e1");
}

TEST(CloudEvents, ABatchHasAResultForEachEvent) {
    CloudEventDecoder decoder;
    const auto batch =
        decoder.decode_batch("[" + event_with("") + R"(,{"specversion":"1.0"},7])", 3);
    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_EQ(batch->size(), 3U);
    EXPECT_EQ((*batch)[0].value().id, "e1");
    EXPECT_EQ((*batch)[1].error().code, base::ErrorCode("event_attribute_missing"));
    EXPECT_EQ((*batch)[2].error().code, base::ErrorCode("event_malformed"));
    EXPECT_EQ(decoder.decode_batch("[1,2,3,4]", 3).error().code,
              base::ErrorCode("event_too_large"));
    EXPECT_EQ(decoder.decode_batch("{}", 3).error().code, base::ErrorCode("event_malformed"));
    EXPECT_EQ(decoder.decode_batch("[", 3).error().code, base::ErrorCode("event_malformed"));
    EXPECT_TRUE(decoder.decode_batch("[]", 3).value().empty());
}

}  // namespace
}  // namespace quipu::ingest
