#include "server/errand_program.hpp"
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
    ProgramResult run(std::vector<std::string> arguments) {
        return run_errand(std::move(arguments), folder_.path());
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream{folder_.path() / name} << text;
    }

    TempDir folder_;
};

TEST_F(DoctorProgramTest, FindsAFreshStoreSound) {
    const auto migrated = run({"store", "migrate"});
    EXPECT_EQ(migrated.exit_code, 0) << migrated.err;
    EXPECT_THAT(migrated.out, HasSubstr("schema version 1"));
    const auto checked = run({"store", "check"});
    EXPECT_EQ(checked.exit_code, 0) << checked.out;
    EXPECT_THAT(checked.out, HasSubstr("ok  integrity"));
    const auto doctor = run({"doctor", "--json"});
    const auto json = boost::json::parse(doctor.out).as_object();
    EXPECT_GT(json.at("findings").as_array().size(), 5U);
    EXPECT_EQ(doctor.exit_code == 0, json.at("ok").as_bool()) << doctor.out;
}

TEST_F(DoctorProgramTest, SaysThatThereIsNoStoreAndMakesNone) {
    for (const auto* command : {"doctor", "store"}) {
        std::vector<std::string> arguments{command};
        if (arguments[0] == "store") arguments.emplace_back("check");
        EXPECT_EQ(run(arguments).exit_code, 4) << command;
    }
    EXPECT_THAT(run({"doctor"}).out, HasSubstr("BAD store"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "errand.db"));
}

TEST_F(DoctorProgramTest, TellsABrokenConfigurationAndAMissingProgram) {
    write("errand.toml", "stoer = \"sqlite:errand.db\"\n");
    const auto broken = run({"doctor"});
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_THAT(broken.out, HasSubstr("BAD configuration"));
    EXPECT_THAT(broken.out, HasSubstr("errand.toml:1"));

    write("errand.toml", "[handlers.\"report\"]\nexec = [\"no-such-program-here\"]\n");
    ASSERT_EQ(run({"store", "migrate"}).exit_code, 0);
    const auto missing = run({"doctor"});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_THAT(missing.out, HasSubstr("BAD handler report"));
}

TEST_F(DoctorProgramTest, RefusesAFileThatIsNoStore) {
    write("errand.db", std::string(8'192, 'x'));
    EXPECT_EQ(run({"doctor"}).exit_code, 4);
    const auto checked = run({"store", "check"});
    EXPECT_EQ(checked.exit_code, 4);
    EXPECT_THAT(checked.err, HasSubstr("errand.db"));
}

}  // namespace
}  // namespace errand::test
