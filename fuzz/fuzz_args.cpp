#include "core/validate.hpp"
#include "fuzz/support.hpp"

#include <errand/boost_json.hpp>
#include <errand/limits.hpp>

#include <boost/describe.hpp>

#include <map>
#include <vector>

// JSON arguments: validation, the way into a handler's struct, and back.

namespace errand::fuzz {
namespace {

enum class Kind { report, mail };
BOOST_DESCRIBE_ENUM(Kind, report, mail)

struct Attachment {
    std::string name;
    std::uint64_t bytes = 0;
    bool operator==(const Attachment&) const = default;
};
BOOST_DESCRIBE_STRUCT(Attachment, (), (name, bytes))

struct Args {
    std::string to;
    std::int32_t count = 0;
    std::optional<Kind> kind;
    std::optional<bool> urgent;
    std::vector<Attachment> attachments;
    std::map<std::string, std::int64_t> numbers;
    bool operator==(const Args&) const = default;
};
BOOST_DESCRIBE_STRUCT(Args, (), (to, count, kind, urgent, attachments, numbers))

void look_at_element(std::string_view args) {
    const auto element = parsed_by([&] { return only_element(args); });
    if (!element) return;
    check(core::json_error(*element).empty(), "the only element is JSON", *element);
    const auto value = parsed_by([&] { return Codec<Args>::decode(*element); });
    if (!value) return;
    const auto text = Codec<Args>::encode(*value);
    check(Codec<Args>::decode(text) == *value, "what was encoded decodes to the same", text);
}

void look_at(std::string_view text) {
    NewJob job;
    job.type = "fuzz";
    job.args = text;
    if (!allow_errors([&] { core::validate(job, {}); })) return;
    NewJob again = job;
    check(allow_errors([&] { core::validate(again, {}); }), "what was validated is valid",
          job.args);
    check(again.args == job.args, "validation changes nothing a second time", job.args);
    check(core::json_error(job.args).empty(), "validated args are JSON", job.args);
    look_at_element(job.args);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    const auto text = fuzz::text_of(data, size);
    fuzz::look_at(text);
    fuzz::parsed_by([&] { return only_element(text); });
    fuzz::parsed_by([&] { return Codec<fuzz::Args>::decode(text); });
    return 0;
}
