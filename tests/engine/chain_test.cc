// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/seed.h"
#include "timeline/random_rows.h"

namespace trato::core {
namespace {

std::string_view NameOf(uint32_t record) {
  static constexpr std::string_view kNames[] = {"crm:0", "crm:1", "web:22",
                                                "a:3",   "b:4",   "b:5"};
  return kNames[record];
}

using ::testing::Ne;
using ::testing::SizeIs;

// ---- By the description in chain.h, with nothing of the engine.

std::string Bytes(const Hash256& hash) { return {hash.begin(), hash.end()}; }

std::string Blake(const std::string& bytes) {
  std::string hash(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  return hash;
}

std::string BigEndian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(number >> shift));
  }
  return bytes;
}

std::string Varint(uint64_t number) {
  std::string bytes;
  for (; number > 127; number /= 128) {
    bytes.push_back(static_cast<char>(128 + number % 128));
  }
  return bytes + static_cast<char>(number);
}

// 0, -1, 1, -2 ... are 0, 1, 2, 3 ...
std::string SignedVarint(uint64_t number) {
  const bool negative = number >> 63 != 0;
  return Varint(negative ? ~number * 2 + 1 : number * 2);
}

uint64_t NumberAt(const std::string& form, size_t at) {
  uint64_t number = 0;
  for (size_t i = at; i < at + 8; ++i) {
    number = number << 8 | static_cast<uint8_t>(form[i]);
  }
  return number - (uint64_t{1} << 63);
}

// The facts, in groups.
std::string Grouped(const std::vector<std::string>& facts) {
  // By sort and what a group has in common.
  std::map<std::pair<int, std::string>, std::vector<std::string>> groups;
  for (const std::string& fact : facts) {
    const int sort = fact.size() == 16 ? 0 : fact.size() == 40 ? 1 : 2;
    groups[{sort, sort == 0 ? "" : fact.substr(0, 24)}].push_back(fact);
  }
  std::string bytes;
  uint64_t recorded_us = 0;
  for (auto& [head, group] : groups) {
    const auto& [sort, common] = head;
    std::sort(group.begin(), group.end());
    bytes += Varint(static_cast<uint64_t>(sort)) + Varint(group.size());
    if (sort > 0) {
      bytes += common.substr(0, 16);
      bytes += SignedVarint(NumberAt(common, 16) - recorded_us);
      recorded_us = NumberAt(common, 16);
    }
    for (const std::string& fact : group) {
      if (sort == 0) {
        bytes += fact;
        continue;
      }
      std::string at_us = BigEndian(NumberAt(fact, 24));
      bytes += std::string(at_us.rbegin(), at_us.rend());
      bytes += SignedVarint(NumberAt(fact, 32));
      if (sort == 2) bytes += Varint(fact.size() - 40) + fact.substr(40);
    }
  }
  return bytes;
}

struct PlainRecord {
  Salt salt;
  std::vector<std::string> facts;
  std::string name;  // empty: of what concerns no record
};

std::string PlainHead(const std::string& previous, uint64_t position,
                      std::vector<PlainRecord> records) {
  std::vector<std::string> commitments;
  for (PlainRecord& record : records) {
    std::string bytes(record.salt.begin(), record.salt.end());
    bytes += BigEndian(record.name.size()) + record.name;
    bytes += Grouped(record.facts);
    commitments.push_back(Blake(bytes));
  }
  std::sort(commitments.begin(), commitments.end());
  std::string all;
  for (const std::string& commitment : commitments) all += commitment;
  return Blake(previous + BigEndian(position) + Blake(all));
}

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() {
    for (int i = 0; i < 40; ++i) names_.Add("name" + std::to_string(i));
  }

  // An interaction whose numbers are all those of names.
  Interaction Draw() {
    Interaction it = rows_.Next(static_cast<uint32_t>(1 + rows_.Below(3)));
    const auto size = static_cast<uint32_t>(names_.size());
    for (uint32_t* name : {&it.channel, &it.source, &it.actor, &it.batch}) {
      *name %= size;
    }
    for (Line& line : it.lines) {
      line.product %= size;
      line.unit %= size;
    }
    std::set<uint32_t> used;
    std::vector<Field> fields;
    for (Field& field : it.fields) {
      field.name %= size;
      if (used.insert(field.name).second) fields.push_back(field);
    }
    it.fields = std::move(fields);
    return it;
  }
  std::string FormOf(const Interaction& it) {
    std::string bytes;
    CanonicalForm(&names_).Append(InteractionRef(&it), it.key, bytes);
    return bytes;
  }

  Interner names_;
  RandomRows rows_{test::Seed()};
};

