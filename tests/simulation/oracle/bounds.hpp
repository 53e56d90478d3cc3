#pragma once

#include "simulation/oracle/breaker_rule.hpp"
#include "simulation/oracle/scopes.hpp"

#include "base/wide.hpp"

#include <errand/limit.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace errand::sim {

/// What a rate has let begin, by its own words: exactly, without slots.
class RateCount {
public:
    /// `elapsed` is the store's time as far as it went forward, in microseconds. False: more began
    /// than the rate allows.
    [[nodiscard]] bool take(const Rate& rate, std::int64_t elapsed, std::uint32_t weight);
    /// How much may begin at `elapsed`.
    [[nodiscard]] std::uint64_t left(const Rate& rate, std::int64_t elapsed) const;

private:
    using Exact = base::Wide;

    /// Window: what began, and when, within the newest span.
    std::deque<std::pair<std::int64_t, std::uint32_t>> begun_;
    std::uint64_t sum_ = 0;
    Exact full_at_ = 0;  ///< bucket: in microseconds times Rate::amount
};

/// All limits as operators set them, with what is held and what began under each.
class Bounds {
public:
    /// What a limit says of one job that begins.
    struct Verdict {
        std::string wrong;     ///< empty: nothing
        bool is_full = false;  ///< no further lease of one of its scopes may begin
        bool used_up = false;  ///< no further job of weight 1 may begin under one of its rates
        bool tries = false;    ///< a breaker is half-open, and this job tries
        bool in_window = false;
    };
    /// What limits learned of one attempt.
    struct Lesson {
        bool opened = false;
        bool closed = false;
        bool rests = false;
    };

    /// `held` leases of the scope are there; `now` is virtual time.
    void set(const Limit& limit, std::uint32_t held, Timestamp now);
    /// As operators set them.
    [[nodiscard]] std::vector<Limit> all() const;
    [[nodiscard]] bool any() const noexcept { return !bounds_.empty(); }
    /// A job gets a lease at `claimed_at`, the store's time; `elapsed` as above, `now` is virtual.
    [[nodiscard]] Verdict begin(const NewJob& job, std::int64_t elapsed, Timestamp now,
                                Timestamp claimed_at);
    /// An attempt that was leased at `began` was settled at `now`, by the store's time.
    Lesson learn(const NewJob& job, const Settlement& item, Timestamp began, Timestamp now);
    void clock_went_back();
    /// A lease ends.
    void end(const NewJob& job, Timestamp now);
    /// Since when, in virtual time, the bounds on the job have certainly left room for it; none:
    /// they may not. `shown` is the store's time.
    [[nodiscard]] std::optional<Timestamp> room_since(const NewJob& job, Timestamp shown) const;
    /// Is there a limit of the key itself?
    [[nodiscard]] bool name_key(std::string_view key) const;
    /// What is wrong with what the store shows; empty: nothing.
    [[nodiscard]] std::string wrong_view(const std::vector<LimitView>& views,
                                         std::int64_t elapsed) const;

private:
    struct Bound {
        Limit limit;
        std::uint32_t held = 0;
        RateCount rate;
        BreakerRule breaker;
        RestRule rest;
        Timestamp freed_at{};  ///< virtual time at which it stopped to be full
        Timestamp begun_at{};  ///< virtual time at which a job began last
    };
    static void judge_conditions(Verdict& verdict, const Bound& bound, Timestamp claimed_at);
    [[nodiscard]] static bool may_be_closed(const Bound& bound, Timestamp shown);

    std::vector<Bound> bounds_;
    Timestamp set_at_ = Timestamp::min();  ///< when any of them changed last
};

}  // namespace errand::sim
