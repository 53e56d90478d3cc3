#include "simulation/oracle/oracle.hpp"

#include <fmt/format.h>

namespace errand::sim {

void Oracle::broken(std::string_view rule, const JobId& id, std::string_view what) {
    violated(fmt::format("{}: job {}: {}", rule, to_string(id), what));
}

void Oracle::violated(std::string what) {
    if (violation_.empty()) violation_ = what;
    throw Violation(what);
}

Tale* Oracle::known(const JobId& id) {
    const auto found = tales_.find(id);
    return found == tales_.end() ? nullptr : &found->second;
}

const Tale* Oracle::known(const JobId& id) const {
    const auto found = tales_.find(id);
    return found == tales_.end() ? nullptr : &found->second;
}

Tale& Oracle::tale(const JobId& id, std::string_view doing) {
    Tale* const found = known(id);
    if (found == nullptr) broken("I2", id, fmt::format("{}, but nobody inserted it", doing));
    return *found;
}

std::uint64_t Oracle::lease_seq(const JobId& id) const {
    const Tale* const tale = known(id);
    return tale != nullptr && tale->stage == Tale::Stage::active ? tale->lease_seq() : 0;
}

std::uint32_t Oracle::attempt_of(const JobId& id, std::uint64_t lease_seq) const {
    const Tale* const tale = known(id);
    if (tale == nullptr || lease_seq < 1 || lease_seq > tale->lease_seq()) return 0;
    return tale->claims[lease_seq - 1].attempt;
}

const NewJob* Oracle::asked(const JobId& id) const {
    const Tale* const tale = known(id);
    return tale == nullptr ? nullptr : &tale->asked;
}

bool Oracle::ended(const JobId& id) const {
    const Tale* const tale = known(id);
    return tale == nullptr || !tale->lives();
}

bool Oracle::begun(const JobId& id) const {
    const Tale* const tale = known(id);
    return tale != nullptr && tale->begun;
}

}  // namespace errand::sim
