// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A file system that fails on demand, under SQLite: the default one of this
// process for as long as the object lives.

#ifndef TRATO_TESTS_STORAGE_FAULTY_VFS_H_
#define TRATO_TESTS_STORAGE_FAULTY_VFS_H_

#include <sqlite3.h>

#include <string>

namespace trato::core {

class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();

  // The call of that kind after `after` more gives `code`; and all later ones
  // too, if it is sticky, until Heal.
  void FailWrite(int code, int after = 0, bool sticky = true);
  void FailSync(int code, int after = 0, bool sticky = true);
  void Heal();

  int writes = 0;
  int syncs = 0;

 private:
  struct Fault {
    int code = 0;
    int after = 0;
    bool sticky = true;
    int Next();
  };
  struct File;
  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file,
                  int flags, int* out_flags);

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  sqlite3_io_methods methods_;
  Fault write_;
  Fault sync_;
};

}  // namespace trato::core

#endif  // TRATO_TESTS_STORAGE_FAULTY_VFS_H_
