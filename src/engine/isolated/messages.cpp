#include "engine/isolated/messages.hpp"

#include <cstring>
#include <utility>

namespace errand::engine {
namespace {

constexpr auto no_deadline = Timestamp::max();

std::uint64_t as_number(Timestamp time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

Timestamp as_timestamp(std::uint64_t number) {
    return Timestamp{Duration{static_cast<std::int64_t>(number)}};
}

Outcome outcome_of(std::uint64_t kind, Duration delay, std::string type, std::string text) {
    switch (static_cast<Outcome::Kind>(kind)) {
        case Outcome::Kind::done:
            return Outcome::done(std::move(text));
        case Outcome::Kind::retry_in:
            return Outcome::retry_in(delay, std::move(text));
        case Outcome::Kind::slow_down:
            return Outcome::slow_down(delay, std::move(text));
        case Outcome::Kind::snooze:
            return Outcome::snooze(delay);
        case Outcome::Kind::wait_signal:
            return Outcome::wait_signal(std::move(text), delay);
        case Outcome::Kind::discard:
            return Outcome::discard(std::move(text), std::move(type));
        case Outcome::Kind::cancel:
            return Outcome::cancel(std::move(text));
        case Outcome::Kind::fail:
            break;
    }
    return Outcome::fail(std::move(text), std::move(type));
}

}  // namespace

void write_job(std::string& out, std::uint64_t number, const Context& job) {
    const auto& id = job.id().bytes;
    FrameWriter{out, FrameKind::job}
        .number(number)
        .text({reinterpret_cast<const char*>(id.data()), id.size()})
        .text(job.type())
        .text(job.queue())
        .text(job.args())
        .text(job.meta())
        .number(job.attempt())
        .number(job.max_attempts())
        .number(job.lease_seq())
        .number(as_number(job.deadline().value_or(no_deadline)));
}

JobMessage read_job(Frame& frame) {
    JobMessage job;
    job.number = frame.number();
    const auto id = frame.text();
    if (id.size() == job.id.bytes.size()) std::memcpy(job.id.bytes.data(), id.data(), id.size());
    job.type = frame.text();
    job.queue = frame.text();
    job.args = frame.text();
    job.meta = frame.text();
    job.attempt = static_cast<std::uint32_t>(frame.number());
    job.max_attempts = static_cast<std::uint32_t>(frame.number());
    job.lease_seq = frame.number();
    const auto deadline = as_timestamp(frame.number());
    if (deadline != no_deadline) job.deadline = deadline;
    return job;
}

void write_outcome(std::string& out, const OutcomeMessage& message) {
    const auto& outcome = message.outcome;
    FrameWriter{out, FrameKind::outcome}
        .number(message.number)
        .number(static_cast<std::uint64_t>(message.took.count()))
        .number(message.retire ? 1 : 0)
        .number(static_cast<std::uint64_t>(outcome.kind()))
        .number(static_cast<std::uint64_t>(outcome.delay().count()))
        .text(outcome.error_type())
        .text(outcome.text());
}

std::optional<OutcomeMessage> read_outcome(Frame& frame) {
    OutcomeMessage message;
    message.number = frame.number();
    message.took = Duration{static_cast<std::int64_t>(frame.number())};
    message.retire = frame.number() != 0;
    const auto kind = frame.number();
    const Duration delay{static_cast<std::int64_t>(frame.number())};
    std::string type{frame.text()};
    std::string text{frame.text()};
    if (frame.damaged()) return {};
    message.outcome = outcome_of(kind, delay, std::move(type), std::move(text));
    return message;
}

void write_question(std::string& out, const StoreQuestion& question) {
    FrameWriter{out, question.kind}
        .number(question.job)
        .number(question.call)
        .text(question.key)
        .text(question.value);
}

std::optional<StoreQuestion> read_question(Frame& frame, std::uint64_t job) {
    switch (frame.kind()) {
        case FrameKind::find_effect:
        case FrameKind::keep_effect:
        case FrameKind::replace_effect:
        case FrameKind::store_time:
        case FrameKind::workflow_place:
        case FrameKind::parent_results:
        case FrameKind::add_to_workflow:
            break;
        default:
            return {};
    }
    StoreQuestion question;
    question.kind = frame.kind();
    question.job = job;
    question.call = frame.number();
    question.key = frame.text();
    question.value = frame.text();
    if (frame.damaged()) return {};
    return question;
}

void write_reply(std::string& out, const StoreReply& reply) {
    FrameWriter{out, FrameKind::store_reply}
        .number(reply.call)
        .number(static_cast<std::uint64_t>(reply.answer))
        .number(static_cast<std::uint64_t>(reply.code))
        .text(reply.text)
        .number(as_number(reply.time));
}

StoreReply read_reply(Frame& frame) {
    StoreReply reply;
    reply.call = frame.number();
    reply.answer = static_cast<StoreAnswer>(frame.number());
    reply.code = static_cast<ErrorCode>(frame.number());
    reply.text = frame.text();
    reply.time = as_timestamp(frame.number());
    return reply;
}

}  // namespace errand::engine
