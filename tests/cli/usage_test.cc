// Exit codes of bad usage, and where a setting comes from.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "cli/program.h"
#include "support/temporary_folder.h"

namespace quipu::cli {
namespace {

using projections::TemporaryFolder;

class BadUsage : public testing::TestWithParam<Arguments> {};

TEST_P(BadUsage, ExitsWithTwoAndSaysWhy) {
    const Outcome outcome = run_program(GetParam());
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadUsage,
    testing::Values(
        Arguments{}, Arguments{"bogus"}, Arguments{"--bogus"}, Arguments{"price"},
        Arguments{"price", "-"}, Arguments{"price", "-", "--quantity"},
        Arguments{"price", "-", "--quantity", "1", "extra"}, Arguments{"serve", "--log", "paper"},
        Arguments{"serve", "--clock", "sundial"}, Arguments{"serve", "--partitions", "0"},
        Arguments{"serve", "--partitions", "many"}, Arguments{"serve", "--listen", "nowhere"},
        Arguments{"serve", "--cors-origins", "app.example.com"},
        Arguments{"serve", "--listen", "127.0.0.1:70000"}, Arguments{"serve", "--log", "kafka"},
        Arguments{"serve", "--kafka-brokers", "localhost:1"},
        Arguments{"serve", "--log", "kafka", "--kafka-brokers", "localhost:1", "--clock", "manual"},
        Arguments{"replay", "--into", "x"}, Arguments{"replay", "--from-data", "x"},
        Arguments{"replay", "--from-data", "x", "--kafka-brokers", "y", "--into", "z"},
        Arguments{"log"}, Arguments{"log", "show", "--from", "-1"}, Arguments{"keys"},
        Arguments{"keys", "list"}, Arguments{"keys", "list", "--key", "k", "--url", "ftp://x"},
        Arguments{"catalog", "publish"}, Arguments{"demo"},
        Arguments{"digest", "--config", "no-such-file.toml"}));

TEST(Help, OfEveryCommandIsPrintedAndEndsWithZero) {
    for (const Arguments& arguments :
         {Arguments{"--help"}, Arguments{"serve", "--help"}, Arguments{"replay", "--help"},
          Arguments{"digest", "--help"}, Arguments{"verify", "--help"},
          Arguments{"price", "--help"}, Arguments{"log", "show", "--help"},
          Arguments{"log", "tail", "--help"}, Arguments{"keys", "--help"},
          Arguments{"keys", "create", "--help"}, Arguments{"catalog", "publish", "--help"},
          Arguments{"demo", "--help"}}) {
        const Outcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.exit_code, 0) << arguments.front();
        EXPECT_NE(outcome.out.find("Usage:"), std::string::npos) << outcome.out;
    }
}

TEST(Version, IsPrinted) {
    const Outcome outcome = run_program({"--version"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_TRUE(outcome.out.starts_with("quipu ")) << outcome.out;
}

// `digest` says which folder it looked into.
class Settings : public testing::Test {
protected:
    std::string looked_into(const Arguments& more, const Variables& variables) {
        Arguments arguments{"digest"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_program(arguments, "", variables).err;
    }
    std::string config(const std::string& text) {
        const std::string path = folder_.path("quipu.toml");
        std::ofstream(path) << text;
        return path;
    }
    static std::string message(const std::string& folder) {
        return "quipu: There is no state in " + folder + "/state. (state_missing)\n";
    }

    TemporaryFolder folder_;
};

TEST_F(Settings, AFlagWinsOverAVariableAndThatOverTheFile) {
    const std::string file = config("data = \"from-file\"\n");
    const Variables variable{{"QUIPU_DATA", "from-variable"}};
    EXPECT_EQ(looked_into({"--config", file, "--data", "from-flag"}, variable),
              message("from-flag"));
    EXPECT_EQ(looked_into({"--config", file}, variable), message("from-variable"));
    EXPECT_EQ(looked_into({"--config", file}, {}), message("from-file"));
    EXPECT_EQ(looked_into({}, {}), message("./quipu-data"));
}

TEST_F(Settings, TheFileItselfMayBeNamedByAVariable) {
    const std::string file = config("data = \"from-file\"\n");
    EXPECT_EQ(looked_into({}, {{"QUIPU_CONFIG", file}}), message("from-file"));
}

TEST_F(Settings, AFileMayHoldSettingsOfOtherCommands) {
    const std::string file =
        config("data = \"shared\"\npartitions = 8\nadmin-listen = \"[::1]:0\"\n");
    EXPECT_EQ(looked_into({"--config", file}, {}), message("shared"));
}

TEST_F(Settings, AKeyThatNoCommandKnowsIsRefused) {
    const std::string file = config("dta = \"x\"\n");
    EXPECT_EQ(looked_into({"--config", file}, {}),
              "quipu: " + file + ": no option is called 'dta'. Did you mean 'data'?\n");
    EXPECT_EQ(run_program({"digest", "--config", file}).exit_code, 2);
}

TEST_F(Settings, AFileThatIsNotTomlIsRefusedWithItsLine) {
    const std::string file = config("data = \"x\"\nlisten =\n");
    const Outcome outcome = run_program({"serve", "--config", file});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find(file + ":2: "), std::string::npos) << outcome.err;
}

TEST_F(Settings, AValueFromTheFileIsCheckedLikeAFlag) {
    const std::string file = config("clock = \"sundial\"\n");
    EXPECT_EQ(run_program({"serve", "--config", file}).exit_code, 2);
}

}  // namespace
}  // namespace quipu::cli
