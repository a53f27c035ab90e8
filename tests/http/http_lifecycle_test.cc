// Clients that leave early, servers that stop: nothing is lost and nothing dangles.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "http/http_fixture.h"
#include "http/socket_client.h"

namespace quipu::http::testing {
namespace {

using std::chrono::milliseconds;

TEST(HttpLifecycle, AnsweringAfterTheClientIsGoneIsHarmless) {
    TestServer server;
    {
        Client client(server.port());
        client.send(post_text("/hold/a", "body") + get_text("/hold/b"));
        server.await_held(2);
        client.reset();
    }
    server.counts().await_connections(0);
    server.answer("b");
    server.answer("a");
    EXPECT_EQ(ask(server.port(), get_text("/size/1"))->status, 200);
}

TEST(HttpLifecycle, AClientThatOnlyStoppedSendingStillGetsItsAnswers) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/hold/a") + get_text("/size/1"));
    client.end_sending();
    server.await_held(1);
    server.on_engine([] {});
    server.answer("a");
    EXPECT_EQ(client.read()->body, "a");
    EXPECT_EQ(client.read()->body, "x");
    EXPECT_TRUE(client.closed());
}

TEST(HttpLifecycle, AClientThatLeavesInTheMiddleOfARequestIsForgotten) {
    TestServer server;
    for (const char* part :
         {"", "GE", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"}) {
        Client client(server.port());
        client.send(part);
        server.counts().await_connections(1);
        client.end_sending();
        EXPECT_TRUE(client.closed()) << part;
        server.counts().await_connections(0);
    }
    EXPECT_EQ(server.handled(), 0u);
}

TEST(HttpLifecycle, AResponderMayOutliveTheServer) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/hold/a") + get_text("/hold/b"));
    server.await_held(2);
    server.destroy_server();
    EXPECT_TRUE(client.closed());
    server.answer("a");  // b is dropped when the fixture ends, after the loop
}

TEST(HttpLifecycle, AStopAnswersWhatIsInFlightAndClosesTheIdle) {
    TestServer server;
    Client idle(server.port());
    idle.send(get_text("/size/1"));
    ASSERT_TRUE(idle.read());
    Client busy(server.port());
    busy.send(get_text("/hold/a"));
    Client sending(server.port());
    sending.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    ASSERT_EQ(sending.read()->status, 100);
    server.await_held(1);
    server.begin_stop(milliseconds(20'000));
    EXPECT_TRUE(idle.closed());
    sending.send("late");
    const auto late = sending.read();
    ASSERT_TRUE(late);
    EXPECT_EQ(late->status, 200);
    EXPECT_TRUE(late->has("\r\nConnection: close\r\n"));
    server.answer("a");
    const auto answer = busy.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "a");
    EXPECT_TRUE(answer->has("\r\nConnection: close\r\n"));
    EXPECT_TRUE(busy.closed());
    EXPECT_TRUE(sending.closed());
    server.await_stopped();
}

TEST(HttpLifecycle, AStopWithoutConnectionsIsDoneAtOnce) {
    TestServer server;
    server.begin_stop(milliseconds(20'000));
    server.await_stopped();
}

TEST(HttpLifecycle, AStopClosesWhatIsLeftAtItsDeadline) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/hold/a"));
    server.await_held(1);
    server.begin_stop(milliseconds(50));
    server.await_stopped();
    EXPECT_TRUE(client.closed());
    server.answer("a");
}

}  // namespace
}  // namespace quipu::http::testing
