#include "fuzz/support.hpp"
#include "handlers/email_args.hpp"
#include "handlers/network_address.hpp"
#include "handlers/webhook_delivery.hpp"
#include "support/fake_context.hpp"

#include <array>

// Args of errand.webhook and errand.email: what is taken becomes headers of one line each.

namespace errand::fuzz {
namespace {

constexpr const char* a_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
constexpr std::size_t longest_line = 998;

void look_at_webhook(std::string_view args) {
    const auto delivery = parsed_by([&] { return handlers::WebhookDelivery::parse(args); });
    if (!delivery) return;
    const std::array secrets{handlers::WebhookSecret::parse(a_secret)};
    const testing::FakeContext job;
    for (const auto& header : handlers::webhook_headers(job, *delivery, secrets, Timestamp{})) {
        check(!handlers::has_control_characters(header), "a header is one line", header);
    }
    check(delivery->url.find('@') == std::string::npos ||
              delivery->url.find('@') > delivery->url.find('/', delivery->url.find("//") + 2),
          "a URL has no user", delivery->url);
}

/// Every line ends in CRLF, has a bounded length and only ASCII; no head has an empty name.
void check_message(std::string_view message) {
    bool in_head = true;
    while (!message.empty()) {
        const auto end = message.find('\n');
        check(end != message.npos && end > 0 && message[end - 1] == '\r', "a line ends in CRLF",
              message.substr(0, 200));
        const auto line = message.substr(0, end - 1);
        message.remove_prefix(end + 1);
        check(line.size() <= longest_line, "a line is no longer than mail allows", line);
        for (const char c : line)
            check((c >= ' ' && c <= '~') || c == '\t', "a line is printable ASCII", line);
        if (line.empty()) in_head = false;
        if (!in_head) continue;
        check(line.starts_with(' ') || line.find(": ") != line.npos, "a head has fields", line);
        check(line.find_first_not_of(' ') != line.npos, "no line of the head is blank", line);
    }
    check(!in_head, "the head has an end");
}

void look_at_mail(std::string_view args) {
    auto mail = parsed_by([&] { return handlers::EmailArgs::parse(args); });
    if (!mail) return;
    for (const auto& recipient : mail->recipients())
        check(recipient.find_first_of("<> \r\n") == recipient.npos, "an address is one", recipient);
    if (mail->mail.from.address.empty())
        mail->mail.from = handlers::MailAddress::parse("shop@example.org");
    for (const auto& file : mail->attachments)
        mail->mail.attachments.push_back({file.name, file.type, file.path});
    check_message(handlers::render_mail(mail->mail, "key", Timestamp{}));
}

void look_at_range(std::string_view text) {
    const auto range = parsed_by([&] { return handlers::AddressRange::parse(text); });
    const auto address = handlers::NetworkAddress::parse(text.substr(0, text.find('/')));
    if (range) check(address && range->contains(*address), "a range has its first address", text);
    if (!address) return;
    static_cast<void>(handlers::kind_if_not_public(*address));
    check(handlers::NetworkAddress::parse(to_string(*address)) == address,
          "an address that is written is read again", text);
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    const auto text = fuzz::text_of(data, size);
    fuzz::look_at_webhook(text);
    fuzz::look_at_mail(text);
    fuzz::look_at_range(text);
    return 0;
}
