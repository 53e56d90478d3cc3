#include "crash/crash_vfs.hpp"
#include "crash/recovery.hpp"
#include "crash/script.hpp"
#include "crash/store_dump.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <unordered_map>

// Power cuts at every operation that SQLite does to its files during a script over the whole store.
// The oracle is the store itself, without a cut: after a cut it must hold exactly what it held when
// the last call returned, or what it would have held when the interrupted call had returned. That
// says at once that nothing acknowledged is lost, that no call is half done, and that nothing is
// there that nobody put there.

namespace errand::test {
namespace {

namespace fs = std::filesystem;

struct Acknowledged {
    std::string step;
    std::size_t operations;  ///< done when the call returned
    std::string state;       ///< of the store then
};

struct Recording {
    DiskLog log;
    std::vector<Acknowledged> steps;
};

std::unique_ptr<Recording> record(const std::vector<Step>& script, const std::string& options) {
    const TempDir folder;
    auto recording = std::make_unique<Recording>(DiskLog{folder.path().string()});
    const ShimVfs vfs{recording->log};
    const auto path = (folder.path() / "a.db").string();
    Run run{"sqlite:" + path + options};
    for (const auto& step : script) {
        run.clock().advance(step.wait);
        step.call(run);
        const auto operations = recording->log.entries().size();
        auto state = run.is_open() ? dump_tables(path) : recording->steps.back().state;
        recording->steps.push_back({step.name, operations, std::move(state)});
    }
    run.close();
    return recording;
}

struct Kind {
    Unsynced unsynced;
    std::string_view name;
    std::uint64_t seed = 0;
};
constexpr std::array kinds{Kind{Unsynced::lost, "unsynced lost"}, Kind{Unsynced::kept, "all kept"},
                           Kind{Unsynced::mixed, "mixed", 1}, Kind{Unsynced::mixed, "mixed", 2}};

/// What was found at one cut: the number of the step whose state it is, or none.
struct Finding {
    std::size_t cut;
    Kind kind;
    std::size_t acknowledged;  ///< steps that had returned
    std::optional<std::size_t> step;
    std::string problem;
};

/// Cuts the power at every operation of a recording.
class Explorer {
public:
    explicit Explorer(const Recording& recording) : recording_(recording) {
        for (std::size_t i = 0; i < recording.steps.size(); ++i)
            steps_of_[recording.steps[i].state].push_back(i);
    }

    /// Calls `judge` with what each cut leaves until it returns false.
    void explore(const std::string& lying, const std::function<bool(const Finding&)>& judge) {
        Disk disk{lying};
        std::size_t acknowledged = 0;
        for (std::size_t cut = 0; cut <= recording_.log.entries().size(); ++cut) {
            if (cut > 0) disk.apply(recording_.log.entries()[cut - 1]);
            while (acknowledged < recording_.steps.size() &&
                   recording_.steps[acknowledged].operations <= cut) {
                ++acknowledged;
            }
            ++cuts;
            for (const auto& kind : kinds) {
                ++images;
                if (!judge(look(disk, cut, kind, acknowledged))) return;
            }
        }
    }

    std::size_t cuts = 0;
    std::size_t images = 0;

    [[nodiscard]] std::size_t different_images() const { return known_.size(); }

private:
    struct Seen {
        std::string problem;
        const std::vector<std::size_t>* steps;  // whose state it is; null: none's
    };

    Finding look(const Disk& disk, std::size_t cut, const Kind& kind, std::size_t acknowledged) {
        const auto& seen = look_at(disk.after_cut(kind.unsynced, kind.seed * 1'000'003 + cut));
        Finding finding{cut, kind, acknowledged, std::nullopt, seen.problem};
        if (seen.steps == nullptr) return finding;
        // Steps that change nothing share a state: the one that fits best counts.
        for (const auto step : *seen.steps) {
            finding.step = step;
            if (step + 1 >= acknowledged) break;
        }
        return finding;
    }

    /// Most neighbouring cuts leave the same files; each is looked at once.
    const Seen& look_at(const Image& image) {
        std::string all;
        for (const auto& [name, content] : image)
            all += fmt::format("{} {} {}\n", name, content.size(), content);
        const auto key = std::hash<std::string>{}(all);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        const TempDir folder;
        write_image(image, folder.path().string());
        auto recovered = recover((folder.path() / "a.db").string());
        const auto steps = steps_of_.find(recovered.state);
        return known_[key] = {std::move(recovered.problem),
                              steps == steps_of_.end() ? nullptr : &steps->second};
    }