// ---- The canonical form.

TEST_F(ChainTest, APackedRowHasTheFormOfAPlainOne) {
  CanonicalForm form(&names_);
  for (int round = 0; round < 60; ++round) {
    rows_.NewManner();
    std::vector<Interaction> rows;
    for (int i = 0; i < 50; ++i) {
      rows.push_back(Draw());
      rows.back().type = 1;
    }
    const Block::Packed packed = PackRows({{1, {{0, rows}}}}, 0, 1);
    const auto block = *Block::Parse(packed.bytes);
    const auto slot = SlotOf(packed, *block);
    BlockCache cache(BlockCache::Load(), 0);
    cache.Put(
        *slot, block,
        packed.keys.empty() ? nullptr : *BlockKeys::Parse(packed.keys, *block));
    for (uint32_t i = 0; i < rows.size(); ++i) {
      const InteractionRef sealed(&block->clusters()[0], i, slot.get());
      std::string bytes, in_parts;
      form.Append(sealed, sealed.key(cache), bytes);
      ASSERT_EQ(bytes, FormOf(rows[i])) << ToText(rows[i]);
      // For those who have columns.
      const Interaction& it = rows[i];
      CanonicalForm::AppendPlain(
          form.KindOf(it.type, it.channel, it.direction, it.source, it.actor,
                      it.batch, it.amount.currency),
          it.recorded_us, it.at_us, it.amount.minor, in_parts);
      form.AppendRest(sealed, it.key, in_parts);
      ASSERT_EQ(in_parts, bytes);
    }
  }
}

TEST_F(ChainTest, TheFormHas40BytesAndAKeyAnd16MoreWhereThereIsMore) {
  Interaction it;
  it.type = 1;
  EXPECT_THAT(FormOf(it), SizeIs(40));
  for (int part = 0; part < 4; ++part) {
    Interaction more = it;
    if (part == 0) more.key = "k";
    if (part == 1) more.lines = {{1, 0, 0, 0, 0}};
    if (part == 2) more.fields = {{1, Value()}};
    if (part == 3) more.reply_to = FactId{{0, 0}};
    EXPECT_THAT(FormOf(more), SizeIs(part == 0 ? 42 : 57)) << part;
    EXPECT_EQ(FormOf(more).substr(0, 40), FormOf(it));
  }
  it.key = std::string(200, 'k');
  EXPECT_EQ(FormOf(it).substr(40), "\xc8\x01" + it.key);
  std::string fact;
  CanonicalForm::Append(Fact(), fact);
  EXPECT_THAT(fact, SizeIs(16));
}

TEST_F(ChainTest, TheBytesOfTheTimesAreInOrder) {
  std::vector<std::string> forms;
  Interaction it;
  for (int64_t us : {std::numeric_limits<int64_t>::min(), int64_t{-1},
                     int64_t{0}, int64_t{1}, int64_t{255}, int64_t{256},
                     std::numeric_limits<int64_t>::max()}) {
    it.recorded_us = us;
    it.at_us = -us - 1;
    forms.push_back(FormOf(it));
  }
  EXPECT_TRUE(std::is_sorted(forms.begin(), forms.end()));
}

