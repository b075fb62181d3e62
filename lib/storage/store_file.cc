// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/store_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/status.h"
#include "base/strings.h"
#include "storage/format.h"
#include "storage/memory_file.h"
#include "storage/sqlite_file.h"

namespace trato::core {
namespace {

// The absolute path with all links followed, also one whose end is not there
// yet.
std::string RealPath(const std::string& path, std::error_code& error) {
  namespace fs = std::filesystem;
  fs::path at = fs::absolute(path, error);
  for (int links = 0; !error && links < 40 && fs::is_symlink(at); ++links) {
    const fs::path target = fs::read_symlink(at, error);
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  if (error) return "";
  return fs::weakly_canonical(at, error).string();
}

struct Location {
  std::string path;
  bool exists = false;
};

// Where the file is, if it can be a store's.
absl::StatusOr<Location> Find(const std::string& path, OpenMode mode) {
  std::error_code error;
  // Two names of one file (a link, a relative path) must meet in one lock.
  Location place{RealPath(path, error)};
  if (error) {
    return absl::UnavailableError(
        StrCat("cannot find ", path, ": ", error.message()));
  }
  struct stat info;
  place.exists = stat(place.path.c_str(), &info) == 0;
  if (!place.exists && errno != ENOENT) {
    return absl::UnavailableError(
        StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  if (!place.exists &&
      (mode == OpenMode::kOpenExisting || mode == OpenMode::kRead)) {
    return absl::NotFoundError(StrCat("no store at ", path));
  }
  if (!place.exists) return place;
  // A smaller one may be what a creation left that was cut off.
  if (mode == OpenMode::kCreateNew && info.st_size > kPageSize) {
    return absl::AlreadyExistsError(StrCat(path, " exists already"));
  }
  if (!S_ISREG(info.st_mode) && mode == OpenMode::kCreateNew) {
    return absl::AlreadyExistsError(StrCat(path, " exists already"));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(StrCat(path, " is not a Trato store"));
  }
  if (info.st_nlink > 1) {
    return absl::FailedPreconditionError(
        StrCat(path, " is one of ", info.st_nlink,
               " names (hard links) of its file; a store has one"));
  }
  if (faccessat(AT_FDCWD, place.path.c_str(), R_OK, AT_EACCESS) != 0) {
    return absl::UnavailableError(
        StrCat("cannot read ", place.path, ": ", std::strerror(errno)));
  }
  return place;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreFile>> StoreFile::Open(
    const std::string& path, OpenMode mode) {
  if (path.empty()) {
    if (mode == OpenMode::kOpenExisting || mode == OpenMode::kRead) {
      return absl::InvalidArgumentError(
          "path is empty: a store in memory cannot exist before it is opened");
    }
    return MakeMemoryFile();
  }
  TRATO_ASSIGN_OR_RETURN(const Location place, Find(path, mode));
  auto file = std::make_unique<SqliteFile>(place.path, nullptr);
  TRATO_RETURN_IF_ERROR(mode == OpenMode::kRead
                            ? file->OpenToRead()
                            : file->OpenToWrite(mode, place.exists));
  return file;
}

absl::StatusOr<std::unique_ptr<StoreFile>> StoreFile::OpenDamaged(
    const std::string& path, std::vector<Damage>& damage) {
  if (path.empty()) {
    return absl::InvalidArgumentError(
        "path is empty: a store in memory is not damaged");
  }
  TRATO_ASSIGN_OR_RETURN(const Location place, Find(path, OpenMode::kRead));
  auto file = std::make_unique<SqliteFile>(place.path, &damage);
  TRATO_RETURN_IF_ERROR(file->OpenToRead());
  return file;
}

}  // namespace trato::core
