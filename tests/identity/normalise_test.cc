// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/normalise.h"

#include <gtest/gtest.h>

#include <string>

#include "identity/definitions.h"

namespace trato::core {
namespace {

std::string Shown(const NameParts& name) {
  return name.given + "|" + name.surname + "|" + name.second_surname;
}

TEST(Names, AreReadWhicheverWayTheyAreWritten) {
  EXPECT_EQ(Shown(NormaliseName("Ana María", "García López", "", "")),
            "ana maria|garcia|lopez");
  EXPECT_EQ(Shown(NormaliseName("M.ª del Carmen", "de la Fuente", "Ruiz", "")),
            "maria carmen|fuente|ruiz");
  EXPECT_EQ(Shown(NormaliseName("Fco.", "Núñez", "", "")), "francisco|nunez|");
  EXPECT_EQ(Shown(NormaliseName("", "", "", "García López, Ana")),
            "ana|garcia|lopez");
  EXPECT_EQ(Shown(NormaliseName("García López, Ana", "", "", "")),
            "ana|garcia|lopez");
  EXPECT_EQ(Shown(NormaliseName("", "", "", "Mr. John Smith")), "john|smith|");
  EXPECT_EQ(Shown(NormaliseName("", "", "", "Ana García López")),
            "ana|garcia|lopez");
  EXPECT_EQ(Shown(NormaliseName("", "", "", "")), "||");
  EXPECT_EQ(Shown(NormaliseName("", "", "Ruiz", "")), "|ruiz|");
}

TEST(Nicknames, AreKnownInBothLanguages) {
  EXPECT_TRUE(AreNicknames("francisco", "paco"));
  EXPECT_TRUE(AreNicknames("pepe", "jose"));
  EXPECT_TRUE(AreNicknames("bob", "robert"));
  EXPECT_FALSE(AreNicknames("bob", "jose"));
  EXPECT_NE(NicknameKind("paco") & NicknameKindsOf("francisco"), 0u);
  EXPECT_EQ(NicknameKindsOf("zzz"), 0u);
}

TEST(Dates, AreReadInTheUsualForms) {
  EXPECT_EQ(NormaliseDate("1971-05-24"), 19710524u);
  EXPECT_EQ(NormaliseDate("19710524"), 19710524u);
  EXPECT_EQ(NormaliseDate("24/05/1971"), 19710524u);
  EXPECT_EQ(NormaliseDate("5/24/1971"), 19710524u);  // no month has number 24
  EXPECT_EQ(NormaliseDate("24.5.1971"), 19710524u);
  EXPECT_EQ(NormaliseDate("1971-05-24T10:00:00Z"), 19710524u);
  for (const char* none : {"", "00/00/0000", "1971", "31/02/x", "1971-13-01",
                           "99999999", "123456789012", "2001-02-30"}) {
    EXPECT_EQ(NormaliseDate(none), 0u) << none;
  }
}

TEST(Emails, AreAddresses) {
  EXPECT_EQ(NormaliseEmail(" Ana@Example.COM "), "ana@example.com");
  EXPECT_EQ(NormaliseEmail("Ana.Lopez+shop@gmail.com"), "analopez@gmail.com");
  EXPECT_EQ(NormaliseEmail("ana"), "");
  EXPECT_EQ(NormaliseEmail("@example.com"), "");
  EXPECT_TRUE(IsRoleAddress("info@example.com"));
  EXPECT_TRUE(IsRoleAddress("ventas@example.es"));
  EXPECT_FALSE(IsRoleAddress("ana@example.com"));
}

// Numbering plans: ITU-T E.164 and the national plans that it names.
TEST(Phones, AreInternational) {
  EXPECT_EQ(NormalisePhone("612 345 678", "ES"), "34612345678");
  EXPECT_EQ(NormalisePhone("+34 612-345-678", ""), "34612345678");
  EXPECT_EQ(NormalisePhone("0034612345678", "GB"), "34612345678");
  EXPECT_EQ(NormalisePhone("07700 900123", "GB"), "447700900123");
  EXPECT_EQ(NormalisePhone("+44 (0)7700 900123", "ES"), "447700900123");
  EXPECT_EQ(NormalisePhone("+52 1 55 1234 5678", ""), "525512345678");
  EXPECT_EQ(NormalisePhone("011 15 1234-5678", "AR"), "5491112345678");
  EXPECT_EQ(NormalisePhone("12", "ES"), "");
  const auto reader = [](std::string_view text, std::string_view country) {
    if (country == "ES") return std::string("+34999999999");
    return std::string(text == "02 2345 6789" ? "+886223456789" : "0x12");
  };
  EXPECT_EQ(NormalisePhone("02 2345 6789", "TW", reader), "886223456789");
  EXPECT_EQ(NormalisePhone("02 2345 6789", "", reader), "886223456789");
  EXPECT_EQ(NormalisePhone("02 2345 678", "TW", reader), "022345678")
      << "what it says is no number";
  EXPECT_EQ(NormalisePhone("612 345 678", "ES", reader), "34612345678")
      << "there is a plan";
  EXPECT_EQ(NormalisePhone("+886 2 2345 6789", "TW", reader), "886223456789");
  EXPECT_EQ(NormalisePhone("no phone", "ES"), "");
}

TEST(Documents, HaveCheckDigits) {
  EXPECT_TRUE(NormaliseDocument("12345678Z").checked);
  EXPECT_TRUE(NormaliseDocument("12.345.678-z").checked);
  EXPECT_FALSE(NormaliseDocument("12345678A").checked);
  EXPECT_TRUE(NormaliseDocument("X1234567L").checked);
  EXPECT_TRUE(NormaliseDocument("20-12345678-6").checked);  // CUIT
  EXPECT_TRUE(NormaliseDocument("12.345.678-5").checked);   // RUT
  EXPECT_TRUE(NormaliseDocument("HEGG560427MVZRRL04").checked);  // CURP
  EXPECT_FALSE(NormaliseDocument("HEGG560427MVZRRL05").checked);
  EXPECT_EQ(NormaliseDocument("00000000").text, "");
  EXPECT_EQ(NormaliseDocument("-").text, "");
}

TEST(Streets, AreInOneForm) {
  EXPECT_EQ(NormaliseStreet("Calle Mayor, 7", ""), NormaliseStreet("C/ Mayor", "7"));
  EXPECT_EQ(NormaliseStreet("12 High Street", ""), "high st 12");
  EXPECT_EQ(NormaliseStreet("", ""), "");
}

TEST(Sounds, AreThoseOfMisspeltNames) {
  EXPECT_EQ(SoundOf("vazquez"), SoundOf("basques"));
  EXPECT_EQ(SoundOf("philip"), SoundOf("filip"));
  EXPECT_NE(SoundOf("garcia"), SoundOf("lopez"));
}

TEST(Fields, AreKnownByTheirNames) {
  EXPECT_EQ(GuessFieldKind("First Name"), FieldKind::kGivenName);
  EXPECT_EQ(GuessFieldKind("apellidos"), FieldKind::kSurname);
  EXPECT_EQ(GuessFieldKind("Fecha_nacimiento"), FieldKind::kBirthDate);
  EXPECT_EQ(GuessFieldKind("dob"), FieldKind::kBirthDate);
  EXPECT_EQ(GuessFieldKind("shoe size"), FieldKind::kNone);
}

}  // namespace
}  // namespace trato::core
