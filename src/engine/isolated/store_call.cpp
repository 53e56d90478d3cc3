#include "engine/isolated/store_call.hpp"

#include "engine/block_signals.hpp"
#include "engine/isolated/workflow_messages.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace errand::engine {

StoreCall::StoreCall(Context& job, StoreQuestion question, Answer answer)
    : job_(job), question_(std::move(question)), answer_(std::move(answer)) {
    const BlockSignals block;
    thread_ = std::jthread{[this] { run(); }};
}

void StoreCall::run() {
    StoreReply reply;
    try {
        reply = carry_out();
        if (reply.text.size() > max_text_bytes) {
            throw Error(ErrorCode::limit_exceeded,
                        fmt::format("what the store has is {} MiB, and an isolated handler can be "
                                    "told {} MiB at once; let a plain handler read it",
                                    reply.text.size() >> 20, max_text_bytes >> 20));
        }
    } catch (const Error& error) {
        reply = {.answer = StoreAnswer::failed, .code = error.code(), .text = error.what()};
    } catch (const std::exception& error) {
        reply = {.answer = StoreAnswer::failed,
                 .code = ErrorCode::store_unavailable,
                 .text = error.what()};
    }
    reply.call = question_.call;
    answer_(std::move(reply));
}

StoreReply StoreCall::carry_out() {
    switch (question_.kind) {
        case FrameKind::find_effect: {
            auto kept = job_.find_effect(question_.key);
            if (!kept) return {.answer = StoreAnswer::nothing};
            return {.answer = StoreAnswer::value, .text = std::move(*kept)};
        }
        case FrameKind::keep_effect:
            // The effect has run over there; another thread's of the same key may have been first.
            return {.answer = StoreAnswer::value, .text = job_.once(question_.key, [this] {
                        return std::move(question_.value);
                    })};
        case FrameKind::replace_effect:
            job_.replace_effect(question_.key, question_.value);
            return {.answer = StoreAnswer::nothing};
        case FrameKind::workflow_place: {
            const auto workflow = job_.workflow();
            if (!workflow) return {.answer = StoreAnswer::nothing};
            return {.answer = StoreAnswer::value,
                    .text = write_place({*workflow, job_.workflow_job()})};
        }
        case FrameKind::parent_results:
            return {.answer = StoreAnswer::value,
                    .text = write_parent_results(job_.parent_results())};
        case FrameKind::add_to_workflow: {
            auto jobs = read_workflow_jobs(question_.value);
            if (!jobs) throw Error(ErrorCode::invalid_argument, "the jobs cannot be read");
            return {.answer = StoreAnswer::value,
                    .text = write_add_results(job_.add_to_workflow(std::move(*jobs)))};
        }
        default:
            return {.answer = StoreAnswer::nothing, .time = job_.store_time()};
    }
}

}  // namespace errand::engine
