#include "engine/isolated/isolated_performer.hpp"

#include "engine/block_signals.hpp"
#include "engine/thread_name.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace errand::engine {
namespace {

constexpr double short_job_ns = 50'000;
constexpr double most_in_window = 64;
/// A job whose process died so often before it came to it is the suspect after all.
constexpr unsigned most_handings_over = 3;
constexpr auto pause_after_failure = std::chrono::seconds{1};

}  // namespace

IsolatedPerformer::IsolatedPerformer(const IsolatedOptions& options) : options_(options) {}

void IsolatedPerformer::add(std::string_view type, Worker::RawHandler handler) {
    handlers_.insert_or_assign(std::string{type}, std::move(handler));
}

void IsolatedPerformer::prepare(const Warn& warn) {
    warn_ = warn;
    slots_.emplace(options_.processes);
    zygote_.emplace(*slots_, handlers_, options_);
    wake_ = base::UniqueFd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!wake_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
    stopping_ = false;
    places_ = std::vector<ProcessPlace>(options_.processes);
}

void IsolatedPerformer::start() {
    const BlockSignals block;
    thread_ = std::jthread{[this] { run(); }};
}

void IsolatedPerformer::perform(std::vector<Attempt> attempts) {
    const std::lock_guard lock{mutex_};
    std::ranges::move(attempts, std::back_inserter(inbox_));
    wake();
}

void IsolatedPerformer::stop() noexcept {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    if (thread_.joinable()) {
        wake();
        thread_.join();
    }
    zygote_.reset();
    inbox_.clear();
    waiting_.clear();
    again_.clear();
    places_.clear();
}

void IsolatedPerformer::wake() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void IsolatedPerformer::ask_to_stop(std::uint64_t job) {
    const std::lock_guard lock{mutex_};
    to_stop_.push_back(job);
    wake();
}

void IsolatedPerformer::answer(std::uint64_t job, StoreReply reply) {
    const std::lock_guard lock{mutex_};
    replies_.push_back({job, std::move(reply)});
    wake();
}

void IsolatedPerformer::run() {
    name_this_thread("isolated");
    while (take_inbox()) {
        start_processes();
        hand_over_jobs();
        kill_what_is_due();
        for (auto& place : places_)
            send(place);
        wait_for_news();
    }
    // What is left was given back: see Performer::stop().
    for (auto& place : places_)
        place.jobs.clear();
}

/// False: it is time to stop.
bool IsolatedPerformer::take_inbox() {
    std::vector<Attempt> attempts;
    std::vector<std::uint64_t> to_stop;
    std::vector<Reply> replies;
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) return false;
        attempts.swap(inbox_);
        to_stop.swap(to_stop_);
        replies.swap(replies_);
    }
    std::ranges::move(attempts, std::back_inserter(waiting_));
    for (auto& place : places_) {
        for (const auto& job : place.jobs)
            job->stop = job->stop || std::ranges::count(to_stop, job->number) > 0;
        tell_first_to_stop(place);
        for (const auto& [job, reply] : replies) {
            if (!place.jobs.empty() && place.jobs.front()->number == job) {
                write_reply(place.to_send, reply);
            }
        }
    }
    return true;
}

void IsolatedPerformer::wait_for_news() {
    std::vector<pollfd> waiting{{zygote_->is_gone() ? -1 : zygote_->fd(), POLLIN, 0},
                                {wake_.get(), POLLIN, 0}};
    for (const auto& place : places_) {
        const auto events = place.to_send.empty() ? POLLIN : POLLIN | POLLOUT;
        waiting.push_back(
            {place.fd.is_open() ? place.fd.get() : -1, static_cast<short>(events), 0});
    }
    ::poll(waiting.data(), waiting.size(), milliseconds_to_next_event());
    if (waiting[1].revents != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    }
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (waiting[2 + i].revents != 0) receive(places_[i]);
    }
    if (waiting[0].revents != 0) hear_zygote();
}

int IsolatedPerformer::milliseconds_to_next_event() const {
    std::optional<Clock::time_point> next;
    for (const auto& place : places_) {
        for (const auto& each : {place.kill_at, place.start_at}) {
            if (each && (!next || *each < *next)) next = each;
        }
    }
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void IsolatedPerformer::start_processes() {
    if (zygote_->is_gone()) return;
    for (std::uint32_t slot = 0; slot < places_.size(); ++slot) {
        auto& place = places_[slot];
        if (place.state != ProcessPlace::State::empty) continue;
        if (place.start_at && Clock::now() < *place.start_at) continue;
        start_process(slot);
    }
}

void IsolatedPerformer::start_process(std::uint32_t slot) {
    auto& place = places_[slot];
    place = ProcessPlace{};
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        warn_(fmt::format("isolated handlers: a process cannot be started: {}",
                          std::strerror(errno)));
        place.start_at = Clock::now() + pause_after_failure;
        return;
    }
    place.fd = base::UniqueFd{ends[0]};
    const base::UniqueFd other{ends[1]};
    (*slots_)[slot].performing = 0;
    if (zygote_->start(slot, other.get())) place.state = ProcessPlace::State::ready;
}

