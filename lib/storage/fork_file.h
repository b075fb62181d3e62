// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_STORAGE_FORK_FILE_H_
#define TRATO_STORAGE_FORK_FILE_H_

#include <memory>

#include "storage/store_file.h"

namespace trato::core {

// What `base` holds, and in memory what is written since; `base` was opened to
// be read and is never refreshed, so it stays as it is. Its blocks are read from
// it, and journal rows too.
std::unique_ptr<StoreFile> MakeForkFile(std::shared_ptr<StoreFile> base);

}  // namespace trato::core

#endif  // TRATO_STORAGE_FORK_FILE_H_
