// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr std::size_t kGap = 2;

// How narrow a column may become; its own width where it may not.
std::size_t Narrowest(Fit fit, std::size_t width) {
  switch (fit) {
    case Fit::kShrink:
      return std::min<std::size_t>(width, 8);
    case Fit::kWrap:
      return std::min<std::size_t>(width, 20);
    default:
      return width;
  }
}

std::size_t Total(const std::vector<std::size_t>& widths) {
  std::size_t total = 0;
  for (const std::size_t width : widths) {
    if (width > 0) total += width + kGap;
  }
  return total == 0 ? 0 : total - kGap;
}

std::string Aligned(std::string_view text, std::size_t width, Align align) {
  const std::size_t used = Width(text);
  const std::string blanks(used < width ? width - used : 0, ' ');
  return align == Align::kRight ? blanks + std::string(text)
                                : std::string(text) + blanks;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(const std::vector<std::string>& cells) {
  std::vector<std::string> row(columns_.size());
  for (std::size_t i = 0; i < row.size() && i < cells.size(); ++i) {
    row[i] = Printable(cells[i]);
  }
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::Fitted(std::size_t available) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const std::vector<std::string>& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] > 0)
      widths[i] = std::max(widths[i], Width(columns_[i].title));
  }
  if (available == 0) return widths;
  // Rather leave columns out than cut others; those that wrap lose nothing.
  const auto uncut = [&] {
    std::vector<std::size_t> uncut_widths = widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].fit == Fit::kWrap) {
        uncut_widths[i] = Narrowest(Fit::kWrap, widths[i]);
      }
    }
    return Total(uncut_widths);
  };
  for (std::size_t i = columns_.size(); i > 0 && uncut() > available; --i) {
    if (columns_[i - 1].fit == Fit::kDrop) widths[i - 1] = 0;
  }
  while (Total(widths) > available) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] > Narrowest(columns_[i].fit, widths[i]) &&
          (widest == columns_.size() || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::Render(const Terminal& terminal, std::size_t indent) const {
  const std::size_t room =
      terminal.width > indent ? terminal.width - indent : terminal.width;
  const std::vector<std::size_t> widths = Fitted(room);
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells,
                            const auto& style_of) {
    // Blanks are written only before a cell that follows, so that no line ends
    // with them.
    std::string line;
    std::size_t owed = indent;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      const std::string aligned =
          Aligned(cells[i], widths[i], columns_[i].align);
      const std::size_t first = aligned.find_first_not_of(' ');
      if (first == std::string::npos) {
        owed += widths[i] + kGap;
        continue;
      }
      const std::size_t last = aligned.find_last_not_of(' ');
      line.append(owed + first, ' ');
      line += terminal.Styled(style_of(i), std::string_view(aligned).substr(
                                               first, last + 1 - first));
      owed = aligned.size() - last - 1 + kGap;
    }
    text += line + "\n";
  };
  const auto add_row = [&](const std::vector<std::string>& cells,
                           const auto& style_of) {
    std::vector<std::vector<std::string>> parts(columns_.size());
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      parts[i] = columns_[i].fit == Fit::kWrap && widths[i] > 0
                     ? WrapWords(cells[i], widths[i])
                     : std::vector<std::string>{Truncate(cells[i], widths[i])};
      height = std::max(height, parts[i].size());
    }
    for (std::size_t line = 0; line < height; ++line) {
      std::vector<std::string> here(columns_.size());
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (line < parts[i].size()) here[i] = parts[i][line];
      }
      add_line(here, style_of);
    }
  };
  const bool titled =
      std::any_of(columns_.begin(), columns_.end(),
                  [](const Column& column) { return !column.title.empty(); });
  if (titled) {
    std::vector<std::string> titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    add_row(titles, [](std::size_t) { return Style::kFaint; });
  }
  for (const std::vector<std::string>& row : rows_) {
    add_row(row, [&](std::size_t i) { return columns_[i].style; });
  }
  return text;
}

}  // namespace trato_cli