TEST_F(ChainTest, EverythingThatAnInteractionSaysIsInItsForm) {
  Interaction it;
  it.type = 1;
  it.key = "k";
  it.lines = {{1, 2, 3, 4, 5}, {2, 1, 3, 4, 5}};
  it.fields = {{1, Value(int64_t{1})}};
  it.amount.currency = CurrencyOf("EUR");
  std::set<std::string> forms = {FormOf(it)};
  size_t changes = 1;
  const auto changed = [&](auto change) {
    Interaction other = it;
    change(other);
    forms.insert(FormOf(other));
    EXPECT_EQ(forms.size(), ++changes);
  };
  changed([](auto& o) { o.at_us = 1; });
  changed([](auto& o) { o.recorded_us = 1; });
  changed([](auto& o) { o.amount.minor = 1; });
  changed([](auto& o) { o.amount.currency = CurrencyOf("GBP"); });
  changed([](auto& o) { o.amount.currency = Currency(); });
  changed([](auto& o) { o.type = 2; });
  changed([](auto& o) { o.channel = 1; });
  changed([](auto& o) { o.source = 1; });
  changed([](auto& o) { o.actor = 1; });
  changed([](auto& o) { o.batch = 1; });
  changed([](auto& o) { o.direction = Direction::kOutbound; });
  changed([](auto& o) { o.key = ""; });
  changed([](auto& o) { o.key = "kk"; });
  changed([](auto& o) { o.reply_to = FactId{{0, 1}}; });
  changed([](auto& o) { o.lines.pop_back(); });
  changed([](auto& o) { std::swap(o.lines[0], o.lines[1]); });
  changed([](auto& o) { o.lines[0].product = 9; });
  changed([](auto& o) { o.lines[0].unit = 9; });
  changed([](auto& o) { o.lines[0].quantity = 9; });
  changed([](auto& o) { o.lines[0].unit_price = 9; });
  changed([](auto& o) { o.lines[0].amount_minor = 9; });
  changed([](auto& o) { o.fields.clear(); });
  changed([](auto& o) { o.fields[0].name = 2; });
  for (const Value& value :
       {Value(), Value(true), Value(false), Value(int64_t{2}), Value(1.0),
        Value(-0.0), Value(0.0), Value(std::string("1")), Value(std::string()),
        Value(Money{1, CurrencyOf("EUR")}), Value(Money{1, CurrencyOf("GBP")}),
        Value(Timestamp{1})}) {
    changed([&](auto& o) { o.fields[0].value = value; });
  }
  // Where it lies says nothing about it.
  Interaction moved = it;
  moved.position = 77;
  EXPECT_EQ(FormOf(moved), FormOf(it));
}

TEST_F(ChainTest, TheOrderOfFieldsDoesNotMatter) {
  Interaction it;
  it.fields = {{3, Value(true)}, {1, Value(int64_t{5})}, {2, Value(0.5)}};
  const std::string form = FormOf(it);
  std::reverse(it.fields.begin(), it.fields.end());
  EXPECT_EQ(FormOf(it), form);
  std::swap(it.fields[0].value, it.fields[1].value);
  EXPECT_THAT(FormOf(it), Ne(form));
}

TEST_F(ChainTest, NamesCountAndNotTheirNumbers) {
  Interner others;
  for (const char* name : {"z", "web", "y", "purchase", "x", "till"}) {
    others.Add(name);
  }
  const auto form = [](Interner& names) {
    Interaction it;
    it.type = names.Add("purchase");
    it.source = names.Add("web");
    it.actor = names.Add("till");
    it.lines = {{names.Add("tea"), names.Add("kg"), 1, 2, 3}};
    it.fields = {{names.Add("b"), Value(true)}, {names.Add("a"), Value(false)}};
    std::string bytes;
    CanonicalForm(&names).Append(InteractionRef(&it), "k", bytes);
    return bytes;
  };
  EXPECT_EQ(form(names_), form(others));
}

TEST_F(ChainTest, EverythingThatAFactSaysIsInItsForm) {
  Fact fact;
  fact.payload = ClaimFact{"a:1", "email:x"};
  std::set<std::string> forms;
  const auto add = [&](auto change) {
    Fact other = fact;
    change(other);
    std::string bytes;
    CanonicalForm::Append(other, bytes);
    return forms.insert(bytes).second;
  };
  EXPECT_TRUE(add([](auto&) {}));
  EXPECT_TRUE(add([](auto& o) { o.recorded_us = 1; }));
  EXPECT_TRUE(add([](auto& o) { o.event_us = 1; }));
  EXPECT_TRUE(add([](auto& o) { o.actor = "x"; }));
  EXPECT_TRUE(add([](auto& o) { o.source = "x"; }));
  EXPECT_TRUE(add([](auto& o) { o.batch = "x"; }));
  EXPECT_TRUE(add([](auto& o) { o.key = "x"; }));
  EXPECT_TRUE(add([](auto& o) { o.payload = ClaimFact{"a:1", "email:y"}; }));
  EXPECT_TRUE(add([](auto& o) { o.payload = StoreSettings{}; }));
  EXPECT_TRUE(add([](auto& o) { o.payload = Definition(); }));
  // The id follows from the rest.
  EXPECT_FALSE(add([](auto& o) { o.id = FactId{{1, 1}}; }));
}

// ---- Links.

