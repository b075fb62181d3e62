# trato_module(NAME name [SOURCES file...] [DEPENDS module...]
#              [LIBRARIES target...] [PRIVATE_LIBRARIES target...]
#              [ALONE file...])
#
# Declares the module in the current folder as the static library trato_NAME.
# A dependency must be a module that was declared before, so an arrow can only
# point down. Each module sees the headers of what it declared (and of what that
# uses) and no others: `#include "storage/log_file.h"` from a module that did
# not declare storage does not compile.
#
# With TRATO_UNITY several sources are compiled as one, which reads the headers
# once for all of them; not those under ALONE, that have a name in their unnamed
# namespace which another source has too.
function(trato_module)
  cmake_parse_arguments(MODULE "" "NAME" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES;ALONE" ${ARGN})
  if(MODULE_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "module ${MODULE_NAME}: unknown arguments ${MODULE_UNPARSED_ARGUMENTS}")
  endif()
  set(root ${PROJECT_BINARY_DIR}/modules/${MODULE_NAME})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${MODULE_NAME} SYMBOLIC)

  set(target trato_${MODULE_NAME})
  add_library(${target} STATIC ${MODULE_SOURCES})
  foreach(dependency IN LISTS MODULE_DEPENDS)
    if(NOT TARGET trato_${dependency})
      message(FATAL_ERROR
        "module ${MODULE_NAME} depends on ${dependency}, which is not a module below it: "
        "see the table in lib/README.md")
    endif()
    target_link_libraries(${target} PUBLIC trato_${dependency})
  endforeach()
  target_include_directories(${target} PUBLIC ${root})
  target_link_libraries(${target} PUBLIC ${MODULE_LIBRARIES} PRIVATE ${MODULE_PRIVATE_LIBRARIES})
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  if(TRATO_UNITY)
    set_target_properties(${target} PROPERTIES
      UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    if(MODULE_ALONE)
      set_source_files_properties(${MODULE_ALONE} PROPERTIES
        SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endif()
  trato_warnings(${target})
endfunction()
