// quipu: one binary with the server and the tools around its log.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/command.h"
#include "cli/settings.h"

namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

int report(const quipu::base::Error& error) {
    if (error.code == quipu::server::kUsage) {
        fmt::print(stderr, "quipu: {}\n", error.message);
        return kBadUsage;
    }
    fmt::print(stderr, "quipu: {} ({})\n", error.message, error.code.text());
    return kFailed;
}

int run(CLI::App& app, const quipu::cli::Commands& commands) {
    for (const quipu::cli::Command& command : commands) {
        if (!command.options->parsed()) continue;
        if (const auto read = quipu::cli::read_config(app, *command.options); !read) {
            return report(read.error());
        }
        const auto done = command.run();
        return done ? 0 : report(done.error());
    }
    return kBadUsage;
}

void describe(CLI::App& app) {
    app.set_version_flag("--version", "quipu " QUIPU_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.footer(
        "Every flag of a command may also be a variable (--admin-listen = QUIPU_ADMIN_LISTEN) or "
        "a\n"
        "key of the TOML file given with --config (admin-listen). The flag wins, then the "
        "variable.\n"
        "Exit codes: 0 done, 1 failed, 2 bad usage.\n\n"
        "Examples:\n"
        "  QUIPU_ROOT_KEY=sk_demo quipu serve\n"
        "  quipu demo --url http://127.0.0.1:8080 --key sk_demo\n"
        "  quipu price card.json --quantity 1500\n"
        "  quipu verify --data ./quipu-data");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Quipu: a usage ledger with streaming rating"};
    describe(app);
    quipu::cli::Commands commands;
    quipu::cli::add_serve(app, commands);
    quipu::cli::add_replay(app, commands);
    quipu::cli::add_digest(app, commands);
    quipu::cli::add_verify(app, commands);
    quipu::cli::add_price(app, commands);
    quipu::cli::add_log(app, commands);
    quipu::cli::add_keys(app, commands);
    quipu::cli::add_catalog(app, commands);
    quipu::cli::add_demo(app, commands);
    quipu::cli::add_sources(app);
    try {
        app.parse(argc, argv);
        return run(app, commands);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kBadUsage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "quipu: {} (failed)\n", error.what());
        return kFailed;
    }
}
