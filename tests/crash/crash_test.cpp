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
#include <cstdlib>
#include <functional>
#include <optional>
#include <unordered_map>

#include <unistd.h>

// Power cuts at every operation that SQLite does to its files during a script over the whole store.
// The oracle is the store itself, without a cut: after a cut it must hold exactly what it held when
// the last call returned, or what it would have held when the interrupted call had returned. That
// says at once that nothing acknowledged is lost, that no call is half done, and that nothing is
// there that nobody put there.

namespace errand::test {
namespace {

/// Thousands of files are written and none has to last: where nobody said otherwise they lie in
/// memory.
class FilesInMemory final : public ::testing::Environment {
public:
    void SetUp() override {
        constexpr auto folder = "/dev/shm";
        if (::access(folder, W_OK) == 0) ::setenv("TMPDIR", folder, 0);
    }
};
[[maybe_unused]] const auto* const files_in_memory =
    ::testing::AddGlobalTestEnvironment(new FilesInMemory);

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
    test::Run run{"sqlite:" + path + options};
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
constexpr std::array kinds{
    Kind{Unsynced::lost, "unsynced lost"}, Kind{Unsynced::kept, "all kept"},
    Kind{Unsynced::mixed, "mixed", 1},     Kind{Unsynced::mixed, "mixed", 2},
    Kind{Unsynced::mixed, "mixed", 3},     Kind{Unsynced::mixed, "mixed", 4}};

std::uint64_t seed_at(const Kind& kind, std::size_t cut) {
    return kind.seed * 1'000'003 + cut;
}

/// What was found at one cut: the number of the step whose state it is, or none.
struct Finding {
    std::size_t cut;
    Kind kind;
    std::size_t acknowledged;  ///< steps that had returned
    std::size_t synced;        ///< of them, those that had when the WAL was last synced
    std::optional<std::size_t> step;
    std::string problem;
};

/// What recovery makes of images. Most neighbouring cuts leave the same files; each is looked at
/// once.
class Recoveries {
public:
    struct Seen {
        std::string problem;
        std::size_t state;  ///< a hash of it
    };

    const Seen& of(const Image& image) {
        std::string all;
        for (const auto& [name, content] : image)
            all += fmt::format("{} {} {}\n", name, content.size(), content);
        const auto key = hash(all);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        const TempDir folder;
        write_image(image, folder.path().string());
        auto recovered = recover((folder.path() / "a.db").string());
        return known_[key] = {std::move(recovered.problem), hash(recovered.state)};
    }

    [[nodiscard]] std::size_t count() const noexcept { return known_.size(); }
    static std::size_t hash(const std::string& text) { return std::hash<std::string>{}(text); }

private:
    std::unordered_map<std::size_t, Seen> known_;
};

/// Cuts the power at every operation of a recording.
class Explorer {
public:
    explicit Explorer(const Recording& recording) : recording_(recording) {
        for (std::size_t i = 0; i < recording.steps.size(); ++i)
            steps_of_[Recoveries::hash(recording.steps[i].state)].push_back(i);
    }

    /// Calls `judge` with what every `stride`th cut leaves until it returns false.
    void explore(const std::string& lying, std::size_t stride,
                 const std::function<bool(const Finding&)>& judge) {
        Disk disk{lying};
        const auto& log = recording_.log.entries();
        std::size_t acknowledged = 0;
        std::size_t synced = 0;
        for (std::size_t cut = 0; cut <= log.size(); ++cut) {
            if (cut > 0) disk.apply(log[cut - 1]);
            while (acknowledged < recording_.steps.size() &&
                   recording_.steps[acknowledged].operations <= cut) {
                ++acknowledged;
            }
            if (cut > 0 && is_wal_sync(log[cut - 1])) synced = acknowledged;
            if (cut % stride != 0) continue;
            for (const auto& kind : kinds) {
                // The seeds take turns: neighbouring cuts leave nearly the same to be mixed.
                if (kind.unsynced == Unsynced::mixed && (kind.seed + cut / stride) % 2 == 0)
                    continue;
                ++cuts;
                auto finding = look(disk, cut, kind, acknowledged);
                finding.synced = synced;
                if (!judge(finding)) return;
            }
        }
    }

