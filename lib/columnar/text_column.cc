// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/text_column.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kIdBytes = 16;

bool IsAscii(std::string_view text) {
  const char* at = text.data();
  size_t left = text.size();
  uint64_t bits = 0;
  for (; left >= 8; at += 8, left -= 8) bits |= Load<uint64_t>(at, 0);
  for (; left > 0; ++at, --left) bits |= static_cast<uint64_t>(*at) & 0x80;
  return (bits & 0x8080808080808080u) == 0;
}

bool IsGoodText(std::string_view text) { return IsAscii(text) || IsUtf8(text); }

// The texts of an array with offsets, which lie one behind the other.
template <typename Offset>
class OffsetTexts {
 public:
  explicit OffsetTexts(const ArraySlice& slice)
      : offsets_(slice.buffer(1)),
        data_(static_cast<const char*>(slice.buffer(2))),
        first_(slice.offset) {}

  // False when the array is malformed there.
  bool At(int64_t index, std::string_view* text) const {
    const int64_t begin = Load<Offset>(offsets_, first_ + index);
    const int64_t end = Load<Offset>(offsets_, first_ + index + 1);
    if (begin < 0 || end < begin || (data_ == nullptr && begin != end)) {
      return false;
    }
    *text =
        data_ == nullptr
            ? std::string_view()
            : std::string_view(data_ + begin, static_cast<size_t>(end - begin));
    return true;
  }

  // Whether all of the first `rows` texts are ASCII, looked at as one. Call it
  // after At() found each of them well.
  bool AllAscii(int64_t rows) const {
    const int64_t begin = Load<Offset>(offsets_, first_);
    const int64_t end = Load<Offset>(offsets_, first_ + rows);
    return data_ == nullptr ||
           (begin >= 0 && end >= begin &&
            IsAscii({data_ + begin, static_cast<size_t>(end - begin)}));
  }

 private:
  const void* offsets_;
  const char* data_;
  int64_t first_;
};

// The texts of an array of views: up to 12 bytes in the view itself, longer
// ones in one of several buffers, whose sizes the last buffer tells.
class ViewTexts {
 public:
  explicit ViewTexts(const ArraySlice& slice)
      : views_(static_cast<const char*>(slice.buffer(1)) + slice.offset * 16),
        buffers_(slice.array->buffers + 2),
        buffer_count_(slice.array->n_buffers - 3),
        sizes_(slice.array->buffers[slice.array->n_buffers - 1]) {}

  bool At(int64_t index, std::string_view* text) const {
    const char* view = views_ + index * 16;
    const int32_t size = Load<int32_t>(view, 0);
    if (size < 0) return false;
    if (size <= 12) {
      *text = {view + 4, static_cast<size_t>(size)};
      return true;
    }
    const int32_t buffer = Load<int32_t>(view, 2);
    const int32_t offset = Load<int32_t>(view, 3);
    if (buffer < 0 || buffer >= buffer_count_ || offset < 0 ||
        buffers_[buffer] == nullptr || sizes_ == nullptr ||
        Load<int64_t>(sizes_, buffer) < int64_t{offset} + size) {
      return false;
    }
    *text = {static_cast<const char*>(buffers_[buffer]) + offset,
             static_cast<size_t>(size)};
    return true;
  }

  bool AllAscii(int64_t) const { return false; }

 private:
  const char* views_;
  const void** buffers_;
  int64_t buffer_count_;
  const void* sizes_;
};

template <typename Function>
absl::Status WithTexts(const ArraySlice& slice, const ArrowType& type,
                       Function function) {
  switch (type.layout) {
    case ArrowLayout::kOffsets32:
      return function(OffsetTexts<int32_t>(slice));
    case ArrowLayout::kOffsets64:
      return function(OffsetTexts<int64_t>(slice));
    default:
      return function(ViewTexts(slice));
  }
}

absl::Status NotUtf8(const ColumnPlace& place, int64_t row) {
  return place.Invalid(row, "is not UTF-8");
}

absl::Status BadText(const ColumnPlace& place) {
  return place.Malformed("an offset of a text is out of bounds");
}

