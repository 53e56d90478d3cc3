#include "core/validate.hpp"
#include "fuzz/support.hpp"
#include "handlers/exec_report.hpp"
#include "support/fake_context.hpp"

#include <variant>
#include <vector>

// What a program prints: cut into lines, read as commands, and made into an outcome. The first byte
// says in which pieces it comes, which makes no difference.

namespace errand::fuzz {
namespace {

using handlers::Line;

constexpr std::size_t result_bytes = 200;

struct SeenLine {
    std::string text;
    std::size_t cut_bytes;
    bool operator==(const SeenLine&) const = default;
};

template <class Sink>
void read_lines(std::string_view output, std::size_t piece, Sink sink) {
    const handlers::LineBounds bounds{100, handlers::result_prefix,
                                      result_bytes + handlers::result_prefix.size()};
    handlers::LineReader reader{bounds, sink};
    for (auto rest = output; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
        reader.feed(rest.substr(0, piece));
    reader.finish();
}

std::vector<SeenLine> lines_in(std::string_view output, std::size_t piece) {
    std::vector<SeenLine> lines;
    read_lines(output, piece, [&](const Line& line) {
        lines.push_back({std::string{line.text}, line.cut_bytes});
    });
    return lines;
}

void check_command(const SeenLine& line) {
    const auto command = handlers::parse_exec_line(line.text);
    if (const auto* result = std::get_if<handlers::ResultLine>(&command)) {
        check(core::json_error(result->json).empty(), "a result is JSON", result->json);
    }
    if (const auto* snooze = std::get_if<handlers::SnoozeLine>(&command)) {
        check(snooze->delay >= Duration::zero(), "a snooze is a length");
    }
    if (const auto* wait = std::get_if<handlers::WaitSignalLine>(&command)) {
        check(wait->longest >= Duration::zero(), "a wait is a length");
        core::validate_name("signal", wait->name);
    }
    if (const auto* slow_down = std::get_if<handlers::SlowDownLine>(&command)) {
        check(slow_down->delay >= Duration::zero(), "a rest is a length");
    }
}

void check_outcome(std::string_view output, std::size_t piece) {
    testing::FakeContext job;
    handlers::ExecReport report{job, result_bytes};
    read_lines(output, piece, [&](const Line& line) { report.on_stdout(line); });
    for (const int code : {0, 3}) {
        const auto outcome = report.outcome({.by_signal = false, .code = code});
        check(base::is_valid_utf8(outcome.text()), "what an outcome says is UTF-8", outcome.text());
    }
    for (const auto& line : job.log_lines())
        check(base::is_valid_utf8(line), "a logged line is UTF-8", line);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand::fuzz;
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 32;
    const auto output = text_of(data + 1, size - 1);
    const auto lines = lines_in(output, piece);
    check(lines == lines_in(output, output.size() + 1), "pieces make no difference", output);
    for (const auto& line : lines)
        check_command(line);
    check_outcome(output, piece);
    return 0;
}
