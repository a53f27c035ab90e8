// Effects as rows: what was to be delivered before a crash is the same after it.
#include "projections/outbox_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/generators.h"

namespace quipu::projections {
namespace {

using namespace quipu::testing;

SendRecord a_send() {
    SendRecord send;
    send.to = {ledger::Topic::Notifications, 300};
    send.record.key = "cus_1";
    send.record.value = std::string("\0\xff bytes", 8);
    send.record.headers = {{"content-type", "text/plain"}, {"empty", ""}};
    return send;
}

RouteRecord a_route() {
    RouteRecord route;
    route.from = {ledger::Topic::Events, 7};
    route.offset = 1'000'000'000'000;
    route.record = {"evt_1",
                    "org_1",
                    "acme",
                    base::Instant{5},
                    {3, 9},
                    true,
                    ledger::Track{"api", base::Quantity::from_int(2), "seat", "{}", true}};
    return route;
}

CallProvider a_call() {
    ledger::ProviderCall call;
    call.kind = ledger::ProviderCall::Kind::Refund;
    call.organisation = "org_1";
    call.customer = "cus_1";
    call.provider = "sandbox";
    call.intent = "pi_1";
    call.refund = "re_1";
    call.method = "pm_1";
    call.amount_minor = -12345;
    call.currency = "USD";
    call.description = "Invoice inv_1";
    return {call};
}

std::vector<Effect> each_kind() {
    return {a_send(), a_route(), a_call()};
}

TEST(OutboxCodec, ARecordToBeSentSurvives) {
    const SendRecord send = a_send();
    const auto effect = decode_effect(encode_effect(send));
    ASSERT_TRUE(effect.has_value());
    const auto& decoded = std::get<SendRecord>(*effect);
    EXPECT_EQ(decoded.to, send.to);
    EXPECT_EQ(decoded.record.key, send.record.key);
    EXPECT_EQ(decoded.record.value, send.record.value);
    EXPECT_EQ(decoded.record.headers, send.record.headers);
}

TEST(OutboxCodec, ARecordToBeRoutedSurvives) {
    const RouteRecord route = a_route();
    const auto effect = decode_effect(encode_effect(route));
    ASSERT_TRUE(effect.has_value());
    const auto& decoded = std::get<RouteRecord>(*effect);
    EXPECT_EQ(decoded.from, route.from);
    EXPECT_EQ(decoded.offset, route.offset);
    EXPECT_EQ(decoded.record, route.record);
}

TEST(OutboxCodec, ACallOfTheProviderSurvives) {
    for (const auto kind :
         {ledger::ProviderCall::Kind::Charge, ledger::ProviderCall::Kind::Refund}) {
        CallProvider called = a_call();
        called.call.kind = kind;
        const auto effect = decode_effect(encode_effect(called));
        ASSERT_TRUE(effect.has_value());
        EXPECT_EQ(std::get<CallProvider>(*effect).call, called.call);
    }
}

// Calls wait in the outboxes of ledgers that run.
TEST(OutboxCodec, ACallKeepsItsBytes) {
    EXPECT_EQ(encode_effect(a_call()),
              "\x03\x02\x05org_1\x05"
              "cus_1\x07sandbox\x04pi_1\x04re_1\x04pm_1\x03USD\x0dInvoice inv_1\xf1\xc0\x01");
}

TEST(OutboxCodec, APartitionOfNoTopicIsRefused) {
    for (const Effect& effect : {Effect(a_send()), Effect(a_route())}) {
        std::string row = encode_effect(effect);
        row[1] = 99;
        EXPECT_FALSE(decode_effect(row).has_value()) << "kind " << effect.index();
    }
}

RC_GTEST_PROP(OutboxCodec, EveryRecordThatMayBeRoutedSurvives, ()) {
    const RouteRecord route{{ledger::Topic::Control, 0}, 1, *command_record()};
    const auto effect = decode_effect(encode_effect(route));
    RC_ASSERT(effect.has_value());
    RC_ASSERT(std::get<RouteRecord>(*effect).record == route.record);
}

TEST(OutboxCodec, ARowThatWasCutIsRefused) {
    for (const Effect& effect : each_kind()) {
        const std::string row = encode_effect(effect);
        for (std::size_t size = 0; size < row.size(); ++size) {
            const auto decoded = decode_effect(std::string_view(row).substr(0, size));
            ASSERT_FALSE(decoded.has_value()) << "kind " << effect.index() << ", " << size;
            EXPECT_EQ(decoded.error().code, base::ErrorCode("row_corrupt"));
        }
    }
}

TEST(OutboxCodec, ARowThatGoesOnPastItsEndIsRefused) {
    for (const Effect& effect : each_kind()) {
        const auto decoded = decode_effect(encode_effect(effect) + '\0');
        ASSERT_FALSE(decoded.has_value()) << "kind " << effect.index();
        EXPECT_EQ(decoded.error().code, base::ErrorCode("row_corrupt"));
    }
}

TEST(OutboxCodec, AKindThatThereIsNotIsRefused) {
    for (const char kind : {'\0', '\4', '\xff'}) {
        std::string row = encode_effect(a_send());
        row[0] = kind;
        EXPECT_FALSE(decode_effect(row).has_value());
    }
    std::string call = encode_effect(a_call());
    call[1] = '\3';
    EXPECT_FALSE(decode_effect(call).has_value());
}

TEST(OutboxCodec, MoreHeadersThanThereAreBytesAreRefusedAtOnce) {
    SendRecord send;
    std::string row = encode_effect(send);
    ASSERT_EQ(row.back(), '\0');  // the number of headers
    row.pop_back();
    row += "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
    EXPECT_FALSE(decode_effect(row).has_value());
}

// A spoiled byte is refused or makes another effect, which can be written again.
TEST(OutboxCodec, NoSpoiledByteIsACrash) {
    std::size_t refused = 0;
    for (const Effect& effect : each_kind()) {
        const std::string row = encode_effect(effect);
        for (std::size_t at = 0; at < row.size(); ++at) {
            for (const int flip : {0x01, 0x80, 0xff}) {
                std::string spoiled = row;
                spoiled[at] = static_cast<char>(spoiled[at] ^ flip);
                const auto decoded = decode_effect(spoiled);
                if (!decoded) {
                    ++refused;
                    EXPECT_EQ(decoded.error().code, base::ErrorCode("row_corrupt"));
                } else {
                    EXPECT_TRUE(decode_effect(encode_effect(*decoded)).has_value());
                }
            }
        }
    }
    EXPECT_GT(refused, 0u);
}

TEST(OutboxCodec, KeysLieInTheOrderOfTheLog) {
    const std::vector<std::string> keys{outbox_key(0, 0), outbox_key(0, 1),   outbox_key(0, 256),
                                        outbox_key(1, 0), outbox_key(255, 9), outbox_key(256, 0)};
    EXPECT_TRUE(std::ranges::is_sorted(keys));
    EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
}

}  // namespace
}  // namespace quipu::projections
