// Where an option's value comes from: the flag, else the variable QUIPU_<NAME>, else the file of
// --config.
#pragma once

#include "base/result.h"

namespace CLI {
class App;
}

namespace quipu::cli {

// Gives every option of `app` and its subcommands a variable, and every subcommand that runs
// something the option --config. Before parsing, when all options are known.
void add_sources(CLI::App& app);

// After parsing: fills what neither flag nor variable gave from the file of --config, whose keys
// are the flags' names. A key that no subcommand of `app` knows is refused. Error code: `usage`.
[[nodiscard]] base::Result<void> read_config(const CLI::App& app, CLI::App& command);

}  // namespace quipu::cli
