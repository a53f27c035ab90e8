// `quipu serve` from start to stop, and the commands that talk to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"
#include "cli/server_call.h"
#include "support/temporary_folder.h"

namespace quipu::cli {
namespace {

class Serve : public testing::Test {
protected:
    [[nodiscard]] std::string data() const { return folder_.path("ledger"); }
    static http::HttpClientResponse ask_admin(const ServerProcess& server,
                                              const std::string& path) {
        const auto reply = call_server(
            server_request("GET", "http://" + server.admin() + path, "", ""), patient());
        EXPECT_TRUE(reply) << reply.error().message;
        return reply.value_or(http::HttpClientResponse{});
    }
    // Of the API, with the root key.
    static http::HttpClientResponse ask(const ServerProcess& server, const std::string& method,
                                        const std::string& path, const std::string& body = "") {
        const auto reply = call_server(
            server_request(method, server.url() + path, body, ServerProcess::kRootKey), patient());
        EXPECT_TRUE(reply) << reply.error().message;
        return reply.value_or(http::HttpClientResponse{});
    }
    static http::HttpClientResponse choose_sandbox(const ServerProcess& server) {
        return ask(server, "POST", "/v1/billing/settings", R"({"provider":"sandbox"})");
    }
    static Outcome with_key(const ServerProcess& server, Arguments arguments) {
        arguments.insert(arguments.end(),
                         {"--url", server.url(), "--key", ServerProcess::kRootKey});
        return run_program(arguments);
    }

