#include "handlers/attachment_folders.hpp"
#include "handlers/email_args.hpp"
#include "handlers/smtp_server.hpp"
#include "handlers/smtp_transfer.hpp"

#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace errand {
namespace {

using handlers::EmailArgs;
using handlers::MailAddress;
using handlers::SmtpAnswer;

constexpr std::uint64_t most_attachment_bytes = 256U << 20;

void check(bool holds, const char* message) {
    if (!holds) throw Error(ErrorCode::invalid_argument, message);
}

/// One mail server and the rules for what is sent through it.
class EmailHandler {
public:
    explicit EmailHandler(EmailOptions options)
        : options_(std::move(options)),
          server_(handlers::SmtpServer::of(options_)),
          folders_(options_.attachments) {
        if (!options_.from.empty()) sender_ = MailAddress::parse(options_.from);
        check(options_.user.empty() == options_.password.empty(),
              "email user: a user and a password belong together; give both or none");
        check(options_.attachment_bytes <= most_attachment_bytes,
              "email attachment_bytes: must be at most 256 MiB");
        check(options_.timeout > Duration::zero() && options_.timeout <= max_duration,
              "email timeout: must lie between 1us and 36500 days");
    }

    [[nodiscard]] Outcome operator()(Context& job) const {
        EmailArgs args;
        try {
            args = EmailArgs::parse(job.args());
            add_sender(args);
        } catch (const Error& error) {
            return Outcome::discard(error.what(), "bad arguments");
        }
        if (auto failure = attach(args)) return *failure;
        if (job.stop_requested()) return Outcome::fail("stopped before it was sent", "stopped");
        return send(job, args);
    }

private:
    void add_sender(EmailArgs& args) const {
        if (!args.mail.from.address.empty()) return;
        check(sender_.has_value(), "from: is missing, and the worker has no sender of its own");
        args.mail.from = *sender_;
    }

    /// Reads the files into the mail; none: all is well.
    [[nodiscard]] std::optional<Outcome> attach(EmailArgs& args) const {
        std::uint64_t left = options_.attachment_bytes;
        for (auto& file : args.attachments) {
            try {
                auto content = folders_.read(file.path, left);
                left -= content.size();
                args.mail.attachments.push_back(
                    {std::move(file.name), std::move(file.type), std::move(content)});
            } catch (const Error& error) {
                const auto text = fmt::format("attachments: {}", error.what());
                if (error.code() == ErrorCode::not_found)  // it may come
                    return Outcome::fail(text, "attachment");
                return Outcome::discard(text, "attachment");
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] Outcome send(Context& job, const EmailArgs& args) const {
        const auto now = system_clock().now();
        const auto key = to_string(job.id());
        const auto message = handlers::render_mail(args.mail, key, now);
        handlers::SmtpRequest request;
        request.server = &server_;
        request.user = options_.user;
        request.password = options_.password;
        request.ca_file = options_.ca_file;
        request.from = args.mail.from.address;
        request.recipients = args.recipients();
        request.message = message;
        request.timeout = options_.timeout;
        if (const auto deadline = job.deadline())
            request.timeout = std::clamp(*deadline - now, Duration{1}, options_.timeout);
        if (job.rehearsal()) {
            job.log("a rehearsal: nothing was sent");
            return done(args, key, false);
        }
        return decide(handlers::send_smtp(request, job.stop_token()), args, key, request.timeout);
    }

    [[nodiscard]] Outcome decide(const SmtpAnswer& answer, const EmailArgs& args,
                                 const std::string& key, Duration timeout) const {
        const auto type =
            answer.code >= 400 ? fmt::format("smtp {}", answer.code) : std::string{"connection"};
        switch (answer.end) {
            case SmtpAnswer::End::taken:
                return done(args, key, true);
            case SmtpAnswer::End::hopeless:
                return Outcome::discard(fmt::format("{} refused it: {}", server_.name, answer.text),
                                        type);
            case SmtpAnswer::End::stopped:
                return Outcome::fail(fmt::format("stopped while {} was at work", server_.name),
                                     "stopped");
            case SmtpAnswer::End::timed_out:
                return Outcome::fail(fmt::format("{} did not take it within {}", server_.name,
                                                 format_duration(timeout)),
                                     "timeout");
            case SmtpAnswer::End::failed:
                break;
        }
        return Outcome::fail(fmt::format("{} did not take it: {}", server_.name, answer.text),
                             type);
    }

    [[nodiscard]] static Outcome done(const EmailArgs& args, const std::string& key, bool sent) {
        boost::json::object result{{"message_id", handlers::message_id_of(args.mail, key)},
                                   {"recipients", args.recipients().size()}};
        if (!sent) result["sent"] = false;
        return Outcome::done(boost::json::serialize(result));
    }

    EmailOptions options_;
    handlers::SmtpServer server_;
    handlers::AttachmentFolders folders_;
    std::optional<MailAddress> sender_;
};

}  // namespace

Worker::RawHandler email_handler(EmailOptions options) {
    return [handler = std::make_shared<const EmailHandler>(std::move(options))](Context& job) {
        return (*handler)(job);
    };
}

}  // namespace errand
