#pragma once

#include <errand/job.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace errand::core {

/// An object of which members are given as text, so that numbers in args keep every digit.
class ObjectText {
public:
    /// `name` needs no escapes.
    void add(std::string_view name, std::string_view json);
    /// All members of an object's text that has no space around it.
    void add_members_of(std::string_view object);
    [[nodiscard]] std::string text() const;

private:
    std::string text_;
};

/// Adds what read_job_member() reads, but for id and unique key: what is as usual is left out.
void add_job_members(ObjectText& object, const NewJob& job);

/// A new job as one object, and back. read_new_job() throws Error (invalid_argument) and leaves it
/// to core::validate() what the values mean together.
[[nodiscard]] std::string new_job_text(const NewJob& job);
[[nodiscard]] NewJob read_new_job(std::string_view text);

}  // namespace errand::core
