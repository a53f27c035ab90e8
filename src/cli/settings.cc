#include "cli/settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <functional>

#include "base/nearest_name.h"
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

// The keys that a file may have: the names of the settings of every subcommand. Views into `app`.
void add_keys(const CLI::App& app, std::vector<std::string_view>& keys) {
    for (const CLI::Option* option : app.get_options()) {
        if (!is_setting(*option)) continue;
        for (const std::string& name : option->get_lnames()) {
            if (name != kConfig + 2) keys.push_back(name);
        }
    }
    for (const CLI::App* each : app.get_subcommands({})) add_keys(*each, keys);
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
    std::vector<std::string_view> keys;
    add_keys(app, keys);
    for (const auto& [key, value] : *values) {
        if (std::ranges::find(keys, key) == keys.end()) {
            return base::fail(server::kUsage, fmt::format("{}: no option is called '{}'.{}", file,
                                                          key, base::did_you_mean(key, keys)));
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
