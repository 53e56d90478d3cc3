#pragma once

#include <cstdint>
#include <string>

namespace errand::engine {

/// The name, as the linker knows it, of the function at `offset` from where the file `path` is
/// loaded, and how far into it that is. Reads the symbol table of the file, so it also finds
/// functions that are not exported. Empty name: there is none, or the file was stripped or cannot
/// be read.
struct ElfSymbol {
    std::string name;
    std::uint64_t into = 0;
};
[[nodiscard]] ElfSymbol find_elf_symbol(const char* path, std::uint64_t offset) noexcept;

}  // namespace errand::engine
