#include "cli/options.h"

#include <CLI/CLI.hpp>

namespace quipu::cli {
namespace {

void show(CLI::Option& option, const OptionShape& shape) {
    option.type_name(shape.type);
    option.required(shape.required);
    if (shape.shows_default) option.capture_default_str();
}

template <typename Number>
void add_number(CLI::App& command, const char* name, Number& value, const char* help,
                const OptionShape& shape) {
    CLI::Option* option = command.add_option(name, value, help);
    if (shape.least > 0 || shape.most < INT64_MAX) {
        option->check(CLI::Range(shape.least, shape.most));
    } else {
        option->check(CLI::NonNegativeNumber);
    }
    show(*option, shape);
}

}  // namespace

CLI::App& add_command(CLI::App& app, const char* name, const char* help) {
    return *app.add_subcommand(name, help);
}

void require_command(CLI::App& app) {
    app.require_subcommand(1);
}

void add_footer(CLI::App& command, const char* text) {
    command.footer(text);
}

void add_option(CLI::App& command, const char* name, std::string& value, const char* help,
                const OptionShape& shape) {
    CLI::Option* option = command.add_option(name, value, help);
    if (!shape.one_of.empty()) option->check(CLI::IsMember(shape.one_of));
    show(*option, shape);
}

void add_option(CLI::App& command, const char* name, std::int64_t& value, const char* help,
                const OptionShape& shape) {
    add_number(command, name, value, help, shape);
}

void add_option(CLI::App& command, const char* name, std::uint64_t& value, const char* help,
                const OptionShape& shape) {
    add_number(command, name, value, help, shape);
}

void add_option(CLI::App& command, const char* name, std::uint32_t& value, const char* help,
                const OptionShape& shape) {
    add_number(command, name, value, help, shape);
}

void add_option(CLI::App& command, const char* name, std::vector<std::string>& values,
                const char* help, const OptionShape& shape) {
    CLI::Option* option = command.add_option(name, values, help);
    option->delimiter(',');
    show(*option, shape);
}

void add_flag(CLI::App& command, const char* name, bool& value, const char* help) {
    command.add_flag(name, value, help);
}

}  // namespace quipu::cli