TEST_F(ChainTest, ALinkIsWhatItsDescriptionSays) {
  for (int round = 0; round < 50; ++round) {
    Link link;
    std::vector<PlainRecord> records;
    for (uint64_t i = rows_.Below(5); i > 0; --i) {
      PlainRecord& record = records.emplace_back();
      record.name = NameOf(static_cast<uint32_t>(rows_.Below(6)));
      for (uint8_t& byte : record.salt) {
        byte = static_cast<uint8_t>(rows_.Below(256));
      }
      for (uint64_t n = rows_.Below(4) + 1; n > 0; --n) {
        record.facts.push_back(FormOf(Draw()));
      }
      std::vector<std::string_view> facts(record.facts.begin(),
                                          record.facts.end());
      link.AddCommitment(Link::Commit(record.salt, record.name, facts));
    }
    Hash256 previous;
    for (uint8_t& byte : previous) {
      byte = static_cast<uint8_t>(rows_.Below(256));
    }
    const uint64_t position = rows_.random()();
    EXPECT_EQ(link.empty(), records.empty());
    ASSERT_EQ(Bytes(link.Close(previous, position)),
              PlainHead(Bytes(previous), position, records));
  }
}

TEST_F(ChainTest, OrdersDoNotMatterAndSaltsDo) {
  const std::string a = FormOf(Draw()), b = FormOf(Draw());
  std::vector<std::string_view> one = {a, b}, other = {b, a};
  Salt salt{};
  const Hash256 commitment = Link::Commit(salt, "crm:1", one);
  EXPECT_EQ(Link::Commit(salt, "crm:1", other), commitment);
  salt[15] = 1;
  const Hash256 salted = Link::Commit(salt, "crm:1", one);
  EXPECT_THAT(salted, Ne(commitment));
  EXPECT_THAT(Link::Commit(salt, "crm:2", one), Ne(salted));
  EXPECT_THAT(Link::Commit(salt, "", one), Ne(salted));
  Link first, second, alone;
  first.AddCommitment(commitment);
  first.AddCommitment(salted);
  second.AddCommitment(salted);
  second.AddCommitment(commitment);
  alone.AddCommitment(salted);
  const Hash256 head = first.Close({}, 1);
  EXPECT_EQ(second.Close({}, 1), head);
  EXPECT_THAT(alone.Close({}, 1), Ne(head));
  EXPECT_THAT(first.Close({}, 2), Ne(head));
  EXPECT_THAT(first.Close({{1}}, 1), Ne(head));
}

// Written one after the other, messages are what each is alone.
TEST_F(ChainTest, AWriterKeepsItsMessagesApart) {
  CommitmentWriter all;
  std::vector<std::string> alone;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> forms;
    for (uint64_t n = rows_.Below(50); n > 0; --n) {
      forms.push_back(FormOf(Draw()));
    }
    const std::string name = "crm:" + std::to_string(round);
    CommitmentWriter one;
    for (CommitmentWriter* writer : {&all, &one}) {
      std::vector<std::string_view> facts(forms.begin(), forms.end());
      std::shuffle(facts.begin(), facts.end(), rows_.random());
      writer->Begin(Salt{{1}}, name);
      writer->AddFacts(facts);
    }
    alone.emplace_back(one.Messages().front());
  }
  EXPECT_THAT(all.Messages(), ::testing::ElementsAreArray(alone));
  all.Clear();
  EXPECT_TRUE(all.Messages().empty());
}

// So many that they are not put in order one by one.
TEST_F(ChainTest, ManyCommitmentsAreInOrderToo) {
  std::vector<std::string> bytes(10000);
  Link link;
  for (std::string& one : bytes) {
    Hash256 commitment{};
    // Many begin alike.
    commitment[0] = static_cast<uint8_t>(rows_.Below(3));
    commitment[2] = static_cast<uint8_t>(rows_.Below(256));
    commitment[31] = static_cast<uint8_t>(rows_.Below(256));
    link.AddCommitment(commitment);
    one = Bytes(commitment);
  }
  std::sort(bytes.begin(), bytes.end());
  std::string all;
  for (const std::string& one : bytes) all += one;
  EXPECT_EQ(Bytes(link.Close({}, 5)),
            Blake(std::string(32, '\0') + BigEndian(5) + Blake(all)));
}

// ---- The chain.

