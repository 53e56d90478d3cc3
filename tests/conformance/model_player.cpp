#include "conformance/model_player.hpp"

#include "support/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <sstream>

namespace errand::test {

using namespace std::chrono_literals;

std::string_view to_string(CommandKind kind) noexcept {
    constexpr std::array<std::string_view, command_kind_count> names{"insert",
                                                                     "insert_again",
                                                                     "claim",
                                                                     "settle",
                                                                     "heartbeat",
                                                                     "effect",
                                                                     "mark",
                                                                     "cancel",
                                                                     "retry",
                                                                     "remove",
                                                                     "set_paused",
                                                                     "promote",
                                                                     "advance_clock",
                                                                     "take_over",
                                                                     "kill_worker",
                                                                     "prune",
                                                                     "list",
                                                                     "set_queue_settings",
                                                                     "set_limit",
                                                                     "pause_scope",
                                                                     "unblock_key",
                                                                     "put_schedule",
                                                                     "set_schedule_state",
                                                                     "fire",
                                                                     "remove_schedule",
                                                                     "signal",
                                                                     "subscribe",
                                                                     "unsubscribe",
                                                                     "read_events",
                                                                     "insert_workflow",
                                                                     "extend_workflow",
                                                                     "cancel_workflow",
                                                                     "retry_workflow"};
    return names.at(static_cast<std::size_t>(kind));
}

std::ostream& operator<<(std::ostream& out, const Command& command) {
    out << to_string(command.kind);
    for (const std::uint32_t number : command.numbers)
        out << ' ' << number;
    return out;
}

Player::Player(const std::string& url, ManualClock& clock)
    : store_(open_store(url, {.limits = {.errors_kept = 3, .logs_kept = 3}, .clock = &clock})) {
    for (std::size_t i = 0; i < workers_.size(); ++i)
        replace_worker(i);
}

namespace {

constexpr std::array queues{"q1", "q2"};
constexpr std::array types{"a", "b"};
constexpr std::array keys{"k0", "k1"};
constexpr std::array signals{"go", "stop"};
constexpr std::array targets{JobState::completed, JobState::available, JobState::retryable,
                             JobState::scheduled, JobState::discarded, JobState::cancelled};

template <class Results>
std::string numbers_of(const Results& results) {
    std::string text;
    for (const auto result : results)
        text += fmt::format("{} ", static_cast<int>(result));
    return text;
}

std::string text_of(const std::vector<InsertResult>& results) {
    std::string text;
    for (const InsertResult& result : results)
        text += fmt::format("{} {}\n", static_cast<int>(result.kind), to_string(result.id));
    return text;
}

void set_unique(NewJob& job, const Command& command, std::uint32_t item) {
    const auto& n = command.numbers;
    job.unique_key = fmt::format("key{}", n[5] % 2);
    job.unique.hold = static_cast<UniqueFor>((n[1] + n[4]) % 3);
    if (job.unique.hold == UniqueFor::period) job.unique.period = (1 + n[2] % 8) * 500ms;
    job.unique.on_conflict = static_cast<OnConflict>((n[3] + n[6] + item) % 5);
}

NewJob new_job(const JobId& id, const Command& command, std::uint32_t item) {
    const auto& n = command.numbers;
    NewJob job;
    job.id = id;
    job.type = types[(n[1] + item) % types.size()];
    job.queue = queues[(n[2] + item) % queues.size()];
    job.args = fmt::format("[{}]", n[3]);
    job.priority = static_cast<std::int32_t>(n[4] % 3) - 1;
    if (n[5] % 3 == 0) set_unique(job, command, item);
    if (n[6] % 3 == 0) job.delay = std::chrono::seconds{n[6] % 5};
    if (n[7] % 4 == 0) job.tags = {"red", fmt::format("tag{}", item)};
    if (n[7] % 5 == 0) job.retry = RetryPolicy::fixed(3s);
    if (n[7] % 7 == 0) job.timeout = 2s;
    if (n[3] % 2 == 0) job.key = keys[(n[3] / 2) % keys.size()];
    if (n[4] % 5 == 0) job.needs = {"gpu"};
    if (n[5] % 4 == 1) job.weight = 1 + n[5] % 7;
    if (n[6] % 7 == 0) job.expires_at = Timestamp{std::chrono::seconds{1'800'000'000 + n[6]}};
    return job;
}

Scope scope(std::uint32_t kind, std::uint32_t name) {
    switch (kind % 4) {
        case 0:
            return Scope::queue(queues[name % queues.size()]);
        case 1:
            return Scope::type(types[name % types.size()]);
        case 2:
            return Scope::key(keys[name % keys.size()]);
        default:
            return Scope::global();
    }
}

QueueSettings queue_settings(const Command& command) {
    const auto& n = command.numbers;
    QueueSettings settings;
    if (n[1] % 5 == 0) return settings;
    settings.order = static_cast<QueueOrder>(n[2] % 3);
    settings.key_concurrency = n[3] % 4;
    if (settings.order == QueueOrder::fifo) settings.aging = std::chrono::seconds{n[4] % 4};
    settings.max_age = std::chrono::seconds{n[5] % 3};
    if (settings.order == QueueOrder::fair) settings.key_weights = {{keys[0], 1 + n[4] % 4}};
    return settings;
}

/// Mostly low, so that it matters; sometimes none.
Limit limit(const Command& command) {
    const auto& n = command.numbers;
    Limit limit{scope(n[0], n[1])};
    if (n[2] % 2 == 0) limit.concurrency = 1 + n[2] % 3;
    if (n[7] % 3 == 0) limit.breaker = Breaker{1 + n[6] % 3, std::chrono::seconds{1 + n[5] % 3}};
    if (n[7] % 11 == 0) {
        limit.window = TimeWindow{};
        limit.window->begin = std::chrono::minutes{n[5] % 3};
        limit.window->end = std::chrono::minutes{n[6] % 5};
    }
    if (n[3] % 2 != 0) return limit;
    Rate rate;
    rate.kind = static_cast<Rate::Kind>(n[4] % 2);
    rate.amount = 1 + n[5] % 5;
    rate.per = (1 + n[6] % 6) * 500ms;
    if (rate.kind == Rate::Kind::bucket) rate.burst = 1 + n[7] % 5;
    limit.rate = rate;
    return limit;
}

/// The first line in which two texts differ; empty: they are the same.
std::string difference(const std::string& expected, const std::string& seen) {
    if (expected == seen) return {};
    std::istringstream left{expected};
    std::istringstream right{seen};
    std::string wanted;
    std::string got;
    do {
        if (!std::getline(left, wanted)) wanted = "(nothing more)";
        if (!std::getline(right, got)) got = "(nothing more)";
    } while (wanted == got);
    return fmt::format("reference: {} | store: {}", wanted, got);
}

}  // namespace

std::string Player::insert(const Command& command, std::span<const JobId> fresh) {
    std::vector<NewJob> jobs;
    for (std::uint32_t item = 0; item <= command.numbers[0] % 3; ++item) {
        jobs.push_back(new_job(fresh[item], command, item));
        ids_.push_back(fresh[item]);
    }
    return text_of(store_->insert(jobs));
}

std::string Player::insert_again(const Command& command) {
    if (ids_.size() == 1) return {};
    const JobId& id = ids_[1 + command.numbers[0] % (ids_.size() - 1)];
    const NewJob again = new_job(id, command, 0);
    return text_of(store_->insert({&again, 1}));
}

std::string Player::keep(const Lease& lease, std::size_t worker) {
    leases_.push_back({lease.ref, worker, workers_[worker].membership});
    return dump(lease);
}

std::string Player::claim(const Command& command) {
    const auto& n = command.numbers;
    const std::size_t worker = n[0] % workers_.size();
    ClaimRequest request;
    request.worker = workers_[worker].session->id();
    request.queues = {{queues[n[1] % 2], n[2] % 4}, {queues[(n[1] + 1) % 2], n[3] % 3}};
    request.types = {types[n[4] % 2]};
    if (n[5] % 3 != 0) request.types.emplace_back(types[(n[4] + 1) % 2]);
    request.lease = std::chrono::seconds{1 + n[6] % 8};
    if (n[7] % 2 == 0) request.labels = {"gpu"};
    std::string text;
    for (const Lease& lease : store_->claim(request))
        text += keep(lease, worker);
    return text;
}

Settlement Player::settlement(const Command& command, std::size_t item) const {
    const auto& n = command.numbers;
    Settlement settlement;
    // Newer leases are more often still valid than older ones.
    const std::size_t back = (n[1] + item * n[2]) % std::min<std::size_t>(leases_.size(), 6);
    settlement.lease = n[7] % 5 == 0 ? held(n[1]).lease : leases_[leases_.size() - 1 - back].lease;
    settlement.to = targets[(n[3] + item) % targets.size()];
    settlement.delay = std::chrono::seconds{n[4] % 4};
    if (settlement.to == JobState::scheduled && n[2] % 3 != 0) {
        settlement.signal = signals[n[2] % signals.size()];
    }
    settlement.uses_attempt = n[5] % 3 != 0;
    settlement.counts_crash = n[5] % 5 == 0;
    settlement.counts_interruption = n[5] % 7 == 0;
    if (n[6] % 2 == 0) settlement.result = fmt::format("{}", n[6]);
    if (n[6] % 3 == 0)
        settlement.error =
            JobError{FailureKind::error, n[6], {}, "type", "message", "worker", "host", "", "tail"};
    if (n[6] % 5 == 0) settlement.log = fmt::format("log {}", n[6]);
    settlement.target = static_cast<TargetHealth>((n[4] + item) % 3);
    if (n[3] % 7 == 0) settlement.slow_down = std::chrono::milliseconds{500 * (n[5] % 6)};
    return settlement;
}

std::string Player::settle(const Command& command) {
    if (leases_.empty()) return {};
    std::vector<Settlement> items;
    for (std::size_t item = 0; item <= command.numbers[0] % 3; ++item)
        items.push_back(settlement(command, item));
    return numbers_of(store_->settle(items));
}

std::string Player::heartbeat(const Command& command) {
    if (leases_.empty()) return {};
    const auto& n = command.numbers;
    std::vector<Heartbeat> items;
    for (std::uint32_t item = 0; item <= n[0] % 3; ++item) {
        Heartbeat heartbeat{held(n[1] + item).lease, {}, {}, {}};
        if (n[2] % 2 == 0) heartbeat.extend = std::chrono::seconds{n[3] % 6};
        if (n[4] % 2 == 0) heartbeat.progress = Progress{n[4], n[5], "going"};
        if (n[6] % 3 == 0) heartbeat.log = fmt::format("beat {}", n[6]);
        items.push_back(heartbeat);
    }
    return numbers_of(store_->heartbeat(items));
}

std::string Player::effect(const Command& command) {
    if (leases_.empty()) return {};
    const auto& n = command.numbers;
    const LeaseRef& lease = held(n[0]).lease;
    const std::string key = fmt::format("effect{}", n[1] % 2);
    const auto write = n[3] % 3 == 0 ? EffectWrite::replace : EffectWrite::first_stays;
    const bool kept = store_->record_effect(lease, key, fmt::format("{}", n[2]), write);
    return fmt::format("{} {}", kept, store_->find_effect(lease.id, key).value_or("none"));
}

std::string Player::signal(const Command& command) {
    const auto& n = command.numbers;
    const auto result =
        store_->signal(job(n[0]), signals[n[1] % signals.size()], fmt::format("{}", n[2]));
    return fmt::format("{}", static_cast<int>(result));
}

std::string Player::mark(const Command& command) {
    if (leases_.empty()) return {};
    const std::size_t index = command.numbers[0] % leases_.size();
    const Held& one = leases_[index];
    const Member& member = workers_[one.worker];
    if (one.membership != member.membership) return "its worker is gone";
    member.session->mark(static_cast<std::uint32_t>(index), one.lease,
                         command.numbers[1] % 2 == 0 ? RunMark::started : RunMark::finished);
    return {};
}

std::string Player::control(const Command& command) {
    const auto& n = command.numbers;
    std::vector<JobId> ids{job(n[0])};
    if (n[1] % 2 == 0) ids.push_back(job(n[2]));
    if (command.kind == CommandKind::cancel) return numbers_of(store_->cancel(ids));
    if (command.kind == CommandKind::retry) return numbers_of(store_->retry(ids));
    return numbers_of(store_->remove(ids));
}

std::string Player::promote(const Command& command) {
    const Promotion promotion = store_->promote_due(command.numbers[0] % 4);
    const auto next = promotion.next_due.value_or(Timestamp{});
    return fmt::format("{} {}", promotion.promoted, next.time_since_epoch().count());
}

std::string Player::take_over(const Command& command) {
    const std::size_t worker = command.numbers[0] % workers_.size();
    auto taken = store_->take_over_expired(workers_[worker].session->id(), 1'000,
                                           std::chrono::seconds{1 + command.numbers[1] % 5});
    std::ranges::sort(taken, {}, [](const TakenLease& one) { return one.lease.ref.id; });
    std::string text;
    for (const TakenLease& one : taken) {
        text += fmt::format("mark {} died {} worker '{}' host '{}' ", static_cast<int>(one.mark),
                            one.worker_died, one.worker, one.host);
        text += keep(one.lease, worker);
    }
    return text;
}

std::string Player::list(const Command& command) {
    const auto& n = command.numbers;
    JobFilter filter;
    if (n[0] % 2 == 0) filter.states = {all_job_states[n[1] % all_job_states.size()]};
    if (n[2] % 3 == 0) filter.type = types[n[2] % 2];
    if (n[3] % 3 == 0) filter.queue = queues[n[3] % 2];
    if (n[4] % 4 == 0) filter.tag = "red";
    std::string text;
    std::string cursor;
    do {
        const JobPage page = store_->list(filter, 1 + n[5] % 4, cursor);
        for (const Job& job : page.jobs)
            text += dump(job);
        cursor = page.next_cursor;
        text += cursor.empty() ? "last page\n" : "page\n";
    } while (!cursor.empty());
    return text;
}

void Player::set_queue_settings(const Command& command) {
    store_->set_queue_settings(queues[command.numbers[0] % queues.size()], queue_settings(command));
}

void Player::set_limit(const Command& command) {
    store_->set_limit(limit(command));
}

void Player::pause_scope(const Command& command) {
    const auto& n = command.numbers;
    store_->set_paused(scope(n[0], n[1]), n[2] % 3 == 0, fmt::format("somebody {}", n[3]));
}

std::string Player::unblock_key(const Command& command) {
    const auto& n = command.numbers;
    const auto freed = store_->unblock_key(queues[n[0] % queues.size()], keys[n[1] % keys.size()]);
    return fmt::format("{}", freed);
}

std::string Player::rules() {
    std::string text;
    for (const auto& [queue, settings] : store_->queue_settings())
        text += fmt::format("queue '{}': {}", queue, dump(settings));
    for (const LimitView& view : store_->limits())
        text += dump(view);
    for (const PauseView& view : store_->pauses())
        text += dump(view);
    for (const KeyView& view : store_->blocked_keys(1'000))
        text += dump(view);
    for (const SuppressedView& view : store_->suppressed(1'000))
        text += dump(view);
    for (const char* queue : queues) {
        for (const char* key : keys) {
            const auto view = store_->find_key(queue, key);
            text += view ? dump(*view) : "no such key\n";
        }
    }
    return text;
}

void Player::replace_worker(std::size_t index) {
    Member& member = workers_[index];
    member.session.reset();
    ++member.membership;
    WorkerInfo info;
    info.name = fmt::format("w{}:{}", index, member.membership);
    info.host = "host";
    info.max_leases = 65'536;
    member.session = store_->join(info);
}

std::string Player::play(const Command& command, std::span<const JobId> fresh) {
    const auto& n = command.numbers;
    switch (command.kind) {
        case CommandKind::insert:
            return insert(command, fresh);
        case CommandKind::insert_again:
            return insert_again(command);
        case CommandKind::claim:
            return claim(command);
        case CommandKind::settle:
            return settle(command);
        case CommandKind::heartbeat:
            return heartbeat(command);
        case CommandKind::effect:
            return effect(command);
        case CommandKind::mark:
            return mark(command);
        case CommandKind::cancel:
        case CommandKind::retry:
        case CommandKind::remove:
            return control(command);
        case CommandKind::set_paused:
            store_->set_paused(queues[n[0] % 2], n[1] % 2 == 0);
            break;
        case CommandKind::promote:
            return promote(command);
        case CommandKind::advance_clock:
            break;  // the clock is common to all players
        case CommandKind::take_over:
            return take_over(command);
        case CommandKind::kill_worker:
            replace_worker(n[0] % workers_.size());
            break;
        case CommandKind::prune:
            return fmt::format("{}", store_->prune({std::chrono::seconds{n[0] % 20},
                                                    std::chrono::seconds{n[1] % 20},
                                                    std::chrono::seconds{n[2] % 20}},
                                                   1'000));
        case CommandKind::list:
            return list(command);
        case CommandKind::set_queue_settings:
            set_queue_settings(command);
            break;
        case CommandKind::set_limit:
            set_limit(command);
            break;
        case CommandKind::pause_scope:
            pause_scope(command);
            break;
        case CommandKind::unblock_key:
            return unblock_key(command);
        case CommandKind::put_schedule:
            return put_schedule(command);
        case CommandKind::set_schedule_state:
            return set_schedule_state(command);
        case CommandKind::fire:
            return fire(command, fresh);
        case CommandKind::remove_schedule:
            return remove_schedule(command);
        case CommandKind::signal:
            return signal(command);
        case CommandKind::subscribe:
            subscribe(command);
            break;
        case CommandKind::unsubscribe:
            return unsubscribe(command);
        case CommandKind::read_events:
            return read_events(command);
        case CommandKind::insert_workflow:
            return insert_workflow(command, fresh);
        case CommandKind::extend_workflow:
            return extend_workflow(command, fresh);
        case CommandKind::cancel_workflow:
        case CommandKind::retry_workflow:
            return control_workflow(command);
    }
    return {};
}

std::string Player::content() {
    std::string text =
        dump(store_->stats()) + rules() + schedules() + workflows() + subscriptions();
    for (const Job& job : store_->list({}, 1'000, "").jobs)
        text += dump(job);
    for (const WorkerView& worker : store_->workers())
        text += fmt::format("worker '{}' leases {} alive {}\n", worker.info.name, worker.leases,
                            worker.alive);
    return text;
}

std::string Player::attachments() {
    std::string text = damage();
    for (const JobId& id : ids_) {
        for (const AttemptLog& log : store_->logs(id))
            text += fmt::format("log {} {} {}\n", log.attempt, log.lease_seq, log.text);
        for (const char* key : {"effect0", "effect1", "signal:go", "signal:stop"})
            text += store_->find_effect(id, key).value_or("none") + "\n";
    }
    return text;
}

SameLife::SameLife()
    : reference_("memory:", clock_),
      sqlite_("sqlite:" + (scratch_.path() / "model.db").string() + "?durability=process", clock_) {
}

std::string SameLife::play(const Command& command) {
    if (command.kind == CommandKind::advance_clock) {
        clock_.advance(command.numbers[0] % 6 * 500ms);
    }
    std::array<JobId, 8> fresh;
    std::ranges::generate(fresh, new_job_id);
    const std::string expected = reference_.play(command, fresh);
    const std::string answer = sqlite_.play(command, fresh);
    if (auto differs = difference(expected, answer); !differs.empty()) return differs;
    return difference(reference_.content(), sqlite_.content());
}

std::string SameLife::compare_attachments() {
    return difference(reference_.attachments(), sqlite_.attachments());
}

}  // namespace errand::test
