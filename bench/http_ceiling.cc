// The ceiling of the HTTP layer: a trivial handler on the server's own thread, loaded over
// loopback.
//
// Prints the load's line and the CPU time of the server's thread per request.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/json_body.h"
#include "base/json_writer.h"
#include "http/asio_loop.h"
#include "http/http_metrics.h"
#include "http/http_server.h"
#include "http/prometheus_metrics.h"
#include "http_load.h"

namespace {

using quipu::http::EngineLoop;
using quipu::http::HttpRequest;
using quipu::http::HttpResponse;
using quipu::http::Responder;

struct CpuTime {
    double user = 0;    // seconds
    double system = 0;  // seconds
};

double in_seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

CpuTime thread_cpu() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return {in_seconds(usage.ru_utime), in_seconds(usage.ru_stime)};
}

// Reads the body as a check would and answers a few fields, without any ledger behind it.
class JsonHandler {
public:
    HttpResponse operator()(const HttpRequest& request) {
        const auto body = reader_.read(request.body);
        if (!body) return {.status = 400};
        HttpResponse response;
        quipu::base::JsonWriter json(response.body);
        json.begin_object().key("success").boolean(true);
        json.key("customer").string((*body)["customer"].string().value_or(""));
        json.key("feature").string((*body)["feature"].string().value_or(""));
        json.key("value").number((*body)["value"].number().value_or("1"));
        json.end_object();
        return response;
    }

private:
    quipu::base::JsonReader reader_;
};

struct Options {
    std::string mode = "plain";  // plain, json, deferred
    bool metrics = false;
};

// Answers writes as the ledger does: after the turn, all at once.
class Deferred {
public:
    explicit Deferred(EngineLoop& loop) : loop_(loop) {}

    void add(Responder responder) {
        waiting_.push_back(std::move(responder));
        if (waiting_.size() > 1) return;
        loop_.at_end_of_turn([this] {
            for (Responder& each : std::exchange(waiting_, {}))
                each({.body = R"({"success":true})"});
        });
    }

private:
    EngineLoop& loop_;
    std::vector<Responder> waiting_;
};

int run(const Options& options, quipu::bench::LoadPlan plan) {
    EngineLoop loop;
    JsonHandler json;
    Deferred deferred(loop);
    std::uint64_t served = 0;
    const auto metrics = quipu::http::make_prometheus_metrics();
    quipu::http::HttpMetrics counts(*metrics);
    const std::uint32_t route = counts.add_route("bench");
    const auto handler = [&](const HttpRequest& request, Responder respond) {
        ++served;
        respond.tag(route);
        if (options.mode == "deferred") return deferred.add(std::move(respond));
        respond(options.mode == "json" ? json(request)
                                       : HttpResponse{.body = R"({"success":true})"});
    };
    quipu::http::HttpServer server(loop, {}, handler, options.metrics ? &counts : nullptr);
    if (const auto listening = server.listen("127.0.0.1", 0); !listening) {
        std::fprintf(stderr, "%s\n", listening.error().message.c_str());
        return 1;
    }
    server.start();
    CpuTime cpu;
    std::thread engine([&] {
        loop.run();
        cpu = thread_cpu();
    });
    plan.port = server.port();
    const auto load = quipu::bench::run_load(plan);
    loop.stop();
    engine.join();
    if (!load) {
        std::fprintf(stderr, "%s\n", load.error().message.c_str());
        return 1;
    }
    quipu::bench::print(*load);
    const double per_request = 1e6 / static_cast<double>(served);
    std::printf(
        "server thread: %.2f us CPU per request (%.2f user, %.2f system) over %llu requests\n",
        (cpu.user + cpu.system) * per_request, cpu.user * per_request, cpu.system * per_request,
        static_cast<unsigned long long>(served));
    return load->errors == 0 ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    quipu::bench::LoadPlan plan;
    double seconds = 5;
    CLI::App app("Ceiling of the HTTP layer with a trivial handler");
    app.add_option("--mode", options.mode, "plain, json or deferred")
        ->check(CLI::IsMember({"plain", "json", "deferred"}));
    app.add_flag("--metrics", options.metrics, "count every request");
    app.add_option("--connections", plan.connections)->capture_default_str();
    app.add_option("--seconds", seconds)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    plan.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    plan.path = "/v1/track";
    plan.headers =
        "Authorization: Bearer sk_test_0123456789abcdef\r\nContent-Type: application/json\r\n"
        "Accept: application/json\r\nUser-Agent: quipu-http-load\r\n";
    plan.body = quipu::bench::body_template(
        R"({"customer":"cus_{n}","feature":"api-calls","value":1,"id":"event-{n}"})");
    return run(options, plan);
}
