// quipu catalog publish: sends a catalog to a running server and shows what it changed.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/json_body.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/server_url.h"
#include "server/text_file.h"

namespace quipu::cli {
namespace {

using base::JsonValue;
using base::Result;

struct CatalogOptions {
    ServerOptions server;
    std::string file;
};

void print_changes(JsonValue answer, std::string_view group) {
    const JsonValue changes = answer[group];
    for (const JsonValue slug : changes["created"])
        fmt::print("+ {} {}\n", group, slug.string().value_or(""));
    for (const JsonValue slug : changes["updated"])
        fmt::print("~ {} {}\n", group, slug.string().value_or(""));
    if (changes["unchanged"].size() > 0)
        fmt::print("= {} {} unchanged\n", group, changes["unchanged"].size());
}

Result<void> run_publish(const CatalogOptions& options) {
    auto api = ServerApi::open(options.server);
    if (!api) return tl::unexpected(api.error());
    const auto file = server::read_text(options.file);
    if (!file) return tl::unexpected(file.error());
    const auto body = api->post("/sync", *file);
    if (!body) return tl::unexpected(body.error());
    base::JsonReader reader;
    const auto json = reader.read(*body);
    if (!json) return tl::unexpected(json.error());
    for (const std::string_view group : {"features", "creditSystems", "creditPacks", "plans"})
        print_changes(*json, group);
    for (const JsonValue warning : (*json)["warnings"])
        fmt::print("! {}\n", warning.string().value_or(""));
    if (const auto version = (*json)["version"].number())
        fmt::print("catalog version {}\n", *version);
    return {};
}

}  // namespace

void add_catalog(CLI::App& app, Commands& commands) {
    const auto options = std::make_shared<CatalogOptions>();
    CLI::App& catalog = add_command(app, "catalog", "Publish features, plans and credits");
    require_command(catalog);
    CLI::App& publish =
        add_command(catalog, "publish", "Send a catalog to a server and show the changes");
    add_option(publish, "file", options->file, "The JSON that POST /v1/sync takes; - reads stdin",
               {.type = "FILE", .required = true});
    add_server_options(publish, options->server);
    add_footer(publish,
               "Prints + created, ~ updated, = unchanged, ! warnings.\n\n"
               "Example:\n"
               "  quipu catalog publish docs/examples/catalog.json --key sk_demo");
    commands.push_back({&publish, [options] { return run_publish(*options); }});
}

}  // namespace quipu::cli
