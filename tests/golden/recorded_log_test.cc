// Whatever an earlier version recorded is folded to what it was folded to then: every folder of
// tests/golden/logs, none of which is ever edited. docs/log-format.md says how one is recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "golden/command_counts.h"
#include "golden/log_digests.h"
#include "support/written_files.h"

namespace quipu::recorded {
namespace {

// A folder of tests/golden/logs.
struct Recording {
    std::filesystem::path folder;

    [[nodiscard]] std::string log_file() const { return (folder / "log.bin").string(); }
    [[nodiscard]] std::string digest_file() const { return (folder / "digest.txt").string(); }
};

std::vector<Recording> recordings() {
    std::vector<Recording> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(QUIPU_SOURCE_DIR "/tests/golden/logs")) {
        if (entry.is_directory()) all.push_back({entry.path()});
    }
    std::ranges::sort(all, {}, &Recording::folder);
    return all;
}

LogDigests fold(const Recording& recording, int lives) {
    const auto log = decode_log(testing::read_file(recording.log_file()).value_or(""));
    EXPECT_TRUE(log.has_value()) << (log ? "" : log.error().message);
    if (!log) return {};
    auto digests = digests_of(*log, lives);
    EXPECT_TRUE(digests.has_value()) << (digests ? "" : digests.error().message);
    LogDigests all = digests.value_or(LogDigests{});
    all.merge(count_commands(*log));
    return all;
}

LogDigests expected(const Recording& recording) {
    const auto text = testing::read_file(recording.digest_file());
    EXPECT_TRUE(text.has_value()) << "scripts/record-log writes digest.txt.";
    return from_text(text.value_or(""));
}

std::string value_in(const LogDigests& digests, const std::string& name) {
    const auto found = digests.find(name);
    return found != digests.end() ? found->second : "nothing";
}

// The tabs of a name are for the file; people read spaces.
std::string readable(std::string name) {
    std::ranges::replace(name, '\t', ' ');
    return name;
}

// One failure for each value that is not as it was, by name. A kind of command that came later is
// in no earlier log.
void expect_as_recorded(LogDigests now, const LogDigests& then) {
    std::erase_if(now, [&then](const auto& each) {
        return each.second == "0" && !then.contains(each.first);
    });
    std::set<std::string> names;
    for (const auto& [name, value] : now) names.insert(name);
    for (const auto& [name, value] : then) names.insert(name);
    for (const std::string& name : names) {
        EXPECT_EQ(value_in(now, name), value_in(then, name))
            << "\"" << readable(name) << "\" is not what it was when the log was recorded.";
    }
}

TEST(RecordedLogs, AreFoldedToTheStatesAnswersAndEffectsOfTheirDay) {
    for (const Recording& recording : recordings()) {
        SCOPED_TRACE(recording.folder);
        const LogDigests now = fold(recording, 1);
        const std::string path = recording.digest_file();
        if (testing::may_write_files() && !testing::read_file(path))
            testing::write_file(path, to_text(now));
        expect_as_recorded(now, expected(recording));
    }
}

TEST(RecordedLogs, AreFoldedToTheSameByFoldsThatStartAgainFromTheirRows) {
    constexpr int kLives = 20;
    for (const Recording& recording : recordings()) {
        SCOPED_TRACE(recording.folder);
        expect_as_recorded(fold(recording, kLives), expected(recording));
    }
}

TEST(RecordedLogs, HoldEveryKindOfCommandOfTheirDay) {
    for (const Recording& recording : recordings()) {
        SCOPED_TRACE(recording.folder);
        int kinds = 0;
        for (const auto& [name, count] : expected(recording)) {
            if (!name.starts_with("records\t")) continue;
            ++kinds;
            EXPECT_NE(count, "0") << readable(name) << " does not occur.";
        }
        EXPECT_GT(kinds, 0) << "digest.txt lists no kinds.";
    }
}

TEST(RecordedLogs, AreThere) {
    EXPECT_FALSE(recordings().empty());
}

// A byte that changed is found before anything is folded.
TEST(RecordedLogs, ALogThatWasEditedIsNotRead) {
    RecordedLog log;
    log.event_partitions = 1;
    log.partitions.push_back(
        {{ledger::Topic::Control, 0}, {{0, base::Instant{5}, "key", "value", {{"name", "of"}}}}});
    const std::string bytes = encode_log(log);
    const auto read = decode_log(bytes);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(encode_log(*read), bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string edited = bytes;
        edited[at] = static_cast<char>(edited[at] ^ 1);
        EXPECT_FALSE(decode_log(edited).has_value()) << at;
        EXPECT_FALSE(decode_log(bytes.substr(0, at)).has_value()) << at;
    }
}

}  // namespace
}  // namespace quipu::recorded
