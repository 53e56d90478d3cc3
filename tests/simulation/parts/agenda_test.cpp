#include "simulation/time/agenda.hpp"
#include "simulation/time/chance.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace errand::sim {
namespace {

/// What the agenda must agree with: everybody's wish, sorted anew each time.
class Wishes {
public:
    void set(std::size_t who, Timestamp at, std::uint64_t tie) { wishes_[who] = {at, tie}; }
    void remove(std::size_t who) { wishes_.erase(who); }
    [[nodiscard]] bool empty() const { return wishes_.empty(); }
    [[nodiscard]] std::size_t first() const {
        auto best = wishes_.begin();
        for (auto it = wishes_.begin(); it != wishes_.end(); ++it) {
            if (it->second < best->second) best = it;
        }
        return best->first;
    }

private:
    std::map<std::size_t, std::pair<Timestamp, std::uint64_t>> wishes_;
};

TEST(AgendaTest, TheEarliestWishComesFirstHoweverWishesChange) {
    Chance chance{1};
    std::vector<Appointment> people(40);
    Agenda agenda;
    Wishes wishes;
    for (int i = 0; i < 20'000; ++i) {
        const auto who = chance.below(people.size());
        if (chance.hit(0.3)) {
            agenda.remove(people[who]);
            wishes.remove(who);
        } else {
            const Timestamp at{Duration{static_cast<std::int64_t>(chance.below(30))}};
            const auto tie = chance.bits();
            agenda.set(people[who], at, tie);
            wishes.set(who, at, tie);
        }
        ASSERT_EQ(agenda.empty(), wishes.empty());
        if (!agenda.empty()) {
            ASSERT_EQ(agenda.first().who, &people[wishes.first()]);
        }
    }
}

TEST(AgendaTest, WhoIsRemovedHasNoPlace) {
    Appointment one;
    Agenda agenda;
    agenda.set(one, {}, 0);
    EXPECT_TRUE(one.is_set());
    agenda.remove(one);
    EXPECT_FALSE(one.is_set());
    EXPECT_TRUE(agenda.empty());
    agenda.remove(one);  // twice is no error
}

}  // namespace
}  // namespace errand::sim
