// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vfs.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "api.h"

namespace trato::crash {
namespace {

std::atomic<Watcher*> watcher{nullptr};
// Inside SQLite's own call: what the C library is asked for is part of it.
thread_local int inside = 0;

sqlite3_vfs* Real() {
  static sqlite3_vfs* const real = sqlite3_vfs_find("unix");
  return real;
}

struct File {
  sqlite3_file base;
  std::string* path;  // null for SQLite's nameless temporary files
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

// Asks the watcher, does the call, tells the watcher.
template <typename Call>
int Watched(IoCall call, const Call& run, int* done = nullptr) {
  Watcher* const by = watcher.load();
  if (by != nullptr) {
    int ignored = 0;
    const int code = by->Before(call, done != nullptr ? done : &ignored);
    if (code != SQLITE_OK) return code;
  }
  ++inside;
  const int code = run();
  --inside;
  if (by != nullptr && code == SQLITE_OK) by->After(call);
  return code;
}

IoCall CallOf(Io io, sqlite3_file* file) {
  IoCall call;
  call.io = io;
  if (Of(file)->path != nullptr) call.path = *Of(file)->path;
  return call;
}

int Close(sqlite3_file* file) {
  File* const self = Of(file);
  ++inside;
  const int code = self->real()->pMethods != nullptr
                       ? self->real()->pMethods->xClose(self->real())
                       : SQLITE_OK;
  --inside;
  delete self->path;
  self->path = nullptr;
  return code;
}

int Read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  int result = SQLITE_OK;
  const int code = Watched(CallOf(Io::kRead, file), [&] {
    result = real->pMethods->xRead(real, data, size, offset);
    return result;
  });
  return code;
}

int Write(sqlite3_file* file, const void* data, int size,
          sqlite3_int64 offset) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  IoCall call = CallOf(Io::kWrite, file);
  call.offset = offset;
  call.data = data;
  call.size = size;
  int done = 0;
  const int code = Watched(
      call, [&] { return real->pMethods->xWrite(real, data, size, offset); },
      &done);
  if (code != SQLITE_OK && done > 0) {
    real->pMethods->xWrite(real, data, done, offset);
  }
  return code;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  IoCall call = CallOf(Io::kTruncate, file);
  call.offset = size;
  return Watched(call, [&] { return real->pMethods->xTruncate(real, size); });
}

int Sync(sqlite3_file* file, int flags) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  return Watched(CallOf(Io::kSync, file),
                 [&] { return real->pMethods->xSync(real, flags); });
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  return Watched(CallOf(Io::kSize, file),
                 [&] { return real->pMethods->xFileSize(real, size); });
}

int Lock(sqlite3_file* file, int level) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  return Watched(CallOf(Io::kLock, file),
                 [&] { return real->pMethods->xLock(real, level); });
}
int Unlock(sqlite3_file* file, int level) {
  sqlite3_file* const real = Of(file)->real();
  return real->pMethods->xUnlock(real, level);
}
int CheckReservedLock(sqlite3_file* file, int* out) {
  sqlite3_file* const real = Of(file)->real();
  return real->pMethods->xCheckReservedLock(real, out);
}
int FileControl(sqlite3_file* file, int op, void* argument) {
  sqlite3_file* const real = Of(file)->real();
  return real->pMethods->xFileControl(real, op, argument);
}
int SectorSize(sqlite3_file* file) {
  sqlite3_file* const real = Of(file)->real();
  return real->pMethods->xSectorSize(real);
}
int Characteristics(sqlite3_file* file) {
  sqlite3_file* const real = Of(file)->real();
  return real->pMethods->xDeviceCharacteristics(real);
}
int ShmMap(sqlite3_file* file, int page, int size, int extend,
           void volatile** out) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  return Watched(CallOf(Io::kShare, file), [&] {
    return real->pMethods->xShmMap(real, page, size, extend, out);
  });
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  const OutsideLibrary outside;
  sqlite3_file* const real = Of(file)->real();
  if ((flags & SQLITE_SHM_LOCK) == 0) {
    return real->pMethods->xShmLock(real, offset, n, flags);
  }
  return Watched(CallOf(Io::kLock, file), [&] {
    return real->pMethods->xShmLock(real, offset, n, flags);
  });
}
void ShmBarrier(sqlite3_file* file) {
  sqlite3_file* const real = Of(file)->real();
  real->pMethods->xShmBarrier(real);
}
int ShmUnmap(sqlite3_file* file, int remove) {
  sqlite3_file* const real = Of(file)->real();
  ++inside;
  const int code = real->pMethods->xShmUnmap(real, remove);
  --inside;
  return code;
}

