// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace trato::core {
namespace {

TEST(Mutex, LetsOneInAtATime) {
  Mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10000; ++j) {
        MutexLock lock(&mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 40000);
}

TEST(Mutex, MayBeNoneAtAll) {
  const MutexLockMaybe none(nullptr);
  Mutex mutex;
  { const MutexLockMaybe some(&mutex); }
  const MutexLock again(&mutex);
}

TEST(SharedMutex, LetsReadersInTogether) {
  SharedMutex mutex;
  std::atomic<int> inside = 0;
  const auto read = [&] {
    ReaderMutexLock lock(&mutex);
    ++inside;
    // Both are in before either leaves, or this never ends.
    while (inside < 2) std::this_thread::yield();
  };
  std::thread one(read);
  std::thread other(read);
  one.join();
  other.join();
  EXPECT_EQ(inside, 2);
}

TEST(SharedMutex, KeepsReadersOutOfHalfAWrite) {
  SharedMutex mutex;
  int a = 0;
  int b = 0;
  std::atomic<bool> differed = false;
  std::thread writer([&] {
    for (int i = 0; i < 10000; ++i) {
      WriterMutexLock lock(&mutex);
      ++a;
      ++b;
    }
  });
  std::thread reader([&] {
    for (int i = 0; i < 10000; ++i) {
      ReaderMutexLock lock(&mutex);
      if (a != b) differed = true;
    }
  });
  writer.join();
  reader.join();
  EXPECT_FALSE(differed);
  EXPECT_EQ(a, 10000);
}

// Two readers take turns so that one is always in: a lock that lets readers go
// first would never let the writer in.
TEST(SharedMutex, LetsAWriterInBetweenReadersWithoutAGap) {
  SharedMutex mutex;
  std::atomic<bool> written = false;
  std::atomic<int> inside = 0;
  std::atomic<bool> begun = false;
  const auto read = [&] {
    while (!written) {
      ReaderMutexLock lock(&mutex);
      ++inside;
      begun = true;
      // Stays until the other one is in, or the writer keeps it out.
      for (int i = 0; i < 1000 && inside < 2 && !written; ++i) {
        std::this_thread::yield();
      }
      --inside;
    }
  };
  std::thread one(read);
  std::thread other(read);
  while (!begun) std::this_thread::yield();
  {
    WriterMutexLock lock(&mutex);
    EXPECT_EQ(inside, 0);
    written = true;
  }
  one.join();
  other.join();
}

}  // namespace
}  // namespace trato::core