void IsolatedPerformer::hear_zygote() {
    while (const auto news = zygote_->news()) {
        auto& place = places_[news->slot];
        switch (news->kind) {
            case ProcessNews::Kind::started:
                place.pid = news->pid;
                break;
            case ProcessNews::Kind::not_started:
                warn_(fmt::format("isolated handlers: a process cannot be started: {}",
                                  std::strerror(news->status)));
                for (auto& job : place.jobs)
                    again_.push_back(std::move(job));
                place = ProcessPlace{};
                place.start_at = Clock::now() + pause_after_failure;
                break;
            case ProcessNews::Kind::ended:
                bury(news->slot, news->status);
                break;
        }
    }
    if (!zygote_->is_gone()) return;
    warn_(
        "isolated handlers: the process that starts their processes is gone; start the worker "
        "again");
    constexpr int as_killed = 9;
    for (std::uint32_t slot = 0; slot < places_.size(); ++slot)
        bury(slot, as_killed);
    // What has not begun waits, and is given back; for what has begun there is no process.
    for (const auto& job : again_) {
        job->on_stop.reset();
        job->attempt.finish(Outcome::fail("no process is left to perform it", "no process"));
    }
    again_.clear();
}

/// The process of the slot has ended: all that it said has arrived.
void IsolatedPerformer::bury(std::uint32_t slot, int status) {
    auto& place = places_[slot];
    receive(place);
    const bool useless = place.finished == 0 && place.jobs.empty() && !place.killed &&
                         place.state == ProcessPlace::State::ready;
    if (useless) {
        warn_("isolated handlers: a new process ended before its first job: " +
              describe_end(status, nullptr, options_.cpu_seconds).message);
    }
    if (!place.jobs.empty()) blame(place, status);
    for (auto job = place.jobs.rbegin(); job != place.jobs.rend(); ++job)
        again_.push_front(std::move(*job));
    place = ProcessPlace{};
    if (useless) place.start_at = Clock::now() + pause_after_failure;
}

/// The job that the process was at when it ended fails; the others have not begun.
void IsolatedPerformer::blame(ProcessPlace& place, int status) {
    auto& first = *place.jobs.front();
    const bool was_at_it = slot_of(place).performing == first.number;
    if (!was_at_it && first.handed_over < most_handings_over) return;
    auto suspect = std::move(place.jobs.front());
    place.jobs.pop_front();
    suspect->on_stop.reset();
    suspect->call.reset();
    if (place.killed) {
        suspect->attempt.crash("SIGKILL",
                               fmt::format("its process was killed, as it did not return within {} "
                                           "of the request to stop",
                                           format_duration(options_.kill_after)),
                               {});
        return;
    }
    const auto* report = place.crash ? &*place.crash : nullptr;
    auto end = describe_end(status, report, options_.cpu_seconds);
    suspect->attempt.crash(std::move(end.type), std::move(end.message),
                           report ? backtrace_text(*report) : std::string{});
}

void IsolatedPerformer::retire_if_due(ProcessPlace& place) {
    const bool old = options_.jobs_per_process != 0 && place.finished >= options_.jobs_per_process;
    if (old) place.state = ProcessPlace::State::retiring;
    if (place.state != ProcessPlace::State::retiring || !place.jobs.empty()) return;
    ::shutdown(place.fd.get(), SHUT_WR);  // it reads the end, and ends
}

void IsolatedPerformer::hand_over_jobs() {
    while (auto* place = least_busy()) {
        auto job = next_job();
        if (!job) return;
        hand_over(*place, std::move(job));
    }
}

/// Null: none takes a job now.
ProcessPlace* IsolatedPerformer::least_busy() {
    ProcessPlace* best = nullptr;
    for (auto& place : places_) {
        if (place.state != ProcessPlace::State::ready) continue;
        if (!best || place.jobs.size() < best->jobs.size()) best = &place;
    }
    return best && best->jobs.size() < window() ? best : nullptr;
}

std::unique_ptr<IsolatedJob> IsolatedPerformer::next_job() {
    if (!again_.empty()) {
        auto job = std::move(again_.front());
        again_.pop_front();
        return job;
    }
    while (!waiting_.empty()) {
        auto attempt = std::move(waiting_.front());
        waiting_.pop_front();
        if (attempt.begin()) return std::make_unique<IsolatedJob>(std::move(attempt));
    }
    return nullptr;
}

