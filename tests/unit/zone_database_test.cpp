#include "base/zone_database.hpp"

#include <errand/time.hpp>

#include "support/temp_dir.hpp"
#include "support/tzif_file.hpp"
#include "unit/expect_error.hpp"

#include <fstream>
#include <thread>

namespace errand::base {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Zones : public testing::Test {
protected:
    Zones() {
        for (const auto* name :
             {"Europe/Berlin", "Europe/Dublin", "America/Argentina/Salta", "EST5EDT", "localtime",
              "posix/Europe/Berlin", "right/Europe/Berlin"}) {
            write(name, test::TzifFile{}.bytes());
        }
        write("leapseconds", "# no zone\n");
        write("Europe/Paris", "TZif");
    }

    void write(const std::string& name, const std::string& bytes) {
        std::filesystem::create_directories((folder_.path() / name).parent_path());
        std::ofstream{folder_.path() / name, std::ios::binary} << bytes;
    }
    std::string refusal(std::string_view name) {
        return message_of_refusal([&] { (void)zones_.find(name); });
    }

    test::TempDir folder_;
    ZoneDatabase zones_{folder_.path()};
};

TEST_F(Zones, AreFoundByName) {
    const auto zone = zones_.find("Europe/Berlin");
    EXPECT_EQ(zone->name(), "Europe/Berlin");
    const auto summer = std::chrono::sys_days{std::chrono::July / 1 / 2030};
    EXPECT_EQ(zone->period_at(summer).offset, 2h);
    EXPECT_EQ(zones_.find("America/Argentina/Salta")->name(), "America/Argentina/Salta");
}

TEST_F(Zones, AreReadOnce) {
    const auto zone = zones_.find("Europe/Berlin");
    std::filesystem::remove(folder_.path() / "Europe/Berlin");
    EXPECT_EQ(zones_.find("Europe/Berlin"), zone);
}

TEST_F(Zones, OfUtcNeedNoFile) {
    const ZoneDatabase none{folder_.path() / "missing"};
    EXPECT_EQ(none.find("UTC")->period_at(zones_begin).offset, 0s);
    EXPECT_EQ(none.find("Etc/UTC")->name(), "Etc/UTC");
    EXPECT_EQ(none.find("UTC")->period_at(zones_begin).end, zones_end);
}

TEST_F(Zones, HaveTheNamesOfTheirFiles) {
    EXPECT_THAT(zones_.names(), ElementsAre("America/Argentina/Salta", "EST5EDT", "Europe/Berlin",
                                            "Europe/Dublin", "Europe/Paris"));
}

TEST_F(Zones, ThatAreUnknownGetTheNearestNames) {
    EXPECT_THAT(refusal("Europe/Brelin"),
                HasSubstr("time zone \"Europe/Brelin\": is unknown; did you mean Europe/Berlin, "
                          "Europe/Dublin"));
    EXPECT_THAT(refusal("berlin"), HasSubstr("did you mean Europe/Berlin"));
    EXPECT_THAT(refusal("EUROPE/DUBLIN"), HasSubstr("did you mean Europe/Dublin"));
    EXPECT_THAT(refusal("leapseconds"), HasSubstr("is unknown; names are like"));
    EXPECT_THAT(refusal("Europe"), HasSubstr("is unknown"));
    EXPECT_THAT(refusal("localtime"), HasSubstr("differs from machine to machine"));
}

TEST_F(Zones, DoNotLeadOutOfTheirFolder) {
    write("../outside", test::TzifFile{}.bytes());
    for (const auto* name : {"../outside", "Europe/../Europe/Berlin", "/etc/localtime", "Europe/",
                             "Europe//Berlin", "./Europe/Berlin", "Europe\\Berlin", "Eur ope",
                             "a.b", "\xc3\xa4", "~", "Europe/Berlin\n"}) {
        EXPECT_THAT(refusal(name), HasSubstr("is no name of a zone")) << name;
    }
    EXPECT_THAT(refusal(std::string_view{"UTC\0", 4}), HasSubstr("is no name of a zone"));
    EXPECT_THAT(refusal(""), HasSubstr("is empty"));
    EXPECT_THAT(refusal(std::string(65, 'a')), HasSubstr("has 65 bytes, at most 64 are possible"));
    std::filesystem::remove(folder_.path() / "../outside");
}

TEST_F(Zones, WithoutAnyFileNameTheRemedy) {
    const ZoneDatabase none{folder_.path() / "missing"};
    EXPECT_THAT(message_of_refusal([&] { (void)none.find("Europe/Berlin"); }),
                HasSubstr("install the package tzdata, set TZDIR, or use UTC"));
}

TEST_F(Zones, OfDamagedFilesAreRefused) {
    EXPECT_THAT(refusal("Europe/Paris"), HasSubstr("its file is cut off"));
    write("Big", "TZif" + std::string(1U << 20, 'x'));
    EXPECT_THAT(refusal("Big"), HasSubstr("is unknown"));
}

TEST_F(Zones, AreFoundByManyThreads) {
    std::vector<std::jthread> threads;
    std::vector<std::shared_ptr<const TimeZone>> found(8);
    for (auto& zone : found)
        threads.emplace_back([&] { zone = zones_.find("Europe/Berlin"); });
    threads.clear();
    for (const auto& zone : found)
        EXPECT_EQ(zone, found.front());
}

}  // namespace
}  // namespace errand::base
