#pragma once

#include "core/cron/field.hpp"
#include "core/cron/refusal.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace errand::core {

/// The plain part of a field.
struct CronValues {
    std::uint64_t bits = 0;
    std::uint8_t star_step = 0;  ///< as in CronFields::Stars
};

/// Reads the items of one field. Used for one expression, whose text outlives it.
class CronFieldReader {
public:
    CronFieldReader(const CronField& field, const CronRefusal& refusal)
        : field_(field), refusal_(refusal) {}

    /// Offers every item of the list to `special` first; what it does not take must be a value, a
    /// range or a star.
    [[nodiscard]] CronValues read(std::string_view text,
                                  const std::function<bool(std::string_view)>& special) const;

    /// A number of the field, or a name: the whole of `text`, which is a part of `item`.
    [[nodiscard]] unsigned value(std::string_view text, std::string_view item) const;
    /// A number from `least` to `most`, the whole of `text`.
    [[nodiscard]] unsigned number(std::string_view text, std::string_view item, unsigned least,
                                  unsigned most) const;
    [[noreturn]] void refuse(std::string_view item, std::string_view reason) const {
        refusal_.refuse(field_, item, reason);
    }

private:
    void read_item(std::string_view item, bool is_first, CronValues& values) const;
    [[nodiscard]] unsigned step(std::string_view text, std::string_view item) const;
    void add_range(std::string_view range, unsigned step, bool has_step, std::string_view item,
                   CronValues& values) const;
    [[nodiscard]] unsigned named_value(std::string_view text, std::string_view item) const;
    [[noreturn]] void refuse_backwards(unsigned first, unsigned last, std::string_view item) const;
    void add(unsigned first, unsigned last, unsigned step, CronValues& values) const;
    [[nodiscard]] bool is_weekday() const noexcept { return field_.most == 6; }

    const CronField& field_;
    const CronRefusal& refusal_;
};

}  // namespace errand::core
