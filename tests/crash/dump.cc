// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "dump.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "facts.h"

namespace trato::crash {
namespace {

std::string Hex(const uint8_t* bytes, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < size; ++i) {
    out.push_back(kDigits[bytes[i] >> 4]);
    out.push_back(kDigits[bytes[i] & 15]);
  }
  return out;
}

// Writes answers until one fails. What is not found leaves no line.
class Writer {
 public:
  Writer(const trato_store* store, std::string* out)
      : store_(store), out_(out) {}

  const Said& said() const { return said_; }

  template <typename Call>
  void Text(std::string_view title, const Call& call) {
    if (!said_.ok()) return;
    Buf buf;
    Said said =
        Say([&](trato_error* error) { return call(store_, buf.out(), error); });
    if (said.code == TRATO_NOT_FOUND) return;
    said_ = said;
    out_->append(title);
    out_->push_back(' ');
    for (size_t at = 0; at < buf.view().size();) {
      const size_t end = std::min(buf.view().find('\n', at), buf.view().size());
      const std::string_view line = buf.view().substr(at, end - at);
      at = end + 1;
      // Where the store lies is no answer of its own.
      if (line.find("\"path\": ") != line.npos) continue;
      out_->append(line);
    }
    out_->push_back('\n');
  }

  void Timeline(const std::string& customer) {
    if (!said_.ok()) return;
    trato_timeline* timeline = nullptr;
    said_ = Say([&](trato_error* error) {
      trato_status status = trato_timeline_open(store_, Str(customer), kAsked,
                                                nullptr, &timeline, error);
      while (status == TRATO_OK) {
        const trato_timeline_entry* entry = nullptr;
        status = trato_timeline_next(timeline, &entry, error);
        if (status != TRATO_OK || entry == nullptr) break;
        out_->append("I ").append(Describe(*entry));
        out_->append("\t").append(Hex(entry->fact.bytes, 16));
        out_->append(" ").append(std::to_string(entry->recorded_us));
        out_->append(" ").append(std::to_string(entry->direction));
        if (entry->reply_to != nullptr) {
          out_->append(" ").append(Hex(entry->reply_to->bytes, 16));
        }
        out_->push_back('\n');
      }
      trato_timeline_destroy(timeline);
      return status;
    });
    if (said_.code == TRATO_NOT_FOUND) said_ = Said();
  }

  void Segment(std::string_view name) {
    if (!said_.ok()) return;
    trato_segment_size size = {};
    Said said = Say([&](trato_error* error) {
      return trato_segment_count(store_, Str(name), kAsked, &size, error);
    });
    if (said.code == TRATO_NOT_FOUND) return;
    said_ = said;
    if (!said_.ok()) return;
    out_->append("segment ").append(name);
    for (uint64_t n : {size.members, size.customers, size.undecided}) {
      out_->append(" ").append(std::to_string(n));
    }
    trato_members* members = nullptr;
    said_ = Say([&](trato_error* error) {
      trato_status status =
          trato_segment_members(store_, Str(name), kAsked, &members, error);
      size_t count = 1;
      while (status == TRATO_OK && count > 0) {
        trato_member member;
        status = trato_members_next(members, &member, 1, &count, error);
        if (status == TRATO_OK && count > 0) {
          out_->append(" ").append(View(member.name));
          out_->append("=").append(Hex(member.id.bytes, 16));
        }
      }
      trato_members_destroy(members);
      return status;
    });
    out_->push_back('\n');
  }

  void Everybody() {
    if (!said_.ok()) return;
    trato_segment_size size = {};
    said_ = Say([&](trato_error* error) {
      return trato_segment_preview(store_, Str("true"), kAsked, &size, error);
    });
    out_->append("customers ").append(std::to_string(size.customers));
    out_->push_back('\n');
  }

  void Digest() {
    auto* digest = TRATO_CRASH_FIND(trato_store_digest);
    if (!said_.ok() || digest == nullptr) return;
    trato_digest hash = {};
    const Said said = Say([&](trato_error* error) {
      return digest(store_, kAsked, &hash, error);
    });
    if (said.code == TRATO_UNIMPLEMENTED) return;
    said_ = said;
    out_->append("digest ").append(Hex(hash.bytes, sizeof(hash.bytes)));
    out_->push_back('\n');
  }

