#include "handlers/smtp_transfer.hpp"

#include "base/text.hpp"
#include "handlers/curl_session.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace errand::handlers {
namespace {

constexpr std::size_t shown_bytes = 500;  // of the server's words
// Refusals of who sends, not of what is sent: the configuration can be mended.
constexpr std::array about_the_sender{530, 534, 535, 538};

/// What of the conversation libcurl tells us while it goes on.
struct Conversation {
    std::string_view rest;     ///< of the message
    bool began = false;        ///< the message was asked for
    std::string last_refusal;  ///< not merely the last line, which may answer our good-bye

    static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* self) {
        auto& conversation = *static_cast<Conversation*>(self);
        conversation.began = true;
        const auto bytes = std::min(size * count, conversation.rest.size());
        std::memcpy(buffer, conversation.rest.data(), bytes);
        conversation.rest.remove_prefix(bytes);
        return bytes;
    }
    static std::size_t hear(const char* data, std::size_t size, std::size_t count, void* self) {
        std::string_view line{data, size * count};
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.starts_with('4') || line.starts_with('5'))
            static_cast<Conversation*>(self)->last_refusal = line;
        return size * count;
    }
};

long curl_tls(SmtpTls tls) {
    switch (tls) {
        case SmtpTls::required:
            return CURLUSESSL_ALL;
        case SmtpTls::opportunistic:
            return CURLUSESSL_TRY;
        case SmtpTls::off:
            break;
    }
    return CURLUSESSL_NONE;
}

void prepare(CurlSession& session, const SmtpRequest& request, curl_slist* recipients,
             Conversation& conversation) {
    session.set(CURLOPT_URL, request.server->url.c_str());
    session.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    session.set(CURLOPT_PROXY, "");
    session.set(CURLOPT_NOSIGNAL, 1L);
    session.set(CURLOPT_FORBID_REUSE, 1L);
    session.set(CURLOPT_USE_SSL, curl_tls(request.server->tls));
    if (request.server->tls != SmtpTls::required) {
        // Whoever could forge a certificate could take TLS away altogether.
        session.set(CURLOPT_SSL_VERIFYPEER, 0L);
        session.set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!request.ca_file.empty()) session.set(CURLOPT_CAINFO, std::string{request.ca_file}.c_str());
    if (!request.user.empty()) {
        session.set(CURLOPT_SASL_IR, 1L);  // saves a round trip
        session.set(CURLOPT_USERNAME, std::string{request.user}.c_str());
        session.set(CURLOPT_PASSWORD, std::string{request.password}.c_str());
    }
    session.set(CURLOPT_MAIL_FROM, std::string{request.from}.c_str());
    session.set(CURLOPT_MAIL_RCPT, recipients);
    session.set(CURLOPT_UPLOAD, 1L);
    session.set(CURLOPT_READFUNCTION, &Conversation::read);
    session.set(CURLOPT_READDATA, static_cast<void*>(&conversation));
    session.set(CURLOPT_HEADERFUNCTION, &Conversation::hear);
    session.set(CURLOPT_HEADERDATA, static_cast<void*>(&conversation));
    session.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.message.size()));
    session.set(CURLOPT_TIMEOUT_MS, curl_timeout_ms(request.timeout));
}

/// Whether the server refused the mail itself: its sender, a recipient or its content.
bool is_about_the_mail(CURLcode code, const Conversation& conversation) {
    return code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && conversation.began);
}

void conclude(CURLcode code, const Conversation& conversation, SmtpAnswer& answer) {
    if (code == CURLE_OK) {
        answer.end = SmtpAnswer::End::taken;
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        answer.end = SmtpAnswer::End::timed_out;
    } else if (answer.code >= 400 && is_about_the_mail(code, conversation)) {
        const bool mendable =
            std::ranges::find(about_the_sender, answer.code) != about_the_sender.end();
        if (answer.code >= 500 && !mendable) answer.end = SmtpAnswer::End::hopeless;
        answer.text = base::cut_end(
            base::on_one_line(base::to_valid_utf8(conversation.last_refusal)), shown_bytes);
    } else {
        answer.text = curl_easy_strerror(code);
        if (answer.code >= 400) answer.text += ", answer " + std::to_string(answer.code);
    }
}

}  // namespace

SmtpAnswer send_smtp(const SmtpRequest& request, const std::stop_token& stop) {
    CurlSession session;
    const auto recipients = make_curl_list(request.recipients);
    Conversation conversation;
    conversation.rest = request.message;
    prepare(session, request, recipients.get(), conversation);
    SmtpAnswer answer;
    const auto code = session.perform(stop);
    if (!code) {
        answer.end = SmtpAnswer::End::stopped;
        return answer;
    }
    answer.code = session.response_code();
    conclude(*code, conversation, answer);
    return answer;
}

}  // namespace errand::handlers
