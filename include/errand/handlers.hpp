#pragma once

#include <errand/worker.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// Runs a program per job. The args array goes to its stdin; ERRAND_JOB_ID, ERRAND_JOB_TYPE,
/// ERRAND_ATTEMPT, ERRAND_LEASE_SEQ, ERRAND_DEADLINE (RFC 3339, or empty), ERRAND_REHEARSAL (1 or
/// 0), ERRAND_SCHEDULE and ERRAND_TICK (what made the job, or empty), and TRACEPARENT (when meta
/// has one) are in its environment, and after a wait ERRAND_SIGNALS (JSON object: the values of
/// signals that came) and ERRAND_SIGNALS_OVER (JSON array: those that did not come in time). Lines
/// on stdout:
///   ::progress 3/10 text    ::result {json}    ::snooze 30s    ::discard reason
///   ::slow-down 30s reason  ::wait_signal approve 24h
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
    /// Refuse to connect to loopback, private and other addresses that are not of the public
    /// internet, as errand.webhook always does; for a URL that somebody else chose. No proxy is
    /// used then.
    bool public_only = false;
};

/// Throws Error (invalid_argument) for a URL that is no http(s) URL, a bad secret or header.
[[nodiscard]] Worker::RawHandler http_handler(HttpOptions options);

/// The type of jobs that deliver events to URLs that others chose.
inline constexpr std::string_view webhook_job_type = "errand.webhook";

/// When a delivery is tried again, as Standard Webhooks recommends: for about three days, with ten
/// attempts in all.
inline constexpr RetryPolicy webhook_retry =
    RetryPolicy::list(std::chrono::seconds{5}, std::chrono::minutes{5}, std::chrono::minutes{30},
                      std::chrono::hours{2}, std::chrono::hours{5}, std::chrono::hours{10},
                      std::chrono::hours{14}, std::chrono::hours{20}, std::chrono::hours{24})
        .jitter(0.1);
inline constexpr std::uint32_t webhook_max_attempts = 10;

/// Delivers an event per job, signed by the Standard Webhooks rules. The args are one object:
///   "url"          http:// or https://, without a user
///   "event"        an object, CloudEvents 1.0: "specversion", "id", "source" and "type" are
///                  looked for, all else is sent as it is
///   "secret_name"  which secret signs it; "default" when left out
///   "format"       "cloudevents" (default): the body is the event; "standard": the body is
///                  {"type", "timestamp", "data"} of it
/// The header webhook-id is the event's id, the same at every attempt; webhook-timestamp and
/// webhook-signature are made anew. 2xx completes; 410 discards; 429, 502, 503 and 504 are tried
/// again after Retry-After; all else fails the attempt. No redirect is followed, and no address
/// connected to that is not of the public internet, unless `allow` has it.
struct WebhookOptions {
    /// The secrets of a name that are valid now, the one to prefer first, each "whsec_<base64>": a
    /// delivery is signed with all of them, so that receivers can change theirs one by one. Asked
    /// at every attempt, from many threads; none: the attempt fails.
    std::function<std::vector<std::string>(std::string_view name)> secrets{};
    /// Addresses besides the public ones: "10.1.0.0/16", "127.0.0.1".
    std::vector<std::string> allow{};
    Duration timeout = std::chrono::seconds{20};  ///< of one request; the job's goes before
};

/// Throws Error (invalid_argument) for a range in `allow` that is none, a timeout out of range, and
/// without `secrets`.
[[nodiscard]] Worker::RawHandler webhook_handler(WebhookOptions options);

/// The type of jobs that send mail.
inline constexpr std::string_view email_job_type = "errand.email";

/// Whether a conversation with a mail server is encrypted by STARTTLS.
enum class SmtpTls : std::uint8_t {
    required,       ///< else nothing is sent; the server's certificate is verified
    opportunistic,  ///< where the server offers it; keeps out who only listens
    off,
};

/// Sends a mail per job by SMTP. The args are one object:
///   "to", "cc", "bcc"   addresses, "ada@example.org" or "Ada <ada@example.org>": one or a list;
///                       100 at most in all
///   "from", "reply_to"  the sender, when it is not the one of the options; who gets the answers
///   "subject"           one line
///   "text", "html"      the content, at least one of them
///   "headers"           further ones: {"X-Team": "billing"}
///   "attachments"       [{"path", "name"?, "type"?}], files beneath `attachments`
/// Line breaks in what becomes a header are refused. The Message-ID is made of the job's id, so
/// that a repeat can be recognised. All recipients get it or none: when the server refuses sender,
/// one recipient or content for good (5yz) the job is discarded, else the attempt fails. The result
/// is {"message_id", "recipients"}.
struct EmailOptions {
    std::string server{};          ///< host:587, or smtps://host:465 for TLS from the start
    std::optional<SmtpTls> tls{};  ///< none: required; off for a server on the loopback address
    std::string user{};            ///< empty: none is given
    std::string password{};        ///< goes over verified TLS, or to the loopback address, alone
    std::string ca_file{};         ///< PEM; empty: the authorities that the system trusts
    std::string from{};            ///< of mails that name no sender
    std::vector<std::string> attachments{};       ///< folders; empty: nothing may be attached
    std::uint64_t attachment_bytes = 20U << 20;   ///< of one mail, at most 256 MiB
    Duration timeout = std::chrono::seconds{60};  ///< of one mail; the job's goes before
};

/// Throws Error (invalid_argument) for a server, sender, folder or bound that is none, and for a
/// password that would go where others can read it.
[[nodiscard]] Worker::RawHandler email_handler(EmailOptions options);

}  // namespace errand
