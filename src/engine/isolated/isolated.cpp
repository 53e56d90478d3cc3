#include <errand/isolated.hpp>

#include "engine/isolated/isolated_performer.hpp"

#include <errand/error.hpp>

#include <string>
#include <utility>

namespace errand {
namespace {

void validate(const IsolatedOptions& options) {
    if (options.processes < 1 || options.processes > 256) {
        throw Error(ErrorCode::invalid_argument, "processes: " + std::to_string(options.processes) +
                                                     " is out of range; give 1 to 256");
    }
    if (options.kill_after < Duration::zero() || options.kill_after > std::chrono::hours{1}) {
        throw Error(ErrorCode::invalid_argument, "kill_after: it is out of range; give 0s to 1h");
    }
}

}  // namespace

Isolated::Isolated(Worker& worker, IsolatedOptions options) : worker_(&worker) {
    validate(options);
    performer_ = std::make_shared<engine::IsolatedPerformer>(options);
}

void Isolated::handle(std::string_view type, Worker::RawHandler handler, HandlerOptions options) {
    if (!handler) {
        throw Error(ErrorCode::invalid_argument,
                    "handler of " + std::string{type} + ": it is empty; give a function");
    }
    worker_->handle_by(type, performer_, std::move(options));
    performer_->add(type, std::move(handler));
}

}  // namespace errand