 private:
  const trato_store* store_;
  std::string* out_;
  Said said_;
};

}  // namespace

Said Dump(const trato_store* store, const Handed& handed, std::string* out) {
  Writer writer(store, out);
  writer.Text("info",
              [](const trato_store* at, trato_buf* buf, trato_error* error) {
                return trato_store_info(at, kAsked, buf, error);
              });
  writer.Everybody();
  writer.Text("segments",
              [](const trato_store* at, trato_buf* buf, trato_error* error) {
                return trato_segment_list(at, buf, error);
              });
  writer.Text("offers",
              [](const trato_store* at, trato_buf* buf, trato_error* error) {
                return trato_offer_report(at, kAsked, buf, error);
              });
  writer.Segment("buyers");
  writer.Segment("spenders");
  for (int i = 0; i < kCustomers; ++i) {
    const std::string name = CustomerName(i);
    writer.Text(name,
                [&](const trato_store* at, trato_buf* buf, trato_error* error) {
                  return trato_customer_get(at, Str(name), kAsked, buf, error);
                });
    writer.Text("explain " + name,
                [&](const trato_store* at, trato_buf* buf, trato_error* error) {
                  return trato_offer_explain(at, Str(name), kAsked, nullptr, buf, error);
                });
    writer.Timeline(name);
  }
  for (const char* name : {"csv:1", "csv:2", "csv:3"}) {
    writer.Text(
        name, [&](const trato_store* at, trato_buf* buf, trato_error* error) {
          return trato_customer_get(at, trato_cstr(name), kAsked, buf, error);
        });
    writer.Timeline(name);
  }
  for (const std::string& code : handed.codes) {
    writer.Text("coupon",
                [&](const trato_store* at, trato_buf* buf, trato_error* error) {
                  return trato_coupon_show(at, Str(code), kAsked, buf, error);
                });
  }
  for (const trato_id& id : handed.decisions) {
    writer.Text("decision",
                [&](const trato_store* at, trato_buf* buf, trato_error* error) {
                  return trato_decision_explain(at, &id, buf, error);
                });
  }
  writer.Digest();
  return writer.said();
}

std::map<std::string, std::string> InteractionsOf(const std::string& dump) {
  // Linked customers show each other's timelines: the same line again is the
  // same interaction, unless one timeline has it twice.
  std::map<std::string, std::string> found;
  std::map<std::string, int> last_seen;  // by key: the timeline
  int timeline = 0;
  size_t at = 0;
  while (at < dump.size()) {
    const size_t end = dump.find('\n', at);
    const std::string_view line(dump.data() + at, end - at);
    at = end + 1;
    if (line.substr(0, 2) != "I ") {
      ++timeline;
      continue;
    }
    const std::string_view told = line.substr(2, line.find('\t') - 2);
    const std::string key(told.substr(0, told.find('|')));
    auto [it, is_new] = found.emplace(key, told);
    int& seen = last_seen[key];
    if (!is_new && (it->second != told || seen == timeline)) {
      it->second.append(" and again ").append(told);
    }
    seen = timeline;
  }
  return found;
}

std::string DamageOf(const trato_store* store, Said* said,
                     const trato_head* kept) {
  auto* verify = TRATO_CRASH_FIND(trato_store_verify);
  *said = Said();
  if (verify == nullptr) return "";
  trato_verify_options options = TRATO_VERIFY_OPTIONS_INIT;
  options.head = kept;
  Buf report;
  *said = Say([&](trato_error* error) {
    return verify(store, &options, report.out(), error);
  });
  if (said->code == TRATO_UNIMPLEMENTED) *said = Said();
  if (!said->ok() || report.view().empty()) return "";
  std::string packed;
  for (char c : report.view()) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) packed.push_back(c);
  }
  return packed.find("\"ok\":true") != std::string::npos
             ? ""
             : std::string(report.view());
}

}  // namespace trato::crash
