#include "core/step_keys.hpp"
#include "core/validate.hpp"
#include "store/memory/memory_store.hpp"

// Signals: values that a job waits for without a worker.

namespace errand::memory {

SignalResult MemoryStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    core::validate_signal(name, value);
    const std::lock_guard lock{mutex_};
    Record* const record = jobs_.find(id);
    if (!record) return SignalResult::not_found;
    if (is_end(record->job.state)) return SignalResult::ended;
    if (!record->effects.try_emplace(core::signal_key(name), value).second) {
        return SignalResult::already_there;
    }
    if (record->job.awaits_signal != name) return SignalResult::kept;
    move(*record, JobState::available);
    return SignalResult::delivered;
}

void MemoryStore::park(Record& record, const std::string& signal) {
    const bool came = record.effects.contains(core::signal_key(signal));
    move(record, came ? JobState::available : JobState::scheduled);
    if (!came) record.job.awaits_signal = signal;
}

}  // namespace errand::memory
