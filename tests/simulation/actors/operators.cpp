#include "simulation/actors/operators.hpp"

#include "simulation/actors/insist.hpp"
#include "simulation/oracle/hours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 2> queues{"a", "b"};
constexpr std::array<std::string_view, 2> types{"script", "novel"};
constexpr std::uint64_t keys = 5;
/// Of keys with limits and pauses of their own.
constexpr std::uint64_t chosen_keys = 2;

std::string key_named(std::uint64_t number) {
    return fmt::format("k{}", number);
}

/// Every scope that a limit or a pause may have here.
std::vector<Scope> all_scopes() {
    std::vector<Scope> scopes{Scope::global()};
    for (const auto queue : queues)
        scopes.push_back(Scope::queue(queue));
    for (const auto type : types)
        scopes.push_back(Scope::type(type));
    for (std::uint64_t key = 0; key < chosen_keys; ++key)
        scopes.push_back(Scope::key(key_named(key)));
    return scopes;
}

}  // namespace

std::string Operators::some_queue() {
    return std::string{queues[world_.chance.below(queues.size())]};
}

std::string Operators::some_key() {
    return key_named(world_.chance.below(keys));
}

Scope Operators::some_scope() {
    const auto scopes = all_scopes();
    return scopes[world_.chance.below(scopes.size())];
}

/// Enough for all work to be done in the time that a healed life has.
Rate Operators::some_rate(bool tight) {
    auto& chance = world_.chance;
    constexpr std::array spans{100ms, 300ms, 1'000ms, 2'000ms};
    Rate rate;
    rate.kind = chance.hit(0.6) ? Rate::Kind::window : Rate::Kind::bucket;
    rate.per = tight ? spans[chance.below(spans.size())] : spans.back();
    const auto per_second = tight ? 50 + chance.below(450) : 500 + chance.below(4'500);
    const auto amount = per_second * static_cast<std::uint64_t>(rate.per / 1ms) / 1'000;
    rate.amount = static_cast<std::uint32_t>(amount);
    if (rate.kind == Rate::Kind::bucket) {
        rate.burst = static_cast<std::uint32_t>(1 + chance.below(rate.amount));
    }
    return rate;
}

Limit Operators::some_limit() {
    auto& chance = world_.chance;
    Limit limit{some_scope()};
    if (has(Fault::breakers) && chance.hit(0.7)) {
        limit.breaker =
            Breaker{static_cast<std::uint32_t>(1 + chance.below(4)), chance.between(1s, 2s)};
    }
    if (has(Fault::windows) && chance.hit(0.5) && limit.scope.kind != Scope::Kind::global) {
        limit.window = some_window();
    }
    if (!has(Fault::limits)) {
        if (limit.breaker) limit.rate = some_rate(false);  // without one nobody can be slowed down
        return limit;
    }
    const auto kind = chance.below(10);
    // Mostly wide: where everybody waits for one place, or a rate opens every few milliseconds,
    // claims come back empty and little else happens.
    const bool tight = chance.hit(0.2);
    if (kind < 7) {
        limit.concurrency = static_cast<std::uint32_t>(1 + chance.below(tight ? 4 : 24));
    }
    if (kind > 5) limit.rate = some_rate(tight);
    return limit;
}

/// It opens or closes in a moment, or has just done so.
TimeWindow Operators::some_window() {
    using std::chrono::minutes;
    auto& chance = world_.chance;
    constexpr minutes day{24 * 60};
    TimeWindow window;
    window.timezone = known_zones[chance.below(known_zones.size())];
    // Which of two equal hours a window means is not what the rule here knows.
    if (is_put_back_soon(window.timezone, world_.store_clock.now())) window.timezone = "UTC";
    const auto shown = shown_in(window.timezone, world_.store_clock.now());
    const auto of_day = shown - std::chrono::floor<std::chrono::days>(shown);
    // From before the present minute to its end, or its begin, or the other way round.
    const auto edge = std::chrono::floor<minutes>(of_day) + minutes{chance.below(2)};
    const auto other = edge + minutes{1 + chance.below(600)};
    window.begin = edge % day;
    window.end = other % day;
    if (chance.hit(0.5)) std::swap(window.begin, window.end);
    if (window.end == minutes{}) window.end = day;
    if (chance.hit(0.2)) window.days = static_cast<std::uint8_t>(1 + chance.below(127));
    return window;
}

QueueSettings Operators::some_settings() {
    auto& chance = world_.chance;
    QueueSettings settings;
    const auto order = chance.below(10);
    if (order < 5) {
        settings.aging = chance.hit(0.7) ? chance.between(10ms, 3s) : Duration{};
    } else if (order < 7) {
        settings.order = QueueOrder::lifo;
    } else {
        settings.order = QueueOrder::fair;
        for (std::uint64_t key = 0; key < 3; ++key)
            settings.key_weights[key_named(key)] = static_cast<std::uint32_t>(1 + chance.below(5));
    }
    const auto turns = chance.below(10);
    const auto most_free = settings.order == QueueOrder::fair ? 6U : 1U;
    settings.key_concurrency = turns < most_free ? 0 : turns < 8 ? 1 : 2;
    return settings;
}

void Operators::begin(Store& store) {
    if (has(Fault::orders)) {
        for (const auto queue : queues) {
            const auto settings = some_settings();
            insist(world_, [&] { store.set_queue_settings(queue, settings); });
        }
    }
    if (schedule_users_.are_there()) schedule_users_.begin(store);
    if (has_limits()) {
        const auto count = 1 + world_.chance.below(3);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto limit = some_limit();
            insist(world_, [&] { store.set_limit(limit); });
        }
    }
}

