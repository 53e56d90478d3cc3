// A nightly report, at half past two as the clocks of Berlin show it: previewed over the day on
// which they are put forward, rehearsed, and armed.
//   errand-nightly [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <iostream>

namespace {

using namespace std::chrono_literals;

struct BuildReport {
    static constexpr std::string_view job_type = "report.build";
    std::string region;
};
BOOST_DESCRIBE_STRUCT(BuildReport, (), (region))

constexpr auto name = "nightly-report";

errand::ScheduleDefinition nightly() {
    errand::ScheduleDefinition schedule{
        .name = name,
        .spec = {.timing = errand::CronExpression::parse("30 2 * * *"),
                 .timezone = "Europe/Berlin"},
        .job = errand::Client::make_job(BuildReport{"eu"}, {.queue = "reports"})};
    schedule.require_rehearsal = true;
    return schedule;
}

/// Half past two does not exist on 29 March 2026: the report of that day is built at three.
bool preview(const errand::ScheduleDefinition& schedule) {
    const auto from = errand::parse_timestamp("2026-03-27T12:00:00Z");
    bool has_moved = false;
    for (const auto& tick : errand::upcoming(schedule.spec, from, 3, schedule.name)) {
        const bool moved = tick.mark == errand::TickMark::moved;
        const auto local = errand::format_timestamp(tick.fire_at + tick.utc_offset);
        std::cout << "would fire:  " << local.substr(0, 10) << " " << local.substr(11, 5) << " "
                  << tick.abbreviation << (moved ? "  (moved: the clock skips 02:30)" : "") << "\n";
        has_moved |= moved && tick.fire_at == errand::parse_timestamp("2026-03-29T01:00:00Z");
    }
    return has_moved;
}

/// What must not be done by way of trial stands behind rehearsal().
std::string build_report(const BuildReport& report, errand::Context& job) {
    std::cout << "built:       the report of " << report.region;
    if (const auto tick = job.tick()) {
        std::cout << " for " << errand::format_timestamp(*tick).substr(0, 10);
    }
    std::cout << (job.rehearsal() ? ", mailed to nobody (a rehearsal)" : ", mailed") << "\n";
    return job.rehearsal() ? "kept" : "mailed";
}

bool refuses_to_arm(errand::Client& client) {
    try {
        client.arm_schedule(name, "example");
        return false;
    } catch (const errand::Error& error) {
        std::cout << "refused:     " << error.what() << "\n";
        return error.code() == errand::ErrorCode::conflict;
    }
}

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    const auto schedule = nightly();
    if (!preview(schedule)) return false;
    client.put_schedule(schedule, "example");
    if (!refuses_to_arm(client)) return false;

    errand::Worker worker{store, {.queues = {{"reports", 1}}}};
    worker.handle<BuildReport>(build_report);
    worker.start();
    const auto rehearsal = client.rehearse_schedule(name);
    if (client.wait_for<std::string>(rehearsal, 1min) != "kept") return false;
    client.arm_schedule(name, "example");
    std::cout << "armed:       " << name << "\n";

    // The report of last night, which passed before the schedule was there. Its job knows the
    // night that it is for. (Half past two comes at least once in 26 hours.)
    const auto now = store->now();
    const auto nights = client.backfill_schedule(name, now - 26h, now);
    for (const auto& line : client.schedule_history(name)) {
        const bool made_up_for = line.kind == errand::FireKind::backfill && line.job;
        if (made_up_for && client.wait_for<std::string>(*line.job, 1min) != "mailed") return false;
    }
    worker.stop();
    return nights > 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const errand::Error& error) {
        std::cerr << "nightly: " << error.what() << '\n';
        return 1;
    }
}
