// A subcommand of `quipu`: what its options are, and what runs when it is chosen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/usage_error.h"

namespace CLI {
class App;
}

namespace quipu::cli {

struct Command {
    CLI::App* options = nullptr;  // of the program's CLI::App
    std::function<base::Result<void>()> run;
};
using Commands = std::vector<Command>;

// Each adds its subcommands with their options and help.
void add_serve(CLI::App& app, Commands& commands);
void add_replay(CLI::App& app, Commands& commands);
void add_digest(CLI::App& app, Commands& commands);
void add_verify(CLI::App& app, Commands& commands);
void add_price(CLI::App& app, Commands& commands);
void add_log(CLI::App& app, Commands& commands);
void add_keys(CLI::App& app, Commands& commands);
void add_catalog(CLI::App& app, Commands& commands);
void add_demo(CLI::App& app, Commands& commands);

}  // namespace quipu::cli