bool Operators::are_there() const {
    return schedule_users_.are_there() || has(Fault::keys) || has_limits() || has(Fault::orders) ||
           has(Fault::pauses);
}

void Operators::change(Store& store) {
    auto& chance = world_.chance;
    if (schedule_users_.are_there() && chance.hit(0.2)) return schedule_users_.change(store);
    switch (chance.below(8)) {
        case 0:
        case 1:
            if (has_limits()) store.set_limit(some_limit());
            break;
        case 2:
            if (has_limits()) store.set_limit(Limit{some_scope()});
            break;
        case 3:
            if (has(Fault::orders)) reorder(store);
            break;
        case 4:
            if (has(Fault::pauses)) pause_for_a_while(store);
            break;
        case 5:
            if (has_limits()) static_cast<void>(store.limits());
            break;
        default:
            if (has(Fault::keys)) static_cast<void>(store.unblock_key(some_queue(), some_key()));
            break;
    }
}

/// Mostly keys keep their number of turns, as whoever was there when it changed is not judged.
void Operators::reorder(Store& store) {
    auto settings = some_settings();
    const auto queue = some_queue();
    if (world_.chance.hit(0.8)) {
        settings.key_concurrency = world_.oracle.settings_of(queue).key_concurrency;
    }
    store.set_queue_settings(queue, settings);
}

void Operators::pause_for_a_while(Store& store) {
    const auto scope = some_scope();
    store.set_paused(scope, true, "an operator");
    world_.scheduler.sleep(world_.chance.between(1ms, 500ms));
    insist(world_, [&] { store.set_paused(scope, false, {}); });
}

void Operators::resume_all(Store& store) {
    for (const auto& scope : all_scopes()) {
        if (world_.oracle.is_paused(scope)) store.set_paused(scope, false, {});
    }
    for (auto limit : world_.oracle.limits()) {
        const bool is_closing = limit.window || (limit.breaker && breaks_for_ever_);
        if (!is_closing) continue;
        limit.window.reset();
        if (breaks_for_ever_) limit.breaker.reset();
        store.set_limit(limit);
    }
    // For those who slept through a change: now they hear of it.
    store.set_paused("b", false);
}

void Operators::lift_limits(Store& store) {
    for (const auto& view : store.limits())
        store.set_limit(Limit{view.limit.scope});
}

void Operators::dress(NewJob& job) {
    auto& chance = world_.chance;
    if (chance.hit(world_.faults[Fault::keys])) job.key = some_key();
    if (has(Fault::limits) && chance.hit(0.2)) {
        job.weight = static_cast<std::uint32_t>(2 + chance.below(2));
    }
    for (const auto label : all_labels) {
        if (chance.hit(world_.faults[Fault::labels])) job.needs.emplace_back(label);
    }
    if (chance.hit(world_.faults[Fault::expiry])) {
        job.expires_at = world_.store_clock.now() + job.delay + chance.between(1ms, 2s);
    }
}

}  // namespace errand::sim