// One text per value of the slice, empty where there is none.
absl::Status ReadValues(const ArraySlice& slice, const ArrowType& type,
                        bool check_utf8, const ColumnPlace& place,
                        std::vector<std::string_view>* values) {
  values->resize(static_cast<size_t>(slice.rows));
  if (slice.rows == 0) return absl::OkStatus();
  return WithTexts(slice, type, [&](auto texts) -> absl::Status {
    std::string_view* out = values->data();
    if (slice.validity == nullptr) {
      bool good = true;
      for (int64_t i = 0; i < slice.rows; ++i) good &= texts.At(i, out + i);
      if (!good) return BadText(place);
      if (!check_utf8 || texts.AllAscii(slice.rows)) return absl::OkStatus();
    } else {
      for (int64_t i = 0; i < slice.rows; ++i) {
        if (!slice.IsNull(i) && !texts.At(i, out + i)) return BadText(place);
      }
    }
    if (!check_utf8) return absl::OkStatus();
    for (int64_t i = 0; i < slice.rows; ++i) {
      if (!IsGoodText(out[i])) return NotUtf8(place, i);
    }
    return absl::OkStatus();
  });
}

// The indices of a dictionary as codes; kNull where there is none.
template <typename Index>
absl::Status ReadCodes(const ArraySlice& slice, int64_t size,
                       const ColumnPlace& place, std::vector<uint32_t>* codes) {
  codes->resize(static_cast<size_t>(slice.rows));
  const void* indices = slice.buffer(1);
  uint32_t* out = codes->data();
  const auto limit = static_cast<uint64_t>(size);
  bool bad = false;
  // A negative index is a large one without sign.
  if (slice.validity == nullptr) {
    for (int64_t i = 0; i < slice.rows; ++i) {
      const auto index =
          static_cast<uint64_t>(Load<Index>(indices, slice.offset + i));
      bad |= index >= limit;
      out[i] = static_cast<uint32_t>(index);
    }
  } else {
    for (int64_t i = 0; i < slice.rows; ++i) {
      const auto index =
          static_cast<uint64_t>(Load<Index>(indices, slice.offset + i));
      const bool null = slice.IsNull(i);
      bad |= !null && index >= limit;
      out[i] = null ? TextColumn::kNull : static_cast<uint32_t>(index);
    }
  }
  if (bad) return place.Malformed("an index is outside its dictionary");
  return absl::OkStatus();
}

absl::Status ReadCodes(const ArraySlice& slice, ArrowKind kind, int64_t size,
                       const ColumnPlace& place, std::vector<uint32_t>* codes) {
  switch (kind) {
    case ArrowKind::kInt8:
      return ReadCodes<int8_t>(slice, size, place, codes);
    case ArrowKind::kInt16:
      return ReadCodes<int16_t>(slice, size, place, codes);
    case ArrowKind::kInt32:
      return ReadCodes<int32_t>(slice, size, place, codes);
    case ArrowKind::kInt64:
      return ReadCodes<int64_t>(slice, size, place, codes);
    case ArrowKind::kUint8:
      return ReadCodes<uint8_t>(slice, size, place, codes);
    case ArrowKind::kUint16:
      return ReadCodes<uint16_t>(slice, size, place, codes);
    case ArrowKind::kUint32:
      return ReadCodes<uint32_t>(slice, size, place, codes);
    default:
      return ReadCodes<uint64_t>(slice, size, place, codes);
  }
}

// Turns codes into one text per row. For a dictionary that is much larger than
// its batch: to read all of it for each batch of a stream would cost the
// square.
absl::Status ReadSparse(const ArraySlice& dictionary, const ArrowType& type,
                        const ColumnPlace& place, TextColumn* column) {
  const std::vector<uint32_t> codes = std::move(column->codes);
  column->codes.clear();
  column->values.resize(codes.size());
  return WithTexts(dictionary, type, [&](auto texts) -> absl::Status {
    for (size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] == TextColumn::kNull || dictionary.IsNull(codes[i])) {
        column->nulls.resize(codes.size());
        column->nulls[i] = true;
        continue;
      }
      if (!texts.At(codes[i], &column->values[i])) return BadText(place);
      if (!IsGoodText(column->values[i])) {
        return NotUtf8(place, static_cast<int64_t>(i));
      }
    }
    return absl::OkStatus();
  });
}

