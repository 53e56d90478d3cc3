#include "demo/job.hpp"
#include "demo/mail.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace demo {
namespace {

constexpr long timeout_seconds = 20;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// Gives libcurl the next bytes of the message.
std::size_t read_message(char* buffer, std::size_t size, std::size_t count, void* source) {
    auto& rest = *static_cast<std::string_view*>(source);
    const std::size_t bytes = std::min(size * count, rest.size());
    std::memcpy(buffer, rest.data(), bytes);
    rest.remove_prefix(bytes);
    return bytes;
}

void check(CURLcode code, CURL* curl, const std::string& server) {
    if (code == CURLE_OK) return;
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    std::string reason = "mail server " + server + ": " + curl_easy_strerror(code);
    if (answer > 0) reason += ", answer " + std::to_string(answer);
    if (answer >= 500 && answer < 600) throw Discard(reason);
    throw std::runtime_error(reason);
}

}  // namespace

void send_mail(const std::string& server, const std::string& to, const std::string& message) {
    const Handle curl{curl_easy_init(), &curl_easy_cleanup};
    if (!curl) throw std::runtime_error("libcurl cannot be started");
    const List recipients{curl_slist_append(nullptr, ("<" + to + ">").c_str()),
                          &curl_slist_free_all};
    const std::string sender = std::string{"<"} + mail_sender + ">";
    std::string_view rest = message;
    curl_easy_setopt(curl.get(), CURLOPT_URL, ("smtp://" + server).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &read_message);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &rest);
    curl_easy_setopt(curl.get(), CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");  // the server is near
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, timeout_seconds);
    check(curl_easy_perform(curl.get()), curl.get(), server);
}

}  // namespace demo
