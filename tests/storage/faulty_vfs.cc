// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "faulty_vfs.h"

namespace trato::core {
namespace {

FaultyVfs* g_vfs = nullptr;

}  // namespace

// The real file lies behind it in memory.
struct FaultyVfs::File {
  sqlite3_file base;

  static sqlite3_file* Real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
  }
  static const sqlite3_io_methods& Of(sqlite3_file* file) {
    return *Real(file)->pMethods;
  }

  static int Write(sqlite3_file* file, const void* data, int size,
                   sqlite3_int64 at) {
    ++g_vfs->writes;
    if (const int code = g_vfs->write_.Next()) return code;
    return Of(file).xWrite(Real(file), data, size, at);
  }
  static int Sync(sqlite3_file* file, int flags) {
    ++g_vfs->syncs;
    if (const int code = g_vfs->sync_.Next()) return code;
    return Of(file).xSync(Real(file), flags);
  }

  static sqlite3_io_methods Methods() {
    sqlite3_io_methods m{};
    m.iVersion = 3;
    m.xClose = [](sqlite3_file* f) { return Of(f).xClose(Real(f)); };
    m.xRead = [](sqlite3_file* f, void* data, int size, sqlite3_int64 at) {
      return Of(f).xRead(Real(f), data, size, at);
    };
    m.xWrite = Write;
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      return Of(f).xTruncate(Real(f), size);
    };
    m.xSync = Sync;
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return Of(f).xFileSize(Real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int lock) {
      return Of(f).xLock(Real(f), lock);
    };
    m.xUnlock = [](sqlite3_file* f, int lock) {
      return Of(f).xUnlock(Real(f), lock);
    };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return Of(f).xCheckReservedLock(Real(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
      return Of(f).xFileControl(Real(f), op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return Of(f).xSectorSize(Real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
      return Of(f).xDeviceCharacteristics(Real(f));
    };
    m.xShmMap = [](sqlite3_file* f, int region, int size, int extend,
                   void volatile** out) {
      return Of(f).xShmMap(Real(f), region, size, extend, out);
    };
    m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
      return Of(f).xShmLock(Real(f), offset, n, flags);
    };
    m.xShmBarrier = [](sqlite3_file* f) { Of(f).xShmBarrier(Real(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) {
      return Of(f).xShmUnmap(Real(f), remove);
    };
    m.xFetch = [](sqlite3_file* f, sqlite3_int64 at, int size, void** out) {
      return Of(f).xFetch(Real(f), at, size, out);
    };
    m.xUnfetch = [](sqlite3_file* f, sqlite3_int64 at, void* data) {
      return Of(f).xUnfetch(Real(f), at, data);
    };
    return m;
  }
};

FaultyVfs::FaultyVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  methods_ = File::Methods();
  vfs_.zName = "faulty";
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.pNext = nullptr;
  vfs_.xOpen = Open;
  g_vfs = this;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
  g_vfs = nullptr;
}

int FaultyVfs::Open(sqlite3_vfs*, const char* name, sqlite3_file* file,
                    int flags, int* out_flags) {
  file->pMethods = nullptr;
  const int code = g_vfs->real_->xOpen(g_vfs->real_, name, File::Real(file),
                                       flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &g_vfs->methods_;
  return code;
}

int FaultyVfs::Fault::Next() {
  if (code == 0) return 0;
  if (after > 0) {
    --after;
    return 0;
  }
  const int result = code;
  if (!sticky) code = 0;
  return result;
}

void FaultyVfs::FailWrite(int code, int after, bool sticky) {
  write_ = {code, after, sticky};
}
void FaultyVfs::FailSync(int code, int after, bool sticky) {
  sync_ = {code, after, sticky};
}
void FaultyVfs::Heal() { write_ = sync_ = {}; }

}  // namespace trato::core
