// One case per vector, named after it; and one that no vector is dropped in silence.
#include "vectors/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace quipu::testing {
namespace {

const Elsewhere* listed(const Vector& vector) {
    for (const Elsewhere& entry : elsewhere()) {
        if (entry.file == vector.file && entry.area == vector.area &&
            (entry.name.empty() || entry.name == vector.name)) {
            return &entry;
        }
    }
    return nullptr;
}

Runner runner_of(const std::string& file) {
    static const std::map<std::string, Runner> kRunners{{"owostack", run_owostack},
                                                        {"openmeter", run_openmeter},
                                                        {"lago", run_lago},
                                                        {"flexprice", run_flexprice},
                                                        {"autumn", run_autumn}};
    return kRunners.at(file);
}

class VectorCase : public ::testing::Test {
public:
    explicit VectorCase(Vector vector) : vector_(std::move(vector)) {}
    void TestBody() override {
        SCOPED_TRACE(vector_.body.dump());
        EXPECT_TRUE(runner_of(vector_.file)(vector_)) << "neither run nor listed";
    }

private:
    Vector vector_;
};

// What a list names that no file has would hide a vector that was renamed.
TEST(Vectors, TheListNamesOnlyVectorsThatExist) {
    const std::vector<Vector> vectors = load_vectors();
    for (const Elsewhere& entry : elsewhere()) {
        const bool exists = std::ranges::any_of(vectors, [&](const Vector& vector) {
            return entry.file == vector.file && entry.area == vector.area &&
                   (entry.name.empty() || entry.name == vector.name);
        });
        EXPECT_TRUE(exists) << entry.file << " " << entry.area << " " << entry.name;
        EXPECT_FALSE(entry.reason.empty());
    }
}

// Moving a vector to the list is a decision, so the number of those that run is written down.
TEST(Vectors, TwoHundredAndFiveRunHere) {
    const std::vector<Vector> vectors = load_vectors();
    EXPECT_EQ(std::ranges::count_if(vectors, [](const Vector& v) { return !listed(v); }), 205);
    EXPECT_EQ(vectors.size(), 449u);
}

std::string case_name(const Vector& vector, std::set<std::string>& taken) {
    std::string name = vector.area + "_" + vector.name;
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
            c = '_';
        }
    }
    name.resize(std::min<std::size_t>(name.size(), 110));
    while (!taken.insert(vector.file + name).second) {
        name += '_';
    }
    return name;
}

}  // namespace
}  // namespace quipu::testing

int main(int argc, char** argv) {
    using namespace quipu::testing;
    ::testing::InitGoogleTest(&argc, argv);
    std::set<std::string> taken;
    for (const Vector& vector : load_vectors()) {
        if (listed(vector) != nullptr) {
            continue;
        }
        ::testing::RegisterTest(("Vectors_" + vector.file).c_str(),
                                case_name(vector, taken).c_str(), nullptr, nullptr, __FILE__,
                                __LINE__, [vector] { return new VectorCase(vector); });
    }
    return RUN_ALL_TESTS();
}
