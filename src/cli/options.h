// The options of a subcommand, and where their values go. CLI11 reads them; only options.cc,
// settings.cc and main.cc include it, for it takes seconds to compile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace quipu::cli {

// How an option is shown and checked.
struct OptionShape {
    const char* type = "";  // the word that help shows for its value: DIR, HOST:PORT
    bool shows_default = false;
    bool required = false;
    std::vector<std::string> one_of{};  // empty: any value
    std::uint64_t least = 0;            // of numbers
    std::uint64_t most = INT64_MAX;
};

// Owned by `app`.
CLI::App& add_command(CLI::App& app, const char* name, const char* help);
// For one that only has others below it.
void require_command(CLI::App& app);
// What help ends with: notes and examples.
void add_footer(CLI::App& command, const char* text);

// `name` with two dashes, or without for an argument by place. `value` is borrowed until the
// program ends; it is what the option is when it is not given.
void add_option(CLI::App& command, const char* name, std::string& value, const char* help,
                const OptionShape& shape = {});
void add_option(CLI::App& command, const char* name, std::int64_t& value, const char* help,
                const OptionShape& shape = {});
void add_option(CLI::App& command, const char* name, std::uint64_t& value, const char* help,
                const OptionShape& shape = {});
void add_option(CLI::App& command, const char* name, std::uint32_t& value, const char* help,
                const OptionShape& shape = {});
// Several values, separated by commas.
void add_option(CLI::App& command, const char* name, std::vector<std::string>& values,
                const char* help, const OptionShape& shape = {});
// True where it is given.
void add_flag(CLI::App& command, const char* name, bool& value, const char* help);

}  // namespace quipu::cli
