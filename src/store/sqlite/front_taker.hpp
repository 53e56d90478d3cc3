#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/front.hpp"

#include <errand/store/types.hpp>

namespace errand::sqlite {

/// Takes fronts in one open write transaction.
class FrontTaker {
public:
    FrontTaker(Connection& writer, const ClaimRequest& request, Timestamp now)
        : writer_(writer), request_(request), now_(now) {}

    /// Whether the jobs of a front that was read before the transaction are still neighbours and as
    /// they were. Others may stand before them by now: as they came while the claim was under way,
    /// it need not have seen them. To give up for their sake would be to read every front twice
    /// where each end of a job makes another one available, as in chains.
    [[nodiscard]] bool still_stands(const Front& front);
    /// Leases them.
    void take(Front& front);

private:
    Connection& writer_;
    const ClaimRequest& request_;
    Timestamp now_;
};

}  // namespace errand::sqlite
