#include "cli/findings.hpp"

#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace errand::cli {
namespace {

void print_json(const std::vector<CheckFinding>& findings) {
    boost::json::array items;
    for (const auto& [ok, what, detail] : findings) {
        items.push_back(boost::json::object{{"ok", ok}, {"what", what}, {"detail", detail}});
    }
    const boost::json::object document{{"ok", all_good(findings)}, {"findings", std::move(items)}};
    fmt::print("{}\n", boost::json::serialize(document));
}

void print_line(const CheckFinding& finding, std::size_t width) {
    const bool terminal = is_terminal(stdout);
    const std::string_view mark = finding.ok ? (terminal ? "✓" : "ok ") : (terminal ? "✗" : "BAD");
    fmt::print("{} {:<{}}  {}\n",
               painted(mark, finding.ok ? Colour::green : Colour::red, shows_colour(stdout)),
               finding.what, width, one_line(finding.detail));
}

}  // namespace

bool all_good(const std::vector<CheckFinding>& findings) noexcept {
    return std::ranges::all_of(findings, &CheckFinding::ok);
}

void print_findings(const std::vector<CheckFinding>& findings, bool json) {
    if (json) return print_json(findings);
    std::size_t width = 0;
    for (const auto& finding : findings)
        width = std::max(width, finding.what.size());
    for (const auto& finding : findings)
        print_line(finding, width);
}

}  // namespace errand::cli
