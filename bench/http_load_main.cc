// quipu_http_load: loads any HTTP server on this machine and prints one line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "http_load.h"

int main(int argc, char** argv) {
    quipu::bench::LoadPlan plan;
    std::string body;
    std::vector<std::string> headers;
    double seconds = 5;
    CLI::App app("HTTP load over keep-alive connections, one request outstanding on each");
    app.add_option("--host", plan.host, "numeric IPv4 address")->capture_default_str();
    app.add_option("--port", plan.port)->required();
    app.add_option("--method", plan.method)->capture_default_str();
    app.add_option("--path", plan.path)->capture_default_str();
    app.add_option("--header", headers,
                   "a whole header, e.g. 'Authorization: Bearer x'; repeatable");
    app.add_option("--body", body, "body; every {n} becomes the request's number");
    app.add_option("--connections", plan.connections)->capture_default_str();
    app.add_option("--seconds", seconds, "counted time, after half a second of warm-up")
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    for (const std::string& header : headers) plan.headers += header + "\r\n";
    if (!body.empty()) plan.body = quipu::bench::body_template(body);
    plan.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    const auto result = quipu::bench::run_load(plan);
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        return 1;
    }
    quipu::bench::print(*result);
    return result->errors == 0 ? 0 : 2;
}
