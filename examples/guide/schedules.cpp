#include "guide/guide.hpp"

#include <errand/schedule.hpp>

#include <iostream>

namespace guide {
namespace {

struct BuildReport {
    static constexpr std::string_view job_type = "report.build";
    std::string region;
};
BOOST_DESCRIBE_STRUCT(BuildReport, (), (region))

}  // namespace

void schedules(const Store& store) {
    const auto from = errand::parse_timestamp("2026-01-01T00:00:00Z");
    errand::ScheduleSpec spec{.timing = errand::CronExpression::parse("30 2 * * MON-FRI"),
                              .timezone = "Europe/Berlin"};
    for (const auto& tick : errand::upcoming(spec, from, 5))
        std::cout << errand::format_timestamp(tick.fire_at) << "\n";
    expect(errand::upcoming(spec, from, 5).size() == 5);

    errand::Client client{store};
    client.put_schedule(
        {.name = "nightly", .spec = spec, .job = errand::Client::make_job(BuildReport{"eu"})},
        "deploy");
    client.arm_schedule("nightly", "deploy");
    const auto schedule = client.find_schedule("nightly");
    expect(schedule && schedule->state == errand::ScheduleState::armed);
}

}  // namespace guide
