#include "support.hpp"

#include "cli/config.hpp"

// errand.toml, read strictly: accepted whole, or refused with the file's name.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    try {
        static_cast<void>(cli::parse_config(fuzz::text_of(data, size), "errand.toml"));
    } catch (const Error& error) {
        fuzz::require(std::string_view{error.what()}.starts_with("errand.toml"),
                      "an error that does not say where");
    }
    return 0;
}
