#include "core/validate.hpp"

#include "core/unique.hpp"

#include <errand/error.hpp>
#include <errand/steps.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"
#include "core/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::core {
namespace {

[[noreturn]] void refuse(std::string_view field, const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{} {}", field, reason));
}

[[noreturn]] void refuse_text(std::string_view field, std::string_view value,
                              std::string_view reason) {
    refuse(field, fmt::format("{} {}", base::quote_for_message(value), reason));
}

void check_size(std::string_view field, std::size_t size, std::size_t limit,
                std::string_view limit_name) {
    if (size <= limit) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("{} has {} bytes, more than the {} allowed; shorten it or raise {}",
                            field, size, limit, limit_name));
}

void check_text(std::string_view field, std::string_view value, std::size_t max_bytes) {
    if (value.size() > max_bytes) {
        refuse_text(field, value,
                    fmt::format("has {} bytes; use at most {}", value.size(), max_bytes));
    }
    if (!base::is_valid_utf8(value)) refuse_text(field, value, "is not valid UTF-8; encode it so");
    if (value.find('\0') != value.npos) refuse_text(field, value, "contains NUL; remove it");
}

/// C0, DEL, and in valid UTF-8 the C1 controls U+0080 to U+009F.
bool has_control_character(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) return true;
        if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
            return true;
        }
    }
    return false;
}

/// A name that people see in lists: some text without control characters.
void check_label(std::string_view field, std::string_view value, std::size_t max_bytes) {
    if (value.empty()) refuse(field, fmt::format("is empty; give it 1 to {} bytes", max_bytes));
    check_text(field, value, max_bytes);
    if (has_control_character(value)) {
        refuse_text(field, value, "contains a control character; remove it");
    }
}

void check_json(std::string_view field, std::string_view text) {
    const auto error = json_error(text);
    if (!error.empty()) refuse(field, "is not valid JSON: " + error + "; correct it");
}

void check_args(std::string& args, const Limits& limits) {
    const auto text = base::trim(args);
    if (text.empty()) {
        args = "[]";
        return;
    }
    const bool is_object = text.front() == '{';
    check_size("args", args.size() + (is_object ? 2 : 0), limits.args_bytes, "Limits::args_bytes");
    if (is_object) {
        // Wrapped before the check: the array counts towards the depth.
        auto wrapped = "[" + args + "]";
        check_json("args", wrapped);
        args = std::move(wrapped);
        return;
    }
    check_json("args", args);
    if (text.front() != '[') {
        refuse("args", "is neither a JSON array nor an object; put the value into [ ]");
    }
}

void check_meta(std::string_view meta, const Limits& limits) {
    if (meta.empty()) return;
    check_size("meta", meta.size(), limits.meta_bytes, "Limits::meta_bytes");
    check_json("meta", meta);
    if (!base::trim(meta).starts_with('{')) {
        refuse("meta", R"(is no JSON object; write for example {"key": "value"})");
    }
}

void check_tags(std::vector<std::string>& tags, const Limits& limits) {
    if (tags.size() > limits.tags) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("tags holds {} tags, more than the {} allowed; give fewer or raise "
                                "Limits::tags",
                                tags.size(), limits.tags));
    }
    for (auto tag = tags.begin(); tag != tags.end();) {
        check_label("tag", *tag, limits.tag_bytes);
        tag = std::find(tags.begin(), tag, *tag) == tag ? tag + 1 : tags.erase(tag);
    }
}

void check_timestamp(std::string_view field, Timestamp time) {
    if (time < min_timestamp || time > max_timestamp) {
        refuse(field, fmt::format("{}us since 1970 must lie in the years 1970 to 9999",
                                  time.time_since_epoch().count()));
    }
}

void check_timing(const NewJob& job) {
    if (job.delay < Duration::zero() || job.delay > max_duration) {
        refuse("delay", format_duration(job.delay) + " must lie between 0 and 36500d");
    }
    if (job.expires_at) check_timestamp("expires_at", *job.expires_at);
    if (!job.run_at) return;
    if (job.delay != Duration::zero()) {
        refuse("delay",
               format_duration(job.delay) + " is given together with run_at; give only one");
    }
    check_timestamp("run_at", *job.run_at);
    if (job.expires_at && *job.expires_at <= *job.run_at) {
        refuse("expires_at", "lies before run_at, so the job could never begin; give a later time");
    }
}

void check_numbers(const NewJob& job) {
    if (job.priority < min_priority || job.priority > max_priority) {
        refuse("priority", fmt::format("{} must lie between {} and {}", job.priority, min_priority,
                                       max_priority));
    }
    if (job.max_attempts < 1 || job.max_attempts > max_max_attempts) {
        refuse("max_attempts",
               fmt::format("{} must lie between 1 and {}", job.max_attempts, max_max_attempts));
    }
    if (job.weight < 1 || job.weight > max_weight) {
        refuse("weight", fmt::format("{} must lie between 1 and {}", job.weight, max_weight));
    }
    if (job.timeout &&
        (*job.timeout < std::chrono::milliseconds{1} || *job.timeout > max_duration)) {
        refuse("timeout", format_duration(*job.timeout) + " must lie between 1ms and 36500d");
    }
}

constexpr bool is_letter_or_digit(char c) noexcept {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_queue_character(char c) noexcept {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == ':' || c == '-';
}

}  // namespace

void validate_type(std::string_view type) {
    check_label("type", type, max_type_bytes);
}

void validate_name(std::string_view field, std::string_view name) {
    if (name.empty() || name.size() > max_queue_bytes) {
        refuse_text(field, name,
                    fmt::format("has {} bytes; give it 1 to {}", name.size(), max_queue_bytes));
    }
    if (!is_letter_or_digit(name.front())) {
        refuse_text(field, name, "must begin with a letter or digit");
    }
    if (!std::all_of(name.begin(), name.end(), is_queue_character)) {
        refuse_text(field, name, "may hold only letters, digits and . _ : -");
    }
}

void validate_queue(std::string_view queue) {
    validate_name("queue", queue);
}

void validate_key(std::string_view key) {
    check_label("key", key, max_key_bytes);
}

void validate_step_name(std::string_view field, std::string_view name) {
    check_label(field, name, max_step_name_bytes);
}

void validate_event_source(std::string_view source) {
    constexpr std::size_t most_bytes = 255;
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    const bool fits = !source.empty() && source.size() <= most_bytes;
    if (fits && std::ranges::all_of(source, is_visible)) return;
    throw Error(ErrorCode::invalid_argument,
                "event source: " + base::quote_for_message(source) +
                    " is no URI reference; give 1 to 255 visible ASCII characters, such as "
                    "\"/shop\" or \"https://shop.example\"");
}

void validate_signal(std::string_view name, std::string_view value) {
    validate_name("signal", name);
    check_size("signal value", value.size(), max_signal_bytes,
               "nothing: keep it elsewhere and signal where");
    check_json("signal value", value);
}

void validate(NewJob& job, const Limits& limits) {
    validate_type(job.type);
    validate_queue(job.queue);
    check_args(job.args, limits);
    check_meta(job.meta, limits);
    check_tags(job.tags, limits);
    check_text("unique_key", job.unique_key, max_unique_key_bytes);
    validate(job.unique, job.unique_key);
    if (!job.key.empty()) validate_key(job.key);
    normalise_labels("needs", job.needs, max_needs);
    check_numbers(job);
    check_timing(job);
}

}  // namespace errand::core
