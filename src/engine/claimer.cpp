#include "engine/claimer.hpp"

#include "base/failpoint.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace errand::engine {

Claimer::Claimer(JobPath& store, InFlight& in_flight, QueueLine& line, Options options)
    : store_(store),
      in_flight_(in_flight),
      line_(line),
      safety_poll_(options.safety_poll),
      dealer_(line.group),
      request_{.worker = options.worker,
               .queues = {},
               .types = std::move(options.types),
               .lease = options.lease,
               .labels = std::move(options.labels)} {
    line_.claimer = &signal();
}

NextRun Claimer::run_once(Timestamp now) {
    const auto work_seen = store_.generation(WakeChannel::work);
    const Admission admission{now, store_.generation(WakeChannel::control)};
    const auto wanted = in_flight_.reserve(line_);
    if (wanted == 0) return NextRun::on_signal();
    std::vector<Lease> leases;
    try {
        claim(wanted, leases);
        base::failpoint("claimer.claimed");
    } catch (...) {
        const auto unused = wanted - static_cast<std::uint32_t>(leases.size());
        in_flight_.admit(line_, wanted - unused, std::move(leases), admission);
        in_flight_.cancel_reservation(line_, unused);
        throw;
    }
    const auto got = leases.size();
    in_flight_.admit(line_, wanted, std::move(leases), admission);
    if (got == wanted) return NextRun::at_once();
    return NextRun::on_channel(WakeChannel::work, work_seen, safety_poll_);
}

/// One call of the store while the first choice has enough; then the queues that have more.
void Claimer::claim(std::uint32_t wanted, std::vector<Lease>& leases) {
    dealer_.begin();
    while (leases.size() < wanted && dealer_.can_deal()) {
        request_.queues = dealer_.deal(wanted - static_cast<std::uint32_t>(leases.size()));
        auto got = store_.claim(request_);
        dealer_.served(request_.queues, got);
        if (leases.empty()) {
            leases = std::move(got);
        } else {
            std::ranges::move(got, std::back_inserter(leases));
        }
    }
}

}  // namespace errand::engine
