#pragma once

#include "store/sqlite/event_log.hpp"
#include "store/sqlite/lanes.hpp"

#include <errand/store/types.hpp>

#include <functional>

namespace errand::sqlite {

/// What operators' calls tell about single jobs. Each carries out `work` and passes its answer on;
/// while somebody wants to know, it looks at the job before.
class ControlEvents {
public:
    ControlEvents(EventLog& log, Connection& writer, const LaneTable& lanes, Timestamp now)
        : log_(log), writer_(writer), lanes_(lanes), now_(now) {}

    using Work = std::function<ControlResult()>;
    ControlResult cancel(const JobId& id, const Work& work);
    ControlResult retry(const JobId& id, const Work& work);
    ControlResult remove(const JobId& id, const Work& work);

private:
    EventLog& log_;
    Connection& writer_;
    const LaneTable& lanes_;
    Timestamp now_;
};

}  // namespace errand::sqlite
