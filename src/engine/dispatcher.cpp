#include "engine/dispatcher.hpp"

#include <utility>

namespace errand::engine {

Dispatcher::Dispatcher(QueueLine& line, const RunnerServices& services)
    : line_(line), services_(services) {}

std::string_view Dispatcher::name() const noexcept {
    return line_.performer->name();
}

NextRun Dispatcher::run_once(Timestamp /*now*/) {
    line_.ready.take(tickets_, line_.performer->places().at_once, 1);
    if (tickets_.empty()) return NextRun::on_signal();
    std::vector<Attempt> attempts;
    attempts.reserve(tickets_.size());
    for (const auto& ticket : tickets_)
        attempts.emplace_back(*ticket.execution, ticket.generation, services_);
    try {
        line_.performer->perform(std::move(attempts));
    } catch (...) {
        // The attempts went with the exception: what had begun says that it was dropped.
        return NextRun::at_once();
    }
    return NextRun::at_once();
}

}  // namespace errand::engine
