// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/progress.h"

#include <unistd.h>

#include <algorithm>

#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr std::chrono::milliseconds kInterval(100);
constexpr std::size_t kWidest = 24;
constexpr std::size_t kNarrowest = 8;
constexpr const char* kEraseLine = "\r\x1b[K";

// A bar of `width` columns, in eighths of a column.
std::string Bar(std::uint64_t done, std::uint64_t total, std::size_t width) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(
      static_cast<double>(std::min(done, total)) / static_cast<double>(total) *
      static_cast<double>(8 * width));
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) {
    if (eighths >= 8 * (i + 1)) {
      bar += "█";
    } else if (eighths > 8 * i && eighths % 8 > 0) {
      bar += kEighths[eighths % 8];
    } else {
      bar += "░";
    }
  }
  return bar;
}

// Three digits that count: what is estimated should look so.
std::uint64_t Rounded(std::uint64_t number) {
  std::uint64_t unit = 1;
  while (number / unit >= 1000) unit *= 10;
  return (number + unit / 2) / unit * unit;
}

}  // namespace

Progress::Progress(Counts counts)
    : counts_(counts),
      terminal_(Terminal::Of(STDERR_FILENO)),
      start_(Clock::now()) {}

Progress::~Progress() {
  if (visible_) WriteError(kEraseLine);
}

void Progress::Update(std::uint64_t done, std::uint64_t total) {
  if (!terminal_.present || Clock::now() - drawn_ < kInterval) return;
  Draw(done, total, false);
}

void Progress::Finish(std::uint64_t total) {
  if (!terminal_.present) return;
  Draw(total, total, true);
  WriteError("\n");
  visible_ = false;
}

std::string Progress::Written(std::uint64_t number) const {
  if (counts_ == Counts::kLines) return Number(number);
  // One digit after the point.
  const std::uint64_t tenths = (number * 10 + (1u << 19)) >> 20;
  return Number(tenths / 10) + "." + std::to_string(tenths % 10);
}

void Progress::Draw(std::uint64_t done, std::uint64_t total, bool exact) {
  drawn_ = Clock::now();
  const double seconds = std::chrono::duration<double>(drawn_ - start_).count();
  const bool lines = counts_ == Counts::kLines;
  std::string text = Written(done);
  if (total > 0) {
    // How many lines there are is judged by those that were read.
    const bool judged = lines && !exact;
    text += (judged ? "/~" : "/") +
            Written(judged ? std::max(done, Rounded(total)) : total);
  }
  text += lines ? " lines" : " MiB";
  if (seconds > 0 && done > 0) {
    text += "  " +
            Written(Rounded(static_cast<std::uint64_t>(
                static_cast<double>(done) / seconds))) +
            "/s";
  }
  const std::size_t width = terminal_.width;
  const std::size_t taken = Width(text) + 2;
  const std::size_t room = width > taken ? std::min(width - taken, kWidest) : 0;
  if ((total > 0 || exact) && room >= kNarrowest) {
    text = Bar(total > 0 ? done : 1, total > 0 ? total : 1, room) + " " + text;
  }
  WriteError(kEraseLine + Truncate(text, width));
  visible_ = true;
}

}  // namespace trato_cli
