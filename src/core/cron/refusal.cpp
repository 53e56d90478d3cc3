#include "core/cron/refusal.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand::core {

void CronRefusal::refuse(std::string_view reason) const {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cron {}: {}", base::quote_for_message(expression_), reason));
}

void CronRefusal::refuse(const CronField& field, std::string_view part,
                         std::string_view reason) const {
    refuse(fmt::format("{} {} at character {}: {}", field.name, base::quote_for_message(part),
                       part.data() - expression_.data() + 1, reason));
}

}  // namespace errand::core