    projections::TemporaryFolder folder_;
};

TEST_F(Serve, StartsOnFreePortsAndStopsWithZero) {
    ServerProcess server(data());
    EXPECT_EQ(ask_admin(server, "/readyz").status, 200);
    EXPECT_EQ(ask_admin(server, "/healthz").status, 200);
    EXPECT_NE(ask_admin(server, "/metrics").body.find("quipu_"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(data() + "/server.json"));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(data() + "/server.json"));
    EXPECT_TRUE(std::filesystem::exists(data() + "/log"));
    EXPECT_TRUE(std::filesystem::exists(data() + "/state/events-0"));
    EXPECT_NE(server.messages().find("stopped"), std::string::npos) << server.messages();
}

TEST_F(Serve, TheRootKeyOpensANewLedgerAndStaysAfterARestart) {
    {
        ServerProcess server(data());
        EXPECT_EQ(with_key(server, {"keys", "list"}).exit_code, 0);
        EXPECT_EQ(server.stop(), 0);
    }
    ServerProcess again(data());
    const Outcome listed = with_key(again, {"keys", "list"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_TRUE(listed.out.starts_with("key_root\troot\t")) << listed.out;
}

TEST_F(Serve, KeysAreMadeUsedAndRevoked) {
    ServerProcess server(data());
    const Outcome made = with_key(server, {"keys", "create", "--name", "backend"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const std::size_t tab = made.out.find('\t');
    const std::string id = made.out.substr(0, tab);
    const std::string secret = made.out.substr(tab + 1, made.out.size() - tab - 2);
    const Arguments with_new{"keys", "list", "--url", server.url(), "--key", secret};
    EXPECT_EQ(run_program(with_new).exit_code, 0);
    EXPECT_EQ(with_key(server, {"keys", "revoke", id}).exit_code, 0);
    const Outcome refused = run_program(with_new);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("(invalid_api_key)"), std::string::npos) << refused.err;
}

TEST_F(Serve, TheDemoMayBeRunAgainAndCountsNothingTwice) {
    ServerProcess server(data());
    const Outcome first = with_key(server, {"demo"});
    ASSERT_EQ(first.exit_code, 0) << first.err;
    std::smatch told;
    const std::regex counts(R"( (\d+) accepted, (\d+) refused by a limit, 0 sent before\.)");
    ASSERT_TRUE(std::regex_search(first.out, told, counts)) << first.out;
    // What was refused is judged again, and refused again.
    const std::string same =
        " 0 accepted, " + told.str(2) + " refused by a limit, " + told.str(1) + " sent before.";
    const Outcome again = with_key(server, {"demo"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_NE(again.out.find(same), std::string::npos) << again.out;
}

TEST_F(Serve, ACatalogIsPublishedAndTheChangesAreShown) {
    ServerProcess server(data());
    const Arguments publish{"catalog", "publish", QUIPU_SOURCE_DIR "/docs/examples/catalog.json"};
    const Outcome first = with_key(server, publish);
    ASSERT_EQ(first.exit_code, 0) << first.err;
    EXPECT_NE(first.out.find("+ plans pro\n"), std::string::npos) << first.out;
    EXPECT_NE(first.out.find("catalog version 1\n"), std::string::npos) << first.out;
    const Outcome again = with_key(server, publish);
    EXPECT_NE(again.out.find("= plans 2 unchanged\n"), std::string::npos) << again.out;
}

TEST_F(Serve, TheLogShowsWhatWasAsked) {
    ServerProcess server(data());
    const Outcome control =
        run_program({"log", "show", "--data", data(), "--partition", "control", "--limit", "2"});
    EXPECT_EQ(control.exit_code, 0) << control.err;
    EXPECT_TRUE(control.out.starts_with(R"({"partition":"control","offset":0,)")) << control.out;
    EXPECT_NE(control.out.find(R"("command":"genesis")"), std::string::npos) << control.out;
    EXPECT_NE(control.out.find(R"("command":"create_organisation")"), std::string::npos);
    EXPECT_EQ(std::count(control.out.begin(), control.out.end(), '\n'), 2) << control.out;
}

TEST_F(Serve, ASecondServerOnTheFolderIsRefused) {
    ServerProcess server(data());
    const Outcome second = run_program({"serve", "--data", data(), "--listen", "127.0.0.1:0"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_NE(second.err.find("(ledger_in_use)"), std::string::npos) << second.err;
    EXPECT_EQ(ask_admin(server, "/readyz").status, 200);
}

TEST_F(Serve, AnAddressInUseIsOneSentence) {
    ServerProcess server(data());
    const Outcome second = run_program({"serve", "--data", folder_.path("other"), "--listen",
                                        server.admin(), "--admin-listen", "127.0.0.1:0"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_NE(second.err.find("(listen_failed)"), std::string::npos) << second.err;
    EXPECT_EQ(std::count(second.err.begin(), second.err.end(), '\n'), 1) << second.err;
}

TEST_F(Serve, AnExistingLedgersPartitionCountIsUsedAndAnotherIsRefused) {
    {
        ServerProcess server(data(), {"--partitions", "2"});
        EXPECT_EQ(server.stop(), 0);
    }
    const Outcome other =
        run_program({"serve", "--data", data(), "--listen", "127.0.0.1:0", "--partitions", "3"});
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_NE(other.err.find("(log_partitions_differ)"), std::string::npos) << other.err;
    ServerProcess again(data());
    EXPECT_NE(again.messages().find("2 partitions"), std::string::npos) << again.messages();
}

TEST_F(Serve, AManualClockIsAccepted) {
    ServerProcess server(data(), {"--clock", "manual"});
    EXPECT_NE(server.messages().find("manual clock"), std::string::npos) << server.messages();
    EXPECT_EQ(server.stop(), 0);
}

TEST_F(Serve, WithoutTheSandboxNothingOfItIsThere) {
    ServerProcess server(data());
    for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"POST", "/v1/test/sandbox"}, {"GET", "/sandbox/checkout/cs_1"}}) {
        const http::HttpClientResponse reply =
            ask(server, method, path, method == "POST" ? "{}" : "");
        EXPECT_EQ(reply.status, 404) << path;
        EXPECT_NE(reply.body.find("There is no route " + method + " " + path), std::string::npos)
            << reply.body;
    }
    const http::HttpClientResponse refused = choose_sandbox(server);
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("\"code\":\"provider_not_configured\""), std::string::npos)
        << refused.body;
    EXPECT_NE(refused.body.find("Provider 'sandbox' not configured"), std::string::npos);
    EXPECT_EQ(server.stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(data() + "/sandbox"));
}

TEST_F(Serve, TheSandboxIsThereForWhoChoosesIt) {
    ServerProcess server(data(), {"--sandbox"});
    EXPECT_TRUE(std::filesystem::exists(data() + "/sandbox"));
    EXPECT_EQ(ask(server, "POST", "/v1/test/sandbox", "{}").status, 200);
    // Nobody collects until somebody says so.
    EXPECT_NE(ask(server, "GET", "/v1/billing/settings").body.find("\"provider\":\"manual\""),
              std::string::npos);
    EXPECT_EQ(choose_sandbox(server).status, 200);
}

TEST_F(Serve, AServerWhoseProviderIsTheSandboxHasIt) {
    ServerProcess server(data(), {"--payment-provider", "sandbox"});
    EXPECT_EQ(ask(server, "POST", "/v1/test/sandbox", "{}").status, 200);
    EXPECT_NE(ask(server, "GET", "/v1/billing/settings").body.find("\"provider\":\"sandbox\""),
              std::string::npos);
}

TEST_F(Serve, ALedgerThatCollectsThroughTheSandboxStartsWithoutItAndSaysSo) {
    {
        ServerProcess server(data(), {"--sandbox"});
        ASSERT_EQ(choose_sandbox(server).status, 200);
        EXPECT_EQ(server.messages().find("collect through"), std::string::npos);
        EXPECT_EQ(server.stop(), 0);
    }
    ServerProcess without(data());
    EXPECT_EQ(ask_admin(without, "/readyz").status, 200);
    EXPECT_EQ(without.stop(), 0);
    EXPECT_NE(without.messages().find("1 organisation(s) collect through sandbox"),
              std::string::npos)
        << without.messages();
}

TEST_F(Serve, WhatAKilledServerLeftBehindDoesNotStopTheNext) {
    {
        ServerProcess server(data());
        server.kill();
    }
    EXPECT_TRUE(std::filesystem::exists(data() + "/server.json"));
    EXPECT_EQ(run_program({"digest", "--data", data()}).exit_code, 0);
    ServerProcess again(data());
    EXPECT_EQ(ask_admin(again, "/readyz").status, 200);
}

}  // namespace
}  // namespace quipu::cli
