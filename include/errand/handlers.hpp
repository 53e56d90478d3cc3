#pragma once

#include <errand/worker.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace errand {

/// Runs a program per job. The args array goes to its stdin; ERRAND_JOB_ID, ERRAND_JOB_TYPE,
/// ERRAND_ATTEMPT, ERRAND_LEASE_SEQ, ERRAND_DEADLINE (RFC 3339, or empty), ERRAND_REHEARSAL (1 or
/// 0), ERRAND_SCHEDULE and ERRAND_TICK (what made the job, or empty), and TRACEPARENT (when meta
/// has one) are in its environment. Lines on stdout:
///   ::progress 3/10 text    ::result {json}    ::snooze 30s    ::discard reason
///   ::slow-down 30s reason
/// are commands; other lines and stderr are the job's log. Exit status 0 completes, any other fails
/// with the last lines as the error. When a stop is asked for, the process group gets SIGTERM, and
/// SIGKILL after `kill_after`. No shell, ever.
struct ExecOptions {
    std::vector<std::string> command{};  ///< program and arguments; found along PATH
    std::string directory{};             ///< working directory; empty: the worker's own
    std::map<std::string, std::string> environment{};  ///< added to the worker's own
    Duration kill_after = std::chrono::seconds{5};
    std::uint64_t memory_bytes = 0;       ///< RLIMIT_AS; 0: unlimited
    std::uint64_t cpu_seconds = 0;        ///< RLIMIT_CPU; 0: unlimited
    std::uint64_t open_files = 0;         ///< RLIMIT_NOFILE; 0: the worker's own
    std::size_t result_bytes = 1U << 20;  ///< a longer ::result line fails the attempt
};

/// Throws Error (invalid_argument) for an empty command or a NUL inside a string.
[[nodiscard]] Worker::RawHandler exec_handler(ExecOptions options);

/// Sends a POST per job, body {"id","type","queue","attempt","args","meta"}, signed by the Standard
/// Webhooks rules when a secret is given. 2xx completes (a JSON body is the result); 429 and 503
/// are tried again after Retry-After (Outcome::slow_down); 400, 401, 403, 404, 410, 422 discard;
/// all else fails the attempt. Redirects are not followed.
struct HttpOptions {
    std::string url{};     ///< http:// or https://
    std::string secret{};  ///< "whsec_<base64>"; empty: unsigned
    std::map<std::string, std::string> headers{};
    Duration timeout =
        std::chrono::seconds{30};         ///< of one request; the job's deadline goes before
    std::size_t result_bytes = 1U << 20;  ///< a longer answer fails the attempt
};

/// Throws Error (invalid_argument) for a URL that is no http(s) URL, a bad secret or header.
[[nodiscard]] Worker::RawHandler http_handler(HttpOptions options);

}  // namespace errand
