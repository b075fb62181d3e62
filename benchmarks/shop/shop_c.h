/* Copyright 2026 The Trato Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The made-up shop (shop.h) for other languages: benchmarks/peers/shop.py. */

#ifndef TRATO_BENCHMARKS_SHOP_SHOP_C_H_
#define TRATO_BENCHMARKS_SHOP_SHOP_C_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHOP_WHOLE_SECONDS 1u
#define SHOP_CORRECTED 2u
#define SHOP_LINKED 4u

typedef struct shop_handle shop_handle;

shop_handle *shop_new(uint64_t interactions, uint64_t seed, uint32_t flags);
void shop_free(shop_handle *shop);
uint32_t shop_customers(const shop_handle *shop);
uint32_t shop_person(const shop_handle *shop, uint32_t customer);
/* Customer number i of a fixed random series, as the timelines are asked. */
uint32_t shop_asked(const shop_handle *shop, uint64_t i);
/* A column that is NULL is left out. */
void shop_fill(const shop_handle *shop, uint64_t first, uint64_t count,
               uint32_t *customer, uint8_t *type, uint8_t *channel,
               int64_t *at_us, int64_t *amount_minor, uint64_t *key);

/* Gives rows as an Arrow stream that owns them; keys: 0 none, 1 of what is
 * corrected, 2 all. batch_rows is a multiple of 8. */
struct ArrowArrayStream;
void shop_stream(const shop_handle *shop, uint64_t first, uint64_t count,
                 uint32_t keys, uint32_t lines, uint64_t batch_rows,
                 struct ArrowArrayStream *out_stream);

#ifdef __cplusplus
}
#endif

#endif /* TRATO_BENCHMARKS_SHOP_SHOP_C_H_ */
