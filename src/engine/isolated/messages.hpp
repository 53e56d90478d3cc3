#pragma once

#include "engine/isolated/frames.hpp"

#include <errand/context.hpp>
#include <errand/error.hpp>
#include <errand/outcome.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errand::engine {

/// A job on its way to an isolated process.
struct JobMessage {
    std::uint64_t number = 0;  ///< of this handing-over, from 1, never used again by the worker
    JobId id;
    std::string type, queue, args, meta;
    std::uint32_t attempt = 0, max_attempts = 0;
    std::uint64_t lease_seq = 0;
    std::optional<Timestamp> deadline;
};
void write_job(std::string& out, std::uint64_t number, const Context& job);
[[nodiscard]] JobMessage read_job(Frame& frame);

/// How a job ended in its process.
struct OutcomeMessage {
    std::uint64_t number = 0;
    Duration took{};
    bool retire = false;  ///< the process has grown beyond its bound and wants no more jobs
    Outcome outcome = Outcome::done();
};
void write_outcome(std::string& out, const OutcomeMessage& message);
/// None: the frame is damaged.
[[nodiscard]] std::optional<OutcomeMessage> read_outcome(Frame& frame);

/// What a process asks of the store, which only the worker has: one of the frames find_effect,
/// keep_effect, replace_effect, store_time, workflow_place, parent_results and add_to_workflow.
struct StoreQuestion {
    FrameKind kind = FrameKind::store_time;
    std::uint64_t job = 0;   ///< JobMessage::number
    std::uint64_t call = 0;  ///< of this process, for the reply
    std::string key;         ///< of an effect
    std::string value;       ///< to be kept, or to replace what is kept; jobs to be added
};
void write_question(std::string& out, const StoreQuestion& question);
/// After the job's number was read. None: the frame is damaged or of another kind.
[[nodiscard]] std::optional<StoreQuestion> read_question(Frame& frame, std::uint64_t job);

enum class StoreAnswer : std::uint8_t { value, nothing, failed };
struct StoreReply {
    std::uint64_t call = 0;
    StoreAnswer answer = StoreAnswer::failed;
    ErrorCode code{};    ///< of the Error, when it failed
    std::string text{};  ///< the value, or the message
    Timestamp time{};    ///< of store_time
};
void write_reply(std::string& out, const StoreReply& reply);
[[nodiscard]] StoreReply read_reply(Frame& frame);

}  // namespace errand::engine
