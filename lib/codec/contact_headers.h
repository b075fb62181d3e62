// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: what columns of contacts are called in the exports of
// address books and customer systems (Google, Outlook, HubSpot, Salesforce,
// Mautic, Odoo's res.partner, ERPNext's Contact, Customer and Lead).

#ifndef TRATO_CODEC_CONTACT_HEADERS_H_
#define TRATO_CODEC_CONTACT_HEADERS_H_

#include <optional>
#include <string>
#include <string_view>

#include "codec/contacts_csv.h"

namespace trato::core {

struct KnownHeader {
  ContactColumn::Kind kind;
  std::string_view field;
};

// Small letters and digits only.
std::string SimpleHeader(std::string_view header);

// What a header means, or nothing.
std::optional<KnownHeader> FindContactHeader(std::string_view simple_header);

}  // namespace trato::core

#endif  // TRATO_CODEC_CONTACT_HEADERS_H_
