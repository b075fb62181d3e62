// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/contact_headers.h"

#include "absl/strings/ascii.h"

namespace trato::core {
namespace {

using Kind = ContactColumn::Kind;

// The field, and its headers in small letters without blanks and signs.
struct Synonyms {
  Kind kind;
  std::string_view field;
  std::string_view headers;  // one after the other, blanks between
};

constexpr Synonyms kSynonyms[] = {
    {Kind::kId, "id",
     "id recordid contactid leadid customerid personid partnerid externalid "
     "contactnumber customernumber accountid"},
    {Kind::kIdentifier, "email",
     "email emailaddress mail emailid workemail privateemail email1value "
     "email2value email3value email2address email3address email2 email3"},
    {Kind::kIdentifier, "phone",
     "phone phonenumber telephone tel mobile mobilephone mobilephonenumber "
     "mobileno primaryphone homephone homephone2 businessphone businessphone2 "
     "otherphone workphone phone1value phone2value phone3value whatsappno "
     "phoneno"},
    {Kind::kAttribute, "name",
     "name fullname contactname leadname displayname customername completename "
     "dealname"},
    {Kind::kAttribute, "first_name", "firstname givenname first"},
    {Kind::kAttribute, "middle_name", "middlename additionalname"},
    {Kind::kAttribute, "last_name", "lastname familyname surname last"},
    {Kind::kAttribute, "name_prefix", "nameprefix salutation prefix"},
    {Kind::kAttribute, "name_suffix", "namesuffix suffix"},
    {Kind::kAttribute, "nickname", "nickname"},
    {Kind::kAttribute, "gender", "gender"},
    {Kind::kAttribute, "job_title",
     "jobtitle title function designation organizationtitle occupation "
     "position"},
    {Kind::kAttribute, "department", "department organizationdepartment"},
    {Kind::kAttribute, "company",
     "company companyname organization organizationname organisation account "
     "accountname associatedcompany parentid parentname commercialcompanyname"},
    {Kind::kAttribute, "street",
     "street address addressline1 street1 homestreet mailingstreet "
     "address1street streetaddress"},
    {Kind::kAttribute, "street2",
     "street2 addressline2 homestreet2 address1extendedaddress"},
    {Kind::kAttribute, "city", "city town homecity mailingcity address1city"},
    {Kind::kAttribute, "region",
     "region state stateid province homestate mailingstate address1region "
     "stateregion county"},
    {Kind::kAttribute, "postal_code",
     "postalcode zip zipcode postcode homepostalcode mailingpostalcode "
     "address1postalcode pincode"},
    {Kind::kAttribute, "country",
     "country countryid countryregion homecountry homecountryregion "
     "mailingcountry address1country"},
    {Kind::kAttribute, "business_street", "businessstreet"},
    {Kind::kAttribute, "business_city", "businesscity"},
    {Kind::kAttribute, "business_region", "businessstate"},
    {Kind::kAttribute, "business_postal_code", "businesspostalcode"},
    {Kind::kAttribute, "business_country",
     "businesscountry businesscountryregion"},
    {Kind::kAttribute, "language", "language lang preferredlanguage"},
    {Kind::kDate, "birthday", "birthday birthdate dateofbirth dob bday"},
    {Kind::kDate, "anniversary", "anniversary"},
    {Kind::kDate, "created",
     "created createdate createdat createdon creation creationdate "
     "createddate"},
    {Kind::kAttribute, "website",
     "website websiteurl webpage url website1value homepage"},
    {Kind::kAttribute, "notes", "notes note comment comments description"},
    {Kind::kAttribute, "tags",
     "tags categories category categoryid labels groupmembership"},
    {Kind::kAttribute, "lead_status", "leadstatus status"},
    {Kind::kAttribute, "lifecycle_stage", "lifecyclestage"},
    {Kind::kAttribute, "lead_source", "leadsource originalsource source"},
    {Kind::kAttribute, "owner",
     "owner ownerid userid contactowner companyowner dealowner leadowner "
     "salesperson accountmanager"},
    {Kind::kAttribute, "territory", "territory"},
    {Kind::kAttribute, "industry", "industry industryid"},
    {Kind::kAttribute, "market_segment", "marketsegment"},
    {Kind::kAttribute, "customer_group", "customergroup"},
    {Kind::kAttribute, "customer_type", "customertype companytype"},
    {Kind::kAttribute, "tax_id", "vat taxid vatnumber"},
    {Kind::kAttribute, "reference", "ref reference internalreference"},
    {Kind::kAttribute, "spouse", "spouse"},
    {Kind::kAttribute, "referred_by", "referredby"},
    {Kind::kOptOut, "email",
     "hasoptedoutofemail emailoptout unsubscribed optedoutofemail "
     "unsubscribedfromallemail"},
    {Kind::kOptOut, "phone", "donotcall"},
    {Kind::kOptOut, "*", "donotcontact optout optedout blacklisted"},
};

}  // namespace

std::string SimpleHeader(std::string_view header) {
  std::string simple;
  for (char c : header) {
    const auto u = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(u)) simple.push_back(absl::ascii_tolower(u));
  }
  return simple;
}

std::optional<KnownHeader> FindContactHeader(std::string_view simple_header) {
  if (simple_header.empty()) return std::nullopt;
  for (const Synonyms& it : kSynonyms) {
    std::string_view left = it.headers;
    while (!left.empty()) {
      const size_t end = left.find(' ');
      if (left.substr(0, end) == simple_header) {
        return KnownHeader{it.kind, it.field};
      }
      left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
  }
  return std::nullopt;
}

}  // namespace trato::core
