# Third-party libraries, all from the distribution. Debian 12 ships CMake
# configurations for Abseil and utf8proc's peers only in part, so the rest come
# by pkg-config or by CMake's own find modules.
if(NOT TARGET absl::status)
  find_package(absl CONFIG REQUIRED)
endif()
find_package(Boost 1.74 CONFIG REQUIRED)
find_package(Protobuf REQUIRED) # module mode: Debian has no configuration
find_package(PkgConfig REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
pkg_check_modules(lbfgs REQUIRED IMPORTED_TARGET liblbfgs)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
find_package(nlohmann_json 3.11 REQUIRED)

find_path(TRATO_CSV_INCLUDE_DIR csv.h REQUIRED)
find_library(TRATO_CSV_LIBRARY csv REQUIRED)
if(NOT TARGET trato_csv)
  add_library(trato_csv INTERFACE)
  target_include_directories(trato_csv SYSTEM INTERFACE ${TRATO_CSV_INCLUDE_DIR})
  target_link_libraries(trato_csv INTERFACE ${TRATO_CSV_LIBRARY})
endif()
