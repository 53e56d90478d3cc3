#include "demo/handlers.hpp"
#include "demo/job.hpp"
#include "demo/mail.hpp"

#include <array>
#include <ctime>

namespace demo {
namespace {

constexpr std::uint32_t attempts_of_flaky = 3;

struct Sent {
    std::string to;
    std::string message_id;
};
BOOST_DESCRIBE_STRUCT(Sent, (), (to, message_id))

struct Recipient {
    std::string to;
};
BOOST_DESCRIBE_STRUCT(Recipient, (), (to))

void refuse_undeliverable(const std::string& address) {
    if (auto reason = why_undeliverable(address); !reason.empty()) throw Discard(reason);
}

/// The time as mail writes it (RFC 5322).
std::string date_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %T +0000", &parts)};
}

}  // namespace

void send_notification() {
    const auto mail = read_argument<Mail>();
    refuse_undeliverable(mail.to);
    const std::string id = environment("ERRAND_JOB_ID");
    const std::string message = message_of(mail, id, date_now());
    send_mail(environment("DEMO_SMTP"), mail.to, message);
    report_result(Sent{mail.to, "<" + id + "@errand.example>"});
}

void fail_twice() {
    const std::uint32_t number = attempt();
    if (number < attempts_of_flaky) {
        throw std::runtime_error("upstream answered 503 Service Unavailable (attempt " +
                                 std::to_string(number) + ")");
    }
    report_result(std::string{"upstream answered 200 OK on attempt " + std::to_string(number)});
}

void be_impossible() {
    refuse_undeliverable(read_argument<Recipient>().to);
}

}  // namespace demo
