#include "cli/meta_argument.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace errand::cli {

std::string meta_object(const std::vector<std::string>& pairs) {
    if (pairs.empty()) return {};
    boost::json::object meta;
    for (const auto& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("--meta: {} is not KEY=VALUE, for example --meta tenant=acme",
                                    base::quote_for_message(pair)));
        }
        meta[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return boost::json::serialize(meta);
}

}  // namespace errand::cli
