#pragma once

#include <errand/store/store.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace errand::engine {

/// Notes in the store that a draft's rehearsal succeeded, before its job is pruned and with it the
/// proof. Whoever rehearses by `errand schedule rehearse` notes it himself; this is for those who
/// do not stay to see the end.
class RehearsalWatch {
public:
    /// `by` is shown to people as the one who noted it.
    RehearsalWatch(Store& store, std::string by) : store_(store), by_(std::move(by)) {}

    void add(std::string_view draft) { drafts_.emplace(draft); }
    void remove(std::string_view name);

    /// Looks at some of the drafts, in turn. True: not all have been looked at since begin().
    bool look();
    /// The next look() begins with the first draft.
    void begin() {
        next_.clear();
        is_looking_ = !drafts_.empty();
    }

private:
    static constexpr std::size_t looked_at_once = 100;

    void look_at(const std::string& name);

    Store& store_;
    const std::string by_;
    std::set<std::string, std::less<>> drafts_;
    std::string next_;  ///< the first one that was not looked at yet
    bool is_looking_ = false;
};

}  // namespace errand::engine
