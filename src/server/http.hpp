#pragma once

#include <string>

// What passes between the listener and those who answer.

namespace errand::server {

struct HttpRequest {
    std::string method;  ///< as sent: "GET"
    std::string path;    ///< without the query
};

struct HttpResponse {
    unsigned status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
    std::string allow{};  ///< value of the Allow header; empty: none
};

}  // namespace errand::server
