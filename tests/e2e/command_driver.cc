#include "e2e/command_driver.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/decimal.h"
#include "e2e/clients.h"
#include "e2e/command_requests.h"

namespace quipu::e2e {
namespace {

constexpr std::size_t kBlock = 50;
constexpr std::chrono::seconds kPatience{60};

std::string shown_number(const Json& number) {
    if (!number.is_number()) return "-";
    // Up to 15 digits, the shortest text that is this double is the decimal that was sent.
    const std::string text = fmt::format("{}", number.get<double>());
    const auto value = base::Quantity::parse(text);
    return value ? value->to_string() : text;
}

bool is_batchable(const ledger::CommandRecord& record) {
    const auto* track = std::get_if<ledger::Track>(&record.command);
    return track != nullptr && !track->as_check;
}

}  // namespace

std::string shown(const Json& answer) {
    std::string text = answer.value("code", "ok");
    if (answer.contains("usage") && answer["usage"].is_number()) {
        const Json& details = answer["details"];
        const Json addon = details.value("addonCreditsUsed", Json(0));
        text += fmt::format(" usage {} limit {} balance {} overage {} addon {}",
                            shown_number(answer["usage"]), shown_number(answer["limit"]),
                            shown_number(answer["balance"]), shown_number(answer["overageUnits"]),
                            shown_number(addon));
    }
    if (answer.contains("count")) text += " entities " + answer["count"].dump();
    if (answer.contains("pack")) text += " granted " + shown_number(answer["credits"]);
    return text;
}

void CommandDriver::send(std::span<Sent> commands) {
    std::atomic<std::size_t> next_block = 0;
    in_parallel(connections_, [&](int) {
        ApiClient api(server_);
        for (;;) {
            const std::size_t block = next_block++;
            const std::size_t begin = block * kBlock;
            if (begin >= commands.size()) return;
            const std::size_t size = std::min(kBlock, commands.size() - begin);
            send_block(api, commands.subspan(begin, size), block % 2 == 0);
        }
    });
}

void CommandDriver::send_block(ApiClient& api, std::span<Sent> block, bool batched) {
    std::vector<Sent*> tracks;
    bool in_header = false;
    for (Sent& sent : block) {
        if (batched && is_batchable(sent.record)) {
            tracks.push_back(&sent);
        } else {
            send_one(api, sent, in_header = !in_header);
        }
    }
    if (!tracks.empty()) send_batch(api, tracks);
}

Answer CommandDriver::insist(ApiClient& api, const std::string& path, const Json& body,
                             const std::string& key) {
    Answer answer;
    static_cast<void>(eventually(
        [&] {
            answer = api.try_post(path, body, key);
            if (answer.unknown()) ++repeated_;
            return !answer.unknown();
        },
        kPatience));
    return answer;
}

void CommandDriver::send_one(ApiClient& api, Sent& sent, bool in_header) {
    Request request = request_of(sent.record);
    if (!in_header) request.body["eventId"] = sent.record.id;
    take(sent, insist(api, request.path, request.body, in_header ? sent.record.id : ""));
}

void CommandDriver::send_batch(ApiClient& api, const std::vector<Sent*>& tracks) {
    Json batch = Json::array();
    for (const Sent* sent : tracks) {
        batch.push_back(request_of(sent->record).body);
        batch.back()["id"] = sent->record.id;
    }
    const Answer answer = insist(api, "/v1/track/batch", batch, {});
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_EQ(answer.body["results"].size(), tracks.size());
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        const Json& result = answer.body["results"][i];
        const Answer one{result["status"], result};
        if (one.unknown()) {
            ++repeated_;
            send_one(api, *tracks[i], true);
        } else {
            take(*tracks[i], one);
        }
    }
}

void CommandDriver::take(Sent& sent, const Answer& answer) {
    EXPECT_FALSE(answer.unknown()) << sent.record.id;
    EXPECT_LT(answer.status, 500) << answer.body;
    sent.answer = shown(answer.body);
    sent.event_id = answer.body.value("eventId", "");
    sent.duplicate = answer.body.value("duplicate", false);
    ++answered_;
}

}  // namespace quipu::e2e
