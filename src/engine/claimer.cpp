#include "engine/claimer.hpp"

#include "base/failpoint.hpp"

#include <utility>

namespace errand::engine {

Claimer::Claimer(JobPath& store, InFlight& in_flight, QueueLine& line, Options options)
    : store_(store),
      in_flight_(in_flight),
      line_(line),
      safety_poll_(options.safety_poll),
      request_{options.worker, {{line.name, 0}}, std::move(options.types), options.lease} {
    line_.claimer = &signal();
}

NextRun Claimer::run_once(Timestamp now) {
    const auto work_seen = store_.generation(WakeChannel::work);
    const Admission admission{now, store_.generation(WakeChannel::control)};
    const auto wanted = in_flight_.reserve(line_);
    if (wanted == 0) return NextRun::on_signal();
    request_.queues.front().max_jobs = wanted;
    std::vector<Lease> leases;
    try {
        leases = store_.claim(request_);
        base::failpoint("claimer.claimed");
    } catch (...) {
        in_flight_.cancel_reservation(line_, wanted);
        throw;
    }
    const auto got = leases.size();
    in_flight_.admit(line_, wanted, std::move(leases), admission);
    if (got == wanted) return NextRun::at_once();
    return NextRun::on_channel(WakeChannel::work, work_seen, safety_poll_);
}

}  // namespace errand::engine
