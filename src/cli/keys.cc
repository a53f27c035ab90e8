// quipu keys: the API keys of a running server.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/json_body.h"
#include "base/json_writer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/server_url.h"

namespace quipu::cli {
namespace {

using base::JsonValue;
using base::Result;

struct KeysOptions {
    ServerOptions server;
    std::string name;
    std::string id;
};

std::string_view text_of(JsonValue value) {
    return value.string().value_or("-");
}

std::string object_with(std::string_view name, std::string_view value) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object();
    json.key(name).string(value);
    json.end_object();
    return text;
}

Result<void> run_create(const KeysOptions& options) {
    auto api = ServerApi::open(options.server);
    if (!api) return tl::unexpected(api.error());
    const auto body = api->post("/keys", object_with("name", options.name));
    if (!body) return tl::unexpected(body.error());
    base::JsonReader reader;
    const auto json = reader.read(*body);
    if (!json) return tl::unexpected(json.error());
    fmt::print("{}\t{}\n", text_of((*json)["id"]), text_of((*json)["key"]));
    return {};
}

Result<void> run_list(const KeysOptions& options) {
    auto api = ServerApi::open(options.server);
    if (!api) return tl::unexpected(api.error());
    const auto body = api->get("/keys");
    if (!body) return tl::unexpected(body.error());
    base::JsonReader reader;
    const auto json = reader.read(*body);
    if (!json) return tl::unexpected(json.error());
    for (const JsonValue key : (*json)["keys"]) {
        fmt::print("{}\t{}\t…{}\tcreated {}\trevoked {}\n", text_of(key["id"]),
                   text_of(key["name"]), text_of(key["hint"]), text_of(key["createdAt"]),
                   text_of(key["revokedAt"]));
    }
    return {};
}

Result<void> run_revoke(const KeysOptions& options) {
    auto api = ServerApi::open(options.server);
    if (!api) return tl::unexpected(api.error());
    const auto body = api->post("/keys/revoke", object_with("id", options.id));
    if (!body) return tl::unexpected(body.error());
    fmt::print("{} revoked\n", options.id);
    return {};
}

}  // namespace

void add_keys(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<KeysOptions>();
    CLI::App& keys = add_command(app, "keys", "Make, list and revoke API keys");
    require_command(keys);
    add_footer(keys,
               "Examples:\n"
               "  quipu keys create --name backend --key sk_demo\n"
               "  quipu keys list --key sk_demo\n"
               "  quipu keys revoke key_… --key sk_demo");

    CLI::App& create = add_command(keys, "create", "Print a new key: id and secret");
    add_server_options(create, options->server);
    add_option(create, "--name", options->name, "What it is for", {.type = "NAME"});
    commands.push_back({&create, [options] { return run_create(*options); }});

    CLI::App& list = add_command(keys, "list", "Print all keys, without their secrets");
    add_server_options(list, options->server);
    commands.push_back({&list, [options] { return run_list(*options); }});

    CLI::App& revoke = add_command(keys, "revoke", "Make a key invalid, at once and for good");
    add_server_options(revoke, options->server);
    add_option(revoke, "id", options->id, "key_…", {.type = "ID", .required = true});
    commands.push_back({&revoke, [options] { return run_revoke(*options); }});
}

}  // namespace quipu::cli
