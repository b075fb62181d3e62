// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers to bytes and back, bounds checked.

#ifndef TRATO_BASE_BYTES_H_
#define TRATO_BASE_BYTES_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace trato::core {

inline void PutVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Small negative numbers become small positive ones.
inline void PutSigned(std::string& out, int64_t value) {
  PutVarint(out, (static_cast<uint64_t>(value) << 1) ^
                     static_cast<uint64_t>(value >> 63));
}

// The same into a buffer with room for 10 bytes; gives the end of what it wrote.
inline char* PutVarintTo(char* out, uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}
inline char* PutSignedTo(char* out, int64_t value) {
  return PutVarintTo(out, (static_cast<uint64_t>(value) << 1) ^
                              static_cast<uint64_t>(value >> 63));
}

inline void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}

// Reads what Put... wrote. After the first thing that does not fit all reads
// give zeros, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Fail();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  int64_t Signed() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  // A number of things of at least one byte each.
  uint64_t Count() {
    const uint64_t value = Varint();
    return value <= rest_.size() ? value : Fail();
  }
  std::string_view Take(uint64_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view Bytes() { return Take(Varint()); }

  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace trato::core

#endif  // TRATO_BASE_BYTES_H_