// Without xFetch: a store maps no memory, and what is mapped is not seen here.
constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         Characteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags,
         int* out_flags) {
  const OutsideLibrary outside;
  File* const self = Of(file);
  self->base.pMethods = nullptr;
  self->path = nullptr;
  IoCall call;
  call.io = Io::kOpen;
  if (name != nullptr) {
    call.path = name;
    call.creates = (flags & SQLITE_OPEN_CREATE) != 0 && access(name, F_OK) != 0;
  }
  self->real()->pMethods = nullptr;
  const int code = Watched(call, [&] {
    return Real()->xOpen(Real(), name, self->real(), flags, out_flags);
  });
  if (code != SQLITE_OK) return code;
  self->path = name != nullptr ? new std::string(name) : nullptr;
  self->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs*, const char* name, int sync_folder) {
  const OutsideLibrary outside;
  IoCall call;
  call.io = Io::kDelete;
  call.path = name;
  return Watched(call,
                 [&] { return Real()->xDelete(Real(), name, sync_folder); });
}

int Access(sqlite3_vfs*, const char* name, int flags, int* out) {
  const OutsideLibrary outside;
  IoCall call;
  call.io = Io::kAccess;
  call.path = name;
  return Watched(call,
                 [&] { return Real()->xAccess(Real(), name, flags, out); });
}

}  // namespace

const char* NameOf(Io io) {
  constexpr const char* kNames[] = {
      "open",   "read", "write", "truncate",    "sync",   "size", "delete",
      "access", "lock", "share", "folder sync", "rename", "link"};
  return kNames[static_cast<int>(io)];
}

void InstallVfs() {
  static sqlite3_vfs vfs;
  if (vfs.zName != nullptr) return;
  sqlite3_initialize();
  vfs = *Real();
  vfs.zName = "crash";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + Real()->szOsFile;
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  vfs.xAccess = Access;
  if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) {
    std::fprintf(stderr, "SQLite refuses the VFS\n");
    std::exit(2);
  }
}

void Watch(Watcher* by) { watcher = by; }

namespace {

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int Fail(int code) {
  errno = code == SQLITE_FULL ? ENOSPC : EIO;
  return -1;
}

// A sync that does not come through a file of SQLite's: of a folder, also from
// within SQLite, or of a file that the library writes itself.
int SyncOf(int fd, int (*next)(int)) {
  const OutsideLibrary outside;
  Watcher* const by = watcher.load();
  if (by == nullptr) return next(fd);
  struct stat info;
  const bool is_folder = fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
  if (!is_folder && inside > 0) return next(fd);
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = readlink(link.c_str(), path, sizeof(path));
  IoCall call;
  call.io = is_folder ? Io::kFolderSync : Io::kSync;
  call.path.assign(path, size > 0 ? static_cast<size_t>(size) : 0);
  int done = 0;
  if (const int code = by->Before(call, &done); code != SQLITE_OK) {
    return Fail(code);
  }
  const int result = next(fd);
  if (result == 0) by->After(call);
  return result;
}

int Rename(Io io, const char* from, const char* to,
           int (*next)(const char*, const char*)) {
  const OutsideLibrary outside;
  Watcher* const by = watcher.load();
  if (by == nullptr) return next(from, to);
  IoCall call;
  call.io = io;
  call.path = from;
  call.to = to;
  int done = 0;
  if (const int code = by->Before(call, &done); code != SQLITE_OK) {
    return Fail(code);
  }
  const int result = next(from, to);
  if (result == 0) by->After(call);
  return result;
}

}  // namespace
}  // namespace trato::crash

// In place of the C library's, for the libraries of this process too.
extern "C" {

int fsync(int fd) {
  static auto* const next = trato::crash::Next<int(int)>("fsync");
  return trato::crash::SyncOf(fd, next);
}

int fdatasync(int fd) {
  static auto* const next = trato::crash::Next<int(int)>("fdatasync");
  return trato::crash::SyncOf(fd, next);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next =
      trato::crash::Next<int(const char*, const char*)>("rename");
  return trato::crash::Rename(trato::crash::Io::kRename, from, to, next);
}

int link(const char* from, const char* to) noexcept {
  static auto* const next =
      trato::crash::Next<int(const char*, const char*)>("link");
  return trato::crash::Rename(trato::crash::Io::kLink, from, to, next);
}

int unlink(const char* path) noexcept {
  const trato::crash::OutsideLibrary outside;
  using trato::crash::watcher;
  static auto* const next = trato::crash::Next<int(const char*)>("unlink");
  auto* const by = watcher.load();
  if (by == nullptr || trato::crash::inside > 0) return next(path);
  trato::crash::IoCall call;
  call.io = trato::crash::Io::kDelete;
  call.path = path;
  int done = 0;
  if (const int code = by->Before(call, &done); code != SQLITE_OK) {
    return trato::crash::Fail(code);
  }
  const int result = next(path);
  if (result == 0) by->After(call);
  return result;
}

}  // extern "C"