bool IsKnown(const KnownDictionary& known, const ArrowArray& values) {
  return known.texts != nullptr && known.length == values.length &&
         known.offset == values.offset &&
         std::equal(known.buffers.begin(), known.buffers.end(), values.buffers,
                    values.buffers + values.n_buffers);
}

absl::Status ReadDictionary(const ArraySlice& slice, const ArrowType& type,
                            const ColumnPlace& place, KnownDictionary* known,
                            TextColumn* column) {
  const ArrowArray* values = slice.array->dictionary;
  if (values->length < 0 || values->length >= TextColumn::kNull) {
    return place.Malformed("a dictionary has too many values");
  }
  TRATO_ASSIGN_OR_RETURN(
      ArraySlice dictionary,
      SliceOf(values, *type.dictionary, 0, values->length, place));
  TRATO_RETURN_IF_ERROR(
      ReadCodes(slice, type.kind, values->length, place, &column->codes));
  KnownDictionary read;
  if (known == nullptr || !IsKnown(*known, *values)) {
    // The slice may be a part of a batch only.
    if (values->length / 4 > slice.array->length) {
      if (known != nullptr) *known = {};
      return ReadSparse(dictionary, *type.dictionary, place, column);
    }
    // A text that is not UTF-8 is told by the first row that has it.
    std::vector<std::string_view> texts;
    TRATO_RETURN_IF_ERROR(
        ReadValues(dictionary, *type.dictionary, false, place, &texts));
    bool all_good = true;
    for (size_t i = 0; i < texts.size(); ++i) {
      if (IsGoodText(texts[i])) continue;
      for (size_t row = 0; row < column->codes.size(); ++row) {
        if (column->codes[row] == i) {
          return NotUtf8(place, static_cast<int64_t>(row));
        }
      }
      texts[i] = {};  // no row has it
      all_good = false;
    }
    read.buffers.assign(values->buffers, values->buffers + values->n_buffers);
    read.length = values->length;
    read.offset = values->offset;
    read.texts =
        std::make_shared<const std::vector<std::string_view>>(std::move(texts));
    column->dictionary = read.texts;
    if (known != nullptr) *known = all_good ? read : KnownDictionary();
  } else {
    column->dictionary = known->texts;
  }
  if (dictionary.validity == nullptr) return absl::OkStatus();
  for (uint32_t& code : column->codes) {
    if (code != TextColumn::kNull && dictionary.IsNull(code)) {
      code = TextColumn::kNull;
    }
  }
  return absl::OkStatus();
}

template <typename T>
void WriteNumbers(const ArraySlice& slice, TextStorage* storage,
                  TextColumn* column) {
  constexpr size_t kDigits = 20;  // of -9223372036854775808
  const auto rows = static_cast<size_t>(slice.rows);
  auto text = std::make_unique_for_overwrite<char[]>(rows * kDigits);
  column->values.resize(rows);
  char* at = text.get();
  const void* numbers = slice.buffer(1);
  for (size_t i = 0; i < rows; ++i) {
    const T number = Load<T>(numbers, slice.offset + static_cast<int64_t>(i));
    char* end = std::to_chars(at, at + kDigits, number).ptr;
    column->values[i] = {at, static_cast<size_t>(end - at)};
    at = end;
  }
  column->nulls = NullsOf(slice);
  storage->push_back(std::move(text));
}

// False when a number is negative.
template <typename T>
bool CopyNumbers(const ArraySlice& slice, DecimalColumn* column) {
  DecimalColumn read;
  read.present = true;
  read.nulls = NullsOf(slice);
  read.values.resize(static_cast<size_t>(slice.rows));
  const void* numbers = slice.buffer(1);
  bool negative = false;
  for (int64_t i = 0; i < slice.rows; ++i) {
    const T number = Load<T>(numbers, slice.offset + i);
    negative |= number < T{0} && !read.IsNull(static_cast<size_t>(i));
    read.values[static_cast<size_t>(i)] = static_cast<uint64_t>(number);
  }
  if (!negative) *column = std::move(read);
  return !negative;
}

}  // namespace

