#pragma once

#include "core/cron/field.hpp"

#include <string_view>

namespace errand::core {

/// Says what is wrong with a cron expression: Error (invalid_argument) "cron "…": hour "25" at
/// character 3: reason". `part` is a view into the expression.
class CronRefusal {
public:
    explicit CronRefusal(std::string_view expression) : expression_(expression) {}

    [[noreturn]] void refuse(std::string_view reason) const;
    [[noreturn]] void refuse(const CronField& field, std::string_view part,
                             std::string_view reason) const;

private:
    std::string_view expression_;
};

}  // namespace errand::core
