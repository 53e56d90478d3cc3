#include <errand/event_stream.hpp>

#include "client/event_reader.hpp"
#include "engine/engine_options.hpp"
#include "engine/loop_thread.hpp"

#include <optional>
#include <utility>

namespace errand {

class EventStream::Impl {
public:
    Impl(std::shared_ptr<Store> store, EventFilter filter, Callback callback,
         SubscribeOptions options)
        : store_(std::move(store)),
          log_(log_to(options)),
          reader_(*store_, "stream:" + to_string(new_job_id()), std::move(filter),
                  std::move(callback), std::move(options)),
          thread_(std::in_place, reader_, services_, engine::LoopThread::Options{}) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        thread_.reset();
        reader_.unsubscribe();
    }

private:
    /// The thread's log has one thing to say: that the store is away.
    static LogSink log_to(const SubscribeOptions& options) {
        if (!options.failed) return {};
        return [failed = options.failed](LogLevel, std::string_view line) { failed(line); };
    }

    std::shared_ptr<Store> store_;
    engine::EngineOptions defaults_;
    engine::Logger log_;
    engine::Counters counters_;
    engine::LoopServices services_{*store_, *defaults_.clock, *defaults_.random, counters_, log_};
    client::EventReader reader_;
    std::optional<engine::LoopThread> thread_;
};

EventStream::EventStream(std::shared_ptr<Store> store, EventFilter filter, Callback callback,
                         SubscribeOptions options)
    : impl_(std::make_unique<Impl>(std::move(store), std::move(filter), std::move(callback),
                                   std::move(options))) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

}  // namespace errand