absl::Status ReadText(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, KnownDictionaries* known,
                      TextColumn* column) {
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  column->present = true;
  if (type.dictionary) {
    return ReadDictionary(slice, type, place,
                          known == nullptr ? nullptr : &(*known)[&type],
                          column);
  }
  column->nulls = NullsOf(slice);
  return ReadValues(slice, type, true, place, &column->values);
}

absl::Status ReadName(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, KnownDictionaries* known,
                      TextStorage* storage, TextColumn* column) {
  if (!type.IsWhole()) return ReadText(slice, type, place, known, column);
  column->present = true;
  switch (type.kind) {
    case ArrowKind::kInt8:
      WriteNumbers<int8_t>(slice, storage, column);
      break;
    case ArrowKind::kInt16:
      WriteNumbers<int16_t>(slice, storage, column);
      break;
    case ArrowKind::kInt32:
      WriteNumbers<int32_t>(slice, storage, column);
      break;
    case ArrowKind::kInt64:
      WriteNumbers<int64_t>(slice, storage, column);
      break;
    case ArrowKind::kUint8:
      WriteNumbers<uint8_t>(slice, storage, column);
      break;
    case ArrowKind::kUint16:
      WriteNumbers<uint16_t>(slice, storage, column);
      break;
    case ArrowKind::kUint32:
      WriteNumbers<uint32_t>(slice, storage, column);
      break;
    default:
      WriteNumbers<uint64_t>(slice, storage, column);
      break;
  }
  return absl::OkStatus();
}

bool ReadDecimal(const ArraySlice& slice, const ArrowType& type,
                 DecimalColumn* column) {
  switch (type.IsWhole() ? type.kind : ArrowKind::kOther) {
    case ArrowKind::kUint64:
      return CopyNumbers<uint64_t>(slice, column);
    case ArrowKind::kInt64:
      return CopyNumbers<int64_t>(slice, column);
    case ArrowKind::kUint32:
      return CopyNumbers<uint32_t>(slice, column);
    case ArrowKind::kInt32:
      return CopyNumbers<int32_t>(slice, column);
    default:
      return false;
  }
}

absl::Status ReadId(const ArraySlice& slice, const ArrowType& type,
                    const ColumnPlace& place, TextColumn* column) {
  if (type.IsText()) {
    TRATO_RETURN_IF_ERROR(ReadText(slice, type, place, nullptr, column));
    for (size_t i = 0; i < static_cast<size_t>(slice.rows); ++i) {
      if (column->IsNull(i)) continue;
      const std::string_view text = column->At(i);
      if (text.size() != 2 * kIdBytes ||
          text.find_first_not_of("0123456789abcdefABCDEF") != text.npos) {
        return place.Invalid(static_cast<int64_t>(i),
                             "is no id: 32 hexadecimal digits are needed");
      }
    }
    return absl::OkStatus();
  }
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  column->present = true;
  column->nulls = NullsOf(slice);
  if (type.Is(ArrowKind::kFixedBinary)) {
    column->values.resize(static_cast<size_t>(slice.rows));
    const auto* bytes = static_cast<const char*>(slice.buffer(1));
    for (int64_t i = 0; i < slice.rows; ++i) {
      column->values[static_cast<size_t>(i)] = {
          bytes + (slice.offset + i) * int64_t{kIdBytes}, kIdBytes};
    }
    return absl::OkStatus();
  }
  TRATO_RETURN_IF_ERROR(ReadValues(slice, type, false, place, &column->values));
  for (size_t i = 0; i < column->values.size(); ++i) {
    if (!column->IsNull(i) && column->values[i].size() != kIdBytes) {
      return place.Invalid(static_cast<int64_t>(i),
                           "is no id: 16 bytes are needed");
    }
  }
  return absl::OkStatus();
}

}  // namespace trato::core
