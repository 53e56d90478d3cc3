#include "engine/isolated/elf_symbols.hpp"

#include "base/unique_fd.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace errand::engine {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

/// A file in memory, read only.
class MappedElf {
public:
    explicit MappedElf(const char* path) noexcept {
        const base::UniqueFd fd{::open(path, O_RDONLY | O_CLOEXEC)};
        struct stat facts {};
        if (!fd.is_open() || ::fstat(fd.get(), &facts) != 0 || facts.st_size <= 0) return;
        const auto size = static_cast<std::size_t>(facts.st_size);
        void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
        if (memory != MAP_FAILED) bytes_ = {static_cast<const std::byte*>(memory), size};
    }
    ~MappedElf() {
        if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }
    MappedElf(const MappedElf&) = delete;
    MappedElf& operator=(const MappedElf&) = delete;

    /// The `index`th T of those that begin at `offset`; false: the file ends before.
    template <class T>
    [[nodiscard]] bool read(std::uint64_t offset, std::uint64_t index, T& into) const noexcept {
        if (offset > bytes_.size() || index >= (bytes_.size() - offset) / sizeof(T)) return false;
        std::memcpy(&into, bytes_.data() + offset + index * sizeof(T), sizeof(T));
        return true;
    }
    /// The text that begins at `offset`; empty: it has no end.
    [[nodiscard]] std::string_view text(std::uint64_t offset) const noexcept {
        if (offset >= bytes_.size()) return {};
        const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + offset;
        const auto* end = std::memchr(begin, '\0', bytes_.size() - offset);
        return end ? std::string_view{begin, static_cast<const char*>(end)} : std::string_view{};
    }

private:
    std::span<const std::byte> bytes_;
};

/// The section of symbols, also those that only the linker saw, and that of their names.
bool find_tables(const MappedElf& file, Section& symbols, Section& names) noexcept {
    Header header;
    if (!file.read(0, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        if (!file.read(header.e_shoff, i, symbols)) return false;
        if (symbols.sh_type == SHT_SYMTAB) return file.read(header.e_shoff, symbols.sh_link, names);
    }
    return false;
}

}  // namespace

ElfSymbol find_elf_symbol(const char* path, std::uint64_t offset) noexcept {
    const MappedElf file{path};
    Section symbols;
    Section names;
    if (!find_tables(file, symbols, names)) return {};
    Symbol symbol;
    for (std::uint64_t i = 0; i < symbols.sh_size / sizeof symbol; ++i) {
        if (!file.read(symbols.sh_offset, i, symbol)) return {};
        const bool is_function = (symbol.st_info & 0xf) == STT_FUNC && symbol.st_shndx != SHN_UNDEF;
        const bool holds = offset >= symbol.st_value && offset - symbol.st_value < symbol.st_size;
        if (!is_function || !holds) continue;
        return {std::string{file.text(names.sh_offset + symbol.st_name)}, offset - symbol.st_value};
    }
    return {};
}

}  // namespace errand::engine