TEST_F(ChainTest, TheHeadFollowsFromRecordsSaltsAndFactsInAnyOrder) {
  for (int round = 0; round < 30; ++round) {
    struct Written {
      uint32_t record;
      bool is_interaction;
      Interaction it;
      Fact fact;
    };
    std::vector<Written> written;
    for (uint64_t i = rows_.Below(20) + 1; i > 0; --i) {
      Written& one = written.emplace_back();
      one.record =
          rows_.OneIn(5) ? kNoRecord : static_cast<uint32_t>(rows_.Below(6));
      one.is_interaction = one.record != kNoRecord && rows_.OneIn(2);
      one.it = Draw();
      one.fact.key = std::to_string(i);
      one.fact.payload = ClaimFact{"a:1", "b:2"};
    }
    Chain chain(&names_);
    const auto add = [&] {
      for (const Written& one : written) {
        if (one.is_interaction) {
          chain.Add(one.record, InteractionRef(&one.it), one.it.key);
        } else {
          chain.Add(one.record, one.fact);
        }
      }
    };
    EXPECT_TRUE(chain.empty());
    add();
    EXPECT_FALSE(chain.empty());
    const Hash256 previous = {{7}};
    const Hash256 head = chain.Next(previous, 42, NameOf);
    // They wait on.
    EXPECT_EQ(chain.Next(previous, 42, NameOf), head);
    chain.Commit();
    EXPECT_TRUE(chain.empty());
    EXPECT_THAT(chain.Next(previous, 42, NameOf), Ne(head));

    std::vector<PlainRecord> records(7);
    for (const Written& one : written) {
      std::string form = FormOf(one.it);
      if (!one.is_interaction) {
        form.clear();
        CanonicalForm::Append(one.fact, form);
      }
      PlainRecord& record = records[one.record == kNoRecord ? 6 : one.record];
      record.facts.push_back(form);
      record.salt = one.record == kNoRecord ? Salt{} : chain.SaltOf(one.record);
      if (one.record != kNoRecord) record.name = NameOf(one.record);
    }
    std::erase_if(records, [](const auto& it) { return it.facts.empty(); });
    ASSERT_EQ(Bytes(head), PlainHead(Bytes(previous), 42, records));

    std::shuffle(written.begin(), written.end(), rows_.random());
    add();
    EXPECT_EQ(chain.Next(previous, 42, NameOf), head);
    chain.Drop();
    EXPECT_TRUE(chain.empty());
    // Another store with the same facts has other salts.
    Chain other(&names_);
    std::swap(chain, other);
    add();
    const bool salted =
        std::any_of(written.begin(), written.end(),
                    [](const Written& one) { return one.record != kNoRecord; });
    EXPECT_EQ(chain.Next(previous, 42, NameOf) != head, salted);
    // With its salts it has its head.
    chain.salts() = other.salts();
    EXPECT_EQ(chain.Next(previous, 42, NameOf), head);
  }
}

// A record that comes to exist with the facts has no number that others know.
TEST_F(ChainTest, ARecordThatIsNewHasTheNameThatItWasGiven) {
  const Interaction it = Draw();
  Chain chain(&names_);
  chain.Add(1, InteractionRef(&it), it.key);
  const Hash256 head = chain.Next({}, 1, NameOf);
  const auto unknown = [](uint32_t) -> std::string_view {
    ADD_FAILURE() << "asked for a name that was given";
    return {};
  };
  chain.Name(1, NameOf(1));
  EXPECT_EQ(chain.Next({}, 1, unknown), head);
  chain.Commit();
  // What was given is forgotten with the facts.
  chain.Add(1, InteractionRef(&it), it.key);
  EXPECT_EQ(chain.Next({}, 1, NameOf), head);
  EXPECT_THAT(chain.Next({}, 1, [](uint32_t) { return "crm:other"; }),
              Ne(head));
}

TEST_F(ChainTest, SaltsAreMadeOnceAndDiffer) {
  Chain chain(&names_);
  std::vector<Salt> salts;
  for (uint32_t record : {0u, 1u, 2u, 50u}) {
    salts.push_back(chain.SaltOf(record));
    EXPECT_THAT(salts.back(), Ne(Salt{}));
  }
  EXPECT_THAT(std::set<Salt>(salts.begin(), salts.end()), SizeIs(4));
  EXPECT_EQ(chain.SaltOf(1), salts[1]);
  EXPECT_EQ(chain.SaltOf(50), salts[3]);
  EXPECT_EQ(chain.KnownSalt(50), salts[3]);
}

TEST_F(ChainTest, SaltsMadeAtOnceLeaveThoseThatAreThere) {
  Chain chain(&names_);
  const Salt first = chain.SaltOf(0);
  chain.MakeSalts(100);
  EXPECT_THAT(chain.salts(), SizeIs(100));
  EXPECT_EQ(chain.KnownSalt(0), first);
  const std::set<Salt> distinct(chain.salts().begin(), chain.salts().end());
  EXPECT_THAT(distinct, SizeIs(100));
  EXPECT_FALSE(distinct.contains(Salt{}));
  chain.MakeSalts(10);
  EXPECT_THAT(chain.salts(), SizeIs(100));
}

}  // namespace
}  // namespace trato::core
