// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/saved_watch.h"

#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "engine/hasher.h"

namespace trato::core {
namespace {

// Numbers are written as they lie in memory: the bytes are for this machine.
static_assert(std::endian::native == std::endian::little);
// Another one whenever a condition may come to another answer than before, so
// that what was saved is found out anew.
constexpr std::string_view kMagic = "TRATOWA2";
constexpr size_t kHash = 32;

using Hash = std::array<uint8_t, kHash>;

Hash HashOf(std::string_view bytes) {
  Hasher hasher(kHash);
  hasher.Add(bytes.data(), bytes.size());
  return hasher.Finish<kHash>();
}

class Writer {
 public:
  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  template <typename T>
  void PutAll(const std::vector<T>& values) {
    Put(static_cast<uint64_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()),
                  values.size() * sizeof(T));
  }
  void PutText(std::string_view text) {
    Put(static_cast<uint64_t>(text.size()));
    bytes_.append(text);
  }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

// False: there is not so much.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  bool Get(T& value) {
    if (bytes_.size() < sizeof(value)) return false;
    std::memcpy(&value, bytes_.data(), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
    return true;
  }
  template <typename T>
  bool GetAll(std::vector<T>& values) {
    uint64_t count = 0;
    if (!Get(count) || count > bytes_.size() / sizeof(T)) return false;
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
    return true;
  }
  bool GetText(std::string& text) {
    uint64_t size = 0;
    if (!Get(size) || size > bytes_.size()) return false;
    text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string SavedWatch::Encode() const {
  Writer writer;
  writer.bytes().append(kMagic);
  writer.Put(clock_us);
  writer.Put(position);
  writer.Put(chain);
  writer.Put(records);
  writer.Put(static_cast<uint64_t>(segments.size()));
  for (const std::string& name : segments) writer.PutText(name);
  writer.PutAll(image.due);
  writer.PutAll(image.seen);
  writer.PutAll(image.masks);
  writer.PutAll(image.joined);
  writer.PutAll(image.gates.segments);
  writer.PutAll(image.gates.answers);
  writer.Put(static_cast<uint64_t>(image.gates.attributes.size()));
  for (const auto& it : image.gates.attributes) {
    writer.PutText(it.attribute);
    writer.Put(static_cast<uint64_t>(it.zones.size()));
    for (const std::string& zone : it.zones) writer.PutText(zone);
    writer.PutAll(it.clocks);
  }
  writer.Put(HashOf(writer.bytes()));
  return std::move(writer.bytes());
}

absl::StatusOr<SavedWatch> SavedWatch::Decode(std::string_view bytes) {
  const auto wrong = [] {
    return absl::InvalidArgumentError(
        "saved: these are not the bytes of a saved watch, or not all of them");
  };
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + kHash) {
    return wrong();
  }
  Hash hash;
  std::memcpy(hash.data(), bytes.data() + bytes.size() - kHash, kHash);
  bytes.remove_suffix(kHash);
  if (hash != HashOf(bytes)) return wrong();
  Reader reader(bytes.substr(kMagic.size()));
  SavedWatch saved;
  uint64_t count = 0;
  if (!reader.Get(saved.clock_us) ||
      !reader.Get(saved.position) || !reader.Get(saved.chain) ||
      !reader.Get(saved.records) || !reader.Get(count)) {
    return wrong();
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (!reader.GetText(saved.segments.emplace_back())) return wrong();
  }
  if (!reader.GetAll(saved.image.due) || !reader.GetAll(saved.image.seen) ||
      !reader.GetAll(saved.image.masks) || !reader.GetAll(saved.image.joined) ||
      !reader.GetAll(saved.image.gates.segments) ||
      !reader.GetAll(saved.image.gates.answers) || !reader.Get(count)) {
    return wrong();
  }
  for (uint64_t i = 0; i < count; ++i) {
    auto& it = saved.image.gates.attributes.emplace_back();
    uint64_t zones = 0;
    if (!reader.GetText(it.attribute) || !reader.Get(zones)) return wrong();
    for (uint64_t zone = 0; zone < zones; ++zone) {
      if (!reader.GetText(it.zones.emplace_back())) return wrong();
    }
    if (!reader.GetAll(it.clocks)) return wrong();
  }
  if (!reader.empty()) return wrong();
  return saved;
}

std::array<uint8_t, 32> HashRecordNames(const CustomerStore& customers,
                                        size_t records) {
  Hasher hasher(kHash);
  for (RecordNumber it = 0; it < records; ++it) {
    hasher.AddText(customers.RecordName(it));
  }
  return hasher.Finish<kHash>();
}

}  // namespace trato::core
