// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/contacts_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/calendar.h"
#include "codec/text_encoding.h"

namespace trato::core {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

absl::StatusOr<ContactsFile> Read(std::string text,
                                  const ContactsOptions& options = {}) {
  size_t at = 0;
  return ReadContacts(
      [&](char* buffer, size_t capacity) {
        const size_t size = std::min(capacity, text.size() - at);
        std::copy_n(text.data() + at, size, buffer);
        at += size;
        return static_cast<int64_t>(size);
      },
      [](int64_t) { return true; }, options);
}

std::vector<std::string> FieldsOf(const ContactsFile& file) {
  std::vector<std::string> fields;
  for (const ContactColumn& it : file.columns) fields.push_back(it.field);
  return fields;
}

TEST(ContactsCsv, HubSpotsHeadersAreKnown) {
  const auto file = Read(
      "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create "
      "Date,Associated Company,Country/Region,Contact owner\n"
      "1,Ada,Lovelace,ada@example.org,+44 1,NEW,2020-01-02,Engines,UK,me\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(
      FieldsOf(*file),
      ElementsAre("id", "first_name", "last_name", "email", "phone",
                  "lead_status", "created", "company", "country", "owner"));
  ASSERT_EQ(file->contacts.size(), 1u);
  EXPECT_EQ(file->contacts[0].record, "contact:1");
  EXPECT_EQ(file->contacts[0].cells[3], "email:ada@example.org");
  EXPECT_THAT(file->ignored, IsEmpty());
}

TEST(ContactsCsv, OdoosFieldsAreKnown) {
  const auto file = Read(
      "id,name,email,phone,mobile,function,title,parent_id,lang,category_id,"
      "user_id,street,street2,zip,city,state_id,country_id,vat,ref,website,"
      "comment\n"
      "7,Ada,a@b,1,2,analyst,Lady,Engines,en,vip,ana,S,T,Z,C,R,UK,V,R7,w,n\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->ignored, IsEmpty());
  const std::vector<std::string> fields = FieldsOf(*file);
  for (const char* field : {"id", "name", "job_title", "name_prefix", "owner",
                            "tags", "tax_id", "reference", "country"}) {
    EXPECT_THAT(fields, Contains(field));
  }
}

TEST(ContactsCsv, ErpNextsFieldsAreKnown) {
  for (const char* header :
       {"name,first_name,middle_name,last_name,email_id,phone,mobile_no,"
        "company_name,designation,department,salutation,gender,status,"
        "unsubscribed",
        "customer_name,customer_group,customer_type,territory,tax_id,email_id,"
        "mobile_no,website,language",
        "lead_name,company_name,email_id,phone,mobile_no,territory,"
        "market_segment,industry,source,lead_owner,status,city,state,country"}) {
    const auto file = Read(std::string(header) + "\n");
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_THAT(file->ignored, IsEmpty()) << header;
  }
}

TEST(ContactsCsv, ATitleBesideAJobTitleIsHowSheIsAddressed) {
  EXPECT_THAT(FieldsOf(*Read("Title,Email,Job Title\nDr,a@b,nurse\n")),
              ElementsAre("name_prefix", "email", "job_title"));
  EXPECT_THAT(FieldsOf(*Read("Title,Email\nNurse,a@b\n")),
              ElementsAre("job_title", "email"));
}

TEST(ContactsCsv, OfTwoColumnsForOneAttributeTheFirstIsRead) {
  const auto file =
      Read("Email,First Name,Given Name,Hobby\na@b,Ada,X,chess\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(FieldsOf(*file), ElementsAre("email", "first_name"));
  ASSERT_EQ(file->ignored.size(), 2u);
  EXPECT_THAT(file->ignored[0].reason, HasSubstr("'First Name' is the"));
  EXPECT_THAT(file->ignored[1].reason, HasSubstr("not known"));
}

TEST(ContactsCsv, TwoColumnsOfOneNameAreRefused) {
  const auto file = Read("Email,City,City\na@b,Leeds,York\n");
  EXPECT_THAT(std::string(file.status().message()),
              HasSubstr("two columns are called 'City'"));
}

TEST(ContactsCsv, AFileWithoutAnybodyIsRefused) {
  EXPECT_FALSE(Read("City,Country\nLeeds,UK\n").ok());
  EXPECT_FALSE(Read("1,2,3\n4,5,6\n").ok());
  EXPECT_FALSE(Read("").ok());
}

TEST(ContactsCsv, RowsThatSayTheSameCountOnce) {
  std::string text = "Email,City\n";
  for (int i = 0; i < 1000; ++i) text += "a@b,Leeds\n";
  const auto file = Read(text);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->contacts.size(), 1u);
  EXPECT_EQ(file->repeated, 999u);
}

TEST(ContactsCsv, WhoIsNobodyIsRefusedWithTheLine) {
  const auto file = Read("Email,City\n,Leeds\na@b,York\nx,y,z\n");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->contacts.size(), 1u);
  ASSERT_EQ(file->refusals.size(), 2u);
  EXPECT_THAT(file->refusals[0].first_rows, ElementsAre(2));
  EXPECT_THAT(file->refusals[1].first_rows, ElementsAre(4));
}

TEST(ContactsCsv, TheHostSaysWhatAColumnIs) {
  ContactsOptions options;
  options.columns = {{"Mail of work", "identifier.email"},
                     {"City", "", ColumnRule::kNever},
                     {"Shoe", "shoe_size", ColumnRule::kFillBlank}};
  const auto file = Read("Mail of work,City,Shoe\na@b,Leeds,42\n", options);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(FieldsOf(*file), ElementsAre("email", "shoe_size"));
  EXPECT_EQ(file->columns[1].rule, ColumnRule::kFillBlank);
  options.columns = {{"Citty", "city"}};
  EXPECT_THAT(std::string(Read("Email,City\n", options).status().message()),
              HasSubstr("did you mean 'City'"));
}

TEST(TextEncoding, EachOfTheEncodingsGivesTheSame) {
  const std::string utf8 = "Email,City\na@b,Núñez\n";
  EXPECT_EQ(DecodeText(utf8).text, utf8);
  EXPECT_EQ(DecodeText("\xef\xbb\xbf" + utf8).text, utf8);
  const std::string latin =
      "Email,City\na@b,N\xfa\xf1"
      "ez\n";
  EXPECT_EQ(DecodeText(latin).text, utf8);
  EXPECT_EQ(DecodeText(latin).encoding, "Windows-1252");
  std::u16string wide = u"Email,City\na@b,Núñez\n";
  std::string little, big;
  for (char16_t unit : wide) {
    little += static_cast<char>(unit & 0xff);
    little += static_cast<char>(unit >> 8);
    big += static_cast<char>(unit >> 8);
    big += static_cast<char>(unit & 0xff);
  }
  EXPECT_EQ(DecodeText("\xff\xfe" + little).text, utf8);
  EXPECT_EQ(DecodeText("\xfe\xff" + big).text, utf8);
  EXPECT_EQ(DecodeText(little).text, utf8);
  EXPECT_EQ(DecodeText(big).text, utf8);
}

TEST(TextEncoding, AFileMayChangeItsEncodingFromLineToLine) {
  const DecodedText decoded = DecodeText(
      "Núñez\nN\xfa\xf1"
      "ez \x80\n");
  EXPECT_EQ(decoded.text, "Núñez\nNúñez €\n");
  EXPECT_EQ(decoded.encoding, "UTF-8 and Windows-1252");
}

TEST(TextEncoding, HalvesOfCharactersDoNotGoThrough) {
  EXPECT_EQ(DecodeText(std::string("\xff\xfe\x00\xd8", 4)).text,
            "\xef\xbf\xbd");
  EXPECT_EQ(DecodeText("\xff\xfe"
                       "a")
                .text,
            "\xef\xbf\xbd");
}

TEST(ParseDate, OnlyDatesAreDates) {
  const auto zone = LoadZone("UTC");
  const auto parse = [&](std::string_view text, DateOrder order) {
    const auto us = ParseDate(text, order, *zone);
    return us.ok() ? FormatDate(*us, *zone) : std::string("none");
  };
  EXPECT_EQ(parse("1980-05-02", DateOrder::kYearFirst), "1980-05-02");
  EXPECT_EQ(parse("1980/5/2", DateOrder::kYearFirst), "1980-05-02");
  EXPECT_EQ(parse("02/05/1980", DateOrder::kDayFirst), "1980-05-02");
  EXPECT_EQ(parse("02/05/1980", DateOrder::kMonthFirst), "1980-02-05");
  EXPECT_EQ(parse("2.5.1980", DateOrder::kDayFirst), "1980-05-02");
  for (std::string_view bad :
       {"00/00/0000", "31/04/1980", "0000-00-00", "02/05", "yesterday", "",
        "99999999999999999999/1/1"}) {
    EXPECT_EQ(parse(bad, DateOrder::kDayFirst), "none") << bad;
  }
  EXPECT_EQ(parse("02/05/1980", DateOrder::kYearFirst), "none");
}

}  // namespace
}  // namespace trato::core
