// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A match makes no memory once its thread has matched before: what the library
// asks malloc for is counted, as this program's malloc is the one it finds.

#include <errno.h>
#include <stddef.h>

#include "check.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    !defined(__GLIBC__)
#define COUNTS 0
#else
#define COUNTS 1
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
#endif

static volatile int counting = 0;
static volatile unsigned long made = 0;

#if COUNTS
void *malloc(size_t size) {
  made += (unsigned long)counting;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  made += (unsigned long)counting;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  made += (unsigned long)counting;
  return __libc_realloc(memory, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  made += (unsigned long)counting;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void **out, size_t alignment, size_t size) {
  made += (unsigned long)counting;
  *out = __libc_memalign(alignment, size);
  return *out == NULL ? ENOMEM : 0;
}
#endif

#define CUSTOMERS 60
#define OFFERS 200

static void define_offers(trato_store *store) {
  const trato_str product = str("tea");
  CHECK_OK(trato_channel_define(store, str("page"), str(""), str(""), NOW, NULL,
                                &error));
  for (int i = 0; i < OFFERS; ++i) {
    char name[16];
    char condition[128];
    snprintf(name, sizeof(name), "o%d", i);
    snprintf(condition, sizeof(condition),
             i % 3 == 0 ? "interactions('purchase').within('%dd').count() >= 1"
             : i % 3 == 1
                 ? "interactions('purchase').sum(i, i.amount) > money('%d', 'GBP')"
                 : "interactions('purchase').recency() < duration('%dh')",
             30 * (i + 1));
    trato_offer offer = TRATO_OFFER_INIT;
    offer.name = str(name);
    offer.products = &product;
    offer.product_count = 1;
    offer.value_minor = 100 + i;
    offer.stock = 5 + i;
    offer.eligibility = str(condition);
    CHECK_OK(trato_offer_define(store, &offer, NOW, NULL, &error));
  }
  trato_contact_policy policy = TRATO_CONTACT_POLICY_INIT;
  policy.name = str("often enough");
  policy.at_most = 4;
  policy.within = str("7d");
  CHECK_OK(trato_contact_policy_define(store, &policy, NOW, NULL, &error));
}

static size_t match_all(const trato_store *store) {
  size_t found_in_all = 0;
  for (int i = 0; i < CUSTOMERS; ++i) {
    char name[24];
    snprintf(name, sizeof(name), "shop:%d", i);
    trato_match matches[8];
    size_t found = 0;
    if (trato_offer_match(store, str(name), NOW, NULL, matches, 8, &found,
                          &error) != TRATO_OK) {
      return 0;
    }
    found_in_all += found;
  }
  return found_in_all;
}

int main(void) {
  trato_store *store = open_memory();
  for (int i = 0; i < CUSTOMERS; ++i) {
    char name[24];
    snprintf(name, sizeof(name), "shop:%d", i);
    for (int j = 0; j <= i % 7; ++j) {
      buy(store, name, NOW - (int64_t)(j * 11 + i) * DAY, j % 2 ? "tea" : "cup",
          480 + i);
    }
  }
  define_offers(store);
  for (int i = 0; i < CUSTOMERS; i += 5) {
    char name[24];
    snprintf(name, sizeof(name), "shop:%d", i);
    trato_decision decision;
    trato_match_options options = TRATO_MATCH_OPTIONS_INIT;
    options.channel = str("page");
    CHECK_OK(trato_offer_decide(store, str(name), NOW, &options, NULL,
                                &decision, &error));
  }
  const size_t before = match_all(store);
  CHECK(before > CUSTOMERS);
  counting = 1;
  const size_t after = match_all(store);
  counting = 0;
  CHECK(after == before);
  if (COUNTS) {
    if (made != 0) fprintf(stderr, "%lu allocations\n", made);
    CHECK(made == 0);
    // It would see one.
    counting = 1;
    void *volatile memory = malloc(1);
    counting = 0;
    free(memory);
    CHECK(made == 1);
  } else {
    printf("skipped: allocations are counted with glibc and no sanitizer\n");
  }
  CHECK_OK(trato_store_close(store, &error));
  return check_done();
}
