#pragma once

#include "support/fake_context.hpp"
#include "support/local_http_server.hpp"

#include <errand/handlers.hpp>

#include <string>

namespace errand::testing {

/// The answer of a test server.
[[nodiscard]] inline LocalHttpServer::Response answer(unsigned status, std::string body = {}) {
    LocalHttpServer::Response response;
    response.result(status);
    response.body() = std::move(body);
    return response;
}

[[nodiscard]] inline Outcome post(const HttpOptions& options, FakeContext& job) {
    return http_handler(options)(job);
}

/// What a job comes to whose endpoint gives `response`.
[[nodiscard]] inline Outcome outcome_of(const LocalHttpServer::Response& response, FakeContext& job,
                                        HttpOptions options = {}) {
    LocalHttpServer server{[&](const auto&) { return response; }};
    options.url = server.url();
    return post(options, job);
}
[[nodiscard]] inline Outcome outcome_of(const LocalHttpServer::Response& response) {
    FakeContext job;
    return outcome_of(response, job);
}

}  // namespace errand::testing