    const Recording& recording_;
    std::unordered_map<std::string, std::vector<std::size_t>> steps_of_;
    std::unordered_map<std::size_t, Seen> known_;
};

/// Nothing that was acknowledged is lost, and at most the call in flight is there besides.
bool keeps_all(const Finding& found) {
    // Before the first step returned there was no store; opening makes it.
    const auto last = found.acknowledged == 0 ? 0 : found.acknowledged - 1;
    return found.problem.empty() && found.step && (*found.step == last || *found.step == last + 1);
}

std::string describe(const Recording& recording, const Finding& found) {
    const auto name = [&](std::size_t step) { return recording.steps.at(step).step; };
    return fmt::format(
        "cut at operation {} ({} {}), {} steps acknowledged, the last \"{}\"; found {}{}",
        found.cut, found.kind.name, found.kind.seed, found.acknowledged,
        found.acknowledged == 0 ? "" : name(found.acknowledged - 1),
        found.step
            ? fmt::format("the state after step {} \"{}\"", *found.step + 1, name(*found.step))
            : "a state that never was",
        found.problem.empty() ? "" : "; " + found.problem);
}

class CrashTest : public ::testing::Test {
protected:
    void SetUp() override { started_ = std::chrono::steady_clock::now(); }
    void report(const Explorer& explorer, const std::string& rest) const {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
        fmt::print("crash: {} cuts x {} variants, {} different images, {:.1f} s{}\n", explorer.cuts,
                   kinds.size(), explorer.different_images(), took.count(), rest);
    }
    std::chrono::steady_clock::time_point started_;
    VfsHooks no_hooks_;
    std::optional<ShimVfs> vfs_;  // for the recoveries: saves their syncs
};

TEST_F(CrashTest, APowerCutLosesNothingThatWasAcknowledged) {
    const auto recording = record(every_call(3, 4), "");
    vfs_.emplace(no_hooks_);
    Explorer explorer{*recording};
    int bad = 0;
    std::size_t in_flight_kept = 0;
    explorer.explore("", [&](const Finding& found) {
        if (!keeps_all(found)) {
            ++bad;
            ADD_FAILURE() << describe(*recording, found);
        } else if (*found.step >= found.acknowledged) {
            ++in_flight_kept;
        }
        return bad < 10;
    });
    report(explorer, fmt::format("; {} found the interrupted call done", in_flight_kept));
    EXPECT_GT(in_flight_kept, 0U);
    const auto& log = recording->log.entries();
    const auto database_syncs = std::ranges::count_if(log, [](const auto& entry) {
        return entry.kind == Operation::Kind::sync && entry.name == "a.db";
    });
    EXPECT_GT(database_syncs, 10) << "the script is there to have checkpoints";
}

/// The promise of durability=process: the death of a process loses nothing; a power cut may lose
/// the newest calls, but what is found is a state that was, whole.
TEST_F(CrashTest, ProcessDurabilityLosesOnlyTheNewestCallsAndThemWhole) {
    const auto recording = record(every_call(1, 1), "?durability=process");
    vfs_.emplace(no_hooks_);
    Explorer explorer{*recording};
    int bad = 0;
    std::size_t lost = 0;
    explorer.explore("", [&](const Finding& found) {
        const bool whole = found.problem.empty() && found.step &&
                           *found.step <= std::max<std::size_t>(found.acknowledged, 1);
        const bool loses = !keeps_all(found);
        if (!whole || (loses && found.kind.unsynced == Unsynced::kept)) {
            ++bad;
            ADD_FAILURE() << describe(*recording, found);
        }
        lost += loses ? 1 : 0;
        return bad < 10;
    });
    report(explorer, fmt::format("; {} lost newest calls", lost));
    EXPECT_GT(lost, 0U) << "then the oracle would not see a loss";
}

/// Takes syncs of one file away and expects that the oracle of the first test complains.
class BlindnessTest : public CrashTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(BlindnessTest, TheOracleSeesLostSyncs) {
    const auto recording = record(every_call(1, 1), "");
    vfs_.emplace(no_hooks_);
    Explorer explorer{*recording};
    std::size_t violations = 0;
    std::string first;
    explorer.explore(GetParam(), [&](const Finding& found) {
        if (keeps_all(found)) return true;
        if (++violations == 1) first = describe(*recording, found);
        return violations < 20;
    });
    report(explorer, fmt::format("; {} violations, the first: {}", violations, first));
    EXPECT_EQ(violations, 20U);
}

INSTANTIATE_TEST_SUITE_P(Of, BlindnessTest, ::testing::Values("-wal", ".db"), [](const auto& info) {
    return info.param == "-wal" ? "Wal" : "Database";
});

}  // namespace
}  // namespace errand::test
