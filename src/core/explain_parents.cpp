#include "core/explain_parents.hpp"

#include "base/text.hpp"
#include "core/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace errand::core {
namespace {

constexpr std::size_t most_named = 5;
constexpr std::size_t most_ids = 10;

std::string workflow_text(const WorkflowFacts& facts) {
    return facts.name.empty() ? std::string{"its workflow"}
                              : "the workflow " + base::quote_for_message(facts.name);
}

}  // namespace

ExplainReason explain_parents(const WorkflowFacts& facts) {
    std::vector<const ParentFact*> open;
    for (const auto& parent : facts.parents) {
        if (!is_end(parent.state)) open.push_back(&parent);
    }
    if (facts.parents.empty()) {
        return make_reason(ExplainCode::dependencies, "waits for other jobs to end");
    }
    if (open.empty()) {
        return make_reason(ExplainCode::dependencies,
                           fmt::format("all {} jobs that it comes after have ended; it is released "
                                       "or skipped at any moment",
                                       facts.parents.size()));
    }
    std::string names;
    for (const auto* parent : std::span{open}.first(std::min(open.size(), most_named))) {
        names += fmt::format("{}{} ({})", names.empty() ? "" : ", ",
                             base::on_one_line(parent->name), to_string(parent->state));
    }
    if (open.size() > most_named) names += fmt::format(" and {} more", open.size() - most_named);
    auto reason =
        make_reason(ExplainCode::dependencies,
                    fmt::format("waits in {} for {} of {} jobs to end: {}", workflow_text(facts),
                                open.size(), facts.parents.size(), names));
    reason.count = open.size();
    std::ranges::transform(std::span{open}.first(std::min(open.size(), most_ids)),
                           std::back_inserter(reason.jobs), &ParentFact::id);
    return reason;
}

}  // namespace errand::core