void IsolatedPerformer::hand_over(ProcessPlace& place, std::unique_ptr<IsolatedJob> job) {
    auto& context = job->attempt.context();
    job->on_stop.reset();
    job->number = ++last_number_;
    ++job->handed_over;
    write_job(place.to_send, job->number, context);
    place.jobs.push_back(std::move(job));
    auto& handed = *place.jobs.back();
    // When a stop was asked for already this calls back at once.
    handed.on_stop.emplace(context.stop_token(),
                           [this, number = handed.number] { ask_to_stop(number); });
}

std::size_t IsolatedPerformer::window() const noexcept {
    if (!handler_time_.known() || handler_time_.nanoseconds() >= short_job_ns) return 1;
    const auto within = handler_time_.jobs_within(std::chrono::milliseconds{1});
    return static_cast<std::size_t>(std::clamp(within, 1.0, most_in_window));
}

void IsolatedPerformer::send(ProcessPlace& place) {
    std::size_t sent = 0;
    while (sent < place.to_send.size()) {
        const auto got = ::send(place.fd.get(), place.to_send.data() + sent,
                                place.to_send.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) sent = place.to_send.size();
        if (got < 0) break;  // full, or the process has ended, of which there will be news
        sent += static_cast<std::size_t>(got);
    }
    place.to_send.erase(0, sent);
}

void IsolatedPerformer::receive(ProcessPlace& place) {
    while (place.fd.is_open()) {
        std::array<char, 64U << 10> bytes;
        const auto got = ::recv(place.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got <= 0) {
            place.fd.reset();
            place.to_send.clear();
            if (place.state == ProcessPlace::State::ready) {
                place.state = ProcessPlace::State::retiring;
            }
            return;
        }
        place.received.add(bytes.data(), static_cast<std::size_t>(got));
        while (auto frame = place.received.next())
            hear(place, *frame);
        if (place.received.broken())
            return zygote_->kill(static_cast<std::uint32_t>(&place - places_.data()));
        if (static_cast<std::size_t>(got) < bytes.size()) return;
    }
}

void IsolatedPerformer::hear(ProcessPlace& place, Frame& frame) {
    if (frame.kind() == FrameKind::crash) {
        place.crash = read_crash(frame);
        return;
    }
    if (place.jobs.empty()) return;  // of a job that has ended: a thread that it left behind
    auto& first = *place.jobs.front();
    if (frame.kind() == FrameKind::outcome) return hear_outcome(place, frame);
    if (frame.number() != first.number) return;
    if (frame.kind() == FrameKind::progress) {
        const auto current = frame.number();
        const auto total = frame.number();
        first.attempt.context().progress(current, total, frame.text());
    } else if (frame.kind() == FrameKind::log) {
        first.attempt.context().log(frame.text());
    } else {
        hear_question(first, frame);
    }
}

void IsolatedPerformer::hear_outcome(ProcessPlace& place, Frame& frame) {
    auto message = read_outcome(frame);
    if (!message || message->number != place.jobs.front()->number) return;
    auto job = std::move(place.jobs.front());
    place.jobs.pop_front();
    place.kill_at.reset();
    ++place.finished;
    handler_time_.add(message->took, 1);
    if (message->retire) place.state = ProcessPlace::State::retiring;
    job->on_stop.reset();
    job->call.reset();
    job->attempt.finish(std::move(message->outcome));
    tell_first_to_stop(place);
    retire_if_due(place);
}

void IsolatedPerformer::hear_question(IsolatedJob& job, Frame& frame) {
    auto question = read_question(frame, job.number);
    if (!question) return;
    job.call.reset();  // answered, as a process asks one thing at a time
    job.call = std::make_unique<StoreCall>(
        job.attempt.context(), std::move(*question),
        [this, number = job.number](StoreReply reply) { answer(number, std::move(reply)); });
}

SharedSlot& IsolatedPerformer::slot_of(const ProcessPlace& place) noexcept {
    return (*slots_)[static_cast<std::size_t>(&place - places_.data())];
}

/// A process hears of a stop when it is at that job, and has from then on some time to return.
void IsolatedPerformer::tell_first_to_stop(ProcessPlace& place) {
    if (place.jobs.empty() || place.kill_at || place.killed) return;
    const auto& first = *place.jobs.front();
    if (!first.stop) return;
    request_stop(slot_of(place), first.number, first.attempt.context().stop_reason());
    place.kill_at = Clock::now() + options_.kill_after;
}

void IsolatedPerformer::kill_what_is_due() {
    const auto now = Clock::now();
    for (std::uint32_t slot = 0; slot < places_.size(); ++slot) {
        auto& place = places_[slot];
        if (!place.kill_at || now < *place.kill_at) continue;
        place.kill_at.reset();
        place.killed = true;
        zygote_->kill(slot);
    }
}

}  // namespace errand::engine
