#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

// Jobs of one key take turns: I6.

namespace errand::sim {

void Turns::forget(const std::string& queue) {
    for (auto& [name, line] : lines_) {
        if (!name.starts_with(queue + '\n')) continue;
        const auto exempt = line.exempt;
        line = {};
        line.exempt = exempt;
        line.unclear = true;
    }
}

void Turns::pass_on(Line& line, const Moment& now) {
    line.next.reset();
    line.unclear = line.exempt != 0;
    if (line.unclear || line.waiting.empty()) return;
    line.next = *line.waiting.begin();
    line.since = now;
}

std::uint32_t Oracle::turns_of(const Tale& job) const {
    if (job.asked.key.empty() || job.exempt) return 0;
    return places_.of(job.asked.queue).key_concurrency;
}

/// It certainly is available from now on.
void Oracle::stand_in_line(const Tale& job, const JobId& id) {
    auto& line = turns_.of(job.asked.queue, job.asked.key);
    if (line.has_under_way(id)) return;  // it has its turn
    line.waiting.insert({job.standing, id});
    const bool free = line.under_way.empty() && !line.next && !line.unclear;
    if (free && turns_of(job) == 1) Turns::pass_on(line, this_moment());
}

void Oracle::expect_turn(const Tale& job, const JobId& id) {
    const auto turns = turns_of(job);
    if (turns == 0) return;
    auto& line = turns_.of(job.asked.queue, job.asked.key);
    if (line.has_under_way(id)) return met(Situation::turn_kept);
    expect(line.under_way.size() < turns, "I6", id,
           "claimed while {} of its key are under way, and {} may be", line.under_way.size(),
           turns);
    if (turns == 1 && line.next) expect_next(job, id, line);
    line.waiting.erase({job.standing, id});
    if (!line.waiting.empty()) met(Situation::turn_waited_for);
    line.under_way.push_back(id);
    line.next.reset();
    line.unclear = false;
}

/// Who was not certainly there when the turn became free may have been there all the same, if he
/// was due. Of those that one call released after their parents, any may have been the first.
void Oracle::expect_next(const Tale& job, const JobId& id, const Turns::Line& line) {
    const auto& next = *line.next;
    const auto then = line.since.number;
    const bool was_there = job.ready_from != 0 && job.ready_from <= then;
    const bool may_have_been = job.waits_from < then && job.due <= line.since.latest && !was_there;
    const auto came_then = [&](const Tale* one) {
        return one != nullptr && one->released_at == line.since.time;
    };
    const bool came_with_it = came_then(&job) && came_then(known(next.id));
    expect(next.id == id || may_have_been || came_with_it, "I6", id,
           "began before job {}, whose turn it was", to_string(next.id));
}

/// It has ended or was removed.
void Oracle::leave_line(Tale& job, const JobId& id, bool was_ready) {
    const bool exempt = std::exchange(job.exempt, false);
    if (job.asked.key.empty()) return;
    const auto turns = places_.of(job.asked.queue).key_concurrency;
    auto& line = turns_.of(job.asked.queue, job.asked.key);
    if (exempt) {
        --line.exempt;
        return;
    }
    if (turns == 0) return;
    if (std::erase(line.under_way, id) != 0) {
        if (turns == 1) Turns::pass_on(line, this_moment());
        return;
    }
    line.waiting.erase({job.standing, id});
    if (line.next && line.next->id == id) return Turns::pass_on(line, this_moment());
    if (was_ready || job.due > latest_) return;
    line.next.reset();  // perhaps it had the turn, and who has it now is not known
    line.unclear = true;
}

/// Those that wait for a time lose their turn.
void Oracle::unblocked(const std::string& queue, const std::string& key, std::uint32_t count) {
    const auto turns = places_.of(queue).key_concurrency;
    auto& line = turns_.of(queue, key);
    if (turns == 0) return;
    std::uint32_t lost = 0;
    bool sure = line.exempt == 0;
    std::erase_if(line.under_way, [&](const JobId& id) {
        Tale& job = *known(id);
        if (job.stage != Tale::Stage::waiting || job.ready_from != 0) return false;
        ++lost;
        if (job.due > latest_) return true;
        sure = false;  // perhaps it is available again, and keeps its turn
        job.exempt = true;
        ++line.exempt;
        return true;
    });
    if (sure && lost != count) {
        violated(fmt::format("I6: {} jobs of key {} lost their turn, not {}", count, key, lost));
    }
    if (lost != 0) met(Situation::turn_given_up);
    if (turns == 1 && lost != 0 && line.under_way.empty()) Turns::pass_on(line, this_moment());
}

/// Who may begin without a turn is settled when a job becomes available, and nobody sees that of
/// all. So those that are there are not judged when the number of turns changes.
void Oracle::turns_changed(const std::string& queue) {
    turns_.forget(queue);
    for (auto& [id, job] : tales_) {
        if (!job.lives() || job.asked.key.empty() || job.asked.queue != queue) continue;
        job.ready_from = 0;
        if (std::exchange(job.exempt, true)) continue;
        ++turns_.of(queue, job.asked.key).exempt;
    }
}

}  // namespace errand::sim
