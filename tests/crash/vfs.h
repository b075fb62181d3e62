// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A VFS of SQLite's that stands before the system's own and shows a watcher
// each call of interest: to write it down, or to make it fail. The library
// links the system's shared SQLite, so this VFS is the store's too, without a
// hook in the product. The C library's sync, rename, link and unlink are
// watched too, for what SQLite does to folders and a store does without SQLite.

#ifndef TRATO_TESTS_CRASH_VFS_H_
#define TRATO_TESTS_CRASH_VFS_H_

#include <cstdint>
#include <string>

namespace trato::crash {

enum class Io {
  kOpen,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kSize,
  kDelete,
  kAccess,
  kLock,
  kShare,       // the wal's index in shared memory
  kFolderSync,  // of a folder's names
  kRename,
  kLink,
  kCount,
};
const char* NameOf(Io io);

struct IoCall {
  Io io;
  std::string path;
  std::string to;      // of a rename or a link
  int64_t offset = 0;  // of a write; the new size of a truncate
  const void* data = nullptr;
  int size = 0;
  bool creates = false;  // an open of what was not there
};

class Watcher {
 public:
  virtual ~Watcher() = default;
  // Before the call is done. Another answer than SQLITE_OK is the call's own;
  // *done says how many bytes of a write are done all the same.
  virtual int Before(const IoCall& call, int* done) = 0;
  // After it succeeded.
  virtual void After(const IoCall& call) = 0;
};

// Makes it the process's VFS. Before anything else uses SQLite.
void InstallVfs();

// Null: nobody watches. One at a time, for all threads.
void Watch(Watcher* watcher);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_VFS_H_
