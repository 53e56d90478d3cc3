#pragma once

#include <errand/context.hpp>
#include <errand/job.hpp>
#include <errand/outcome.hpp>

#include <functional>

namespace errand {

struct Receipt;

/// What a perform hook does when the attempt has ended; may be empty. It sees the outcome as the
/// hooks inside it left it, and may replace it.
using AfterPerform = std::function<void(Outcome&)>;
/// Called before a handler begins, see Worker::add_hook(). What it returns is called after the
/// handler; what must be kept between both lives in its captures. When it throws, the handler does
/// not run: the attempt fails with an error of the type "hook" that names the hook. When what it
/// returned throws, the attempt fails in the same way whatever the handler decided. A handler that
/// waits (Context::wait_signal(), sleep()) ends its attempt with that outcome, and begins another
/// when the wait is over; a hook that waits parks the job in the same way.
using PerformHook = std::function<AfterPerform(Context&)>;

/// What an enqueue hook does after the call of the store; may be empty. Null: the job was not
/// enqueued, and the exception that says why goes on to the caller.
using AfterEnqueue = std::function<void(const Receipt*)>;
/// Called before a job is validated and enqueued, see Client::add_hook(). It may change the job.
/// When it throws, nothing is enqueued, and the call throws Error with the code of the hook's own
/// Error, else conflict; the message names the hook. When what it returned throws, so does the
/// call, and the message says that the job is in the store.
using EnqueueHook = std::function<AfterEnqueue(NewJob&)>;

}  // namespace errand
