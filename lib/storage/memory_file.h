// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_STORAGE_MEMORY_FILE_H_
#define TRATO_STORAGE_MEMORY_FILE_H_

#include <memory>

#include "storage/store_file.h"

namespace trato::core {

// A store without a file: it counts positions, keeps blocks while it lives, and
// no journal.
std::unique_ptr<StoreFile> MakeMemoryFile(Head head = {});

}  // namespace trato::core

#endif  // TRATO_STORAGE_MEMORY_FILE_H_
