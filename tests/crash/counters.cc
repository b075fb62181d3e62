// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "counters.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <sstream>

namespace trato::crash {

void* SharedMemory(size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("mmap");
    std::exit(2);
  }
  return memory;
}

Counters* NewCounters() {
  return new (SharedMemory(sizeof(Counters))) Counters;
}

void Tell(Counters& counters, std::atomic<uint64_t>& which,
          const std::string& what) {
  ++which;
  const uint64_t told = ++counters.told;
  if (told <= 20) std::fprintf(stderr, "  %s\n", what.c_str());
  if (told == 21) std::fprintf(stderr, "  (and more, counted only)\n");
}

void RunCases(const Settings& settings, Counters& counters, uint64_t count,
              const std::function<void(uint64_t, const std::string&)>& body,
              const std::function<std::string(uint64_t)>& describe) {
  if (settings.only >= 0) {
    const std::string folder = settings.folder + "/worker";
    EmptyFolder(folder);
    if (static_cast<uint64_t>(settings.only) < count) {
      body(static_cast<uint64_t>(settings.only), folder);
    }
    return;
  }
  const size_t workers = settings.workers;
  struct Place {
    std::atomic<uint64_t> at;
  };
  auto* places = static_cast<Place*>(SharedMemory(workers * sizeof(Place)));
  std::map<pid_t, size_t> running;
  const auto start = [&](size_t worker, uint64_t from) {
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid < 0) {
      std::perror("fork");
      std::exit(2);
    }
    if (pid > 0) {
      running[pid] = worker;
      return;
    }
    const std::string folder =
        settings.folder + "/worker" + std::to_string(worker);
    EmptyFolder(folder);
    for (uint64_t i = from; i < count; i += workers) {
      if (settings.faulted && counters.violations() > 0) break;
      places[worker].at = i;
      LimitTime();
      body(i, folder);
    }
    RemoveFolder(folder);
    _exit(0);
  };
  for (size_t i = 0; i < workers; ++i) start(i, i);
  while (!running.empty()) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, 0);
    const auto it = running.find(pid);
    if (it == running.end()) continue;
    const size_t worker = it->second;
    running.erase(it);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    const uint64_t at = places[worker].at;
    Tell(counters, counters.crashed,
         "crashed (" +
             (WIFSIGNALED(status)
                  ? "signal " + std::to_string(WTERMSIG(status))
                  : "exit " + std::to_string(WEXITSTATUS(status))) +
             ") in case " + std::to_string(at) + ": " + describe(at));
    if (counters.crashed < 50) start(worker, at + workers);
  }
  munmap(places, workers * sizeof(Place));
}

bool PrintTable(const std::vector<Part>& parts) {
  std::printf("%-14s %9s %9s %9s %9s | %6s %7s %7s %6s %7s | %7s\n", "part",
              "tried", "images", "distinct", "noticed", "lost", "phantom",
              "refused", "wrong", "crashed", "seconds");
  bool clean = true;
  for (const Part& part : parts) {
    const Counters& c = *part.counters;
    const auto n = [](const std::atomic<uint64_t>& value) {
      return static_cast<unsigned long long>(value.load());
    };
    std::printf(
        "%-14s %9llu %9llu %9llu %9llu | %6llu %7llu %7llu %6llu %7llu | "
        "%7.1f\n",
        part.name.c_str(), n(c.tried), n(c.images), n(c.distinct), n(c.noticed),
        n(c.lost), n(c.phantom), n(c.refused), n(c.wrong), n(c.crashed),
        part.seconds);
    // What README.md says of the write-ahead log's last calls.
    const uint64_t known = part.name == "wal" ? c.lost.load() : 0;
    clean = clean && c.violations() == known;
  }
  return clean;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

bool FileExists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

void WriteFile(const std::string& path, const std::string& bytes) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  size_t at = 0;
  while (fd >= 0 && at < bytes.size()) {
    const ssize_t size = write(fd, bytes.data() + at, bytes.size() - at);
    if (size <= 0) break;
    at += static_cast<size_t>(size);
  }
  if (fd < 0 || at != bytes.size()) {
    std::perror(path.c_str());
    std::exit(2);
  }
  close(fd);
}

void EmptyFolder(const std::string& path) {
  RemoveFolder(path);
  std::filesystem::create_directories(path);
}

void RemoveFolder(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

double Seconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void LimitTime() {
  const itimerval minute = {{0, 0}, {60, 0}};
  setitimer(ITIMER_PROF, &minute, nullptr);
  alarm(600);
}

}  // namespace trato::crash
