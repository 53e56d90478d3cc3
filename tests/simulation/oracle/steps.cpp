#include "simulation/oracle/oracle.hpp"

#include <charconv>

// What a job keeps beyond an attempt, and what it waits for without a worker: I12.

namespace errand::sim {

namespace {

/// The moment at which a sleep or a wait is noted to end; none: it is over, or there is no note.
std::optional<Timestamp> noted_end(const Tale& job, const std::string& key) {
    const auto found = job.effects.find(key);
    if (found == job.effects.end()) return std::nullopt;
    std::int64_t microseconds = 0;
    const auto& text = found->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), microseconds);
    if (read.ec != std::errc{}) return std::nullopt;
    return Timestamp{Duration{microseconds}};
}

}  // namespace

void Oracle::effect_found(const JobId& id, const std::string& key,
                          const std::optional<std::string>& value) {
    const Tale* const job = known(id);
    if (value) met(Situation::effect_found);
    if (job == nullptr || is_gone(*job)) return;
    const auto kept = job->effects.find(key);
    const bool same = kept == job->effects.end() ? !value : value == kept->second;
    expect(same, "I12", id, "{}: {}", key,
           value ? "an effect is found that was not recorded" : "a recorded effect is forgotten");
}

void Oracle::effect_recorded(const LeaseRef& lease, const std::string& key, std::string_view value,
                             EffectWrite write, bool recorded) {
    Tale* const job = known(lease.id);
    const bool valid = job != nullptr && job->holds(lease);
    expect(recorded == valid, "I5", lease.id, "{}",
           recorded ? "a stale lease recorded an effect" : "its valid effect was refused");
    if (!valid) return met(Situation::effect_too_late);
    const auto [kept, fresh] = job->effects.try_emplace(key, value);
    if (!fresh && write == EffectWrite::replace) kept->second = value;
}

/// The job waits for a signal, unless that came before.
void Oracle::park(Tale& job, const Settlement& item) {
    const auto& id = item.lease.id;
    const bool came = job.effects.contains("signal:" + item.signal);
    if (came) {
        met(Situation::signal_before_wait);
        job.due = {};
        return enter(job, id, Tale::Stage::waiting, JobState::available);
    }
    enter(job, id, Tale::Stage::waiting, JobState::scheduled);
    job.awaits = item.signal;
}

void Oracle::signalled(const JobId& id, const std::string& name, std::string_view value,
                       SignalResult result, Timestamp now) {
    saw(now);
    Tale* const job = known(id);
    const bool there = job != nullptr && job->stage != Tale::Stage::removed;
    if (result == SignalResult::not_found) {
        return expect(!there || is_gone(*job), "I12", id, "a signal does not find it");
    }
    expect(there, "I12", id, "a signal found it although it is not there");
    const bool ended = job->stage == Tale::Stage::ended;
    expect(ended == (result == SignalResult::ended), "I12", id,
           "a signal is not told truly whether it has ended");
    if (ended) return;
    const bool again = !job->effects.try_emplace("signal:" + name, value).second;
    expect(again == (result == SignalResult::already_there), "I12", id,
           "a signal is not told truly whether one came before");
    if (again) return;
    const bool waits = job->awaits == name;
    if (result == SignalResult::kept) {
        met(Situation::signal_kept);
        // At its time it may have gone on already.
        return expect(!waits || job->due <= latest_, "I12", id, "waits for a signal that has come");
    }
    expect(waits, "I12", id, "a signal was delivered although it does not wait for it");
    met(Situation::signal_delivered);
    job->due = {};
    enter(*job, id, Tale::Stage::waiting, JobState::available);
}

void Oracle::step_runs(const LeaseRef& lease, const std::string& name) {
    const Tale* const job = known(lease.id);
    if (job == nullptr || !job->holds(lease)) return;  // whoever has it now may have been quicker
    met(Situation::step_ran);
    expect(!job->effects.contains("step:" + name), "I12", lease.id,
           "its step {} is run again although it was committed", name);
}

void Oracle::slept(const LeaseRef& lease, const std::string& name) {
    const Tale* const job = known(lease.id);
    if (job == nullptr || !job->holds(lease)) return;
    const auto end = noted_end(*job, "sleep:" + name);
    met(Situation::slept);
    expect(end && *end <= latest_, "I8", lease.id, "its sleep {} ended before its time", name);
}

bool Oracle::has_signal(const JobId& id, const std::string& name) const {
    const Tale* const job = known(id);
    if (job == nullptr || !job->effects.contains("signal:" + name)) return false;
    const auto wait = job->effects.find("wait:" + name);
    return wait == job->effects.end() || noted_end(*job, "wait:" + name).has_value();
}

void Oracle::waited(const LeaseRef& lease, bool had_signal,
                    const std::optional<std::string>& value) {
    const Tale* const job = known(lease.id);
    if (job == nullptr || !job->holds(lease)) return;
    met(value ? Situation::signal_received : Situation::signal_missed);
    expect(value.has_value() || !had_signal, "I12", lease.id,
           "waited in vain for a signal that had come before");
}

}  // namespace errand::sim
