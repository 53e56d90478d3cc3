#include "server/program.hpp"
#include "support/temp_dir.hpp"

#include <errand/client.hpp>

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include <fstream>

namespace errand::test {
namespace {

using testing::HasSubstr;

class DoctorProgramTest : public testing::Test {
protected:
    ProgramEnd run(std::vector<std::string> arguments) {
        return run_program(std::move(arguments), folder_.path());
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream{folder_.path() / name} << text;
    }

    TempDir folder_;
};

TEST_F(DoctorProgramTest, FindsAFreshStoreSound) {
    const auto migrated = run({"store", "migrate"});
    EXPECT_EQ(migrated.status, 0) << migrated.errors;
    EXPECT_THAT(migrated.output, HasSubstr("schema version 1"));
    const auto checked = run({"store", "check"});
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_THAT(checked.output, HasSubstr("ok  integrity"));
    const auto doctor = run({"doctor", "--json"});
    const auto json = boost::json::parse(doctor.output).as_object();
    EXPECT_GT(json.at("findings").as_array().size(), 5U);
    EXPECT_EQ(doctor.status == 0, json.at("ok").as_bool()) << doctor.output;
}

TEST_F(DoctorProgramTest, SaysThatThereIsNoStoreAndMakesNone) {
    for (const auto* command : {"doctor", "store"}) {
        std::vector<std::string> arguments{command};
        if (arguments[0] == "store") arguments.emplace_back("check");
        EXPECT_EQ(run(arguments).status, 4) << command;
    }
    EXPECT_THAT(run({"doctor"}).output, HasSubstr("BAD store"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "errand.db"));
}

TEST_F(DoctorProgramTest, TellsABrokenConfigurationAndAMissingProgram) {
    write("errand.toml", "stoer = \"sqlite:errand.db\"\n");
    const auto broken = run({"doctor"});
    EXPECT_EQ(broken.status, 1);
    EXPECT_THAT(broken.output, HasSubstr("BAD configuration"));
    EXPECT_THAT(broken.output, HasSubstr("errand.toml:1"));

    write("errand.toml", "[handlers.\"report\"]\nexec = [\"no-such-program-here\"]\n");
    ASSERT_EQ(run({"store", "migrate"}).status, 0);
    const auto missing = run({"doctor"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.output, HasSubstr("BAD handler report"));
}

TEST_F(DoctorProgramTest, RefusesAFileThatIsNoStore) {
    write("errand.db", std::string(8'192, 'x'));
    EXPECT_EQ(run({"doctor"}).status, 4);
    const auto checked = run({"store", "check"});
    EXPECT_EQ(checked.status, 4);
    EXPECT_THAT(checked.errors, HasSubstr("errand.db"));
}

}  // namespace
}  // namespace errand::test