    std::size_t cuts = 0;

    [[nodiscard]] std::size_t operations() const { return recording_.log.entries().size(); }
    [[nodiscard]] std::size_t different_images() const { return recoveries_.count(); }

private:
    static bool is_wal_sync(const DiskLog::Entry& entry) {
        return entry.kind == Operation::Kind::sync && entry.name.ends_with("-wal");
    }

    Finding look(const Disk& disk, std::size_t cut, const Kind& kind, std::size_t acknowledged) {
        const auto& seen = recoveries_.of(disk.after_cut(kind.unsynced, seed_at(kind, cut)));
        Finding finding{cut, kind, acknowledged, 0, std::nullopt, seen.problem};
        const auto steps = steps_of_.find(seen.state);
        if (steps == steps_of_.end()) return finding;
        // Steps that change nothing share a state: the one that fits best counts.
        for (const auto step : steps->second) {
            finding.step = step;
            if (step + 1 >= acknowledged) break;
        }
        return finding;
    }

    const Recording& recording_;
    Recoveries recoveries_;
    std::unordered_map<std::size_t, std::vector<std::size_t>> steps_of_;
};

/// The contract lets a loss of power undo these, but not what came before them.
bool may_be_undone(const std::string& step) {
    // Of a reading only when it was, which serves to forget idle readers.
    return step.starts_with("claim") || step.starts_with("promote") || step == "read events";
}

/// Nothing that was acknowledged is lost, and at most the call in flight is there besides.
bool keeps_all(const Recording& recording, const Finding& found) {
    if (!found.problem.empty() || !found.step) return false;
    // Before the first step returned there was no store; opening makes it.
    const auto last = found.acknowledged == 0 ? 0 : found.acknowledged - 1;
    if (*found.step >= last) return *found.step <= last + 1;
    if (found.kind.unsynced == Unsynced::kept) return false;
    return std::all_of(recording.steps.begin() + static_cast<long>(*found.step) + 1,
                       recording.steps.begin() + static_cast<long>(last) + 1,
                       [](const Acknowledged& lost) { return may_be_undone(lost.step); });
}

std::string describe(const Recording& recording, const Finding& found) {
    const auto name = [&](std::size_t step) { return recording.steps.at(step).step; };
    return fmt::format(
        "cut at operation {} ({}, seed {}), {} steps acknowledged, the last \"{}\"; found {}{}",
        found.cut, found.kind.name, seed_at(found.kind, found.cut), found.acknowledged,
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
        fmt::print(
            "crash: {} power cuts over {} operations, {} kinds of loss, {} different "
            "images, {:.1f} s; {}\n",
            explorer.cuts, explorer.operations(), kinds.size(), explorer.different_images(),
            seconds(), rest);
    }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>{std::chrono::steady_clock::now() - started_}.count();
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
    explorer.explore("", 1, [&](const Finding& found) {
        if (!keeps_all(*recording, found)) {
            ++bad;
            ADD_FAILURE() << describe(*recording, found);
        } else if (*found.step >= found.acknowledged) {
            ++in_flight_kept;
        }
        return bad < 10;
    });
    report(explorer,
           fmt::format("{} found the interrupted call done; {} violations", in_flight_kept, bad));
    EXPECT_GT(in_flight_kept, 0U);
    const auto& log = recording->log.entries();
    const auto database_syncs = std::ranges::count_if(log, [](const auto& entry) {
        return entry.kind == Operation::Kind::sync && entry.name == "a.db";
    });
    EXPECT_GT(database_syncs, 10) << "the script is there to have checkpoints";
}

/// The power goes again while the next process opens what the first cut left.
TEST_F(CrashTest, APowerCutDuringRecoveryLosesNothingEither) {
    const auto recording = record(every_call(1, 1), "");
    constexpr std::size_t stride = 9;
    Disk disk;
    Recoveries recoveries;
    std::size_t first_cuts = 0;
    std::size_t second_cuts = 0;
    std::size_t bad = 0;
    for (std::size_t cut = 0; cut < recording->log.entries().size() && bad < 10; ++cut) {
        disk.apply(recording->log.entries()[cut]);
        if (cut % stride != 0) continue;
        const auto image = disk.after_cut(Unsynced::mixed, cut);
        const TempDir folder;
        write_image(image, folder.path().string());
        DiskLog opening{folder.path().string()};
        {
            const ShimVfs vfs{opening};
            test::Run run{"sqlite:" + (folder.path() / "a.db").string()};
            run.open();
        }
        vfs_.emplace(no_hooks_);
        const auto wanted = recoveries.of(image);
        ++first_cuts;
        Disk again{image};
        for (const auto& entry : opening.entries()) {
            again.apply(entry);
            for (const auto kind : {Unsynced::lost, Unsynced::mixed}) {
                ++second_cuts;
                const auto& found = recoveries.of(again.after_cut(kind, second_cuts));
                if (found.problem.empty() && found.state == wanted.state) continue;
                ++bad;
                ADD_FAILURE() << "cut at operation " << cut << ", seed " << cut
                              << ", and again with seed " << second_cuts << "; " << found.problem;
            }
        }
        vfs_.reset();
    }
    fmt::print(
        "crash: {} power cuts within the recoveries from {} others, {} different images, "
        "{:.1f} s; {} violations\n",
        second_cuts, first_cuts, recoveries.count(), seconds(), bad);
    EXPECT_GT(second_cuts, first_cuts);
}

/// The promise of durability=process: the death of a process loses nothing; a power cut may lose
/// the newest calls since the log was last synced, but what is found is a state that was, whole.
TEST_F(CrashTest, ProcessDurabilityLosesOnlyTheNewestCallsAndThemWhole) {
    const auto recording = record(every_call(1, 1), "?durability=process");
    vfs_.emplace(no_hooks_);
    Explorer explorer{*recording};
    int bad = 0;
    std::size_t lost = 0;
    std::size_t most = 0;
    explorer.explore("", 1, [&](const Finding& found) {
        const bool whole = found.problem.empty() && found.step &&
                           *found.step <= std::max<std::size_t>(found.acknowledged, 1) &&
                           *found.step + 1 >= found.synced;
        const bool loses = !keeps_all(*recording, found);
        if (!whole || (loses && found.kind.unsynced == Unsynced::kept)) {
            ++bad;
            ADD_FAILURE() << describe(*recording, found);
        }
        lost += loses ? 1 : 0;
        if (loses && found.step) most = std::max(most, found.acknowledged - 1 - *found.step);
        return bad < 10;
    });
    report(explorer,
           fmt::format("{} lost newest calls, {} at most; {} violations", lost, most, bad));
    EXPECT_GT(lost, 0U) << "then the oracle would not see a loss";
}

/// Takes syncs of one file away and expects that the oracle of the first test complains, and of
/// what that disk does: a log without syncs loses whole calls that were acknowledged, a database
/// without them is damaged. With all writes kept the lie has no effect.
class BlindnessTest : public CrashTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(BlindnessTest, TheOracleSeesLostSyncs) {
    const auto recording = record(every_call(1, 1), "");
    vfs_.emplace(no_hooks_);
    Explorer explorer{*recording};
    std::size_t forgotten = 0;
    std::size_t damaged = 0;
    explorer.explore(GetParam(), 3, [&](const Finding& found) {
        if (keeps_all(*recording, found)) return true;
        EXPECT_NE(found.kind.unsynced, Unsynced::kept) << describe(*recording, found);
        const bool whole = found.problem.empty() && found.step;
        ++(whole && *found.step + 1 < found.acknowledged ? forgotten : damaged);
        return true;
    });
    report(explorer, fmt::format("without syncs of {}: {} times acknowledged calls forgotten, {} "
                                 "times damage, as it must be",
                                 GetParam(), forgotten, damaged));
    EXPECT_GT(GetParam() == "-wal" ? forgotten : damaged, 10U);
}

INSTANTIATE_TEST_SUITE_P(Of, BlindnessTest, ::testing::Values("-wal", ".db"), [](const auto& info) {
    return info.param == "-wal" ? "Wal" : "Database";
});

}  // namespace
}  // namespace errand::test
