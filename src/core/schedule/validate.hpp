#pragma once

#include <errand/schedule.hpp>

namespace errand::core {

/// Checks every field and puts the exclusions into their shortest form. Throws Error
/// (invalid_argument) naming the field, the value and the remedy. Of the time zone only the form of
/// its name is checked.
void validate(ScheduleSpec& spec);

}  // namespace errand::core
