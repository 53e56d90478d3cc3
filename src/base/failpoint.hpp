#pragma once

#include "base/failpoint_places.hpp"

namespace errand::base {

// Failpoints exist in builds with the CMake option ERRAND_FAILPOINTS alone; elsewhere these calls
// are nothing. What happens where is said by the environment:
//
//   ERRAND_FAILPOINTS='claim.after_commit=kill:1in200;settle.before_begin=error:at3'
//   ERRAND_FAILPOINT_SEED=7         the chances of 1inN; the operating system's when unset
//   ERRAND_FAILPOINT_LOG=FILE       a line when a place is first reached and whenever one fires,
//                                   written before anything happens (see Failpoints)

#ifdef ERRAND_WITH_FAILPOINTS
/// Does here what the environment asks for: nothing, or to kill the process, to throw Error
/// (store_unavailable), to hang.
void failpoint(FailpointId place);
/// Throws Error (invalid_argument) now if the environment asks for something that does not exist.
void check_failpoints();
#else
constexpr void failpoint(FailpointId /*place*/) noexcept {}
constexpr void check_failpoints() noexcept {}
#endif

}  // namespace errand::base
