// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <iostream>
#include <trato.hpp>

int main() {
  trato::Store store = trato::Store::open("");  // in memory
  const int64_t now_us = store.parse_time("2011-12-10");

  trato::Interaction purchase;
  purchase.customer = "shop:12748";
  purchase.type = "purchase";
  purchase.lines = {{"tea lights", "", trato::millionths(2), 0, 480}};
  store.record_interaction(purchase, now_us);

  store.define_segment(
      "recent", "interactions('purchase').within('90d').count() >= 1", now_us);
  for (const trato::Member& member : store.open_members("recent", now_us))
    std::cout << member.name << " is in recent\n";
}
