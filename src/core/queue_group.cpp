#include "core/queue_group.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace errand {
namespace {

constexpr std::size_t max_queues = 64;
constexpr std::uint32_t max_weight_of_queue = 1'000;
constexpr std::uint32_t max_concurrency = 1'024;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::invalid_argument, message);
}

std::uint32_t clamped(std::uint64_t number) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

/// Takes ":N" off the end of `text`, if it stands there.
std::uint32_t take_concurrency(std::string_view& text, std::uint32_t otherwise) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return otherwise;
    const auto number = base::to_number(text.substr(colon + 1));
    if (!number) return otherwise;
    text = text.substr(0, colon);
    return clamped(*number);
}

std::string share_text(const QueueShare& share, bool weighted) {
    return weighted ? fmt::format("{}*{}", share.name, share.weight) : share.name;
}

}  // namespace

std::string_view to_string(QueueChoice choice) noexcept {
    return choice == QueueChoice::strict ? "strict" : "weighted";
}

QueueGroup QueueGroup::parse(std::string_view text, std::uint32_t concurrency) {
    QueueGroup group;
    group.concurrency = take_concurrency(text, concurrency);
    if (text.find('*') != text.npos) group.choice = QueueChoice::weighted;
    for (;;) {
        const auto comma = text.find(',');
        group.queues.push_back(core::parse_queue_share(text.substr(0, comma)));
        if (comma == text.npos) break;
        text.remove_prefix(comma + 1);
    }
    core::validate(group);
    return group;
}

std::string to_string(const QueueGroup& group) {
    const bool weighted = group.choice == QueueChoice::weighted;
    std::string text;
    for (const auto& share : group.queues) {
        if (!text.empty()) text += ',';
        text += share_text(share, weighted);
    }
    return fmt::format("{}:{}", text, group.concurrency);
}

}  // namespace errand

namespace errand::core {

QueueShare parse_queue_share(std::string_view text) {
    const auto star = text.find('*');
    QueueShare share{std::string{base::trim(text.substr(0, star))}};
    if (star == text.npos) return share;
    const auto weight = base::to_number(base::trim(text.substr(star + 1)));
    if (!weight) {
        refuse(fmt::format("queues: {} is not understood; give NAME*WEIGHT, for example high*6",
                           base::quote_for_message(text)));
    }
    share.weight = clamped(*weight);
    return share;
}

void validate(const QueueGroup& group) {
    if (group.queues.empty() || group.queues.size() > max_queues) {
        refuse(fmt::format("queues: a group of {}; give 1 to {}", group.queues.size(), max_queues));
    }
    std::set<std::string_view> seen;
    for (const auto& share : group.queues) {
        validate_queue(share.name);
        if (!seen.insert(share.name).second) {
            refuse(fmt::format("queues: {} stands twice; name it once",
                               base::quote_for_message(share.name)));
        }
        if (share.weight < 1 || share.weight > max_weight_of_queue) {
            refuse(fmt::format("queues.{}.weight: {} is out of range; give 1 to {}", share.name,
                               share.weight, max_weight_of_queue));
        }
    }
    if (group.concurrency < 1 || group.concurrency > max_concurrency) {
        refuse(fmt::format("queues.{}.concurrency: {} is out of range; give 1 to {}",
                           group.queues.front().name, group.concurrency, max_concurrency));
    }
}

}  // namespace errand::core
