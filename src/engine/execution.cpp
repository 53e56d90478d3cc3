#include "engine/execution.hpp"

#include "base/text.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::engine {
namespace {

constexpr std::size_t progress_message_bytes = 255;
constexpr std::size_t error_log_tail_bytes = 2U << 10;
constexpr std::size_t effect_key_bytes = 255;

void validate_effect_key(std::string_view key) {
    if (!key.empty() && key.size() <= effect_key_bytes && base::is_valid_utf8(key) &&
        key.find('\0') == std::string_view::npos) {
        return;
    }
    throw Error(ErrorCode::invalid_argument, "key of an effect: " + base::quote_for_message(key) +
                                                 "; give 1 to 255 bytes of UTF-8 without NUL");
}

}  // namespace

Execution::Execution(std::uint32_t slot, const ExecutionServices& services)
    : slot_(slot), services_(services) {}

void Execution::begin_lease(Lease&& lease, QueueLine& line, const Handler& handler,
                            const Admission& admission) {
    lease_ = std::move(lease);
    line_ = &line;
    handler_ = &handler;
    deadline_ = no_deadline;
    reason_ = StopReason::none;
    extended_at = seen_at = log_saved_at = queued_at = admission.claimed_at;
    control_seen = admission.control_seen;
    lost = stuck = false;
    word_.store((generation() << phase_bits) | static_cast<std::uint64_t>(Phase::queued),
                std::memory_order_release);
}

void Execution::end_lease() {
    word_.store((generation() + 1) << phase_bits, std::memory_order_release);
    if (!used_.exchange(false)) return;
    const std::lock_guard lock{mutex_};
    stop_source_.reset();
    log_.reset();
    membership_.reset();
    unsaved_ = progress_unsaved_ = log_unsaved_ = false;
}

bool Execution::advance(std::uint64_t generation, Phase from, Phase to) noexcept {
    auto expected = (generation << phase_bits) | static_cast<std::uint64_t>(from);
    const auto wanted = (generation << phase_bits) | static_cast<std::uint64_t>(to);
    return word_.compare_exchange_strong(expected, wanted, std::memory_order_acq_rel);
}

void Execution::start_deadline() {
    const auto& timeout = lease_.timeout ? lease_.timeout : handler_->timeout;
    if (timeout) deadline_ = services_.clock.now() + *timeout;
}

bool Execution::past_deadline(Timestamp now) const noexcept {
    return now >= deadline_.load(std::memory_order_relaxed);
}

void Execution::request_stop(StopReason reason) {
    auto none = StopReason::none;
    if (!reason_.compare_exchange_strong(none, reason)) return;
    const std::lock_guard lock{mutex_};
    if (stop_source_) services_.stop_notifier.add(*stop_source_);
}

std::optional<Progress> Execution::take_progress() {
    if (!unsaved_) return {};
    const std::lock_guard lock{mutex_};
    if (!std::exchange(progress_unsaved_, false)) return {};
    unsaved_ = log_unsaved_;
    return progress_;
}

void Execution::keep_progress() {
    const std::lock_guard lock{mutex_};
    unsaved_ = progress_unsaved_ = true;
}

std::optional<std::string> Execution::take_log() {
    if (!unsaved_) return {};
    const std::lock_guard lock{mutex_};
    if (!std::exchange(log_unsaved_, false)) return {};
    unsaved_ = progress_unsaved_;
    return log_->text();
}

void Execution::keep_log() {
    const std::lock_guard lock{mutex_};
    unsaved_ = log_unsaved_ = true;
}

void Execution::attach_log(Settlement& settlement) {
    if (!used_) return;
    const std::lock_guard lock{mutex_};
    if (!log_ || log_->empty()) return;
    if (settlement.error) settlement.error->log_tail = log_->tail(error_log_tail_bytes);
    settlement.log = log_->text();
    log_unsaved_ = false;
}

std::optional<Timestamp> Execution::deadline() const noexcept {
    const auto deadline = deadline_.load();
    return deadline == no_deadline ? std::nullopt : std::optional{deadline};
}

std::stop_token Execution::stop_token() const noexcept {
    std::optional<std::stop_source> source;
    {
        const std::lock_guard lock{mutex_};
        if (!stop_source_) stop_source_.emplace();
        used_ = true;
        source = stop_source_;
    }
    // The request may have come before there was a source to tell.
    if (stop_requested()) source->request_stop();
    return source->get_token();
}

void Execution::progress(std::uint64_t current, std::uint64_t total, std::string_view message) {
    auto text = base::cut_end(base::to_valid_utf8(message), progress_message_bytes);
    const std::lock_guard lock{mutex_};
    progress_ = {current, total, std::move(text)};
    used_ = unsaved_ = progress_unsaved_ = true;
}

void Execution::log(std::string_view line) {
    const std::lock_guard lock{mutex_};
    if (!log_) log_.emplace(services_.limits.log_bytes);
    log_->add_line(line);
    used_ = unsaved_ = log_unsaved_ = true;
}

Membership* Execution::membership() {
    if (!lease_.in_workflow) return nullptr;
    const std::lock_guard lock{mutex_};
    if (!membership_) membership_.emplace(services_.store, lease_.ref, services_.limits);
    used_ = true;
    return &*membership_;
}

std::string Execution::once(std::string_view key, const std::function<std::string()>& effect) {
    if (auto kept = find_effect(key)) return std::move(*kept);
    auto value = effect();
    keep_effect(key, value, EffectWrite::first_stays);
    return value;
}

std::optional<std::string> Execution::find_effect(std::string_view key) {
    validate_effect_key(key);
    return services_.store.find_effect(id(), key);
}

void Execution::replace_effect(std::string_view key, std::string_view json) {
    validate_effect_key(key);
    keep_effect(key, json, EffectWrite::replace);
}

void Execution::keep_effect(std::string_view key, std::string_view json, EffectWrite write) {
    if (json.size() > max_step_bytes) {
        throw Error(ErrorCode::limit_exceeded, "value of " + base::quote_for_message(key) +
                                                   " has " + std::to_string(json.size()) +
                                                   " bytes, more than the " +
                                                   std::to_string(max_step_bytes) +
                                                   " allowed; keep it elsewhere and store where");
    }
    if (const auto reason = core::json_error(json); !reason.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "value of " + base::quote_for_message(key) + ": not JSON: " + reason);
    }
    if (!services_.store.record_effect(lease_.ref, key, json, write)) {
        throw Error(ErrorCode::lease_lost, "the effect " + base::quote_for_message(key) +
                                               " was not recorded: the job has another owner now");
    }
}

}  // namespace errand::engine
