#include "simulation/faults.hpp"

#include <gtest/gtest.h>

namespace errand::sim {
namespace {

TEST(FaultsTest, ASetReadsWhatItPrints) {
    FaultSet set;
    set.add(Fault::kills);
    set.add(Fault::poison);
    EXPECT_EQ(set.text(), "kills,poison");
    const auto read = FaultSet::parse(set.text());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text(), set.text());
    EXPECT_EQ(read->others().size(), fault_count - 2);
    EXPECT_EQ(FaultSet::parse("none")->size(), 0U);
    EXPECT_FALSE(FaultSet::parse("kills,earthquakes"));
}

TEST(FaultsTest, AKindThatIsLeftOutChangesNoOther) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Chance one{seed};
        Chance two{seed};
        FaultSet off;
        off.add(Fault::kills);
        const auto all = Faults::swarm(one, {});
        const auto some = Faults::swarm(two, off);
        EXPECT_EQ(some[Fault::kills], 0);
        for (const auto& kind : fault_kinds) {
            if (kind.fault != Fault::kills) {
                EXPECT_EQ(all[kind.fault], some[kind.fault]);
            }
        }
    }
}

TEST(FaultsTest, LivesAreOfAllKinds) {
    int peaceful = 0;
    int calm = 0;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        Chance chance{seed};
        const auto faults = Faults::swarm(chance, {});
        peaceful += faults.peaceful();
        calm += faults.calm();
        EXPECT_TRUE(faults.calm() || !faults.peaceful());
        EXPECT_TRUE(faults.active(Fault::kills) ? !faults.calm() : true);
    }
    EXPECT_GT(peaceful, 100);
    EXPECT_GT(calm, 250);
    EXPECT_LT(calm, 400);
}

}  // namespace
}  // namespace errand::sim
