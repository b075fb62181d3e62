// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "shop/shop_c.h"

#include "shop/shop.h"
#include "shop/table.h"

struct shop_handle {
  trato::shop::Shop shop;
};

extern "C" {

shop_handle* shop_new(uint64_t interactions, uint64_t seed, uint32_t flags) {
  return new shop_handle{trato::shop::Shop({
      .interactions = interactions,
      .seed = seed,
      .whole_seconds = (flags & SHOP_WHOLE_SECONDS) != 0,
      .corrected = (flags & SHOP_CORRECTED) != 0,
      .linked = (flags & SHOP_LINKED) != 0,
  })};
}

void shop_free(shop_handle* shop) { delete shop; }

uint32_t shop_customers(const shop_handle* shop) {
  return shop->shop.customers();
}

uint32_t shop_person(const shop_handle* shop, uint32_t customer) {
  return shop->shop.Person(customer);
}

uint32_t shop_asked(const shop_handle* shop, uint64_t i) {
  return shop->shop.Asked(i);
}

void shop_fill(const shop_handle* shop, uint64_t first, uint64_t count,
               uint32_t* customer, uint8_t* type, uint8_t* channel,
               int64_t* at_us, int64_t* amount_minor, uint64_t* key) {
  shop->shop.Fill(first, count,
                  {.customer = customer,
                   .type = type,
                   .channel = channel,
                   .at_us = at_us,
                   .amount_minor = amount_minor,
                   .key = key});
}

void shop_stream(const shop_handle* shop, uint64_t first, uint64_t count,
                 uint32_t keys, uint32_t lines, uint64_t batch_rows,
                 ArrowArrayStream* out_stream) {
  trato::shop::MakeStream(
      trato::shop::MakeTable(shop->shop, first, count,
                             static_cast<trato::shop::Keys>(keys), lines != 0),
      batch_rows, out_stream);
}

}  // extern "C"
