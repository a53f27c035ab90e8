// quipu demo: fills a running server with a catalog, customers and usage that one can look at.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/json_body.h"
#include "base/json_writer.h"
#include "cli/command.h"
#include "cli/demo_catalog.h"
#include "cli/options.h"
#include "cli/server_url.h"

namespace quipu::cli {
namespace {

using base::JsonWriter;
using base::Result;

struct DemoCustomer {
    std::string_view id;
    std::string_view name;
    std::string_view plan;
};

constexpr std::array kCustomers{
    DemoCustomer{"acme", "Acme", "pro"},
    DemoCustomer{"globex", "Globex", "pay-as-you-go"},
    DemoCustomer{"initech", "Initech", "team"},
    DemoCustomer{"umbrella", "Umbrella", "pro"},
    DemoCustomer{"hooli", "Hooli", "pay-as-you-go"},
    DemoCustomer{"stark", "Stark Industries", "team"},
    DemoCustomer{"wayne", "Wayne Enterprises", "pro"},
    DemoCustomer{"wonka", "Wonka", "pay-as-you-go"},
    DemoCustomer{"tyrell", "Tyrell", "pro"},
    DemoCustomer{"cyberdyne", "Cyberdyne", "team"},
    DemoCustomer{"soylent", "Soylent", "free"},
    DemoCustomer{"vandelay", "Vandelay", "free"},
    DemoCustomer{"dunder", "Dunder Mifflin", "team"},
    DemoCustomer{"piedpiper", "Pied Piper", "pay-as-you-go"},
    DemoCustomer{"monsters", "Monsters Inc", "pro"},
    DemoCustomer{"oscorp", "Oscorp", "pay-as-you-go"},
    DemoCustomer{"aperture", "Aperture", "pro"},
    DemoCustomer{"blackmesa", "Black Mesa", "free"},
    DemoCustomer{"gringotts", "Gringotts", "team"},
    DemoCustomer{"duff", "Duff", "pay-as-you-go"},
};
constexpr std::size_t kEvents = 3000;
constexpr std::size_t kBatch = 500;
constexpr std::size_t kSeats = 5;  // of a team: two beyond those included

struct DemoOptions {
    ServerOptions server;
};

struct Counts {
    std::size_t accepted = 0;
    std::size_t duplicate = 0;
    std::size_t refused = 0;
};

// The same values on every run, so that a demo that is run again repeats its events.
class Numbers {
public:
    std::uint64_t below(std::uint64_t limit) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return (state_ >> 33) % limit;
    }

private:
    std::uint64_t state_ = 2026;
};

Result<void> post(ServerApi& api, const std::string& path, const std::string& body) {
    const auto answer = api.post(path, body);
    if (!answer) return tl::unexpected(answer.error());
    return {};
}

std::string customer_body(const DemoCustomer& customer) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("id").string(customer.id);
    json.key("email").string(fmt::format("billing@{}.example", customer.id));
    json.key("name").string(customer.name);
    json.end_object();
    return text;
}

std::string attach_body(const DemoCustomer& customer) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("customer").string(customer.id);
    json.key("product").string(customer.plan);
    json.key("id").string(fmt::format("demo:attach:{}", customer.id));
    json.end_object();
    return text;
}

std::string seat_body(const DemoCustomer& customer, std::size_t seat) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("customer").string(customer.id);
    json.key("feature").string("seats");
    json.key("entity").string(fmt::format("user-{}", seat + 1));
    json.key("name").string(fmt::format("User {}", seat + 1));
    json.key("id").string(fmt::format("demo:seat:{}:{}", customer.id, seat + 1));
    json.end_object();
    return text;
}

Result<void> add_customers(ServerApi& api) {
    for (const DemoCustomer& customer : kCustomers) {
        if (auto done = post(api, "/customers", customer_body(customer)); !done) return done;
        if (customer.plan == "free") continue;  // starts by itself
        if (auto done = post(api, "/attach", attach_body(customer)); !done) return done;
        if (customer.plan != "team") continue;
        for (std::size_t seat = 0; seat < kSeats; ++seat) {
            if (auto done = post(api, "/entities", seat_body(customer, seat)); !done) return done;
        }
    }
    return post(api, "/addon",
                R"({"customer":"acme","pack":"credits-500","quantity":1,"id":"demo:credits"})");
}

