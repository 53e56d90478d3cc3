#include "handlers/smtp_server.hpp"

#include "base/text.hpp"
#include "handlers/network_address.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace errand::handlers {
namespace {

/// The whole is shown only when it holds no user.
[[noreturn]] void refuse_server(std::string_view text) {
    const auto shown = text.find('@') == text.npos ? base::quote_for_message(text) : "it";
    throw Error(ErrorCode::invalid_argument,
                fmt::format("email server: {} is none: write host:587, or smtps://host:465 for TLS "
                            "from the start; user and password stand elsewhere",
                            shown));
}

}  // namespace

bool is_loopback_host(std::string_view host) {
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = NetworkAddress::parse(host);
    return address && (AddressRange::parse("127.0.0.0/8").contains(*address) ||
                       AddressRange::parse("::1").contains(*address));
}

SmtpServer SmtpServer::of(const EmailOptions& options) {
    const auto has_scheme = options.server.find("://") != std::string::npos;
    const auto text = has_scheme ? options.server : "smtp://" + options.server;
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed.has_value() || parsed->encoded_host().empty() || parsed->has_userinfo() ||
        parsed->has_query() || parsed->has_fragment() ||
        !(parsed->encoded_path().empty() || parsed->encoded_path() == "/") ||
        (parsed->has_port() && parsed->port_number() == 0)) {
        refuse_server(options.server);
    }
    const std::string_view scheme{parsed->scheme()};
    if (scheme != "smtp" && scheme != "smtps") refuse_server(options.server);

    const bool from_the_start = scheme == "smtps";
    const std::string host{std::string_view{parsed->encoded_host()}};
    const auto port = parsed->has_port() ? parsed->port_number() : (from_the_start ? 465 : 587);
    SmtpServer server;
    server.name = fmt::format("{}:{}", host, port);
    server.url = fmt::format("{}://{}", scheme, server.name);
    const bool near = is_loopback_host(host);
    server.tls = options.tls.value_or(near ? SmtpTls::off : SmtpTls::required);
    if (from_the_start) server.tls = SmtpTls::required;
    if (!options.password.empty() && server.tls != SmtpTls::required && !near) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("email tls: a password is sent to {} over verified TLS only: use "
                                "\"required\"",
                                server.name));
    }
    return server;
}

}  // namespace errand::handlers
