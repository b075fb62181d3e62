# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
#
# Under ThreadSanitizer. The Abseil of a distribution is not built under it, so
# nobody tells it of Abseil's mutexes, and all that they guard would be reported.
# The linker puts the four calls that lib/ makes behind ones that do tell.
function(trato_tell_of_mutexes target)
  find_path(TRATO_ABSL_INCLUDE absl/base/options.h REQUIRED)
  file(STRINGS ${TRATO_ABSL_INCLUDE}/absl/base/options.h line
    REGEX "^#define ABSL_OPTION_INLINE_NAMESPACE_NAME ")
  string(REGEX REPLACE "^.* " "" space "${line}")
  string(LENGTH "${space}" length)
  set(mutex _ZN4absl${length}${space}5Mutex)
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/tsan_mutex.cc)
  target_compile_definitions(${target} PRIVATE TRATO_MUTEX=${mutex})
  foreach(call 4LockEv 6UnlockEv 10ReaderLockEv 12ReaderUnlockEv)
    target_link_options(${target} INTERFACE -Wl,--wrap=${mutex}${call})
  endforeach()
endfunction()
