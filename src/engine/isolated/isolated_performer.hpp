#pragma once

#include "base/unique_fd.hpp"
#include "engine/handler_time.hpp"
#include "engine/isolated/child.hpp"
#include "engine/isolated/performing.hpp"
#include "engine/isolated/zygote.hpp"

#include <errand/isolated.hpp>
#include <errand/performer.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace errand::engine {

/// Hands jobs to isolated processes and hears from them, on one thread. A process gets one job at a
/// time, or while they are very short as many as it performs within a millisecond.
class IsolatedPerformer final : public Performer {
public:
    explicit IsolatedPerformer(const IsolatedOptions& options);
    ~IsolatedPerformer() override { stop(); }

    /// Before the start.
    void add(std::string_view type, Worker::RawHandler handler);

    [[nodiscard]] std::string_view name() const noexcept override { return "to isol."; }
    [[nodiscard]] Places places() const noexcept override { return {options_.processes, 1, 256}; }
    void prepare(const Warn& warn) override;
    void start() override;
    void perform(std::vector<Attempt> attempts) override;
    void stop() noexcept override;

private:
    using Clock = ProcessPlace::Clock;
    struct Reply {
        std::uint64_t job = 0;
        StoreReply reply;
    };

    // From any thread.
    void wake() const noexcept;
    void ask_to_stop(std::uint64_t job);
    void answer(std::uint64_t job, StoreReply reply);

    // The rest on the thread.
    void run();
    [[nodiscard]] bool take_inbox();
    void wait_for_news();
    [[nodiscard]] int milliseconds_to_next_event() const;

    void start_processes();
    void start_process(std::uint32_t slot);
    void hear_zygote();
    void bury(std::uint32_t slot, int status);
    void blame(ProcessPlace& place, int status);
    void retire_if_due(ProcessPlace& place);

    void hand_over_jobs();
    [[nodiscard]] ProcessPlace* least_busy();
    [[nodiscard]] std::unique_ptr<IsolatedJob> next_job();
    void hand_over(ProcessPlace& place, std::unique_ptr<IsolatedJob> job);
    [[nodiscard]] std::size_t window() const noexcept;

    void send(ProcessPlace& place);
    void receive(ProcessPlace& place);
    void hear(ProcessPlace& place, Frame& frame);
    void hear_outcome(ProcessPlace& place, Frame& frame);
    void hear_question(IsolatedJob& job, Frame& frame);

    [[nodiscard]] SharedSlot& slot_of(const ProcessPlace& place) noexcept;
    void tell_first_to_stop(ProcessPlace& place);
    void kill_what_is_due();

    const IsolatedOptions options_;
    IsolatedHandlers handlers_;
    Warn warn_;

    std::optional<SharedSlots> slots_;
    std::optional<Zygote> zygote_;
    base::UniqueFd wake_;
    std::jthread thread_;

    std::mutex mutex_;  ///< guards the next four
    std::vector<Attempt> inbox_;
    std::vector<std::uint64_t> to_stop_;
    std::vector<Reply> replies_;
    bool stopping_ = false;

    std::vector<ProcessPlace> places_;
    std::deque<Attempt> waiting_;
    std::deque<std::unique_ptr<IsolatedJob>> again_;  ///< begun, but their process died before them
    std::uint64_t last_number_ = 0;
    HandlerTime handler_time_;
};

}  // namespace errand::engine