void write_event(JsonWriter& json, Numbers& numbers, std::size_t number) {
    const DemoCustomer& customer = kCustomers[numbers.below(kCustomers.size())];
    const std::uint64_t kind = numbers.below(10);
    json.begin_object();
    json.key("id").string(fmt::format("demo:event:{}", number));
    json.key("customer").string(customer.id);
    if (customer.plan == "pro" && kind < 3) {
        json.key("feature").string(kind == 0 ? "images" : "chat");
        json.key("value").integer(1);
    } else if (customer.plan == "pay-as-you-go" && kind < 2) {
        json.key("feature").string("storage-gb");
        json.key("value").number(fmt::format("0.{}", 1 + numbers.below(9)));
    } else {
        json.key("feature").string("api-calls");
        json.key("value").integer(static_cast<std::int64_t>(1 + numbers.below(40)));
    }
    json.end_object();
}

Result<void> count(base::JsonReader& reader, const std::string& answer, Counts& counts) {
    const auto json = reader.read(answer);
    if (!json) return tl::unexpected(json.error());
    for (const base::JsonValue result : (*json)["results"]) {
        if (result["duplicate"].boolean().value_or(false)) {
            ++counts.duplicate;
        } else if (result["allowed"].boolean().value_or(false)) {
            ++counts.accepted;
        } else {
            ++counts.refused;
        }
    }
    return {};
}

Result<Counts> send_usage(ServerApi& api) {
    Numbers numbers;
    Counts counts;
    base::JsonReader reader;
    for (std::size_t first = 0; first < kEvents; first += kBatch) {
        std::string body;
        JsonWriter json(body);
        json.begin_array();
        for (std::size_t i = first; i < std::min(first + kBatch, kEvents); ++i)
            write_event(json, numbers, i);
        json.end_array();
        const auto answer = api.post("/track/batch", body);
        if (!answer) return tl::unexpected(answer.error());
        if (auto counted = count(reader, *answer, counts); !counted)
            return tl::unexpected(counted.error());
    }
    return counts;
}

void print_summary(const ServerOptions& server, const Counts& counts) {
    fmt::print(
        "{} customers on 4 plans, {} usage events: {} accepted, {} refused by a limit, {} sent "
        "before.\n\n",
        kCustomers.size(), kEvents, counts.accepted, counts.refused, counts.duplicate);
    const std::string auth = "-H 'Authorization: Bearer " + server.key + "'";
    fmt::print(
        "Try:\n"
        "  curl -s {0} -d '{{\"customer\":\"acme\",\"feature\":\"api-calls\"}}' {1}/v1/check\n"
        "  curl -s {0} -d '{{\"customer\":\"acme\",\"feature\":\"api-calls\",\"value\":5}}' "
        "{1}/v1/track\n"
        "  curl -s {0} '{1}/v1/billing/usage?customer=acme'\n"
        "  curl -s {0} {1}/v1/customers/globex\n",
        auth, server.url);
}

Result<void> run_demo(const DemoOptions& options) {
    auto api = ServerApi::open(options.server);
    if (!api) return tl::unexpected(api.error());
    if (auto done = post(*api, "/sync", std::string(kDemoCatalog)); !done) return done;
    if (auto done = add_customers(*api); !done) return done;
    const auto counts = send_usage(*api);
    if (!counts) return tl::unexpected(counts.error());
    print_summary(options.server, *counts);
    return {};
}

}  // namespace

void add_demo(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<DemoOptions>();
    CLI::App& demo =
        add_command(app, "demo", "Fill a running server with plans, customers and usage");
    add_server_options(demo, options->server);
    add_footer(demo,
               "Running it again repeats the same events, which count once.\n\n"
               "Example:\n"
               "  quipu demo --url http://127.0.0.1:8080 --key sk_demo");
    commands.push_back({&demo, [options] { return run_demo(*options); }});
}

}  // namespace quipu::cli
