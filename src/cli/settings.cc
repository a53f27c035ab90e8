#include "cli/settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <functional>

#include "cli/command.h"
#include "cli/toml_file.h"

namespace quipu::cli {
namespace {

constexpr char kConfig[] = "--config";

std::string variable_of(const std::string& name) {
    std::string variable = "QUIPU_" + name;
    for (char& c : variable) {
        c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return variable;
}

bool is_setting(const CLI::Option& option) {
    return !option.get_lnames().empty() && option.get_lnames().front() != "help" &&
           option.get_lnames().front() != "version";
}

bool knows(const CLI::App& app, const std::string& key) {
    const auto has_key = [&](const CLI::Option* option) {
        return is_setting(*option) && option->check_lname(key) && key != kConfig + 2;
    };
    const std::vector<const CLI::Option*> options = app.get_options();
    if (std::any_of(options.begin(), options.end(), has_key)) return true;
    const std::vector<const CLI::App*> subcommands = app.get_subcommands({});
    return std::any_of(subcommands.begin(), subcommands.end(),
                       [&](const CLI::App* each) { return knows(*each, key); });
}

}  // namespace

void add_sources(CLI::App& app) {
    const std::vector<CLI::App*> subcommands = app.get_subcommands({});
    for (CLI::App* subcommand : subcommands) add_sources(*subcommand);
    if (subcommands.empty()) {
        app.add_option(kConfig, "TOML file; its keys are the flags' names")->type_name("FILE");
    }
    for (CLI::Option* option : app.get_options()) {
        if (is_setting(*option)) option->envname(variable_of(option->get_lnames().front()));
    }
}

base::Result<void> read_config(const CLI::App& app, CLI::App& command) {
    const CLI::Option* config = command.get_option_no_throw(kConfig);
    if (config == nullptr || config->count() == 0) return {};
    const auto file = config->as<std::string>();
    const auto values = read_toml(file);
    if (!values) return base::fail(server::kUsage, values.error().message);
    for (const auto& [key, value] : *values) {
        if (!knows(app, key)) {
            return base::fail(server::kUsage,
                              fmt::format("{}: no option is called '{}'.", file, key));
        }
        CLI::Option* option = command.get_option_no_throw("--" + key);
        if (option == nullptr || option->count() > 0) continue;
        try {
            option->add_result(value);
            option->run_callback();
        } catch (const CLI::ParseError& error) {
            return base::fail(server::kUsage, fmt::format("{}: {}: {}", file, key, error.what()));
        }
    }
    return {};
}

}  // namespace quipu::cli
