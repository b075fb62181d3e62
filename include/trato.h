/*
 * Trato: an embeddable customer engine. This header is the whole C interface
 * and its manual.
 *
 * Copyright 2026 The Trato Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * CONVENTIONS
 *
 * 1. A call returns a trato_status: TRATO_OK, or a canonical code that says
 *    what kind of failure it was. The last parameter is always a trato_error
 *    that the caller owns, or NULL; it is written only when the call fails.
 *    A failed call leaves the store as it was.
 * 2. Parameters come in one order: receiver, inputs, now_us, options, outputs
 *    (out_...), error. NULL options mean the defaults.
 * 3. Text is a trato_str: UTF-8, with a length. What a call is given is
 *    borrowed for the call only; the library copies what it keeps.
 * 4. What a call hands out belongs to the caller and ends with its _dispose,
 *    _destroy or _close, which accept NULL. Handles may end in any order: a
 *    timeline may outlive the store it came from.
 * 5. A struct that the caller fills starts with struct_size; start from its
 *    _INIT value. Such structs grow at the end only. Structs without
 *    struct_size are frozen for ever.
 * 6. The library reads no clock, starts no thread, prints nothing and never
 *    aborts on input. Every call that writes, decides or answers takes
 *    `now_us`; all times are microseconds since 1970-01-01T00:00:00Z, years 1
 *    to 9999. A fact dated after `now_us` is invisible until then.
 * 7. A customer is named by any identifier, written `namespace:value`, for
 *    example "shop:12748" or "email:ada@example.org".
 * 8. One writing call is one transaction: all of its facts are stored, or none.
 *
 * THREADS
 *
 *   trato_store            any thread, concurrently. Functions that take a
 *                          const trato_store run in parallel with each other;
 *                          the others take turns. Readers see a whole
 *                          transaction or none of it.
 *   trato_timeline,        one thread at a time; make one per thread.
 *   trato_members,
 *   trato_buf, trato_error
 *   callbacks              are called on the calling thread and must not call
 *                          the same store.
 *
 * A process that was forked off must not use its parent's handles; a write is
 * refused there (FAILED_PRECONDITION).
 *
 * ERRORS
 *
 * "Errors:" names what a function adds to these, which all may give:
 *   INVALID_ARGUMENT     a pointer that must not be NULL, text that is not
 *                        UTF-8, a struct_size that no version had, a malformed
 *                        name
 *   OUT_OF_RANGE         a time outside the years 1 to 9999, or before the
 *                        earliest that retention has left (chapter 6); an
 *                        amount outside 64 bits
 *   UNIMPLEMENTED        a field set that this version does not know
 *   NOT_FOUND            a `customer` of whom nothing is known at now_us
 *   FAILED_PRECONDITION  a `customer` given by an identifier of several
 *   RESOURCE_EXHAUSTED   memory or, when writing, the disk is full
 *   UNAVAILABLE          the file cannot be read or written; after a failed
 *                        write the handle writes nothing more, close it and
 *                        open the store again
 *
 * LIMITS
 *
 * Names of attributes, fields and namespaces are a-z, 0-9 and _, from a letter;
 * other names are text without control characters. Names have up to 128 bytes;
 * identifiers, keys, actors, sources and batches up to 1,024; texts up to
 * 1 MiB; expressions up to 64 KiB and 100 levels; an interaction up to 100,000
 * lines and 1,000 fields, of which one call records up to 16,777,216. Segments
 * use each other up to 8 deep. One call writes up to 512 MiB.
 */
#ifndef TRATO_H
#define TRATO_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define TRATO_API
#else
#define TRATO_API __attribute__((visibility("default")))
#endif
#if defined(__GNUC__) || defined(__clang__)
#define TRATO_NODISCARD __attribute__((warn_unused_result))
#else
#define TRATO_NODISCARD
#endif
#ifdef __cplusplus
#define TRATO_NOEXCEPT noexcept
extern "C" {
#else
#define TRATO_NOEXCEPT
#endif

/* ---------------------------------------------------------------------------
 * 1. Version
 */

#define TRATO_VERSION_MAJOR 1
#define TRATO_VERSION_MINOR 0
#define TRATO_VERSION_PATCH 0
/* major * 10000 + minor * 100 + patch: what the program was compiled with. */
#define TRATO_VERSION_NUMBER 10000

/* The version of the library that is running, as TRATO_VERSION_NUMBER. */
TRATO_API uint32_t trato_version(void) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 2. Text and buffers
 */

/* Borrowed UTF-8 text. data may be NULL when size is 0. */
typedef struct trato_str {
  const char *data;
  size_t size;
} trato_str;

/* A view of a NUL-terminated string; NULL gives the empty text. */
TRATO_API trato_str trato_cstr(const char *text) TRATO_NOEXCEPT;

/* Bytes made by the library, owned by the caller. data ends with a NUL that
 * size does not count. Dispose before it is used again as an output. */
typedef struct trato_buf {
  char *data;
  size_t size;
} trato_buf;

#define TRATO_BUF_INIT \
  { NULL, 0 }

/* Frees the bytes and empties *buf. */
TRATO_API void trato_buf_dispose(trato_buf *buf) TRATO_NOEXCEPT;

/* 128 bits that name a fact or a customer; shown as 32 hexadecimal digits. */
typedef struct trato_id {
  uint8_t bytes[16];
} trato_id;

/* ---------------------------------------------------------------------------
 * 3. Status and error
 */

/* The canonical status codes of gRPC and Abseil, with the same numbers. */
typedef int32_t trato_status;
#define TRATO_OK 0
#define TRATO_CANCELLED 1
#define TRATO_UNKNOWN 2
#define TRATO_INVALID_ARGUMENT 3
#define TRATO_DEADLINE_EXCEEDED 4
#define TRATO_NOT_FOUND 5
#define TRATO_ALREADY_EXISTS 6
#define TRATO_PERMISSION_DENIED 7
#define TRATO_RESOURCE_EXHAUSTED 8
#define TRATO_FAILED_PRECONDITION 9
#define TRATO_ABORTED 10
#define TRATO_OUT_OF_RANGE 11
#define TRATO_UNIMPLEMENTED 12
#define TRATO_INTERNAL 13
#define TRATO_UNAVAILABLE 14
#define TRATO_DATA_LOSS 15
#define TRATO_UNAUTHENTICATED 16

/* What went wrong. message is one line that names the field and the thing, and
 * never an attribute's value. line and column (from 1, in characters) point
 * into an expression where the failure is about one, otherwise they are 0. */
typedef struct trato_error {
  uint32_t struct_size;
  trato_status code;
  uint32_t line;
  uint32_t column;
  char message[496];
} trato_error;

#define TRATO_ERROR_INIT \
  { sizeof(trato_error), TRATO_OK, 0, 0, "" }

/* The name of a code, such as "NOT_FOUND"; "UNKNOWN" for a number without. */
TRATO_API const char *trato_status_name(trato_status status) TRATO_NOEXCEPT;

/* Copies the line of `text` that the error points at and, below it, a caret
 * under the place; nothing when the error points at no place. */
TRATO_API TRATO_NODISCARD trato_status
trato_error_excerpt(const trato_error *failed, trato_str text,
                    trato_buf *out_excerpt, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 4. The store
 */

/* A log of facts, and everything that follows from it. */
typedef struct trato_store trato_store;

#define TRATO_OPEN_OR_CREATE 0u
#define TRATO_OPEN_EXISTING 1u
#define TRATO_CREATE_NEW 2u
#define TRATO_OPEN_READ 3u /* to read, also while another process writes */

/* Runs task(task_context, i) for each i below count, in any order and on any
 * threads, and returns when all are done. */
typedef void (*trato_task_fn)(void *task_context, size_t index);
typedef void (*trato_run_fn)(void *context, trato_task_fn task,
                             void *task_context, size_t count);

typedef struct trato_store_options {
  uint32_t struct_size;
  uint32_t mode;         /* TRATO_OPEN_OR_CREATE, _EXISTING, TRATO_CREATE_NEW or
                            TRATO_OPEN_READ */
  trato_str zone;        /* IANA time zone of a new store; empty: UTC */
  trato_str currency;    /* ISO 4217 code of a new store; empty: EUR */
  uint64_t memory_limit; /* bytes of sealed interactions and records to keep in
                            memory; what is over is read again when asked for;
                            0: no limit */
  trato_run_fn run;      /* spreads long work over threads of the host; NULL:
                            the calling thread does it all */
  void *run_context;
  trato_str erasures;    /* a list that trato_store_erasures gave: who was erased
                            since this file was copied is erased from it before
                            anything can be read; empty: none */
  trato_str key; /* 32 secret bytes of the host's, which the library keeps in
                    memory and never in the file; empty: none, see chapters
                    12 and 14 for what is not protected then */
  uint64_t seed; /* of what is drawn at random so that it can be drawn again;
                    codes and salts never come from it */
} trato_store_options;

#define TRATO_STORE_OPTIONS_INIT                                             \
  {                                                                          \
    sizeof(trato_store_options), TRATO_OPEN_OR_CREATE, {NULL, 0}, {NULL, 0}, \
        0, NULL, NULL, {NULL, 0}, {NULL, 0}, 0                               \
  }

/* Opens the store in the file `path`; an empty path makes a store in memory.
 * A zone or currency given for a store that exists must be the store's own.
 * While a store is open to be written, no other handle or process may open it
 * so; any number may open it with TRATO_OPEN_READ, see what is on disk at that
 * instant, and hold nobody up (the write-ahead log grows until they refresh or
 * close). A store that is damaged opens with TRATO_OPEN_READ alone: what is
 * undamaged can be read, a question that needs what is not gives DATA_LOSS, and
 * trato_store_verify tells what is damaged.
 * Errors: NOT_FOUND (no such file, with TRATO_OPEN_EXISTING), ALREADY_EXISTS
 *   (with TRATO_CREATE_NEW), FAILED_PRECONDITION (open elsewhere, or other
 *   settings), INVALID_ARGUMENT (not a store, unknown zone or currency),
 *   UNIMPLEMENTED (made by a newer version), DATA_LOSS (damaged),
 *   UNAVAILABLE (the file cannot be read or written).
 * Ownership: the caller closes *out_store with trato_store_close.
 * Cost: reads names, the facts that concern several records or none, and what
 * was written since the last seal; interactions, and what records say, are read
 * when they are asked for. Where a batch was taken back all facts are read that
 * are no interactions.
 */
TRATO_API TRATO_NODISCARD trato_status
trato_store_open(trato_str path, const trato_store_options *options,
                 trato_store **out_store, trato_error *error) TRATO_NOEXCEPT;

/* Makes durable what was written buffered, and ends the handle, which is gone
 * whatever the status. No other call with the handle may be under way or come
 * after it. NULL is allowed. */
TRATO_API trato_status trato_store_close(trato_store *store,
                                         trato_error *error) TRATO_NOEXCEPT;

/* Returns when everything written so far is on disk. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_flush(trato_store *store, trato_error *error) TRATO_NOEXCEPT;

/* Told from time to time how far long work is; another value than 0 cancels
 * it, and the store is as it was. `total` is 0 while it is not known. */
typedef int32_t (*trato_progress_fn)(void *context, uint64_t done,
                                     uint64_t total);

/* Seals what was written one by one into packed columns, and merges what was
 * sealed, in steps that each hold up a writer for some milliseconds and a
 * reader never. Does up to `steps` of them (0: all there are); *out_more (may
 * be NULL) is 1 when there is more to do. Writing does such steps by itself; a
 * host calls this where it has time. No answer changes. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_checkpoint(trato_store *store, uint32_t steps, uint32_t *out_more,
                       trato_error *error) TRATO_NOEXCEPT;

/* The last log position on disk, and a hash over all facts up to it, each
 * record's under a random salt of its own. Frozen. */
typedef struct trato_head {
  uint64_t position;
  uint8_t chain[32];
} trato_head;

/* Gives the head. A host that keeps it elsewhere can prove later, with
 * trato_store_verify, that nothing before it was rewritten. Syncs first. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_head(trato_store *store, trato_head *out_head,
                 trato_error *error) TRATO_NOEXCEPT;

/* 256 bits. Frozen. */
typedef struct trato_digest {
  uint8_t bytes[32];
} trato_digest;

/* A hash over everything that the store answers at now_us: settings,
 * definitions, each customer by public id with records, consents, attributes,
 * timeline and memberships, decisions, outcomes, coupons and suppression lists.
 * It does not depend on the
 * order in which facts arrived, on when they were recorded, or on how they are
 * stored: two stores that were told the same have the same digest.
 * Cost: one pass over everything. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_digest(const trato_store *store, int64_t now_us,
                   trato_digest *out_digest, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_verify_options {
  uint32_t struct_size;
  uint32_t rebuild;           /* 1: also derive everything anew and compare */
  const trato_head *head;     /* kept from earlier, or NULL */
  trato_progress_fn progress; /* counts bytes, at least once a MiB; a host that
                                 wants to go slower sleeps in it */
  void *progress_context;
} trato_verify_options;

#define TRATO_VERIFY_OPTIONS_INIT \
  { sizeof(trato_verify_options), 0, NULL, NULL, NULL }

/* Reads the whole file again and checks it: SQLite's structure, each checksum,
 * each block, and the chain from its beginning, also against a head that was
 * kept. The report is JSON: "ok", what was read, and under "damage" each thing
 * that is damaged, missing or rewritten with where it is and what it concerns.
 * A damaged store is no failure of the call: see "ok".
 * Errors: CANCELLED. Ownership: the caller disposes *out_report. */
TRATO_API TRATO_NODISCARD trato_status trato_store_verify(
    const trato_store *store, const trato_verify_options *options,
    trato_buf *out_report, trato_error *error) TRATO_NOEXCEPT;

/* Copies the store, as it is on disk at one instant, into a new file, while
 * others read and write. Buffered writes are synced first.
 * Errors: ALREADY_EXISTS (the path), CANCELLED, UNAVAILABLE. */
TRATO_API TRATO_NODISCARD trato_status trato_store_backup(
    trato_store *store, trato_str path, trato_progress_fn progress,
    void *progress_context, trato_error *error) TRATO_NOEXCEPT;

/* Takes in what the writing process made durable since this store was opened
 * with TRATO_OPEN_READ, or since the last refresh. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_refresh(trato_store *store, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_as_of {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  int64_t as_of_us;   /* only what happened by then; INT64_MAX: all */
  uint64_t known_at;  /* only what was recorded up to this log position;
                         UINT64_MAX: all */
} trato_as_of;

#define TRATO_AS_OF_INIT \
  { sizeof(trato_as_of), 0, INT64_MAX, UINT64_MAX }

/* Opens the store as it was: a store of its own that answers every question as
 * one that was told only the facts dated at or before as_of_us and recorded at
 * or before known_at. Definitions count by known_at alone. It can be read only
 * (writing: FAILED_PRECONDITION), does not change when the store is written to,
 * and may outlive its handle: the file stays in use until both are closed. One
 * that was taken of a store opened with TRATO_OPEN_READ is good until the next
 * refresh of that store.
 * Ownership: the caller closes *out_past with trato_store_close.
 * Cost: one pass over all facts but interactions, which are shared. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_as_of(const trato_store *store, const trato_as_of *as_of,
                  trato_store **out_past, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_fork_options {
  uint32_t struct_size;
  uint32_t reserved0;    /* 0 */
  uint64_t memory_limit; /* as in trato_store_options; 0: that of the store */
} trato_fork_options;

#define TRATO_FORK_OPTIONS_INIT \
  { sizeof(trato_fork_options), 0, 0 }

/* Forks the store: gives a store in memory that begins as this one is at its
 * present log position, with its zone, currency, key, seed and threads, and that
 * is asked and written to as any other. Nothing that is written to one of the
 * two shows in the other, and what is written to the fork is gone when it is
 * closed: change offers, policies or consents in it, decide, or ask
 * trato_decision_what_if, and throw it away. A fork can be forked again.
 * Blocks are not copied: the fork of a store with a file reads them from that
 * file as it is now, also when the store seals, merges or is closed; that of a
 * store in memory shares them. Buffered writes of the store are synced first.
 * Coupons that are redeemed in a fork are redeemed there only.
 * While a fork is open, the store erases nobody (FAILED_PRECONDITION), and a
 * store that is closed leaves its write-ahead log beside the file, to be folded
 * in when it is next opened to be written to.
 * `options` may be NULL.
 * Errors: FAILED_PRECONDITION (a view, a store of the past, a damaged one; one
 * opened with TRATO_OPEN_READ that is behind its file: refresh it first).
 * Ownership: the caller closes *out_fork with trato_store_close, before or after
 * the store. Cost: that of opening the file; of a store in memory, a pass over
 * all facts but interactions. */
TRATO_API TRATO_NODISCARD trato_status trato_store_fork(
    const trato_store *store, const trato_fork_options *options,
    trato_store **out_fork, trato_error *error) TRATO_NOEXCEPT;

/* A value of a tag: an attribute of customers of text with many values, such as
 * the owner, the unit or the territory. Frozen. */
typedef struct trato_tag {
  trato_str name;
  trato_str value;
} trato_tag;

typedef struct trato_view_options {
  uint32_t struct_size;
  uint32_t any;          /* 0: she has a value of each name among the tags;
                            1: one of all the tags is enough */
  const trato_tag *tags; /* tag_count of them, or NULL */
  size_t tag_count;
  trato_str filter; /* an expression that holds as well; may be empty */
} trato_view_options;

#define TRATO_VIEW_OPTIONS_INIT \
  { sizeof(trato_view_options), 0, NULL, 0, {NULL, 0} }

/* Opens a part of the store, for who may see that part only: a handle to the
 * same store that shows the customers who have the tags and for whom the filter
 * holds, at the now_us of each question. What it finds, lists, counts, tests,
 * matches and exports is of them; of everybody else nothing is known (NOT_FOUND),
 * and relations and links name no one else. A customer has the tags of all of
 * her records, so a link shows her to whoever saw one of them; where a filter
 * cannot be told she is not shown. Who may see what is the host's to decide: it
 * keeps the store to itself and gives out the view.
 *
 * A view can be read only, and refuses what is not of single customers or
 * limited by them (FAILED_PRECONDITION): info, digest, verify, backup, audit,
 * documents, reports of offers, decisions, coupons, batches, erasures,
 * suppression lists. Definitions are shown whole. A view of a view shows what
 * both show. One of the past is a view of what trato_store_as_of gives.
 * Errors: NOT_FOUND (undefined attribute), FAILED_PRECONDITION (one that is not
 *   of text with many values), INVALID_ARGUMENT (neither tags nor filter: that
 *   would show everybody; a filter, with line and column).
 * Ownership: the caller closes *out_view with trato_store_close, before or after
 *   the store.
 * Cost: one look at each tag and one evaluation of the filter for each customer
 *   that a question is about. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_view(const trato_store *store, const trato_view_options *options,
                 trato_store **out_view, trato_error *error) TRATO_NOEXCEPT;

/* What the store holds, as JSON: settings; what is recorded in all (log
 * position, facts, records, identifiers, segments, offers, decisions, coupons);
 * and, at now_us, customers and per type of interaction: interactions,
 * customers, lines, lines at price zero and the amount per currency, in minor
 * units and as text.
 * Ownership: the caller disposes *out_json. Cost: one pass over everything. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_info(const trato_store *store, int64_t now_us, trato_buf *out_json,
                 trato_error *error) TRATO_NOEXCEPT;

/* Reads an instant in ISO 8601: "2011-12-10", "2011-12-10 09:30[:15[.25]]",
 * with "T" or a space, in the store's zone unless "Z" or "+01:00" follows. A
 * time that a clock change skips or repeats is read with the offset in force
 * before the change. */
TRATO_API TRATO_NODISCARD trato_status
trato_time_parse(const trato_store *store, trato_str text, int64_t *out_us,
                 trato_error *error) TRATO_NOEXCEPT;

/* Writes an instant in the store's zone: "2011-12-10 09:30", with seconds and
 * microseconds where they are not zero.
 * Ownership: the caller disposes *out_text. */
TRATO_API TRATO_NODISCARD trato_status
trato_time_format(const trato_store *store, int64_t at_us, trato_buf *out_text,
                  trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 5. Writing: what all facts have in common
 */

/* As an event time: the call's now_us. */
#define TRATO_AT_NOW INT64_MIN

#define TRATO_SYNCED 0u /* the call returns when its facts are on disk */
#define TRATO_BUFFERED                                    \
  1u /* it returns at once; flush or close makes durable. \
        The next synced call does too, and so does the    \
        first write whose now_us is a second later. */

/* How a call writes, and who says so. */
typedef struct trato_write_options {
  uint32_t struct_size;
  uint32_t durability; /* TRATO_SYNCED or TRATO_BUFFERED */
  trato_str actor;     /* who did it: a user, a process; may be empty */
  trato_str source;    /* the system that says it; empty: "host" */
  trato_str batch;     /* the import or job it belongs to; may be empty */
} trato_write_options;

#define TRATO_WRITE_OPTIONS_INIT                                       \
  {                                                                    \
    sizeof(trato_write_options), TRATO_SYNCED, {NULL, 0}, {NULL, 0}, { \
      NULL, 0                                                          \
    }                                                                  \
  }

/* The id that a fact of this source and idempotency key has or will have, so
 * that others can refer to it before it arrives. */
TRATO_API TRATO_NODISCARD trato_status
trato_fact_id(trato_str source, trato_str key, trato_id *out_id,
              trato_error *error) TRATO_NOEXCEPT;

/* Takes a trato.v1.Definitions message (proto/trato/v1/definition.proto): all
 * of its definitions come into force, or none.
 * Errors: INVALID_ARGUMENT names the definition and the field. */
TRATO_API TRATO_NODISCARD trato_status trato_store_apply(
    trato_store *store, trato_str definitions, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 6. Customers: attributes, identifiers, links
 *
 * Who is who holds for all times: identifiers and links count whatever now_us.
 */

typedef uint32_t trato_value_kind;
#define TRATO_VALUE_NONE 0u
#define TRATO_VALUE_BOOL 1u      /* integer: 0 or 1 */
#define TRATO_VALUE_INT 2u       /* integer */
#define TRATO_VALUE_DOUBLE 3u    /* number, finite */
#define TRATO_VALUE_STRING 4u    /* text */
#define TRATO_VALUE_MONEY 5u     /* integer, in minor units of currency */
#define TRATO_VALUE_TIMESTAMP 6u /* integer, microseconds since 1970 UTC */

/* One typed value. Frozen. */
typedef struct trato_value {
  trato_value_kind kind;
  char currency[4]; /* ISO 4217, NUL-terminated; empty: the store's */
  int64_t integer;
  double number;
  trato_str text;
} trato_value;

#define TRATO_VALUE_INIT                    \
  {                                         \
    TRATO_VALUE_NONE, "", 0, 0, { NULL, 0 } \
  }

#define TRATO_OF_CUSTOMER 0u
#define TRATO_OF_INTERACTION 1u

/* Defines an attribute: what it belongs to (TRATO_OF_...), its type
 * (TRATO_VALUE_...) and what it means. A name is a-z, 0-9 and _, from a letter.
 * Defining it again may change the description; the type as
 * trato_attribute_define_as says, and all else stays.
 * Errors: ALREADY_EXISTS when it is defined with another type. */
TRATO_API TRATO_NODISCARD trato_status trato_attribute_define(
    trato_store *store, trato_str name, uint32_t subject, trato_value_kind kind,
    trato_str description, int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* A customer may have several values at once. */
#define TRATO_ATTRIBUTE_MANY 1u
/* It takes no values any more; what was said of it stays. */
#define TRATO_ATTRIBUTE_RETIRED 2u

/* How one value is found where several are said of a customer: the latest by
 * event time; that of the first of `sources` that says any; what most records
 * and sources say; the longest text. Where that leaves several, the latest. */
#define TRATO_RECONCILE_LATEST 0u
#define TRATO_RECONCILE_TRUSTED 1u
#define TRATO_RECONCILE_FREQUENT 2u
#define TRATO_RECONCILE_LONGEST 3u

/* Kept and given back for those who show or export values. */
#define TRATO_SENSITIVITY_ORDINARY 0u
#define TRATO_SENSITIVITY_CONFIDENTIAL 1u
#define TRATO_SENSITIVITY_SPECIAL             \
  2u /* of a special category, such as health \
      */

/* What a value is about beside the customer: what she has taught us per product
 * or need, such as sizes and standing instructions. */
#define TRATO_PER_NOTHING 0u
#define TRATO_PER_PRODUCT 1u
#define TRATO_PER_NEED 2u

/* An attribute with all that can be said of it. */
typedef struct trato_attribute_definition {
  uint32_t struct_size;
  uint32_t subject; /* TRATO_OF_...; of interactions: plain and latest only */
  trato_str name;
  trato_value_kind kind; /* TRATO_VALUE_... */
  uint32_t flags;        /* TRATO_ATTRIBUTE_MANY, TRATO_ATTRIBUTE_RETIRED */
  trato_str description;
  trato_str unit;           /* such as "kg"; may be empty */
  const trato_str *allowed; /* of strings: the values it may have; NULL: any */
  size_t allowed_count;
  uint32_t sensitivity;     /* TRATO_SENSITIVITY_... */
  uint32_t per;             /* TRATO_PER_... */
  uint32_t reconciliation;  /* TRATO_RECONCILE_...; of one value at a time */
  uint32_t reserved0;       /* 0 */
  const trato_str *sources; /* of TRATO_RECONCILE_TRUSTED, best first */
  size_t sources_count;
} trato_attribute_definition;

#define TRATO_ATTRIBUTE_DEFINITION_INIT                                       \
  {                                                                           \
    sizeof(trato_attribute_definition), TRATO_OF_CUSTOMER, {NULL, 0},         \
        TRATO_VALUE_NONE, 0, {NULL, 0}, {NULL, 0}, NULL, 0, 0, 0, 0, 0, NULL, \
        0                                                                     \
  }

/* Defines an attribute, or defines it anew. It may become wider: of customers,
 * one value many, and whole numbers numbers with decimals, which whole numbers
 * go on being taken for; what was said before counts as it would now. Type, many
 * and per do not change otherwise. The rest may at any time: what is allowed
 * binds values to come, and answers follow the reconciliation at once.
 * Errors: ALREADY_EXISTS when it is defined with another type, many or per,
 *   FAILED_PRECONDITION when it is to be retired and a segment or an offer
 *   reads it, or to become wider and one cannot read it so: the message names
 *   it. */
TRATO_API TRATO_NODISCARD trato_status trato_attribute_define_as(
    trato_store *store, const trato_attribute_definition *definition,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* All attributes that are defined, as a JSON list.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_attribute_list(const trato_store *store, trato_buf *out_json,
                     trato_error *error) TRATO_NOEXCEPT;

#define TRATO_DEFINITION_ATTRIBUTE 0u
#define TRATO_DEFINITION_FIELD 1u /* of interactions */
#define TRATO_DEFINITION_INTERACTION_TYPE 2u
#define TRATO_DEFINITION_RELATION 3u
#define TRATO_DEFINITION_SEGMENT 4u
#define TRATO_DEFINITION_CHANNEL 5u
#define TRATO_DEFINITION_PURPOSE 6u
#define TRATO_DEFINITION_NAMESPACE 7u /* of identifiers */

/* Gives an attribute, a field, an interaction type, a relation (either of its
 * two names), a segment, a channel or a purpose (TRATO_DEFINITION_...) another
 * name. Answers, listings and exports use the new one, of facts from before as well; the former names go on meaning it wherever
 * a host or an expression uses them, and nothing else can be called so. What
 * depends on it (trato_definition_dependents) needs no change. Naming it as it
 * was called before takes that back. In an expression the texts `type` and
 * `channel` of an interaction stay the names with which these were defined; to be
 * compared with, any of their names will do.
 * A namespace keeps its name: ids of records, suppression lists and lists of
 * erasures are hashes of namespace:value, which hosts make ahead and keep outside
 * of the store, so that another name would be of somebody else. Define the new
 * one, claim its identifiers for the same records (both find them), and retire
 * the former.
 * Errors: NOT_FOUND (not defined), ALREADY_EXISTS (the new name is or was that
 *   of another one), UNIMPLEMENTED (a namespace). */
TRATO_API TRATO_NODISCARD trato_status trato_definition_rename(
    trato_store *store, uint32_t kind, trato_str name, trato_str new_name,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* Retires a definition (retired 1), or takes that back (0); of a segment it is
 * trato_segment_enable. What is retired takes nothing new, and all that was said stays: an
 * attribute or a field no values, an interaction type or a channel no
 * interactions (corrections may go on), a relation none that begins, a purpose or
 * a channel no grants of consent and no new offers (who refuses is heard for
 * ever), a namespace no further claims of identifiers.
 * Errors: NOT_FOUND (not defined), FAILED_PRECONDITION (a segment or an offer
 *   reads it, which the message names: trato_definition_dependents lists all),
 *   INVALID_ARGUMENT. */
TRATO_API TRATO_NODISCARD trato_status trato_definition_retire(
    trato_store *store, uint32_t kind, trato_str name, uint32_t retired,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* What depends on a definition, as JSON: the names of "segments" and "offers"
 * whose conditions read it, also by way of other segments (of a namespace those
 * that name one of its records), and which rules of "retention" name it. Ask
 * before you change it.
 * Errors: NOT_FOUND (not defined). Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_definition_dependents(
    const trato_store *store, uint32_t kind, trato_str name,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Of many values this one is taken away. */
#define TRATO_ATTRIBUTE_REMOVED 1u
/* It was concluded, by a model or a rule, and not told. */
#define TRATO_ATTRIBUTE_INFERRED 2u

/* What a record says of its customer from at_us on. Of an attribute with many
 * values it adds one. */
typedef struct trato_attribute {
  uint32_t struct_size;
  uint32_t flags;     /* TRATO_ATTRIBUTE_REMOVED, TRATO_ATTRIBUTE_INFERRED */
  int64_t at_us;      /* event time; TRATO_AT_NOW */
  trato_str customer; /* names the record; it comes to exist with this fact */
  trato_str name;
  trato_value value; /* of kind TRATO_VALUE_NONE: takes the attribute away */
  trato_str key;     /* idempotency key; may be empty */
  trato_str about;   /* the product or need, of an attribute per these */
  double strength;   /* of an interest or a need, up to 1; 0: not said */
} trato_attribute;

#define TRATO_ATTRIBUTE_INIT                                        \
  {                                                                 \
    sizeof(trato_attribute), 0, TRATO_AT_NOW, {NULL, 0}, {NULL, 0}, \
        TRATO_VALUE_INIT, {NULL, 0}, {NULL, 0}, 0                   \
  }

/* Records one version of an attribute. Versions are ordered by event time,
 * whatever the order of their arrival.
 * Errors: NOT_FOUND (undefined attribute), INVALID_ARGUMENT (wrong type, a
 *   value that is not allowed, `about` missing or out of place). */
TRATO_API TRATO_NODISCARD trato_status
trato_attribute_set(trato_store *store, const trato_attribute *attribute,
                    int64_t now_us, const trato_write_options *options,
                    trato_id *out_fact, trato_error *error) TRATO_NOEXCEPT;

/* The versions of an attribute of a customer up to now_us, in their order, as a
 * JSON list: value, since when, source, record, fact, whether it was inferred,
 * and whether it is in force.
 * Errors: NOT_FOUND (also: undefined attribute).
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_attribute_history(
    const trato_store *store, trato_str customer, trato_str name,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

typedef uint32_t trato_customer_kind;
#define TRATO_KIND_UNKNOWN 0u
#define TRATO_KIND_PERSON 1u
#define TRATO_KIND_ORGANISATION 2u
#define TRATO_KIND_ANONYMOUS 3u /* a visitor or device; nobody knows who */

/* Says what the record `customer` is, from at_us (TRATO_AT_NOW) on; the record
 * comes to exist with this fact. A customer of several records is what the last
 * of them says by event time, and anonymous only when all are. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_set_kind(
    trato_store *store, trato_str customer, trato_customer_kind kind,
    int64_t at_us, int64_t now_us, const trato_write_options *options,
    trato_id *out_fact, trato_error *error) TRATO_NOEXCEPT;

/* Records that claim the same identifier are one customer. */
#define TRATO_NAMESPACE_UNIQUE 1u
/* A customer has one of its identifiers only, as of passports or tax numbers.
 * Records with different ones are not joined by identifiers that are not single
 * themselves, and linking them by hand is refused (TRATO_GUARD_SINGLE). */
#define TRATO_NAMESPACE_SINGLE 2u

/* What identifiers of a namespace, the part before the colon, say of who is
 * who. */
typedef struct trato_namespace {
  uint32_t struct_size;
  uint32_t flags;       /* TRATO_NAMESPACE_... */
  trato_str name;       /* a-z, 0-9 and _, from a letter */
  uint32_t max_records; /* an identifier that more records claim is a hub, such
                           as a switchboard's number: it joins nothing; 0: 100,
                           UINT32_MAX: no limit */
  uint32_t reserved0;   /* 0 */
} trato_namespace;

#define TRATO_NAMESPACE_INIT \
  { sizeof(trato_namespace), 0, {NULL, 0}, 0, 0 }

/* Defines a namespace, or defines it anew: customers follow at once. Namespaces
 * that are not defined join nothing. */
TRATO_API TRATO_NODISCARD trato_status trato_namespace_define(
    trato_store *store, const trato_namespace *name_space, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* The same with unique alone: whether it is single and its limit for hubs stay
 * as they were defined, or are as for all. */
TRATO_API TRATO_NODISCARD trato_status trato_identifier_define(
    trato_store *store, trato_str name_space, uint32_t unique, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Says that the record `customer` also goes by `identifier`, both written
 * namespace:value. */
TRATO_API TRATO_NODISCARD trato_status trato_identifier_claim(
    trato_store *store, trato_str customer, trato_str identifier,
    int64_t now_us, const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* What speaks against a link, as bits that trato_link may be told to override:
 * the two are kept apart; their identifiers of a single namespace differ; one
 * is a person and one an organisation; the customer would have more than 1,000
 * records. */
#define TRATO_GUARD_APART 1u
#define TRATO_GUARD_SINGLE 2u
#define TRATO_GUARD_KIND 4u
#define TRATO_GUARD_SIZE 8u

/* Says that two records are one customer. Timeline, attributes, segments and
 * coupons follow at once; the public id is the smaller one, the other stays
 * valid. Linking what is linked does nothing. The fact keeps who said it
 * (options), why (reason, may be empty) and when.
 * Errors: NOT_FOUND (no such record), FAILED_PRECONDITION (a guard that is not
 *   in `overridden` refuses, the message says which; or it would make one
 *   customer of two other records that are kept apart, which it names). */
TRATO_API TRATO_NODISCARD trato_status trato_link(
    trato_store *store, trato_str one, trato_str other, trato_str reason,
    uint32_t overridden, int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* Takes a link back: each customer gets back exactly what it had, and nothing
 * is said of the pair any more. Where unique identifiers join the two beside
 * the link, or without one, they are kept apart, as trato_cannot_link does.
 * Unlinking two customers does nothing.
 * Errors: NOT_FOUND (no such record), FAILED_PRECONDITION (they would still be
 *   joined by a link to a third record, which the message names). */
TRATO_API TRATO_NODISCARD trato_status trato_unlink(
    trato_store *store, trato_str one, trato_str other, trato_str reason,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* Says that two records are never to be one customer, whatever identifiers
 * they share: where these join the two, directly or by way of others, the
 * identifiers of both, and of records linked to them, join nothing. A link of
 * the two that overrides TRATO_GUARD_APART ends it.
 * Errors: as trato_unlink. */
TRATO_API TRATO_NODISCARD trato_status trato_cannot_link(
    trato_store *store, trato_str one, trato_str other, trato_str reason,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* What linking two records would do, as JSON, without doing it: whether it is
 * "allowed", and under "objections" each guard that refuses, whether it can be
 * overridden, and why; "one" and "other", the customers as they are;
 * "customer", the joined one, as trato_customer_get gives it; under
 * "attributes" what each side says and what would hold, with the record that
 * wins; under "consents" the purposes and channels of which the states of the
 * two and of the joined customer differ; and the segments "gained" that neither
 * is in, and "lost".
 * Ownership: the caller disposes *out_json. Thread: safe concurrently.
 * Cost: as three trato_customer_get. */
TRATO_API TRATO_NODISCARD trato_status trato_link_preview(
    const trato_store *store, trato_str one, trato_str other, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Nobody is above herself along it, as along parent companies: what would close
 * a circle is refused. */
#define TRATO_RELATION_ACYCLIC 1u

/* A kind of relation between two customers, named from both sides: she is
 * "employee_of" them, who "employ" her. */
typedef struct trato_relation_definition {
  uint32_t struct_size;
  uint32_t flags;    /* TRATO_RELATION_ACYCLIC */
  trato_str name;    /* a-z, 0-9 and _, from a letter */
  trato_str inverse; /* empty or the name: without direction, as a household */
  trato_str description;
} trato_relation_definition;

#define TRATO_RELATION_DEFINITION_INIT                                      \
  {                                                                         \
    sizeof(trato_relation_definition), 0, {NULL, 0}, {NULL, 0}, { NULL, 0 } \
  }

/* Defines a relation, or defines it anew: whether it has a direction never
 * changes.
 * Errors: ALREADY_EXISTS (the other direction, or a name that another relation
 *   has). */
TRATO_API TRATO_NODISCARD trato_status trato_relation_define(
    trato_store *store, const trato_relation_definition *relation,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* All relations that are defined, as a JSON list.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_relation_list(const trato_store *store, trato_buf *out_json,
                    trato_error *error) TRATO_NOEXCEPT;

/* The relation ends at at_us. */
#define TRATO_RELATION_ENDED 1u

/* Two records are related, from at_us on. */
typedef struct trato_relation {
  uint32_t struct_size;
  uint32_t flags;     /* TRATO_RELATION_ENDED */
  int64_t at_us;      /* event time; TRATO_AT_NOW */
  trato_str customer; /* a record; both come to exist with this fact */
  trato_str relation; /* its name or, seen from `customer`, its inverse */
  trato_str other;    /* another record */
  trato_str key;      /* idempotency key; may be empty */
} trato_relation;

#define TRATO_RELATION_INIT                                                   \
  {                                                                           \
    sizeof(trato_relation), 0, TRATO_AT_NOW, {NULL, 0}, {NULL, 0}, {NULL, 0}, \
    {                                                                         \
      NULL, 0                                                                 \
    }                                                                         \
  }

/* Says that two records are related, or that it ended. It is one relation from
 * whichever side it is said; links carry it to the customers and give it back.
 * Errors: NOT_FOUND (undefined relation), INVALID_ARGUMENT (a record and
 *   itself), FAILED_PRECONDITION (a customer and herself, or a circle, which
 *   the message names), RESOURCE_EXHAUSTED (more than 10,000 above). */
TRATO_API TRATO_NODISCARD trato_status
trato_relation_set(trato_store *store, const trato_relation *relation,
                   int64_t now_us, const trato_write_options *options,
                   trato_id *out_fact, trato_error *error) TRATO_NOEXCEPT;

/* The customers that are reached from one by going along a relation (its name,
 * or its inverse for the other direction) up to `levels` times, 0: as far as it
 * goes: a JSON list of names, ids and levels, the nearest first, each once, up
 * to 10,000. Circles end where they began.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_customer_related(const trato_store *store, trato_str customer,
                       trato_str relation, uint32_t levels, int64_t now_us,
                       trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* The public id of the customer that goes by an identifier. The cheapest
 * question about a customer, to be asked in the host's own paths.
 * Errors: NOT_FOUND; FAILED_PRECONDITION when several customers have it.
 * Cost: that of finding the identifier and of one hash. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_resolve(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_id *out_id, trato_error *error) TRATO_NOEXCEPT;

/* One customer as JSON: public id, kind, records, identifiers, the links and
 * cannot-links of its records with who said them, when and why, attributes in
 * force at now_us with source and date, under "taught" those about a product or
 * need, relations as seen from her side, the objection in force and the answer
 * for every purpose and channel of which anything was said (as
 * trato_consent_show), segments, interactions by type, the coupons issued by
 * then. Errors: NOT_FOUND; FAILED_PRECONDITION when the
 * identifier is not unique and names several customers. Ownership: the caller
 * disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_customer_get(const trato_store *store, trato_str customer, int64_t now_us,
                   trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* A record of a customer. Frozen. */
typedef struct trato_customer_record {
  trato_id id;
  trato_str name;
} trato_customer_record;

/* A value that holds of a customer, and who says it. Frozen. */
typedef struct trato_customer_value {
  trato_str name;  /* of the attribute */
  trato_str about; /* the product or need; empty: nothing but the customer */
  trato_value value;
  int64_t since_us;
  trato_str source;
  trato_str record; /* that says it */
  double strength;  /* 0: not said */
  uint32_t flags;   /* TRATO_ATTRIBUTE_INFERRED */
  uint32_t reserved0;
} trato_customer_value;

/* What her records say of one customer. The library makes it, so it may grow at
 * its end; a host only reads it. */
typedef struct trato_customer {
  trato_id id; /* public */
  trato_customer_kind kind;
  uint32_t restricted; /* 1: see trato_customer_restrict */
  const trato_customer_record *records; /* by id: the first gives the public id,
                                           the others are its aliases */
  size_t record_count;
  const trato_str *identifiers; /* that her records claim beside their names,
                                   in order of their bytes, each once */
  size_t identifier_count;
  const trato_customer_value *values; /* in force, in order of name and about; of
                                         many values in order of event time */
  size_t value_count;
} trato_customer;

/* Reads one customer in structs: what trato_customer_get says of who she is and
 * of her attributes, for the host's own paths. What it gives is one piece of
 * memory, which does not change and may outlive the store.
 * Errors: as trato_customer_get. Ownership: the caller ends *out_customer with
 * trato_customer_destroy. Thread: any number may read it. Cost: some 4 us with
 * ten attributes in memory. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_read(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_customer **out_customer, trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_customer_destroy(trato_customer *customer) TRATO_NOEXCEPT;

/* Takes everything about a customer out of the store: all of her records, their
 * attributes, identifiers, interactions, links, decisions and coupons, names
 * and texts that nobody else uses, and the bytes of all that in the file, in
 * its free pages and in its log. Everybody else stays as they are. The log says
 * that somebody was erased and when, and not who, but for a hash of each
 * record's name, by which a backup can be told; `reason` is kept as it is given.
 * Where she objected to direct marketing, the list "objections" keeps her
 * identifiers as hashes, so that she is not contacted after a later import.
 * The chain still verifies, and shows an erasure. Somebody who comes back later
 * under the same name is somebody new.
 * *out_receipt is JSON: erasure (its id), at, records, facts and interactions
 * that went, log_position, and purged, which is false while another process
 * still reads what was there before: then the file's log keeps the bytes until
 * a later erasure, or until the store was closed by everybody.
 * Backups, exports and what other processes hold are the host's to see to: keep
 * what trato_store_erasures gives apart from the store, and open a backup with
 * it.
 * Errors: NOT_FOUND; FAILED_PRECONDITION while a store of the past is open, or
 *   when the identifier names several customers.
 * Ownership: the caller disposes *out_receipt.
 * Cost: a seal, reading the facts that are no interactions, writing the blocks
 *   that she lies in, and reading the store anew. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_erase(
    trato_store *store, trato_str customer, trato_str reason, int64_t now_us,
    const trato_write_options *options, trato_buf *out_receipt,
    trato_error *error) TRATO_NOEXCEPT;

/* All erasures as lines of text: for each its id, its instant in microseconds
 * and a hash of each record's name. Without a key of the host's (see
 * trato_store_options) whoever guesses a name can find it in the list.
 * Ownership: the caller disposes *out_text. */
TRATO_API TRATO_NODISCARD trato_status
trato_store_erasures(const trato_store *store, trato_buf *out_text,
                     trato_error *error) TRATO_NOEXCEPT;

/* What rules of retention are about. */
#define TRATO_RETAIN_INTERACTIONS 0u /* of a type */
#define TRATO_RETAIN_ATTRIBUTE 1u    /* what was said of an attribute */
#define TRATO_RETAIN_GRANTS 2u       /* consent granted to a purpose */
#define TRATO_RETAIN_DECISIONS 3u    /* with their outcomes; the name is "*" */

/* How long facts of a kind are kept, and what for. */
typedef struct trato_retention {
  uint32_t struct_size;
  uint32_t kind;     /* TRATO_RETAIN_... */
  trato_str name;    /* of the type, attribute or purpose; "*": every one that
                        has no rule of its own */
  trato_str purpose; /* what they are kept for, one that is defined; may be
                        empty */
  trato_str keep;    /* a span as in expressions, such as "2y"; empty: the rule
                        ends */
} trato_retention;

#define TRATO_RETENTION_INIT \
  { sizeof(trato_retention), 0, {NULL, 0}, {NULL, 0}, {NULL, 0} }

/* Defines a rule, or redefines the one of the same kind, name and purpose. A
 * fact is kept as long as any rule for its kind and name keeps it; what no rule
 * is for is kept for ever, and so are, whatever the rules, refusals and
 * objections, restrictions, identifiers, links, coupons and definitions. A rule
 * alone removes nothing: see trato_retention_apply.
 * Errors: NOT_FOUND (undefined type, attribute or purpose), INVALID_ARGUMENT (a
 *   malformed span). */
TRATO_API TRATO_NODISCARD trato_status trato_retention_define(
    trato_store *store, const trato_retention *rule, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* The rules in force, with the instant from which on each keeps what it is for
 * at now_us, and under "earliest" the one before which reads are refused, null
 * where nothing was taken out yet, as JSON.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_retention_list(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Takes out what happened longer ago than the rules keep it, of everybody, as
 * an erasure does: from the facts, the bytes of the file, its free pages and its
 * log; the chain still verifies and shows that something went. Of what was said
 * of an attribute it takes also what is in force still. A correction goes with
 * its interaction, by what that was in truth. Of whom no fact is left the name
 * goes as well.
 * From then on the store does not tell what was before the latest instant up to
 * which anything went: to be asked as of then, or at such a now_us, is
 * OUT_OF_RANGE.
 * *out_report is JSON: dry_run, facts and interactions that went (with dry_run
 * 1: that would), by_kind, earliest, log_position and purged (as of
 * trato_customer_erase; null where nothing went).
 * Errors: FAILED_PRECONDITION (no rule is defined; a store of the past is open).
 * Ownership: the caller disposes *out_report.
 * Cost: one pass over everything; where something goes, a seal, writing the
 *   blocks that it lies in, and reading the store anew; what concerns the
 *   records of which something goes is held in memory meanwhile. */
TRATO_API TRATO_NODISCARD trato_status trato_retention_apply(
    trato_store *store, uint32_t dry_run, trato_str reason, int64_t now_us,
    const trato_write_options *options, trato_buf *out_report,
    trato_error *error) TRATO_NOEXCEPT;

/* How people look for an attribute of text, or for the identifiers of a
 * namespace. By name means, where a part of the name (between underscores) is
 *   phone, telephone, tel, mobile, cell or fax        TRATO_SEARCH_TELEPHONE
 *   for an attribute: name, surname, firstname,       TRATO_SEARCH_TEXT
 *     lastname, fullname, nickname, alias, company,
 *     organisation, organization, email, mail or
 *     contact
 *   for a namespace: cookie, device, session,         TRATO_SEARCH_NOT
 *     visitor, anonymous, uuid, guid or hash
 * and else TRATO_SEARCH_NOT for an attribute, TRATO_SEARCH_TEXT for a
 * namespace. */
#define TRATO_SEARCH_BY_NAME 0u
#define TRATO_SEARCH_NOT 1u
#define TRATO_SEARCH_TEXT 2u      /* by any part */
#define TRATO_SEARCH_TELEPHONE 3u /* by its digits, from the end */

/* Says how people look for an attribute of customers (TRATO_SEARCH_...), which
 * is defined with the type string.
 * Errors: NOT_FOUND (undefined attribute), INVALID_ARGUMENT (not of text). */
TRATO_API TRATO_NODISCARD trato_status trato_attribute_define_search(
    trato_store *store, trato_str name, uint32_t search, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Says how people look for the identifiers of a namespace (TRATO_SEARCH_...),
 * the names of records among them. */
TRATO_API TRATO_NODISCARD trato_status trato_identifier_define_search(
    trato_store *store, trato_str name_space, uint32_t search, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Finds customers as people type: part of a name or of an e-mail address, the
 * end of a telephone number, several words in any order. Letters are compared
 * without case and accents (Unicode's NFKD without marks, case folded; also l
 * for a barred l, ae for its ligature and the like), apostrophes are left out,
 * and other punctuation only ends words. A customer is found when each word of
 * `text` is somewhere in what her records say of her at now_us: searchable
 * attributes (those of each record), names of records, identifiers. Words of
 * less than three bytes of UTF-8 (two of our letters, one of most others) are
 * looked for at the beginning of words only. Digits alone, with blanks and
 * + - . / ( ), are also looked for at the end of telephone numbers, without the
 * zeros that lead them where seven digits remain.
 *
 * The answer is JSON, best first, up to `limit` (0: 10; at most 1,000):
 *   {"customers": [{"id": "...", "name": "shop:12748", "rank": "prefix",
 *                   "field": "full_name", "value": "Ada Lovelace"}]}
 * where rank is "exact" (each word is a whole word, or the whole telephone
 * number), "prefix" (each begins a word, or ends a telephone number) or
 * "inside"; among equals, who came to be known last comes first, then the
 * smaller public id. field and value are the text that answers best: of an
 * attribute or of a namespace. Nothing to look for finds nobody. The first 256
 * bytes of a value are looked at, and 16 KiB of a customer.
 * Errors: INVALID_ARGUMENT (a text of more than 1,024 bytes or 16 words).
 * Ownership: the caller disposes *out_json.
 * Cost: the first call reads all customers, some 5 us each, and keeps an index
 *   in memory, some 180 bytes each; a later one takes in what changed, and then
 *   takes about 0.1 ms with a million customers, rarely 1 ms. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_find(
    const trato_store *store, trato_str text, uint32_t limit, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Customers in an order, part by part. */
typedef struct trato_list_options {
  uint32_t struct_size;
  uint32_t descending; /* 1: the largest first */
  trato_str sort;      /* "id" (the public id; as empty), "name" (of the record
                          that gives it), "created" (when the first fact that
                          names them happened), "last_interaction", or an
                          attribute of customers ("attribute.name" where it has
                          one of these names) */
  trato_str filter;    /* an expression; empty: all customers */
  trato_str cursor;    /* where to go on; empty: from the first */
  uint64_t limit; /* how many at most; 0: 100 in a list, in an export all */
} trato_list_options;

#define TRATO_LIST_OPTIONS_INIT \
  { sizeof(trato_list_options), 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0 }

/* Lists the customers known at now_us, up to 10,000 at a time, as JSON:
 *   {"customers": [{"id": "...", "name": "shop:12748", "type": "timestamp",
 *                   "value": 1323475200000000, "text": "2011-12-10"}],
 *    "next": "..."}
 * where value is what they are sorted by, null where there is none (with
 * "currency" where it is money), and next is the cursor of the next part, null
 * after the last. Text is sorted without regard to case, accents and
 * punctuation; money by currency first; who has no value comes last, either way
 * up; equals come in order of the public id. A cursor is the value and the
 * public id at which its part ended, so it stays good while others write: who
 * does not change is listed once. It holds that value in the clear, and is good
 * for the same sort, direction and filter only; give it the same now_us.
 * Errors: NOT_FOUND (an attribute to sort by), INVALID_ARGUMENT (a filter, with
 *   line and column; a cursor that is not one, or of another list).
 * Ownership: the caller disposes *out_json.
 * Cost: one pass over all customers, with one evaluation of the filter each. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_list(
    const trato_store *store, const trato_list_options *options, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Says from at_us (TRATO_AT_NOW) on that a customer's data may be kept and not
 * used (`restricted` 1), or may be used again (0): while she is restricted she
 * is in no segment, in no count of its members, and no offer is matched or
 * decided. It is said of each of her records, so it stays when they are
 * unlinked, and the restriction of one record holds for all that it is linked
 * to. What is recorded, found, listed and shown stays as it is.
 * Errors: NOT_FOUND, FAILED_PRECONDITION (several customers). */
TRATO_API TRATO_NODISCARD trato_status trato_customer_restrict(
    trato_store *store, trato_str customer, uint32_t restricted,
    trato_str reason, int64_t at_us, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

#define TRATO_DOCUMENT_TEXT 0u /* Markdown, to read */
#define TRATO_DOCUMENT_JSON 1u /* the same as data */

/* Everything that is held on one person, all records of the customer: who she
 * is, attributes, identifiers, segments, each interaction (also those that were
 * corrected or retracted), decisions with their outcomes, coupons, and what was
 * said of her, when and by whom.
 * Errors: NOT_FOUND, FAILED_PRECONDITION (several customers; a store of the
 *   past). Ownership: the caller disposes *out_document.
 * Cost: reads all facts that are no interactions, and holds up writers. */
TRATO_API TRATO_NODISCARD trato_status trato_customer_document(
    const trato_store *store, trato_str customer, uint32_t format,
    int64_t now_us, trato_buf *out_document, trato_error *error) TRATO_NOEXCEPT;

/* Who changed what, when, from what to what: the facts of the log that are no
 * interactions, dated by now_us, in order of event time, as JSON:
 *   {"changes": [{"at": "...", "at_us": 0, "recorded": "...", "recorded_us": 0,
 *                 "position": 7, "actor": "", "source": "crm", "batch": "",
 *                 "key": "", "what": "attribute", "record": "shop:12748",
 *                 "name": "country", "from": null, "to": "ES", "reason": ""}]}
 * of one customer (empty: not asked), of what has the name `definition` (empty:
 * not asked), of both, or of everything where neither is asked; the last
 * `limit` of them (0: all). `from` is what the change before in this answer
 * said of the same; null is nothing.
 * Errors: NOT_FOUND, FAILED_PRECONDITION (several customers; a store of the
 *   past). Ownership: the caller disposes *out_json.
 * Cost: reads all facts that are no interactions, and holds up writers. */
TRATO_API TRATO_NODISCARD trato_status trato_store_audit(
    const trato_store *store, trato_str customer, trato_str definition,
    uint64_t limit, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 7. Interactions and the timeline
 */

#define TRATO_INBOUND 0u  /* from the customer to us */
#define TRATO_OUTBOUND 1u /* from us to the customer */

/* One article of an order. Frozen. A line is free when unit_price and
 * amount_minor are both 0. */
typedef struct trato_line {
  trato_str product;    /* the product's id; not empty */
  trato_str unit;       /* of quantity; empty: pieces */
  int64_t quantity;     /* in millionths: 2 pieces are 2,000,000 */
  int64_t unit_price;   /* millionths of the currency's unit; 0: not known;
                           not negative */
  int64_t amount_minor; /* in minor units of the interaction's currency */
} trato_line;

#define TRATO_LINE_INIT \
  { {NULL, 0}, {NULL, 0}, 0, 0, 0 }

/* A named value of an interaction. Frozen. */
typedef struct trato_field {
  trato_str name; /* an attribute defined with TRATO_OF_INTERACTION */
  trato_value value;
} trato_field;

/* One exchange with a customer. A purchase is one order with its lines; a
 * return carries negative quantities and amounts. */
typedef struct trato_interaction {
  uint32_t struct_size;
  uint32_t direction;   /* TRATO_INBOUND or TRATO_OUTBOUND */
  int64_t at_us;        /* event time; TRATO_AT_NOW */
  trato_str customer;   /* names the record; it comes to exist with this fact */
  trato_str type;       /* "purchase", "return", "visit", ... */
  trato_str channel;    /* "web", "email", "shop", ...; empty: not known */
  trato_str currency;   /* ISO 4217; empty: the store's */
  int64_t amount_minor; /* of the whole; with lines 0, or their sum */
  const trato_line *lines; /* line_count of them, or NULL */
  size_t line_count;
  const trato_field *fields; /* field_count of them, or NULL */
  size_t field_count;
  const trato_id *reply_to; /* the fact it answers, which may come later */
  trato_str key;            /* idempotency key; may be empty */
} trato_interaction;

#define TRATO_INTERACTION_INIT                                         \
  {                                                                    \
    sizeof(trato_interaction), TRATO_INBOUND, TRATO_AT_NOW, {NULL, 0}, \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, NULL, 0, NULL, 0, NULL, {  \
      NULL, 0                                                          \
    }                                                                  \
  }

/* Records one interaction. With an idempotency key it is recorded once however
 * often it is sent; out_fact may be NULL.
 * Errors: ALREADY_EXISTS (same source and key, other content), NOT_FOUND
 *   (undefined type, channel or field), INVALID_ARGUMENT, OUT_OF_RANGE. */
TRATO_API TRATO_NODISCARD trato_status trato_interaction_record(
    trato_store *store, const trato_interaction *interaction, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* Records `count` interactions in one transaction; the structs lie one after
 * the other, struct_size apart. *out_new (may be NULL) is how many were not
 * known before. Errors name the place as interactions[i]. */
TRATO_API TRATO_NODISCARD trato_status trato_interaction_record_many(
    trato_store *store, const trato_interaction *interactions, size_t count,
    int64_t now_us, const trato_write_options *options, size_t *out_new,
    trato_error *error) TRATO_NOEXCEPT;

/* What a customer did with a competitor. */
#define TRATO_COMPETITOR_SEEN 0u
#define TRATO_COMPETITOR_TRIED 1u
#define TRATO_COMPETITOR_OFFERED 2u /* got an offer of theirs */
#define TRATO_COMPETITOR_BOUGHT 3u  /* accepted it */
#define TRATO_COMPETITOR_LEFT 4u    /* went over to them */

/* A competitor observed at a customer. */
typedef struct trato_competitor {
  uint32_t struct_size;
  uint32_t action;      /* TRATO_COMPETITOR_... */
  int64_t at_us;        /* event time; TRATO_AT_NOW */
  trato_str customer;   /* names the record; it comes to exist with this fact */
  trato_str competitor; /* who; not empty */
  trato_str product;    /* theirs; may be empty */
  trato_str currency;   /* of the price; empty: the store's */
  int64_t price_minor;  /* 0: not known */
  trato_str channel;    /* where it was learned; may be empty */
  trato_str key;        /* idempotency key; may be empty */
} trato_competitor;

#define TRATO_COMPETITOR_INIT                                                  \
  {                                                                            \
    sizeof(trato_competitor), TRATO_COMPETITOR_SEEN, TRATO_AT_NOW, {NULL, 0},  \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, {NULL, 0}, {                       \
      NULL, 0                                                                  \
    }                                                                          \
  }

/* Records what a customer did with a competitor, as an interaction of the type
 * "competitor" with the fields competitor, competitor_action (seen, tried,
 * offered, bought, left), competitor_product and competitor_price, which it
 * defines where they are not. So it is in the timeline, is corrected and kept as
 * any other, and is asked for by expressions:
 *   interactions("competitor").within("1y")
 *     .exists(i, i.competitor == "Acme" && i.competitor_action == "bought")
 * Errors: as trato_interaction_record; INVALID_ARGUMENT also where the
 *   host has defined such a field with another type. */
TRATO_API TRATO_NODISCARD trato_status trato_competitor_record(
    trato_store *store, const trato_competitor *seen, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* Says that an interaction was recorded wrongly, or never happened. */
typedef struct trato_correction {
  uint32_t struct_size;
  uint32_t reserved0;   /* 0 */
  int64_t at_us;        /* when this was found out; TRATO_AT_NOW */
  trato_str record;     /* the record that the interaction was recorded for */
  trato_id interaction; /* its fact id; it may arrive later */
  const trato_interaction *content; /* what it was in truth, as a whole, with a
                                       time and without key; NULL to retract */
  trato_str reason;
  trato_str key; /* idempotency key of this correction; may be empty */
} trato_correction;

#define TRATO_CORRECTION_INIT                                                  \
  {                                                                            \
    sizeof(trato_correction), 0, TRATO_AT_NOW, {NULL, 0},                      \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, NULL, {NULL, 0}, { \
      NULL, 0                                                                  \
    }                                                                          \
  }

/* Puts `content` in the place of an interaction, which keeps its fact id and
 * may move in time, type and customer; out_fact (may be NULL) is the id of the
 * correction itself. Of several corrections and retractions of an interaction
 * the last by (at_us, source, fact id) holds. One that comes before what it
 * corrects takes effect when that comes. Nothing is deleted: the store as of
 * an earlier instant or log position still tells what was believed then.
 * Errors: as trato_interaction_record. */
TRATO_API TRATO_NODISCARD trato_status trato_interaction_correct(
    trato_store *store, const trato_correction *correction, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* Says that an interaction never happened; `content` is NULL. A later
 * correction brings it back. */
TRATO_API TRATO_NODISCARD trato_status trato_interaction_retract(
    trato_store *store, const trato_correction *correction, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* One interaction as the timeline gives it. Frozen. */
typedef struct trato_timeline_entry {
  trato_id fact;
  int64_t at_us;
  int64_t recorded_us;
  trato_str record; /* which record of the customer it belongs to */
  trato_str type;
  trato_str channel;
  trato_str source;
  trato_str key;
  uint32_t direction;
  char currency[4];
  int64_t amount_minor;
  const trato_line *lines;
  size_t line_count;
  const trato_field *fields;
  size_t field_count;
  const trato_id *reply_to; /* NULL when it answers nothing */
} trato_timeline_entry;

typedef struct trato_timeline_options {
  uint32_t struct_size;
  uint32_t newest_first; /* 0: oldest first */
  uint64_t limit;        /* 0: no limit */
  trato_str type;        /* empty: all types */
  uint32_t without_ids;  /* 1: leaves entry->fact at zero, which saves a hash
                            for each entry */
  uint32_t reserved0;    /* 0 */
} trato_timeline_options;

#define TRATO_TIMELINE_OPTIONS_INIT \
  { sizeof(trato_timeline_options), 0, 0, {NULL, 0}, 0, 0 }

typedef struct trato_timeline trato_timeline;

/* Opens one customer's interactions up to now_us, over all of the customer's
 * records, in order of (event time, source, fact id): a snapshot.
 * Ownership: the caller ends *out_timeline with trato_timeline_destroy.
 * Cost: proportional to the entries it will give. */
TRATO_API TRATO_NODISCARD trato_status trato_timeline_open(
    const trato_store *store, trato_str customer, int64_t now_us,
    const trato_timeline_options *options, trato_timeline **out_timeline,
    trato_error *error) TRATO_NOEXCEPT;

/* Gives the next entry, or NULL at the end. The entry is borrowed until the
 * next call on the same timeline. */
TRATO_API TRATO_NODISCARD trato_status trato_timeline_next(
    trato_timeline *timeline, const trato_timeline_entry **out_entry,
    trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_timeline_destroy(trato_timeline *timeline) TRATO_NOEXCEPT;

/* The name that a product was defined or imported with; its id when it has
 * none. Ownership: the caller disposes *out_name. */
TRATO_API TRATO_NODISCARD trato_status
trato_product_name(const trato_store *store, trato_str product,
                   trato_buf *out_name, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 8. Orders from a file
 */

/* Gives the next bytes of the input: how many it wrote to `buffer`, 0 at the
 * end, a negative number on a failure. */
typedef int64_t (*trato_read_fn)(void *context, char *buffer, size_t capacity);

typedef struct trato_import_options {
  uint32_t struct_size;
  uint32_t dry_run;           /* 1: read and report, record nothing */
  trato_str name_space;       /* of the customers; empty: "shop" */
  trato_progress_fn progress; /* may be NULL; counts lines */
  void *progress_context;
} trato_import_options;

#define TRATO_IMPORT_OPTIONS_INIT \
  { sizeof(trato_import_options), 0, {NULL, 0}, NULL, NULL }

/* Imports sales from CSV text with one row per order line: an order number,
 * product, quantity, unit price, time and customer under any of their usual
 * headers, and where present a product name and country. Rows of one order
 * become one interaction with lines, dated by the earliest; an order number
 * that starts with C is a return; an order whose lines are all at price zero
 * is a gift. Times are in the store's zone, amounts in its currency, a line's
 * amount rounded once, half away from zero. Each order's key is its number:
 * the same file imported again adds nothing. Rows that cannot be used are left
 * out and reported with line number (the header is line 1) and reason. One
 * transaction, and one batch (chapter 15), which gets a name where the options
 * name none. The source is "orders" unless the options name one.
 * The report is JSON: columns, what was added, what was known, what was
 * refused (counts per reason, and the first rows of each).
 * Errors: INVALID_ARGUMENT (a needed column is missing), ALREADY_EXISTS (an
 *   order is recorded with other content), CANCELLED, UNAVAILABLE (read).
 * Ownership: the caller disposes *out_report. */
TRATO_API TRATO_NODISCARD trato_status
trato_orders_import(trato_store *store, trato_read_fn read, void *read_context,
                    int64_t now_us, const trato_import_options *import_options,
                    const trato_write_options *options, trato_buf *out_report,
                    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 9. Columns in and out
 *
 * Whole tables come and go as Arrow C streams: no Arrow library is needed, and
 * whatever speaks Arrow (data frames, databases, Parquet readers) fits. Text
 * may be utf8, large_utf8, utf8_view or dictionary-encoded; whole numbers of
 * any width; times are timestamps of any unit (without zone: in the store's),
 * dates or whole microseconds; booleans and doubles.
 */

/* The Arrow C stream interface, as its specification lays it out. */
struct ArrowArrayStream;

/* Says which column of a stream holds a field. Frozen. */
typedef struct trato_column {
  trato_str field;  /* as this header names it: "customer", "at", ... */
  trato_str column; /* the stream's name for it */
} trato_column;

typedef struct trato_append_options {
  uint32_t struct_size;
  uint32_t dry_run;            /* 1: read and check, record nothing */
  const trato_column *columns; /* column_count of them: what is named
                                  otherwise; the rest goes by name */
  size_t column_count;
  trato_str name_space; /* put before customers that are written without one,
                           as in 12748; empty: they must have theirs */
  trato_progress_fn progress; /* may be NULL; counts rows */
  void *progress_context;
} trato_append_options;

#define TRATO_APPEND_OPTIONS_INIT \
  { sizeof(trato_append_options), 0, NULL, 0, {NULL, 0}, NULL, NULL }

/* What an append did. Frozen. */
typedef struct trato_appended {
  uint64_t rows;  /* read from the stream */
  uint64_t added; /* facts that were not known before */
  uint64_t known; /* facts that were recorded already: nothing was done */
} trato_appended;

/* Appends interactions: by far the fastest way in. Columns: customer, at, type;
 * and where present channel, direction ("inbound", "outbound"), currency,
 * amount_minor (or amount: a number or decimal in the currency's unit), key,
 * reply_to, and every field defined with TRATO_OF_INTERACTION (a money field
 * may have its currency in a column FIELD.currency beside it).
 * Lines come nested, as a column `lines` (a list of structs with product and
 * where present unit, quantity, unit_price, amount_minor or amount), or one a
 * row, with those columns beside an `order` column: rows of one customer, type
 * and order are one interaction, dated by the earliest, with its order as key.
 * All of the stream is one transaction: it is stored, or nothing is.
 * Errors: INVALID_ARGUMENT (a column is missing or of a wrong type, a value is
 *   missing or malformed: the message names the column and the row, from 0),
 *   NOT_FOUND (undefined type, channel), ALREADY_EXISTS (a key with other
 *   content), CANCELLED, and whatever the stream says when it fails.
 * Ownership: the stream is released in any case. out_appended may be NULL. */
TRATO_API TRATO_NODISCARD trato_status trato_interactions_append(
    trato_store *store, struct ArrowArrayStream *stream, int64_t now_us,
    const trato_append_options *append_options,
    const trato_write_options *options, trato_appended *out_appended,
    trato_error *error) TRATO_NOEXCEPT;

/* Appends what is said of customers: a column customer, where present at (the
 * event time; else now_us), and one column for each attribute defined with
 * TRATO_OF_CUSTOMER (a null says nothing). A column named identifier, or
 * identifier.NAMESPACE, claims identifiers. As above in all else. */
TRATO_API TRATO_NODISCARD trato_status trato_customers_append(
    trato_store *store, struct ArrowArrayStream *stream, int64_t now_us,
    const trato_append_options *append_options,
    const trato_write_options *options, trato_appended *out_appended,
    trato_error *error) TRATO_NOEXCEPT;

/* Appends products: columns product and name. As above in all else. */
TRATO_API TRATO_NODISCARD trato_status trato_products_append(
    trato_store *store, struct ArrowArrayStream *stream, int64_t now_us,
    const trato_append_options *append_options,
    const trato_write_options *options, trato_appended *out_appended,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_export_options {
  uint32_t struct_size;
  uint32_t batch_rows;        /* rows a batch of the stream; 0: 65,536 */
  int64_t from_us;            /* exclusive; INT64_MIN: from the first */
  int64_t until_us;           /* inclusive; INT64_MAX: to now_us */
  const trato_str *customers; /* customer_count of them; NULL: all */
  size_t customer_count;
  trato_str type;                 /* of interactions; empty: all */
  const trato_list_options *list; /* which customers in which order, in place
                                     of `customers`; NULL: all, by name */
} trato_export_options;

#define TRATO_EXPORT_OPTIONS_INIT                                              \
  {                                                                            \
    sizeof(trato_export_options), 0, INT64_MIN, INT64_MAX, NULL, 0, {NULL, 0}, \
        NULL                                                                   \
  }

/* Gives interactions as a stream, customer after customer, each a timeline in
 * order: customer (the public id's record), record, fact, at, recorded, type,
 * channel, source, direction, currency, amount_minor, key, reply_to, lines (a
 * list of structs: product, unit, quantity, unit_price, amount_minor), and a
 * column for each field that is defined. Names are dictionary-encoded, times
 * are timestamp[us, UTC]. The stream is a snapshot of the log position at which
 * it was opened, holds the store and may be read on any thread.
 * Errors: NOT_FOUND (customer, type).
 * Ownership: the caller releases *out_stream, as Arrow says. */
TRATO_API TRATO_NODISCARD trato_status trato_interactions_export(
    const trato_store *store, int64_t now_us,
    const trato_export_options *options, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* Gives the customers known at now_us as a stream, by name: customer, id,
 * records (how many), and a column for each attribute that is defined.
 * As above in all else. */
TRATO_API TRATO_NODISCARD trato_status trato_customers_export(
    const trato_store *store, int64_t now_us,
    const trato_export_options *options, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 10. Segments
 */

/* Defines the customers for whom `expression` (lib/expression/README.md) is
 * true, or redefines them; the same again does nothing.
 * Errors: INVALID_ARGUMENT with line and column when the expression has an
 *   error. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_define(
    trato_store *store, trato_str name, trato_str expression, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Disables a segment (enabled 0), or enables it again (1); the same again does
 * nothing. In a disabled segment nobody is: it has no members, whoever asks for
 * it through in_segment is told so, watches tell who left (because of a
 * definition), and it costs nothing from then on. Its definition stays, and may
 * be changed meanwhile. Who it would hold for again tells trato_segment_try
 * without an expression; what depends on it, trato_definition_dependents. Either
 * counts as another version of it.
 * Errors: NOT_FOUND; INVALID_ARGUMENT when it is to be enabled and its
 *   expression cannot be defined any more. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_enable(
    trato_store *store, trato_str name, uint32_t enabled, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* How many customers a condition holds for. Frozen. A customer for whom the
 * evaluation fails (two currencies in one sum, a division by zero) is not a
 * member and counts as undecided; a missing attribute is no failure. */
typedef struct trato_segment_size {
  uint64_t members;
  uint64_t customers; /* all customers known at now_us */
  uint64_t undecided;
} trato_segment_size;

/* Counts a segment exactly at now_us.
 * Errors: NOT_FOUND. Cost: one evaluation per customer. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_count(
    const trato_store *store, trato_str name, int64_t now_us,
    trato_segment_size *out_size, trato_error *error) TRATO_NOEXCEPT;

/* Counts the audience of an expression without defining a segment.
 * Errors: INVALID_ARGUMENT with line and column when the expression has an
 *   error. Cost: one evaluation per customer. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_preview(
    const trato_store *store, trato_str expression, int64_t now_us,
    trato_segment_size *out_size, trato_error *error) TRATO_NOEXCEPT;

/* Whether one customer is in a segment at now_us: *out_member is 1 or 0.
 * Errors: NOT_FOUND; FAILED_PRECONDITION when the evaluation fails. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_test(
    const trato_store *store, trato_str name, trato_str customer,
    int64_t now_us, uint32_t *out_member, trato_error *error) TRATO_NOEXCEPT;

/* Why one customer is in a segment at now_us or is not, as JSON: member,
 * disabled (the segment is: then nobody is in it, and why is of `false`),
 * restriction (why her data is not used, with since; then she is in no segment
 * whatever the condition says; null: she is not restricted), undecided, missing
 * (what it takes to be in, one sentence each), changes_at (and changes_at_us:
 * when she enters or leaves if no fact comes; null: never, or not within 1,000
 * tests), and why: the
 * expression as a tree of expression, value or error (each null without),
 * missing, parts, and facts: the attribute versions and interactions that it
 * rests on, by record, at, source and id, the latest 10 of fact_count.
 * Ownership: the caller disposes *out_json. Errors: NOT_FOUND. Cost: one
 *   evaluation per part of the expression, of at most 200. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_explain(
    const trato_store *store, trato_str name, trato_str customer,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* From when on a customer is in a segment, or is not. Frozen. */
typedef struct trato_segment_step {
  int64_t at_us;
  uint32_t member; /* 1: she enters, 0: she leaves */
  uint32_t reserved;
} trato_segment_step;

/* The instants in (from_us, until_us] at which one customer enters or leaves a
 * segment, in order, by all that is known now (late facts included). After the
 * present they are what happens if no fact comes: the first one after now tells
 * when she will be in, or no longer. until_us may be INT64_MAX: without end.
 * *out_member (may be NULL) is 1 where she is in at from_us, otherwise 0.
 * *out_until_us is up to when it was followed: until_us, or the instant from
 * which to go on, where out_steps is full or 100,000 tests were made.
 * Errors: NOT_FOUND; OUT_OF_RANGE; INVALID_ARGUMENT when until_us is before
 *   from_us; FAILED_PRECONDITION with line and column when nobody can say when
 *   a part of the expression changes, such as string(now).
 * Cost: a test for each instant at which the membership may change, two where a
 *   window empties. Nothing is stored. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_history(
    const trato_store *store, trato_str name, trato_str customer,
    int64_t from_us, int64_t until_us, trato_segment_step *out_steps,
    size_t capacity, size_t *out_count, int64_t *out_until_us,
    uint32_t *out_member, trato_error *error) TRATO_NOEXCEPT;

/* ---- Watching. A watch keeps some segments exact from one instant on, while
 * facts come and time passes, and tells who enters and leaves them, when, and
 * why. It holds nothing that the store does not: a host that keeps the cursor of
 * the last change that it has dealt with opens another watch from there, after
 * any restart, and is told what has changed since, so that each change is told
 * at least once.
 *
 * The instant up to which a watch has told everything is its clock. It goes to
 * the now_us of each write of the store, and of each call of
 * trato_watch_advance, and never back; what is written with an earlier now_us
 * counts at the clock. How often it is advanced changes nothing of what it tells.
 * Changes come by instant, at one instant by log position; a segment before those that ask for it. A fact that
 * comes late changes what is, not what was told before. */
typedef struct trato_watch trato_watch;

typedef struct trato_cursor { /* frozen */
  int64_t at_us;
  uint64_t position; /* of the log; 0: nothing was known */
} trato_cursor;

/* Of trato_watch_options.flags: of the changes that wait only what is left of
 * them is given: who entered and left again, or the reverse, did neither. */
#define TRATO_WATCH_NET 1u

typedef struct trato_watch_options {
  uint32_t struct_size;
  uint32_t flags; /* TRATO_WATCH_... */
  const trato_str *segments; /* by name; none: all that are defined now */
  size_t segment_count;
  /* NULL: from now_us on. Otherwise what has changed after it, from facts that
   * came after its position or because time has passed: facts in between count
   * at their own instants, and what late ones among them change at since->at_us
   * already is told as of then. */
  const trato_cursor *since;
  /* What trato_watch_save gave, instead of `since`; empty: none. It tells what
   * it would with the cursor that the watch had. Where the log goes on from what
   * it was then, and the segments are the same, only customers are tested whom
   * facts since then are about (all of them, for a segment that was redefined);
   * otherwise everybody. */
  trato_str saved;
} trato_watch_options;
#define TRATO_WATCH_OPTIONS_INIT \
  { sizeof(trato_watch_options), 0, NULL, 0, NULL, {NULL, 0} }

#define TRATO_CHANGE_BY_TIME 1u
#define TRATO_CHANGE_BY_FACT 2u
#define TRATO_CHANGE_BY_DEFINITION 3u
#define TRATO_CHANGE_BY_LINK 4u /* records were linked or unlinked */

/* One customer entered or left one segment. Frozen. (at_us, position) is the
 * cursor to keep once all changes up to it are dealt with: several may have the
 * same, so keep that of the last before another one, or clock_us and position of
 * trato_watch_state when none waits. */
typedef struct trato_change {
  int64_t at_us;
  uint64_t position;  /* the last of the log that it was known from: of a fact
                         that counts as it comes its own */
  trato_str segment;  /* its name */
  trato_str customer; /* the name of the record that gives the public id */
  trato_id id;        /* the public id */
  uint32_t entered;   /* 1: she entered, 0: she left */
  uint32_t cause;     /* TRATO_CHANGE_BY_... */
} trato_change;

/* How far a watch is. Frozen. */
typedef struct trato_watch_state {
  int64_t clock_us;
  uint64_t position;     /* the last of the log that it has seen */
  uint64_t pending;      /* changes that wait to be taken */
  uint64_t wakeups;      /* how often time has made it test a customer anew,
                            or for all at once what only the clock decides */
  uint64_t idle_wakeups; /* ... and nothing had changed */
  uint32_t is_done;      /* 0: max_wakeups was reached before now_us */
  uint32_t nudge_failed; /* 1: the callback failed and is not called any more */
} trato_watch_state;

/* Begins to watch. `options` may be NULL. Several watches may be open.
 * Ownership: the caller ends *out_watch with trato_watch_destroy, before or
 *   after the store is closed.
 * Errors: NOT_FOUND (segment); OUT_OF_RANGE when `since` is beyond the log, or
 *   before what rules of retention have left; INVALID_ARGUMENT when `saved` is
 *   not what a watch gave, or not whole; FAILED_PRECONDITION when a segment
 *   cannot be watched, because it asks for relations or because nobody can say
 *   when a part of it changes, and of views.
 * Cost: a test of every customer for every segment, some 30 ns each where
 *   windows are counted or summed, on the threads of trato_store_options.run;
 *   with `since` before the end of the log also a state of the store as it was
 *   then. Memory: some 20 bytes a customer, a bit for each segment, 10 bytes for
 *   each segment that she enters or leaves by time alone, and up to 32 MiB. From
 *   then on each write of a fact tests the segments that read it, for its
 *   customer. */
TRATO_API TRATO_NODISCARD trato_status
trato_watch_open(trato_store *store, const trato_watch_options *options,
                 int64_t now_us, trato_watch **out_watch,
                 trato_error *error) TRATO_NOEXCEPT;

/* Moves the clock to now_us: whoever enters or leaves by time alone is told. An
 * earlier now_us does nothing. Where max_wakeups is not 0 it stops after about
 * as many tests of customers, at an instant to which all is told: call it again
 * while is_done is 0. `out_state` may be NULL.
 * Errors: FAILED_PRECONDITION when the store has become another one as a whole
 *   (a batch or a person was taken out, or it was refreshed): open a new watch
 *   since the last change; UNAVAILABLE, DATA_LOSS when something could not be
 *   read. Cost: what changes; readers go on, writers wait. */
TRATO_API TRATO_NODISCARD trato_status
trato_watch_advance(trato_watch *watch, int64_t now_us, uint64_t max_wakeups,
                    trato_watch_state *out_state,
                    trato_error *error) TRATO_NOEXCEPT;

/* Takes up to `capacity` of the changes that wait, in order; *out_count 0: there
 * are none up to the clock. Their texts stay valid until the watch is destroyed.
 */
TRATO_API TRATO_NODISCARD trato_status
trato_watch_next(trato_watch *watch, trato_change *out_changes, size_t capacity,
                 size_t *out_count, trato_error *error) TRATO_NOEXCEPT;

/* How many customers are in a watched segment at the clock; costs nothing.
 * Errors: NOT_FOUND when it is not watched; as trato_watch_advance. */
TRATO_API TRATO_NODISCARD trato_status
trato_watch_count(const trato_watch *watch, trato_str segment,
                  uint64_t *out_members, trato_error *error) TRATO_NOEXCEPT;

/* Has `changed(context)` called whenever changes have come to wait: a nudge, no
 * more, so that a host need not look. NULL: nothing is called. It is called on
 * the thread whose write, or advance, made them, before that call returns, after
 * all of it is done (nothing that a callback does can undo it) and with no lock
 * of the store or the watch held: it may take what waits, ask, and write, but
 * not close the store. What it writes itself makes no further call for this watch, so it takes until none
 * waits. It returns 0; where it returns anything else, or throws, it is not
 * called any more and trato_watch_state.nudge_failed says so: the call that it
 * was made from succeeds all the same, and changes wait as ever. One thread at a
 * time is in it.
 * Ownership: `context` stays until this is called again, or the watch is
 *   destroyed; both wait for a call that another thread is in.
 * Errors: FAILED_PRECONDITION from within the callback. */
typedef int32_t (*trato_changed_fn)(void *context);
TRATO_API TRATO_NODISCARD trato_status
trato_watch_on_change(trato_watch *watch, trato_changed_fn changed,
                      void *context, trato_error *error) TRATO_NOEXCEPT;

/* The watch as bytes, for trato_watch_options.saved of the next one, in this
 * process or another of the same machine: a host calls it before it closes the
 * store, and keeps them where it keeps cursors. Makes durable what was written.
 * Ownership: the caller disposes *out_saved.
 * Errors: FAILED_PRECONDITION while changes wait to be taken, of a store in
 *   memory, and as trato_watch_advance; UNAVAILABLE as trato_store_flush.
 * Cost: some 10 bytes a customer and a bit for each segment; to open from them
 *   takes about as long as to read them, and the facts that came since. */
TRATO_API TRATO_NODISCARD trato_status
trato_watch_save(const trato_watch *watch, trato_buf *out_saved,
                 trato_error *error) TRATO_NOEXCEPT;

/* NULL is fine. */
TRATO_API void trato_watch_destroy(trato_watch *watch) TRATO_NOEXCEPT;

/* How an expression is evaluated, as JSON: what it reads (attributes,
 * interaction_types, fields, line_fields, relations, segments), and each
 * question it asks of a customer's interactions with what that reads ("times":
 * where a window begins and ends, "interactions": each in the window, "lines":
 * their lines too) and whether one answer is shared by several places. What
 * is counted over all customers is evaluated over columns; one_by_one has the
 * parts for which there is no such way, asked of one customer after the other,
 * and linked_one_by_one says whether customers of several records all are.
 * Evaluates nothing.
 * Ownership: the caller disposes *out_json. Errors: INVALID_ARGUMENT with line
 *   and column when the expression has an error. */
TRATO_API TRATO_NODISCARD trato_status
trato_segment_plan(const trato_store *store, trato_str expression,
                   trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* How many customers are in one of two segments, or in both. Frozen. */
typedef struct trato_segment_overlap {
  uint64_t first_only;
  uint64_t second_only;
  uint64_t both;
  uint64_t customers; /* all customers known at now_us */
  uint64_t undecided; /* in either; see trato_segment_size */
} trato_segment_overlap;

/* Compares two segments at now_us.
 * Errors: NOT_FOUND. Cost: two evaluations per customer. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_diff(
    const trato_store *store, trato_str first, trato_str second, int64_t now_us,
    trato_segment_overlap *out_overlap, trato_error *error) TRATO_NOEXCEPT;

/* What trato_segment_define would change at now_us: the segment as it is is the
 * first, as `expression` would define it the second, so second_only would enter
 * and first_only leave. A name that is not defined has nobody in it now. An empty
 * `expression` is the one it has, enabled. Changes nothing; segments that ask for
 * this one are not looked at.
 * Errors: as trato_segment_define, and NOT_FOUND without an expression.
 * Cost: two evaluations per customer. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_try(
    const trato_store *store, trato_str name, trato_str expression,
    int64_t now_us, trato_segment_overlap *out_overlap,
    trato_error *error) TRATO_NOEXCEPT;

/* All segments with name, expression, version (which counts its definitions, and
 * each time it was disabled or enabled), whether it is disabled, date and former
 * names, as JSON.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_segment_list(const trato_store *store, trato_buf *out_json,
                   trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_members trato_members;

/* One customer of a list. Frozen. */
typedef struct trato_member {
  trato_id id;    /* the public id */
  trato_str name; /* the name of the record that gives the public id */
} trato_member;

/* Opens the members of a segment at now_us, by name: a snapshot.
 * Ownership: the caller ends *out_members with trato_members_destroy. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_members(
    const trato_store *store, trato_str name, int64_t now_us,
    trato_members **out_members, trato_error *error) TRATO_NOEXCEPT;

/* Opens those who would enter (entering 1) or leave (0) a segment if it were
 * defined so, as trato_segment_try counts them and trato_segment_members gives
 * them. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_try_members(
    const trato_store *store, trato_str name, trato_str expression,
    uint32_t entering, int64_t now_us, trato_members **out_members,
    trato_error *error) TRATO_NOEXCEPT;

/* Opens the members of the first segment that are not in the second at now_us,
 * as trato_segment_members does. */
TRATO_API TRATO_NODISCARD trato_status trato_segment_diff_members(
    const trato_store *store, trato_str first, trato_str second, int64_t now_us,
    trato_members **out_members, trato_error *error) TRATO_NOEXCEPT;

/* Copies up to `capacity` members to out_members and says how many; 0 at the
 * end. The names are borrowed until trato_members_destroy. */
TRATO_API TRATO_NODISCARD trato_status trato_members_next(
    trato_members *members, trato_member *out_members, size_t capacity,
    size_t *out_count, trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_members_destroy(trato_members *members) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 11. Offers, decisions, permits, outcomes
 */

/* A product, or a category of products: what it is called, what it stands below,
 * and what does instead. What is empty stays as it was. An offer for a category
 * is one for all that stands below it, at most 16 deep. */
typedef struct trato_product {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  trato_str id;
  trato_str name;
  trato_str category;           /* the product or category above it */
  const trato_str *substitutes; /* substitute_count ids, best first */
  size_t substitute_count;
} trato_product;

#define TRATO_PRODUCT_INIT                                       \
  {                                                              \
    sizeof(trato_product), 0, {NULL, 0}, {NULL, 0}, {NULL, 0},   \
        NULL, 0                                                  \
  }

/* Errors: INVALID_ARGUMENT names the field; a category below itself. */
TRATO_API TRATO_NODISCARD trato_status trato_product_define(
    trato_store *store, const trato_product *product, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* A channel on which customers are met. `address` names where the address lies
 * to reach them by: a namespace of identifiers, or an attribute of text. Empty:
 * the namespace of the channel's own name where there is one; otherwise none is
 * needed, as at a till or on a page.
 * Errors: INVALID_ARGUMENT, NOT_FOUND (address). */
TRATO_API TRATO_NODISCARD trato_status trato_channel_define(
    trato_store *store, trato_str name, trato_str address,
    trato_str description, int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* An offer as it is made on one channel. */
typedef struct trato_offer_variant {
  trato_str channel;
  trato_str title;   /* empty: the offer's */
  trato_str content; /* a text, or the name of a template of the host's */
} trato_offer_variant;

#define TRATO_UNLIMITED INT64_MAX

/* A proposal to buy, with or without a discount: for products, for whole
 * categories of them, or for needs; one of these at least. */
typedef struct trato_offer {
  uint32_t struct_size;
  uint32_t discount_basis_points; /* 1,000 is 10 %; 0: none, at most 10,000;
                                     what is left is rounded half away from 0 */
  trato_str name;
  trato_str title;           /* for people; empty: the name */
  const trato_str *products; /* product_count ids it proposes */
  size_t product_count;
  trato_str currency;     /* of all its money; empty: the store's */
  int64_t value_minor;    /* worth to the firm when taken, before discount */
  int64_t discount_minor; /* money off; instead of basis points */
  trato_str eligibility;  /* an expression: who may have it; empty: everybody */
  int64_t valid_from_us;  /* INT64_MIN: always */
  int64_t valid_until_us; /* exclusive; INT64_MAX: for ever */
  trato_str coupon_span;  /* deadline of its coupons after issue: "10d" */
  trato_str purpose;      /* made to who consented to it only; empty: to all who
                             do not object to direct marketing and are on no
                             suppression list */
  trato_str channel;      /* of that consent; empty: on any one channel */
  trato_str issue;        /* what it is about: "retention"; may be empty */
  trato_str group;        /* of the issue: "win-back"; may be empty */
  const trato_str *categories; /* category_count */
  size_t category_count;
  const trato_str *needs; /* need_count that it serves */
  size_t need_count;
  trato_str applicability; /* an expression: whether it makes sense now */
  trato_str suitability;   /* an expression: whether it does her good */
  trato_str context;       /* an expression worth a number; empty: 1 */
  int64_t cost_minor;      /* of making it once */
  int64_t benefit_minor;   /* worth to her, beside the discount */
  double lever;            /* weight by decree, 0 to 1,000,000 */
  int64_t stock;           /* how often it can be taken; TRATO_UNLIMITED */
  int64_t budget_minor;    /* for discounts and costs; TRATO_UNLIMITED */
  trato_str respond_within; /* "14d": later is no answer; empty: for ever */
  const trato_offer_variant *variants; /* variant_count, the best channel
                                          first; none: on all alike */
  size_t variant_count;
} trato_offer;

#define TRATO_OFFER_INIT                                                     \
  {                                                                          \
    sizeof(trato_offer), 0, {NULL, 0}, {NULL, 0}, NULL, 0, {NULL, 0}, 0, 0,  \
        {NULL, 0}, INT64_MIN, INT64_MAX, {NULL, 0}, {NULL, 0}, {NULL, 0},    \
        {NULL, 0}, {NULL, 0}, NULL, 0, NULL, 0, {NULL, 0}, {NULL, 0},        \
        {NULL, 0}, 0, 0, 1.0, TRATO_UNLIMITED, TRATO_UNLIMITED, {NULL, 0},   \
        NULL, 0                                                              \
  }

/* Defines an offer, or redefines it; the same again does nothing. What was in
 * force before stays known (trato_offer_list), and decisions replay by it.
 * Errors: INVALID_ARGUMENT names the field; with line and column when an
 *   expression has an error. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_define(
    trato_store *store, const trato_offer *offer, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* The offers in force with all that is defined of them, as a JSON list; with
 * `history` not 0 also the versions of each, the oldest first.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_offer_list(const trato_store *store, uint32_t history,
                 trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

#define TRATO_NO_CAP UINT32_MAX

/* What limits contact. It is for what it names of channel, issue, group and
 * offer; naming none, for all. Each part of it that is set holds:
 *   a cap          at most so many contacts in any window of `within`, counted
 *                  back in the customer's zone. A contact is a permit, until it
 *                  lapses unused, or a decision on a channel without addresses.
 *   quiet hours    none from quiet_from until before quiet_until, minutes of
 *                  the customer's day; they may go over midnight. Her zone is
 *                  what her attribute time_zone says, else the store's.
 *   a hold-out     so many of 10,000 customers are left out for comparison, by
 *                  a hash of the policy's name and her public id; a decision
 *                  logs who was, and the first that was logged holds.
 *   a complaint    nobody with an interaction of this type to which no outbound
 *                  interaction replies. */
typedef struct trato_contact_policy {
  uint32_t struct_size;
  uint32_t at_most; /* TRATO_NO_CAP */
  trato_str name;
  trato_str channel;
  trato_str issue;
  trato_str group;
  trato_str offer;
  trato_str within;    /* "7d"; with at_most */
  int32_t quiet_from;  /* 0 to 1439; -1: none */
  int32_t quiet_until; /* exclusive */
  uint32_t holdout_basis_points;
  uint32_t retired; /* not 0: holds no more */
  trato_str open_complaint;
} trato_contact_policy;

#define TRATO_CONTACT_POLICY_INIT                                           \
  {                                                                         \
    sizeof(trato_contact_policy), TRATO_NO_CAP, {NULL, 0}, {NULL, 0},       \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, -1, -1, 0, 0, {NULL, 0} \
  }

/* Errors: INVALID_ARGUMENT names the policy and the field. */
TRATO_API TRATO_NODISCARD trato_status trato_contact_policy_define(
    trato_store *store, const trato_contact_policy *policy, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* How what is left is ranked: see trato_offer_match.
 *
 * With pacing, an offer that has a stock or a budget and both of its dates
 * lasts for its whole period: it costs a price, which rises as it is ahead of
 * being taken evenly from valid_from to valid_until, and a candidate's score is
 * less by the price times what it would take. So what is scarce goes to whom it
 * suits best, first come first served ends, and where it costs more than it
 * brings it is made no more until the price has fallen. The price is dual
 * descent in closed form: it follows from what is reserved and when. At 1 it is
 * what is usual for as many decisions as the amount is for; else it is so many
 * times that. */
typedef struct trato_arbitration {
  uint32_t struct_size;
  uint32_t per_issue;    /* at most so many in one answer; 0: any number */
  uint32_t per_group;
  uint32_t reserved0;    /* 0 */
  double benefit_weight; /* of her benefit beside the firm's value */
  double exploration;    /* 0 to 1: share of decisions drawn evenly */
  double pacing;         /* 0 to 1,000: of prices for budgets and stock; 0:
                            first come, first served; 1: the usual step */
} trato_arbitration;

#define TRATO_ARBITRATION_INIT \
  { sizeof(trato_arbitration), 0, 0, 0, 0.25, 0, 0 }

TRATO_API TRATO_NODISCARD trato_status trato_arbitration_define(
    trato_store *store, const trato_arbitration *arbitration, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* The policies of contact that were ever defined and the arbitration in force,
 * as JSON. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_policy_list(const trato_store *store, trato_buf *out_json,
                  trato_error *error) TRATO_NOEXCEPT;

/* One offer for one customer. Frozen. */
typedef struct trato_match {
  trato_str offer;     /* borrowed until the store is closed or refreshed */
  double score;        /* in minor units of currency */
  double affinity;     /* 0 to 1: see trato_offer_match */
  int64_t value_minor; /* worth to the firm when taken, after discount and
                          cost */
  char currency[4];
  uint32_t reserved0; /* 0 */
  trato_str channel;  /* on which it may be made now; empty: wherever */
} trato_match;

typedef struct trato_match_options {
  uint32_t struct_size;
  uint32_t reserved0;     /* 0 */
  trato_str channel;      /* on this one only; empty: on any */
  trato_str conversation; /* of a decision: outcomes may name it instead */
} trato_match_options;

#define TRATO_MATCH_OPTIONS_INIT \
  { sizeof(trato_match_options), 0, {NULL, 0}, {NULL, 0} }

/* Finds the next best offers for a customer at now_us, best first: at most
 * `capacity` of them. Each offer passes these stages in order, and is dropped at
 * the first that says no:
 *   restriction    her data is not to be used
 *   validity       now lies outside of its dates
 *   eligibility, applicability, suitability
 *                  a part (between &&) of the condition of that name does not
 *                  hold, or fails
 *   availability   its stock or its budget is used up: each decision takes one
 *                  and reserves discount and cost, until it is refused, or the
 *                  time to answer is over without a yes
 *   contact        no consent to its purpose or, without one, an objection or a
 *                  suppression list; a cap, quiet hours, an open complaint; on
 *                  each of its channels
 *   value          it is not in the store's currency, discount and cost use it
 *                  up, or its score is not above 0
 *   holdout        she is left out for comparison
 *   limit          enough of its issue or group are ahead of it
 * What is left is ranked, ties by name, by
 *   score = (p * (value + w * benefit) - q * discount) * context * lever
 * value is after discount and cost, benefit hers with the discount, w the
 * arbitration's benefit_weight (0.25 where none is defined).
 *   p = (S + 2 r) / (N + 2), her affinity: N counts her purchases and her
 * answers to the offer, S those that held one of its products and those that
 * were a yes; each counts 2^(-age / 180 days). An answer is the latest of
 * accepted, bought (yes), refused, returned, nothing (no) for a decision, or a
 * coupon redeemed. r is how often similar customers said yes, those who when it
 * was decided had bought its products as often, never, once, or more:
 *   r = (k_s + 20 r_all) / (n_s + 20), r_all = (k + 20 * 0.05) / (n + 20)
 * of n decisions with any outcome, k of them with a yes. So p is 0.05 where
 * nothing is known.
 *   q = S_p / (N_p + 2), from her purchases alone: how likely she buys unasked,
 * so that a discount is not given to who would have paid the price.
 * A pure read: it stores nothing, and the call makes no memory once its thread
 * has matched before.
 * Cost: each different condition once, whatever number of offers ask for it,
 * and where any offer is left a pass over the lines of her purchases. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_match(
    const trato_store *store, trato_str customer, int64_t now_us,
    const trato_match_options *options, trato_match *out_matches,
    size_t capacity, size_t *out_count, trato_error *error) TRATO_NOEXCEPT;

/* Every offer with what became of it for this customer, as JSON: kept, with
 * score and what it is made of and the reason in words; or dropped, with the
 * stage, the rule or policy, and the reason.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_explain(
    const trato_store *store, trato_str customer, int64_t now_us,
    const trato_match_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Everything that keeps one offer from this customer, as JSON: "obstacles", each
 * with its stage, rule or policy, reason, and under "falls" the earliest instant
 * at which it could be gone if nothing happens but that time passes, null where
 * it is never gone by itself; and under "possible" the instant before which she
 * cannot get it, null likewise. Of several channels the obstacles on each are
 * told, unless one is free.
 * Errors: NOT_FOUND (customer, offer).
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_why_not(
    const trato_store *store, trato_str customer, trato_str offer,
    int64_t now_us, const trato_match_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What the store has learned of each offer up to now_us, as JSON: decided, for
 * how many customers, how many had each outcome, response rate, coupons issued
 * and redeemed, and how much of stock and budget is taken; and of all offers
 * together, how many customers any was decided for, and how many took one.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_offer_report(const trato_store *store, int64_t now_us,
                   trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* The result of a decision. Frozen. */
typedef struct trato_decision {
  trato_id id;    /* of the stored decision; outcomes refer to it */
  uint32_t taken; /* 0: no offer was left; nothing else is set but id */
  uint32_t reserved0;
  double probability; /* with which this offer was chosen; 1 without a draw */
  trato_match match;  /* the chosen offer */
} trato_decision;

/* Decides the next best offer and stores the decision: a fact with the scores of
 * the eight best that were left, a digest over what became of every offer, what
 * was drawn, and who is in which hold-out. Scores are worked out beside other callers;
 * under the writer's lock consent, caps, stock and budget are looked at once
 * more where anything was written since. So no stock, budget or cap is ever
 * exceeded by what is decided here. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_decide(
    trato_store *store, trato_str customer, int64_t now_us,
    const trato_match_options *match_options,
    const trato_write_options *options, trato_decision *out_decision,
    trato_error *error) TRATO_NOEXCEPT;

/* A decision that was made elsewhere: by another system, or by hand. */
typedef struct trato_past_decision {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  trato_str customer;
  trato_str offer;
  trato_str channel;      /* empty: not said */
  trato_str conversation; /* may be empty */
  trato_str key;          /* idempotency key; may be empty */
  int64_t at_us;          /* event time; TRATO_AT_NOW */
  double score;           /* as it was given; 0: not said */
  double probability;     /* with which it was chosen, above 0 to 1 */
} trato_past_decision;

#define TRATO_PAST_DECISION_INIT                                       \
  {                                                                    \
    sizeof(trato_past_decision), 0, {NULL, 0}, {NULL, 0}, {NULL, 0},   \
        {NULL, 0}, {NULL, 0}, TRATO_AT_NOW, 0, 1                       \
  }

/* Stores a decision that was made elsewhere, so that its outcomes are learned
 * from, its stock and budget count, and so does the contact on a channel without
 * addresses. No rule of the offer is asked, and it does not replay: nothing is
 * known of how it was made.
 * Errors: INVALID_ARGUMENT names the field, NOT_FOUND (customer, offer,
 *   channel), ALREADY_EXISTS (the key, with other content). */
TRATO_API TRATO_NODISCARD trato_status trato_decision_record(
    trato_store *store, const trato_past_decision *decision, int64_t now_us,
    const trato_write_options *options, trato_id *out_decision,
    trato_error *error) TRATO_NOEXCEPT;

/* Decides for each row of a stream, as trato_offer_decide, in order: each knows
 * what was decided before it. Its column `customer` says for whom; of
 * append_options (may be NULL) `columns`, `name_space` and `progress` are as in
 * chapter 9, and with dry_run the offers are matched and nothing is stored.
 * All customers are looked up first, so nothing is decided where one is not
 * known. The answer has as many rows: customer (as it came), decision, offer,
 * channel, score, affinity, probability, value_minor, currency; from offer on
 * null where none was left, decision and probability null in a dry run.
 * match_options.conversation must be empty. Unless buffered, what is decided is
 * on disk in the end, with one sync.
 * Errors: INVALID_ARGUMENT names column and row, NOT_FOUND (channel; a customer,
 *   with the row), CANCELLED (what was decided by then stays).
 * Ownership: `stream` is released in any case; the caller releases *out_stream.
 * Cost: that of a decision each. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_decide_all(
    trato_store *store, struct ArrowArrayStream *stream, int64_t now_us,
    const trato_match_options *match_options,
    const trato_append_options *append_options,
    const trato_write_options *options, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* A stored decision as JSON, with every offer and why it was kept or dropped
 * then, worked out anew as of what was known; "replayed" says whether that gave
 * the digest that was stored. Errors: NOT_FOUND.
 * Cost: that of a match, or of trato_store_as_of where what came since bears on
 * it. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_decision_explain(const trato_store *store, const trato_id *decision,
                       trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Works out all decisions dated in [since_us, until_us) once more, each as of
 * what was known then, and compares: "decisions", "same", "other", and of the
 * first hundred others what differs, as JSON. Those that were made elsewhere are
 * left out. It stores nothing.
 * Cost: a match for each; and where what came since bears on any, the store is
 * folded as it was, once. `progress` may be NULL, counts decisions.
 * Errors: CANCELLED. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_decision_replay(
    const trato_store *store, int64_t since_us, int64_t until_us,
    trato_progress_fn progress, void *progress_context, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_what_if_options {
  uint32_t struct_size;
  uint32_t rows;    /* 1: the answer has each decision under "rows" */
  int64_t since_us; /* the decisions dated from here ... */
  int64_t until_us; /* ... until before here */
  trato_progress_fn progress; /* counts decisions; may be NULL */
  void *progress_context;
} trato_what_if_options;

#define TRATO_WHAT_IF_OPTIONS_INIT \
  { sizeof(trato_what_if_options), 0, INT64_MIN, INT64_MAX, NULL, NULL }

/* Decides a period once more, as it would have been decided if what a fork
 * (trato_store_fork) was told had held, and compares. Write the changes into the
 * fork first: definitions of offers, policies, segments and the like hold from
 * the beginning of the period (those of a name that is first defined within it,
 * from then on), whenever they were made; attributes, consents, objections,
 * links and the like count from their own dates, so date them before the period.
 * What was decided, bought, issued or recorded in the fork is set aside. Nothing
 * is stored.
 *
 * The fork is folded as it was before the period's first decision, with the
 * changes, and moved on fact by fact as the store was told. Each decision of the
 * period that this store made (those made elsewhere stay as they are) is made
 * anew for the same customer, channel, conversation and instant with the same
 * draw, knowing what would have been decided before it. Its outcomes, its permit
 * and its purchases are told again where the same offer is chosen on the same
 * channel, and left out otherwise, because nobody knows what would have come of
 * another. A decision that comes out otherwise counts as a contact if it was one
 * then, if nothing was offered then, or if its channel needs no permit. Permits
 * and coupons without a decision stay as they are.
 *
 * The answer is JSON: "decisions" and "customers" of the period; of these
 * "same" (offer, channel and score), "rescored" (the same offer with another
 * score), "another" (another offer or channel), "gained" (something instead of
 * nothing) and "lost" (nothing instead of something), each with "decisions" and
 * "customers"; "answers" that were "kept" and "left_out"; "changes", the facts
 * that count, and those "set_aside"; "currency"; "total" and for each of "offers"
 * what was "then" and would be "now": "decisions" for it, "contacts",
 * "customers", "reserved_minor" of budgets, and "expected_minor", the sum of
 * propensity times value after discount and cost. "rows", if asked for, in order
 * of the log: "decision", "customer", "at", "came" (one of the five words), and
 * "then" and "now" with "offer", "channel", "score", "contact".
 * Of a store that is no fork nothing was changed: all is the same.
 * Cost: the store is folded as it was, once, and a match for each decision.
 * Errors: INVALID_ARGUMENT names the field, FAILED_PRECONDITION (a batch was
 *   taken back in the period or in the fork; a store of the past), OUT_OF_RANGE
 *   (before what retention has left), CANCELLED.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_decision_what_if(
    const trato_store *fork, const trato_what_if_options *options,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

typedef uint32_t trato_outcome_kind;
#define TRATO_OUTCOME_SHOWN 1u
#define TRATO_OUTCOME_ACCEPTED 2u
#define TRATO_OUTCOME_REFUSED 3u
#define TRATO_OUTCOME_OPENED 4u
#define TRATO_OUTCOME_ANSWERED 5u
#define TRATO_OUTCOME_BOUGHT 6u
#define TRATO_OUTCOME_RETURNED 7u
#define TRATO_OUTCOME_NOTHING 8u /* no answer in time */

/* What became of a decision: of the one named, or by conversation of the last
 * one in it before the outcome. A late one corrects: the latest answer by
 * (at_us, source, fact id) holds. */
typedef struct trato_outcome {
  uint32_t struct_size;
  trato_outcome_kind kind;
  int64_t at_us;     /* event time; TRATO_AT_NOW */
  trato_id decision; /* may arrive later than the outcome; or zeros */
  trato_str key;     /* idempotency key; may be empty */
  trato_str conversation; /* instead of the decision */
  trato_id interaction;   /* what was bought or returned; zeros: not said */
} trato_outcome;

#define TRATO_OUTCOME_INIT                                           \
  {                                                                  \
    sizeof(trato_outcome), 0, TRATO_AT_NOW,                          \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},          \
        {NULL, 0}, {NULL, 0}, {                                      \
      { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }             \
    }                                                                \
  }

TRATO_API TRATO_NODISCARD trato_status
trato_outcome_record(trato_store *store, const trato_outcome *outcome,
                     int64_t now_us, const trato_write_options *options,
                     trato_id *out_fact, trato_error *error) TRATO_NOEXCEPT;

/* Whom to contact, how and what about. */
typedef struct trato_permit_request {
  uint32_t struct_size;
  uint32_t has_decision; /* 0: none */
  trato_id decision;     /* gives offer and channel where these are empty */
  trato_str channel;
  trato_str purpose; /* empty: the offer's; of none, direct marketing */
  trato_str offer;   /* may be empty */
  trato_str lasts;   /* how long it is good for; empty: "1d" */
} trato_permit_request;

#define TRATO_PERMIT_REQUEST_INIT                               \
  {                                                             \
    sizeof(trato_permit_request), 0,                            \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},     \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {                      \
      NULL, 0                                                   \
    }                                                           \
  }

typedef struct trato_permit {
  trato_id id;
  int64_t deadline_us; /* exclusive; unused by then it lapses */
} trato_permit;

/* Leave to contact a customer once, with the address: a fact. It is given under
 * the writer's lock if restriction, consent, objection, suppression lists, caps,
 * quiet hours, open complaints and hold-outs allow it, and counts for caps until
 * it lapses unused. `out_address` (may be NULL) is empty where the channel needs
 * none.
 * Errors: FAILED_PRECONDITION says what is in the way, NOT_FOUND (customer,
 *   offer, decision), INVALID_ARGUMENT.
 * Ownership: the caller disposes *out_address. */
TRATO_API TRATO_NODISCARD trato_status trato_permit_give(
    trato_store *store, trato_str customer, const trato_permit_request *request,
    int64_t now_us, const trato_write_options *options,
    trato_permit *out_permit, trato_buf *out_address,
    trato_error *error) TRATO_NOEXCEPT;

/* Says that the contact was made. Errors: NOT_FOUND, FAILED_PRECONDITION (it was
 * used), OUT_OF_RANGE (it has lapsed, or is not good yet). */
TRATO_API TRATO_NODISCARD trato_status trato_permit_use(
    trato_store *store, const trato_id *permit, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* A permit as it stands at now_us, as JSON, with its state: "open", "used",
 * "lapsed". Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_permit_show(const trato_store *store, const trato_id *permit,
                  int64_t now_us, trato_buf *out_json,
                  trato_error *error) TRATO_NOEXCEPT;

/* Says which decision a purchase of the customer came of, or with `decision`
 * NULL that it came of none. The last that is said holds, and what was said
 * before stays in the audit.
 * Errors: NOT_FOUND (customer). */
TRATO_API TRATO_NODISCARD trato_status trato_purchase_link(
    trato_store *store, trato_str customer, const trato_id *purchase,
    const trato_id *decision, trato_str reason, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Says of each purchase dated in [since_us, until_us), of customers for whom
 * anything was decided and of which nothing was said yet, that it came of the
 * last decision before it whose offer holds one of its products and whose time to
 * answer was not over (30 days where the offer says none), or of none: one
 * transaction. Gives the counts as JSON.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_match(
    trato_store *store, int64_t since_us, int64_t until_us, int64_t now_us,
    const trato_write_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What the offers of a policy with a hold-out sold beyond it, as JSON: of the
 * customers whose decisions dated in [since_us, until_us) logged where they are,
 * those that were offered and those that were left out, how many of each bought
 * one of the offers' products within `within` (empty: "30d") of the first such
 * decision, and the difference of the shares with a 95 % interval (Newcombe's
 * method 10). Customers who were both, through a link, count for neither.
 * "sample_ratio" tells whether as many were left out as the policy says now; for
 * each offer, and for who looks more than once, see trato_offer_effects.
 * Errors: NOT_FOUND (policy). Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_holdout_report(
    const trato_store *store, trato_str policy, trato_str within,
    int64_t since_us, int64_t until_us, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 12. Coupons
 *
 * A code, as "7K3MPQ-W9F2XA-0C5TRH", is 17 random characters of Crockford's
 * base 32 (over 80 bits, from the operating system) and a check character. The
 * store keeps its hash, under trato_store_options.key where the store is opened
 * with one. Without a key nobody finds a code from its hash either, as there
 * are too many to try; but whoever has both the file and a list of codes (of a
 * mailing, say) can tell which of them are in it. Coupons that were issued
 * under a key are found with that key only; those from before the store had
 * one are found all the same.
 *
 * A personal coupon is one customer's; a bearer coupon is of whoever has the
 * code. What it gives is kept as it was when it was issued, so that defining
 * the offer anew changes nothing. Whether it is valid is computed from the
 * facts and now_us: no job makes it expire.
 *
 * A redemption takes a use from its event time on. It gives it back when it is
 * reversed; when the purchase that it names is retracted by a correction; and
 * when interactions of the type "return" that reply to the purchase take it
 * back whole: with neither lines nor an amount, or all its quantities, or its
 * amount. Of more redemptions than uses, as where they were reported from
 * elsewhere, the first by (event time, source, fact id) hold.
 */

typedef uint32_t trato_coupon_gives;
#define TRATO_COUPON_OFFER 0u   /* the offer as it is */
#define TRATO_COUPON_MONEY 1u   /* an amount off */
#define TRATO_COUPON_PERCENT 2u /* basis points off */
#define TRATO_COUPON_GIFT 3u    /* a product */

#define TRATO_COUPON_FOR_EVER 1u /* no deadline, whatever the offer says */

/* What coupons give and for how long. NULL is as TRATO_COUPON_OPTIONS_INIT:
 * the offer's discount as it is now, until the offer's coupon_span from now_us
 * on, once. */
typedef struct trato_coupon_options {
  uint32_t struct_size;
  trato_coupon_gives gives; /* TRATO_COUPON_OFFER: the offer's discount */
  int64_t amount_minor;     /* of money, above 0 */
  trato_str currency;       /* of money; empty: the offer's */
  uint32_t basis_points;    /* of percent: 1 to 10,000; 1,000 is 10 % */
  uint32_t uses;            /* of each coupon; 0: one; at most 1e9 */
  trato_str product;        /* of a gift */
  int64_t valid_until_us;   /* exclusive; INT64_MAX: as span says */
  trato_str span;           /* the deadline is so long after now_us, such as
                               "10d": by the clock of the customer's own zone,
                               which is her attribute time_zone where it is
                               defined as a text and names an IANA zone, and of
                               the store's otherwise; empty: the offer's */
  uint32_t flags;           /* TRATO_COUPON_FOR_EVER */
  uint32_t reserved0;       /* 0 */
  trato_id decision;        /* that it comes of, of this offer for this customer;
                               zeros: none. That it is redeemed is then also the
                               outcome "bought" of the decision, that it is
                               reversed by trato_coupon_reverse "returned" */
} trato_coupon_options;

#define TRATO_COUPON_OPTIONS_INIT                                        \
  {                                                                      \
    sizeof(trato_coupon_options), TRATO_COUPON_OFFER, 0, {NULL, 0}, 0, 0, \
        {NULL, 0}, INT64_MAX, {NULL, 0}, 0, 0,                           \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}               \
  }

/* Issues a coupon for an offer: the customer's, or with an empty `customer` the
 * bearer's. This is the only time the code is seen.
 * Errors: NOT_FOUND (customer, offer); FAILED_PRECONDITION (the customer may
 *   not be offered it); INVALID_ARGUMENT, OUT_OF_RANGE name the field.
 * Ownership: the caller disposes *out_code. */
TRATO_API TRATO_NODISCARD trato_status trato_coupon_issue(
    trato_store *store, trato_str customer, trato_str offer,
    const trato_coupon_options *coupon, int64_t now_us,
    const trato_write_options *options, trato_buf *out_code,
    trato_error *error) TRATO_NOEXCEPT;

/* A code, ended by a NUL. Frozen. */
typedef struct trato_coupon_code {
  char text[24];
} trato_coupon_code;

/* Issues `count` bearer coupons (1 to 1,000,000) in one transaction: all or
 * none. out_codes has room for them.
 * Errors: as above.
 * Cost: some microseconds each; 16 bytes each in the file and about 35 in
 *   memory, where personal ones have about 100. */
TRATO_API TRATO_NODISCARD trato_status trato_coupon_issue_many(
    trato_store *store, trato_str offer, const trato_coupon_options *coupon,
    size_t count, int64_t now_us, const trato_write_options *options,
    trato_coupon_code *out_codes, trato_error *error) TRATO_NOEXCEPT;

#define TRATO_REDEMPTION_HAS_BASKET 1u
/* It happened elsewhere, at at_us, and is only told: it is recorded whatever
 * the deadline and the uses say, and holds or not by the rule above. */
#define TRATO_REDEMPTION_REPORTED 2u
/* Checked, and recorded not. */
#define TRATO_REDEMPTION_DRY_RUN 4u

typedef struct trato_coupon_redemption {
  uint32_t struct_size;
  uint32_t flags;       /* TRATO_REDEMPTION_... */
  trato_str code;       /* letter case, blanks and hyphens do not matter, and O,
                           I, L are read as 0, 1, 1 */
  trato_str customer;   /* who redeems it; empty: not said */
  trato_str key;        /* idempotency key: sent again, it succeeds again */
  int64_t at_us;        /* of what is reported; else TRATO_AT_NOW */
  trato_id purchase;    /* the fact id of the interaction that it was redeemed
                           with, of the customer named or of whose it is; may
                           arrive later; zeros: not said */
  int64_t basket_minor; /* TRATO_REDEMPTION_HAS_BASKET: not negative */
  trato_str currency;   /* of the basket; empty: the store's */
} trato_coupon_redemption;

#define TRATO_COUPON_REDEMPTION_INIT                                      \
  {                                                                       \
    sizeof(trato_coupon_redemption), 0, {NULL, 0}, {NULL, 0}, {NULL, 0},  \
        TRATO_AT_NOW, {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, \
        0, {                                                              \
      NULL, 0                                                             \
    }                                                                     \
  }

/* What a redemption gives. Frozen. */
typedef struct trato_coupon_result {
  trato_id redemption;      /* the fact's id */
  trato_coupon_gives gives; /* TRATO_COUPON_OFFER: the offer, no discount */
  uint32_t basis_points;    /* of percent */
  int64_t amount_minor;     /* off the basket, never more than the basket; of
                               percent rounded half away from zero. Without a
                               basket: of money the whole amount, else 0 */
  char currency[4];         /* of amount_minor; may be empty */
  uint32_t uses_left;
  trato_str product; /* of a gift; borrowed until the store is closed or
                        refreshed, as is the offer */
  trato_str offer;
  uint32_t holds;    /* 0: of what is reported, all uses were taken */
  uint32_t repeated; /* 1: the key was known; this is what was given then */
} trato_coupon_result;

/* Redeems a coupon under the writer's lock: of those who try at once, as many
 * succeed as there are uses. out_result may be NULL.
 * Errors: INVALID_ARGUMENT (the check character says it is mistyped), NOT_FOUND
 *   (no coupon has this code; nothing else is told), PERMISSION_DENIED (another
 *   customer's), FAILED_PRECONDITION (all uses are taken; what the key stands
 *   for takes no use any more; a purchase that was retracted or returned; a
 *   basket in another currency; no coupon is found while some were issued under
 *   another key), OUT_OF_RANGE (not valid yet, or
 *   past its deadline), ALREADY_EXISTS (the key with other content).
 * Cost: some 10 us and a sync, which those who redeem at once share. */
TRATO_API TRATO_NODISCARD trato_status trato_coupon_redeem(
    trato_store *store, const trato_coupon_redemption *redemption,
    int64_t now_us, const trato_write_options *options,
    trato_coupon_result *out_result, trato_error *error) TRATO_NOEXCEPT;

/* Takes a redemption back, so that its use is free again from now_us on.
 * `redemption` is its fact id; NULL: the only one that takes a use. With an
 * idempotency key, or for a redemption that is reversed already, it succeeds
 * again and changes nothing.
 * Errors: INVALID_ARGUMENT (mistyped), NOT_FOUND (coupon, redemption),
 *   FAILED_PRECONDITION (no redemption takes a use, or several do). */
TRATO_API TRATO_NODISCARD trato_status trato_coupon_reverse(
    trato_store *store, trato_str code, const trato_id *redemption,
    trato_str reason, trato_str key, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* A coupon as it stands at now_us, as JSON: offer, customer (null: the
 * bearer's), issued, deadline, gives, uses, uses_left, state ("valid",
 * "redeemed", "expired", "not yet valid"), redeemed, and redemptions by now_us,
 * each with id, at, customer, purchase, basket, amount, holds, and where it
 * takes no use why, since when, and the reason.
 * Errors: INVALID_ARGUMENT (mistyped), NOT_FOUND, FAILED_PRECONDITION (as
 *   trato_coupon_redeem, of another key).
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_coupon_show(const trato_store *store, trato_str code, int64_t now_us,
                  trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* What was issued by now_us, as JSON, newest first: of a customer and for an
 * offer, each of which may be empty, at most `limit` issues. Each has its terms,
 * how many coupons it has and how many of them are in which state. Codes are in
 * it nowhere.
 * Errors: NOT_FOUND (customer, offer).
 * Ownership: the caller disposes *out_json.
 * Cost: a look at all coupons. */
TRATO_API TRATO_NODISCARD trato_status trato_coupon_list(
    const trato_store *store, trato_str customer, trato_str offer, size_t limit,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 13. Consent
 *
 * What each record said of being contacted, by purpose and channel: statements
 * with date, source, wording and proof. Nothing is overwritten and nothing runs
 * out by a job: the answer at now_us follows from the statements dated by then.
 *
 * A statement covers the purpose and the channel that it names; "*" names all.
 * Of the statements of a record with the same purpose and channel, as written,
 * the last by (at_us, source, fact id) holds. Of those:
 *   1. A refusal (denied, withdrawn) holds against every grant, except while a
 *      later one has not run out that is no wider than the refusal in purpose
 *      and in channel. So "stop everything" ends what was granted before, a box
 *      ticked later for one newsletter grants that one, and no blanket grant
 *      lifts a specific refusal.
 *   2. Else any grant that has not run out allows it.
 * While records are one customer a refusal of any of them holds against the
 * grants of all; a record that said nothing takes nothing away. After unlinking
 * each has its own back.
 *   3. An objection to direct marketing holds against all of this, for each
 *      purpose that is direct marketing, until the record that objected lifts
 *      it. It covers every customer with a record that goes by an identifier of
 *      that one, so that it outlives an import under another name, unless the
 *      two records are kept apart.
 *   4. A suppression list (chapter 14) holds back direct marketing that is
 *      granted.
 */

/* Defines what customers are contacted for, or redefines it. A name is a-z, 0-9
 * and _, from a letter. What is direct marketing stays so. Every store has the
 * purpose "marketing", which is.
 * Errors: ALREADY_EXISTS when it would no longer be direct marketing. */
TRATO_API TRATO_NODISCARD trato_status trato_purpose_define(
    trato_store *store, trato_str name, uint32_t direct_marketing,
    trato_str description, int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

typedef uint32_t trato_consent_state;
#define TRATO_CONSENT_NONE 0u      /* an answer: nothing was said */
#define TRATO_CONSENT_GRANTED 1u   /* said, or an answer, as the next two */
#define TRATO_CONSENT_DENIED 2u    /* asked, and refused */
#define TRATO_CONSENT_WITHDRAWN 3u /* taken back */
#define TRATO_CONSENT_EXPIRED 4u   /* an answer: granted, and run out */
#define TRATO_CONSENT_OBJECTED 5u  /* an answer: to direct marketing */
/* Answers to what would be granted, and is direct marketing: */
#define TRATO_CONSENT_SUPPRESSED 6u /* a suppression list has the customer */
#define TRATO_CONSENT_UNCHECKED 7u  /* such a list cannot be relied on */

/* What a customer said of being contacted. */
typedef struct trato_consent {
  uint32_t struct_size;
  trato_consent_state state; /* granted, denied or withdrawn */
  int64_t at_us;             /* when it was said; TRATO_AT_NOW */
  int64_t valid_until_us;    /* exclusive, of what is granted; INT64_MAX: until
                                it is withdrawn */
  trato_str customer; /* names the record; it comes to exist with this fact */
  trato_str purpose;  /* one that is defined, or "*" for every one */
  trato_str channel;  /* one that is defined, or "*" for every one */
  trato_str wording;  /* the version of the text that was shown; may be empty */
  trato_str proof;    /* what shows it: a text, or the hash of what is kept
                         elsewhere; may be empty */
  trato_str key;      /* idempotency key; may be empty */
} trato_consent;

#define TRATO_CONSENT_INIT                                                 \
  {                                                                        \
    sizeof(trato_consent), TRATO_CONSENT_NONE, TRATO_AT_NOW, INT64_MAX,    \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, { NULL, 0 } \
  }

/* Records one statement; out_fact may be NULL.
 * Errors: NOT_FOUND (undefined purpose or channel), INVALID_ARGUMENT (a refusal
 *   that runs out, a grant that ends before it begins), ALREADY_EXISTS (same
 *   source and key, other content). */
TRATO_API TRATO_NODISCARD trato_status trato_consent_record(
    trato_store *store, const trato_consent *consent, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* A record objects to direct marketing, or lifts the objection that it made. */
typedef struct trato_objection {
  uint32_t struct_size;
  uint32_t lifted;    /* 1: lifts it */
  int64_t at_us;      /* when it was said; TRATO_AT_NOW */
  trato_str customer; /* names the record; it comes to exist with this fact */
  trato_str proof;    /* what shows it; not empty when it is lifted */
  trato_str key;      /* idempotency key; may be empty */
} trato_objection;

#define TRATO_OBJECTION_INIT                                         \
  {                                                                  \
    sizeof(trato_objection), 0, TRATO_AT_NOW, {NULL, 0}, {NULL, 0}, { \
      NULL, 0                                                        \
    }                                                                \
  }

/* Records an objection to direct marketing, or its lifting, which is for the
 * person alone and needs a proof; out_fact may be NULL.
 * Errors: INVALID_ARGUMENT (lifted without proof), ALREADY_EXISTS. */
TRATO_API TRATO_NODISCARD trato_status trato_objection_record(
    trato_store *store, const trato_objection *objection, int64_t now_us,
    const trato_write_options *options, trato_id *out_fact,
    trato_error *error) TRATO_NOEXCEPT;

/* Whether a customer may be contacted, and since when. Frozen. */
typedef struct trato_consent_answer {
  trato_consent_state state;
  uint32_t allowed; /* 1 when granted, otherwise 0 */
  int64_t since_us; /* of what decides, of a list its date; INT64_MIN: none */
  int64_t until_us; /* exclusive, by the clock alone; INT64_MAX: for ever */
  trato_id fact;    /* what decides; zeros: none */
} trato_consent_answer;

/* Answers for one purpose and one channel at now_us, from what all of the
 * customer's records said. Of several refusals the last decides, of several
 * grants the one that holds longest.
 * Errors: NOT_FOUND (customer, purpose, channel).
 * Cost: a look at each statement of the customer; where the purpose is direct
 * marketing and anybody ever objected, also one for each of her identifiers. */
TRATO_API TRATO_NODISCARD trato_status trato_consent_test(
    const trato_store *store, trato_str customer, trato_str purpose,
    trato_str channel, int64_t now_us, trato_consent_answer *out_answer,
    trato_error *error) TRATO_NOEXCEPT;

/* The same as JSON, with the reason in words and each statement that bears on
 * it: how it does, whose it is, source, wording and proof.
 * Errors: as above. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_consent_explain(
    const trato_store *store, trato_str customer, trato_str purpose,
    trato_str channel, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* One customer's objection in force, and the answer for every purpose and
 * channel of which anything was said, as JSON.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_consent_show(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Every statement that a customer's records made by now_us, in order, as JSON,
 * with record, source, actor, batch, wording, proof and when it was recorded.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_consent_history(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 14. Suppression lists
 *
 * Who must not be contacted for direct marketing, whatever was granted: lists
 * kept by others, and the store's own objections as they are kept outside it.
 * The store keeps hashes of identifiers under the key of
 * trato_store_options.key, so a list names nobody. Without a key the hashes
 * protect nobody: who has the file can try out all telephone numbers. A list
 * that was made under another key than the store is opened with holds everybody
 * back.
 *
 * A customer is on a list with any of her identifiers. Letter case, width and
 * blanks do not matter, nor the punctuation of a telephone number, and 00 leads
 * it as + does.
 *
 * A list has the date of its last import. One that is defined with a greatest
 * age holds everybody back once it is as old as that, or was never imported:
 * what would be TRATO_CONSENT_GRANTED is then TRATO_CONSENT_UNCHECKED.
 *
 * Every store has the list "objections". Exported, it tells the identifiers of
 * all records whose objection is in force. Kept outside the store and imported
 * after an older backup was restored, it holds back whoever objected since. An
 * entry of it no longer counts for an identifier whose objection is lifted
 * later.
 */

/* Defines a list, or redefines it. `max_age` is a span as in expressions, such
 * as "31d"; empty: any age will do.
 * Errors: INVALID_ARGUMENT (a malformed span). */
TRATO_API TRATO_NODISCARD trato_status trato_suppression_define(
    trato_store *store, trato_str list, trato_str max_age,
    trato_str description, int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_suppression_options {
  uint32_t struct_size;
  uint32_t adds; /* 1: to what is on the list; 0: in the place of that */
  int64_t at_us; /* the date of the list; TRATO_AT_NOW: as an export says, or
                    the call's now_us */
} trato_suppression_options;

#define TRATO_SUPPRESSION_OPTIONS_INIT \
  { sizeof(trato_suppression_options), 0, TRATO_AT_NOW }

/* Imports a list: identifiers written namespace:value, one a line, or the text
 * of trato_suppression_export. All of it, or nothing. The report is JSON: list,
 * entries (of this import), replaces, updated.
 * Errors: NOT_FOUND (undefined list), INVALID_ARGUMENT names the line,
 *   FAILED_PRECONDITION (exported under another key).
 * Ownership: the caller disposes *out_report.
 * Cost: 16 bytes an entry, in memory and in the file. */
TRATO_API TRATO_NODISCARD trato_status trato_suppression_import(
    trato_store *store, trato_str list, trato_str text, int64_t now_us,
    const trato_suppression_options *suppression_options,
    const trato_write_options *options, trato_buf *out_report,
    trato_error *error) TRATO_NOEXCEPT;

/* Writes a list as text that only a store with the same key can use: its date,
 * what tells the key, and the hashes.
 * Errors: NOT_FOUND (undefined list), FAILED_PRECONDITION (never imported, or
 *   made under another key).
 * Ownership: the caller disposes *out_text. */
TRATO_API TRATO_NODISCARD trato_status trato_suppression_export(
    const trato_store *store, trato_str list, int64_t now_us,
    trato_buf *out_text, trato_error *error) TRATO_NOEXCEPT;

/* All lists with entries, greatest age, date of the last import, state ("ready",
 * "never imported", "too old", "another key") and whether it holds everybody
 * back, as JSON. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status
trato_suppression_list(const trato_store *store, int64_t now_us,
                       trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 15. Contacts and batches
 *
 * What is imported is a batch: its facts carry one name, an actor and a source,
 * and can be listed and taken back as a whole.
 */

typedef uint32_t trato_column_rule;
#define TRATO_COLUMN_OVERWRITE 0u  /* a value takes the place of another one */
#define TRATO_COLUMN_FILL_BLANK 1u /* only where the customer has none */
#define TRATO_COLUMN_NEVER 2u      /* the column is not read */

/* What the host says of a column of a file. Frozen. */
typedef struct trato_contact_column {
  trato_str column; /* its header, as in the file */
  trato_str field;  /* "id", "identifier.NAMESPACE", "opt_out.CHANNEL" ("*": every
                       one), or a customer attribute; empty: as the header says */
  trato_column_rule rule;
  uint32_t reserved0; /* 0 */
} trato_contact_column;

#define TRATO_DATES_YEAR_FIRST 0u /* as ISO 8601; others are refused */
#define TRATO_DATES_DAY_FIRST 1u
#define TRATO_DATES_MONTH_FIRST 2u

typedef struct trato_contacts_options {
  uint32_t struct_size;
  uint32_t dry_run;     /* 1: read, compare and report, record nothing */
  trato_str name_space; /* of the file's ids; empty: "contact" */
  const trato_contact_column *columns; /* column_count of them; what is not among
                                          them goes by its header */
  size_t column_count;
  uint32_t date_order; /* TRATO_DATES_... */
  uint32_t reserved0;  /* 0 */
  trato_progress_fn progress; /* may be NULL; counts rows */
  void *progress_context;
} trato_contacts_options;

#define TRATO_CONTACTS_OPTIONS_INIT                                        \
  {                                                                        \
    sizeof(trato_contacts_options), 0, {NULL, 0}, NULL, 0,                 \
        TRATO_DATES_YEAR_FIRST, 0, NULL, NULL                              \
  }

/* Imports contacts from CSV text, one a row, as one batch and one transaction.
 * Columns are known by their headers: those of the address books and customer
 * systems that are common (Google, Outlook, HubSpot, Salesforce, Mautic, Odoo,
 * ERPNext), of a customer attribute that is defined, or as the options say; the
 * rest is listed as ignored. A row is the record of its id, or else of its first
 * e-mail address or telephone number, and all of these become its identifiers.
 * Attributes that are not defined are, as text or, where they are dates, as
 * timestamps; owner, unit and territory with many values, as views go by them.
 * Of an attribute with many values a cell may hold several, between semicolons,
 * and the rows of one record add up; to overwrite is to take away what the
 * record said and the file does not. A column of opt-outs withdraws consent to marketing. The text is
 * UTF-8 with or without byte order mark, UTF-16, or Windows-1252 line by line.
 * Rows of one record are put together, the later counts; rows that say the same
 * count once. What the store knows already is not recorded again. The source is
 * "contacts" unless the options name one; the batch gets a name where they name
 * none.
 * Rows that cannot be used, and values (such as the date 00/00/0000) without
 * their rows, are left out and reported.
 * The report is JSON: batch, encoding, columns with field and rule, ignored,
 * what is new, changed and unchanged, the number of conflicts and the first of
 * them (another value, somebody else's identifier), refusals with line numbers.
 * Errors: INVALID_ARGUMENT (two columns of one name; no column says who somebody
 *   is), NOT_FOUND (a column that the file lacks), FAILED_PRECONDITION (the
 *   batch was retracted), CANCELLED, UNAVAILABLE (read).
 * Ownership: the caller disposes *out_report.
 * Cost: the file and its facts are held in memory. */
TRATO_API TRATO_NODISCARD trato_status trato_contacts_import(
    trato_store *store, trato_read_fn read, void *read_context, int64_t now_us,
    const trato_contacts_options *contacts_options,
    const trato_write_options *options, trato_buf *out_report,
    trato_error *error) TRATO_NOEXCEPT;

/* All batches in the log, oldest first, as JSON: name, source and actor of the
 * first fact, when it was recorded and the last, interactions, attributes,
 * identifiers, consents, definitions, others; retracted and why, or null.
 * Errors: FAILED_PRECONDITION (of a store as it was).
 * Ownership: the caller disposes *out_json. Cost: one pass over everything. */
TRATO_API TRATO_NODISCARD trato_status trato_batch_list(
    const trato_store *store, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_retract_options {
  uint32_t struct_size;
  uint32_t dry_run; /* 1: say what would be, record nothing */
  trato_str reason;
} trato_retract_options;

#define TRATO_RETRACT_OPTIONS_INIT \
  { sizeof(trato_retract_options), 0, {NULL, 0} }

/* Takes a batch back: its facts count for nothing, whatever now_us, and every
 * answer is as if they had never come. The store as of an earlier log position
 * still tells them. Four things stay: definitions of the batch while others
 * need them; objections, which only the person lifts; restrictions; suppression
 * lists. Its
 * interactions are retracted one by one, so that their keys stay taken. Nothing
 * can be recorded under its name any more. The report is JSON: what the batch
 * held, customers before and after.
 * Errors: NOT_FOUND (batch), FAILED_PRECONDITION (retracted already).
 * Ownership: the caller disposes *out_report.
 * Cost: the state is folded anew from all facts that are no interactions, now
 * and whenever the store is opened; what it was stays in memory until then. */
TRATO_API TRATO_NODISCARD trato_status trato_batch_retract(
    trato_store *store, trato_str batch, int64_t now_us,
    const trato_retract_options *retract_options,
    const trato_write_options *options, trato_buf *out_report,
    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 16. What customers are worth: models of purchases
 *
 * No store is needed here. A table of purchases, or of what sums them up per
 * customer, becomes a trato_purchases or comes as arrays of the caller's; a
 * model is fitted to it and says of each customer whether she is still there,
 * how often she will buy, when next, and what that is worth today.
 *
 * Customers are summed up as the literature does: `frequency` is the number of
 * purchases after the first (several of one day are one), `recency` her age at
 * the last of them (0 without any; not the time since it), `age` the time since
 * the first. Times are in a unit of the caller's choice, weeks by default.
 *
 * Fits are by maximum likelihood, and the same bits for any number of threads
 * and any order of the customers. There is always an answer: where data leave a
 * parameter open (nobody came back, one customer), the fit says REGULARISED.
 */

/* Models, and the order of their parameters.
 * Of time, for whoever may buy at any moment: */
#define TRATO_MODEL_MBG_NBD 0u    /* r, alpha, a, b: the default */
#define TRATO_MODEL_BG_NBD 1u     /* r, alpha, a, b: who never came back is alive
                                     for ever */
#define TRATO_MODEL_PARETO_NBD 2u /* r, alpha, s, beta */
/* Of numbered occasions (appeals, renewals): recency is the number of the last
 * that was taken, age how many there were. */
#define TRATO_MODEL_BG_BB 3u /* alpha, beta, gamma, delta */
/* Of amounts, of who came back. */
#define TRATO_MODEL_GAMMA_GAMMA 4u /* p, q, gamma; q > 1 */

#define TRATO_FIT_CONVERGED 0u
#define TRATO_FIT_REGULARISED 1u   /* the data alone have no likeliest point; a
                                      weak prior on the logarithms made one */
#define TRATO_FIT_NOT_CONVERGED 2u /* the best point that was found */

/* Columns of one length, NULL where not given. */
typedef struct trato_purchase_columns {
  uint32_t struct_size;
  uint32_t reserved0;
  size_t count;
  const double *frequency;
  const double *recency;
  const double *age;
  const double *weight; /* customers that a row stands for; NULL: one */
  const double *spend;  /* mean amount of the purchases after the first */
  const double *total;  /* amount of all */
  const double *orders; /* purchases, those of one day apart */
  /* What came between end_us and until_us; results only. */
  const double *ahead;
  const double *ahead_total;
} trato_purchase_columns;

#define TRATO_PURCHASE_COLUMNS_INIT                                      \
  {                                                                      \
    sizeof(trato_purchase_columns), 0, 0, NULL, NULL, NULL, NULL, NULL,  \
        NULL, NULL, NULL, NULL                                           \
  }

/* What is known of each customer's purchases. One thread at a time. */
typedef struct trato_purchases trato_purchases;

#define TRATO_PURCHASES_EVENTS 0u  /* a row per purchase */
#define TRATO_PURCHASES_SUMMARY 1u /* a row per customer */

typedef struct trato_purchases_options {
  uint32_t struct_size;
  uint32_t form;               /* TRATO_PURCHASES_EVENTS or _SUMMARY */
  const trato_column *columns; /* what the stream names otherwise */
  size_t column_count;
  /* The rest is about events. */
  int64_t end_us;   /* where knowledge ends; TRATO_AT_NOW: at the last event */
  int64_t until_us; /* what came after that up to here is counted apart;
                       TRATO_AT_NOW: nothing is */
  int64_t unit_us;  /* of times in results; 0: a week */
  int64_t merge_us; /* purchases within one such part of time (from 1970-01-01)
                       are one; 0: a day; below 0: each is its own */
  uint32_t net_returns; /* amounts below 0 are returns, never purchases; 0: left
                           out; 1: taken from the amounts */
  uint32_t reserved0;
  trato_run_fn run; /* as in trato_store_options */
  void *run_context;
} trato_purchases_options;

#define TRATO_PURCHASES_OPTIONS_INIT                                       \
  {                                                                        \
    sizeof(trato_purchases_options), TRATO_PURCHASES_EVENTS, NULL, 0,      \
        TRATO_AT_NOW, TRATO_AT_NOW, 0, 0, 0, 0, NULL, NULL                 \
  }

/* Reads a table. Of events: customer (text or whole numbers), at, and where
 * present amount; times without a zone are taken as they are. Of a summary:
 * frequency, and where present customer, recency, age, weight, spend, total.
 * Customers who had bought nothing by the end are left out; the others are in
 * order of their numbers or names.
 * Errors: INVALID_ARGUMENT (a column is missing or of a wrong type; a value is
 *   missing or malformed: the message names column and row), and whatever the
 *   stream says when it fails.
 * Ownership: the stream is released in any case; the caller destroys
 *   *out_purchases.
 * Cost: 16 bytes an event and 24 (with amounts 48) a customer are kept. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_read(
    struct ArrowArrayStream *stream, const trato_purchases_options *options,
    trato_purchases **out_purchases, trato_error *error) TRATO_NOEXCEPT;

/* The same from CSV text with a header. Columns are found under their usual
 * names (customer_id, InvoiceDate, x, t_x, T, ...), or where the options say;
 * the amount of a row may be a quantity times a unit price. Times are ISO 8601.
 * Rows without a customer, or with what cannot be read, are left out and
 * reported: *out_report (may be NULL) is JSON with "rows", "used", "columns" and
 * "refused" (reason, rows, first_rows).
 * Errors: INVALID_ARGUMENT (a needed column is missing), UNAVAILABLE (read).
 * Ownership: the caller destroys *out_purchases and disposes *out_report. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_read_csv(
    trato_read_fn read, void *read_context,
    const trato_purchases_options *options, trato_purchases **out_purchases,
    trato_buf *out_report, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_store_purchases_options {
  uint32_t struct_size;
  uint32_t reserved0;
  const trato_str *types; /* of interactions that are purchases; NULL: the type
                             "purchase" */
  size_t type_count;
  const trato_str *returns; /* those that take back: their amounts are taken from
                               the others; NULL: none */
  size_t return_count;
  int64_t end_us;   /* where knowledge ends; TRATO_AT_NOW: at now_us */
  int64_t until_us; /* as in trato_purchases_options */
  int64_t unit_us;  /* the same */
  int64_t merge_us; /* the same; days are those of the store's zone */
} trato_store_purchases_options;

#define TRATO_STORE_PURCHASES_OPTIONS_INIT                        \
  {                                                               \
    sizeof(trato_store_purchases_options), 0, NULL, 0, NULL, 0,   \
        TRATO_AT_NOW, TRATO_AT_NOW, 0, 0                          \
  }

/* The same of a store's customers, as known at now_us: an interaction is a
 * purchase, linked records are one customer, named by the record that gives the
 * public id. Restricted customers are left out. What it gives does not change
 * with the store.
 * Errors: NOT_FOUND (undefined type), FAILED_PRECONDITION (amounts in two
 *   currencies; a view).
 * Ownership: the caller destroys *out_purchases.
 * Cost: one pass over these interactions. */
TRATO_API TRATO_NODISCARD trato_status trato_store_purchases(
    const trato_store *store, const trato_store_purchases_options *options,
    int64_t now_us, trato_purchases **out_purchases,
    trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_purchases_destroy(trato_purchases *purchases)
    TRATO_NOEXCEPT;

/* Points *out_columns at the customers' columns, for as long as `purchases`
 * lives. Those that a summary did not have are NULL. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_columns(
    const trato_purchases *purchases, trato_purchase_columns *out_columns,
    trato_error *error) TRATO_NOEXCEPT;

/* A table with a row per customer: customer, and the columns above that there
 * are. Ownership: the caller releases the stream, which outlives `purchases`. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_export(
    const trato_purchases *purchases, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_value_fit_options {
  uint32_t struct_size;
  uint32_t model; /* TRATO_MODEL_... */
  double prior;   /* standard deviation of a normal prior on each parameter's
                     logarithm (in a unit in which the mean age is 30); 0: none,
                     unless the data need one */
  trato_run_fn run;
  void *run_context;
} trato_value_fit_options;

#define TRATO_VALUE_FIT_OPTIONS_INIT \
  { sizeof(trato_value_fit_options), TRATO_MODEL_MBG_NBD, 0, NULL, NULL }

/* A fitted model: plain numbers, which a host may keep as it likes. */
typedef struct trato_value_model {
  uint32_t struct_size;
  uint32_t model;
  uint32_t status;          /* TRATO_FIT_... */
  uint32_t parameter_count; /* 3 or 4 */
  double parameters[4];
  double low[4]; /* 95 % intervals, from the curvature of the log-likelihood */
  double high[4];
  double covariance[16]; /* of the logarithms (of q - 1 for q), by rows of 4 */
  double log_likelihood;
  double customers; /* who took part: for GAMMA_GAMMA who came back and spent
                       more than 0 */
  uint32_t evaluations; /* of the likelihood */
  uint32_t reserved0;
} trato_value_model;

#define TRATO_VALUE_MODEL_INIT                                              \
  {                                                                         \
    sizeof(trato_value_model), 0, 0, 0, {0}, {0}, {0}, {0}, 0, 0, 0, 0      \
  }

/* Fits a model. frequency is needed; recency and age, or for GAMMA_GAMMA spend.
 * Errors: INVALID_ARGUMENT (nobody; the message names the column and the row).
 * Cost: some 30 passes over the different customers, and a sort of them; 1 ms
 *   for 2,357 (PARETO_NBD 10), a third of a second for 1 million. */
TRATO_API TRATO_NODISCARD trato_status
trato_value_fit(const trato_purchase_columns *columns,
                const trato_value_fit_options *options,
                trato_value_model *out_model, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_value_options {
  uint32_t struct_size;
  uint32_t reserved0;
  double horizon;       /* of expected and none, in the unit of the columns */
  double later;         /* of alive_later */
  double quantile;      /* of wait, below 1 */
  double value_horizon; /* of discounted and value; 0: for ever */
  double discount;      /* rate per unit, continuous: a purchase in time t is
                           worth e^(-discount t) of one today */
  double margin;        /* what remains of an amount */
  const trato_value_model *spend; /* a GAMMA_GAMMA; NULL: the column itself */
  trato_run_fn run;
  void *run_context;
} trato_value_options;

#define TRATO_VALUE_OPTIONS_INIT                                         \
  {                                                                      \
    sizeof(trato_value_options), 0, 0, 0, 0.5, 0, 0, 1, NULL, NULL, NULL \
  }

/* Arrays of the caller's to fill, `count` of the columns long; NULL where not
 * wanted. Nothing written is ever NaN or infinite. */
typedef struct trato_value_predictions {
  uint32_t struct_size;
  uint32_t reserved0;
  double *alive;         /* the probability that she still is a customer */
  double *alive_later;   /* that she still is one `later` from now */
  double *expected;      /* purchases within `horizon` */
  double *expected_low;  /* 95 % of what the uncertain parameters leave open of */
  double *expected_high; /* `expected`, by the delta method on its logarithm */
  double *none;          /* the probability of no purchase within `horizon` */
  double *wait;          /* until the next, if she is alive, in `quantile` of the
                            cases; 1e12 at most */
  double *spend;         /* the expected amount of a purchase */
  double *discounted;    /* expected purchases, discounted */
  double *value;         /* discounted x spend x margin */
} trato_value_predictions;

#define TRATO_VALUE_PREDICTIONS_INIT                                      \
  {                                                                       \
    sizeof(trato_value_predictions), 0, NULL, NULL, NULL, NULL, NULL,     \
        NULL, NULL, NULL, NULL, NULL                                      \
  }

/* Says what a model makes of each customer, who need not be those it was fitted
 * to. A GAMMA_GAMMA gives `spend` alone.
 * Errors: INVALID_ARGUMENT (a column is missing that an output needs, or wrong;
 *   an option out of its range; value without discount and end).
 * Cost: some 0.1 microseconds a customer for alive and expected; intervals and
 *   discounted values some microseconds. */
TRATO_API TRATO_NODISCARD trato_status trato_value_predict(
    const trato_value_model *model, const trato_purchase_columns *columns,
    const trato_value_options *options, const trato_value_predictions *out,
    trato_error *error) TRATO_NOEXCEPT;

/* The same as a table with a row per customer: customer, alive; with a horizon
 * expected, expected_low, expected_high and none; with `later` alive_later;
 * wait; where amounts are known spend; with discount or value_horizon
 * discounted, and value. Ownership: as trato_purchases_export. */
TRATO_API TRATO_NODISCARD trato_status trato_value_export(
    const trato_value_model *model, const trato_purchases *purchases,
    const trato_value_options *options, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* Fits the three models of time and chooses one: of events, the one that best
 * foresees the last third of the time from what was known before it (by root
 * mean square error); of a summary, or where nobody bought then, the likeliest.
 * What came after end_us has no part in it; where until_us was given, the errors
 * of each model in that period are reported as "after". JSON: "chosen", "by"
 * ("forecast" or "likelihood"), and for each of "models" its name, status,
 * parameters with low and high, log_likelihood, and as "inside" and "after"
 * mean_absolute and root_mean_square error, expected and actual purchases,
 * customers, and ranking: the probability (AUC) that of two customers with
 * repeats the one who bought was ranked above the one who did not, or null.
 * Ownership: the caller disposes *out_json; either output may be NULL. */
TRATO_API TRATO_NODISCARD trato_status trato_value_choose(
    const trato_purchases *purchases, trato_run_fn run, void *run_context,
    trato_value_model *out_model, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Where scores of recency, frequency and money begin: score j + 2 at value j,
 * which may be infinite (nobody has it). The recency's are of minus the time
 * since the last purchase, so that more is better in all three. */
typedef struct trato_rfm_edges {
  uint32_t struct_size;
  uint32_t groups; /* scores are 1 to groups */
  double recency[9];
  double frequency[9];
  double money[9];
} trato_rfm_edges;

#define TRATO_RFM_EDGES_INIT \
  { sizeof(trato_rfm_edges), 0, {0}, {0}, {0} }

typedef struct trato_rfm_columns {
  uint32_t struct_size;
  uint32_t groups; /* 2 to 10; 0: 5. Read by trato_rfm_find only */
  size_t count;
  const double *recency; /* time since the last purchase */
  const double *frequency;
  const double *money;
  trato_run_fn run;
  void *run_context;
} trato_rfm_columns;

#define TRATO_RFM_COLUMNS_INIT \
  { sizeof(trato_rfm_columns), 0, 0, NULL, NULL, NULL, NULL, NULL }

/* Finds the edges of equal groups: a value's score is 1 + floor(groups x the
 * share of customers below it, equals counted half), so equal values have equal
 * scores whatever their number.
 * Errors: INVALID_ARGUMENT (nobody, what is not finite; names column and row).*/
TRATO_API TRATO_NODISCARD trato_status
trato_rfm_find(const trato_rfm_columns *columns, trato_rfm_edges *out_edges,
               trato_error *error) TRATO_NOEXCEPT;

/* Writes the scores by these edges into arrays of the caller's; NULL: not
 * wanted. */
TRATO_API TRATO_NODISCARD trato_status trato_rfm_score(
    const trato_rfm_edges *edges, const trato_rfm_columns *columns,
    uint8_t *out_recency, uint8_t *out_frequency, uint8_t *out_money,
    trato_error *error) TRATO_NOEXCEPT;

/* Names a segment by scores from..to. Frozen. */
typedef struct trato_rfm_rule {
  trato_str name;
  uint8_t recency[2];
  uint8_t frequency[2];
  uint8_t money[2];
  uint8_t reserved0[2];
} trato_rfm_rule;

typedef struct trato_rfm_options {
  uint32_t struct_size;
  uint32_t groups;              /* 0: 5 */
  const trato_rfm_edges *edges; /* kept from earlier; NULL: found here */
  const trato_rfm_rule *rules;  /* the first that fits; NULL: with five groups
      champions (recency 5, frequency 4-5), loyal (3-4, 4-5),
      potential_loyalists (4-5, 2-3), new (5, 1), promising (4, 1),
      need_attention (3, 3), about_to_sleep (3, 1-2), at_risk (1-2, 3-4),
      cannot_lose (1-2, 5), hibernating (1-2, 1-2) */
  size_t rule_count;
  trato_run_fn run;
  void *run_context;
} trato_rfm_options;

#define TRATO_RFM_OPTIONS_INIT \
  { sizeof(trato_rfm_options), 0, NULL, NULL, 0, NULL, NULL }

/* A table with a row per customer: customer, recency (time since the last
 * purchase), frequency (of orders), money (the total), the scores r, f
 * and m, and segment, null where no rule fits.
 * Errors: INVALID_ARGUMENT (recency, age or total are not known).
 * Ownership: as trato_purchases_export; out_edges may be NULL. */
TRATO_API TRATO_NODISCARD trato_status trato_rfm_export(
    const trato_purchases *purchases, const trato_rfm_options *options,
    trato_rfm_edges *out_edges, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* ===========================================================================
 * 17. What a store's customers are worth, and what they are about to do
 *
 * A refit fits the models of chapter 16 to what the store knows and records the
 * result, an edition, as a fact: it is in force from the refit's now_us until
 * the next one, so what was asked of an earlier instant is answered by the
 * edition of that day. For one customer everything then follows from her own
 * purchases, the edition, and now_us. Times are in weeks, several purchases of a
 * day are one, and days are those of the store's zone: a figure changes with a
 * purchase, a refit, or when a day ends.
 *
 * Conditions read the same figures: alive() < 0.3, clv() > money("100.00",
 * "EUR"), expected_purchases() >= 1.0, rfm().segment == "at_risk". Without an
 * edition such a condition is refused.
 */

#define TRATO_MODEL_BEST 0xffffffffu /* what trato_value_choose chooses */

typedef struct trato_refit_options {
  uint32_t struct_size;
  uint32_t model;         /* TRATO_MODEL_MBG_NBD, _BG_NBD, _PARETO_NBD, _BEST */
  const trato_str *types; /* of interactions that are purchases; NULL: the type
                             "purchase" */
  size_t type_count;
  const trato_str *returns; /* those that take amounts back; NULL: none */
  size_t return_count;
  double horizon;  /* weeks that expected and value look ahead; 0: value for
                      ever, expected a year */
  double discount; /* of a year: 0.15 makes 1.15 in a year worth 1 today */
  double margin;   /* what remains of an amount */
  uint32_t groups; /* of scores; 0: 5 */
  uint32_t reserved0;
  const trato_rfm_rule *rules; /* segments; NULL: as in trato_rfm_options */
  size_t rule_count;
  const trato_str *categories; /* of products, whose rhythm is found apart; the
                                  life cycle goes by the brand's in all others.
                                  Each wants 20 customers who bought in it */
  size_t category_count;
} trato_refit_options;

#define TRATO_REFIT_OPTIONS_INIT                                             \
  {                                                                          \
    sizeof(trato_refit_options), TRATO_MODEL_MBG_NBD, NULL, 0, NULL, 0, 52,  \
        0.15, 1, 0, 0, NULL, 0, NULL, 0                                      \
  }

/* Fits a model of purchases, one of amounts where somebody came back, and the
 * edges of the scores to what is known at now_us, and records them. Others read
 * and write while it fits. *out_json (may be NULL) gets the edition, as one of
 * those of trato_value_editions.
 * Errors: FAILED_PRECONDITION (nobody has purchased; amounts in two
 *   currencies; a view), NOT_FOUND (undefined type), INVALID_ARGUMENT names the
 *   option.
 * Ownership: the caller disposes *out_json.
 * Cost: a pass over the purchases and the fits (trato_value_fit). */
TRATO_API TRATO_NODISCARD trato_status trato_value_refit(
    trato_store *store, const trato_refit_options *options, int64_t now_us,
    const trato_write_options *write, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* The editions, newest first, as JSON: "number", "at", "actor", "log_position"
 * (what was known), "types", "returns", the models "purchases" and "spend" with
 * parameters and intervals, "currency", "horizon_weeks", "discount", "margin",
 * "edges" of the scores, "segments", "rhythms" of
 * the brand and of categories.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_value_editions(
    const trato_store *store, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What the edition in force says of one customer. */
typedef struct trato_worth {
  uint32_t struct_size;
  uint32_t edition; /* its number */
  double alive;     /* the probability that she still is a customer */
  double expected;  /* purchases within the edition's horizon */
  double spend;     /* expected of a purchase, in major units */
  int64_t value_minor; /* discounted purchases x spend x margin */
  char currency[4];
  uint8_t recency_score; /* 1 to groups, the best */
  uint8_t frequency_score;
  uint8_t money_score;
  uint8_t reserved0;
  trato_str segment; /* empty where no rule fits */
  double frequency;  /* as in trato_purchase_columns, in weeks */
  double recency;
  double age;
  double orders; /* purchases, those of one day apart */
  double total;  /* their amount, in major units */
} trato_worth;

#define TRATO_WORTH_INIT                                                  \
  {                                                                       \
    sizeof(trato_worth), 0, 0, 0, 0, 0, "", 0, 0, 0, 0, {NULL, 0}, 0, 0,  \
        0, 0, 0                                                           \
  }

/* Errors: NOT_FOUND (no such customer; she has purchased nothing),
 *   FAILED_PRECONDITION (nothing had been fitted at now_us; amounts in two
 *   currencies; a view).
 * Ownership: `segment` is valid until the store is closed.
 * Cost: a read of her purchases; the value some microseconds. */
TRATO_API TRATO_NODISCARD trato_status trato_value_of(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_worth *out_worth, trato_error *error) TRATO_NOEXCEPT;

/* The same of everybody who has purchased, a row each, by name: customer, alive,
 * expected, spend, value (major units), frequency, recency, age, orders, total,
 * the scores r, f and m, and segment, null where no rule fits. Restricted
 * customers are left out.
 * Errors: FAILED_PRECONDITION as above. Ownership: as trato_purchases_export.
 * Cost: a pass over the purchases. */
TRATO_API TRATO_NODISCARD trato_status trato_value_table(
    const trato_store *store, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* The seven stages of the life cycle, in categories of products and for the
 * brand: awareness, consideration, option, purchase, reconsideration,
 * repurchase, abandonment. A customer is in the stage of the first rule that
 * holds of her; there is no way that has to be gone, so she moves back as well
 * as forward. Conditions ask for it: stage() == "abandonment",
 * stage("coffee") == "reconsideration". */

/* One line of the table. Frozen. */
typedef struct trato_stage_rule {
  trato_str stage;
  trato_str when;   /* a condition, as of segments, and beside it:
      bought() (how often; one day counts once), silent(0.95) (no purchase for
      longer than in 95 of 100 cases by her own rhythm), gone(0.5) (she has left
      for good with that probability), seen("30d", "visit") (any of these types
      in the window), after_purchase("complaint") (any since she last bought),
      aware() (anything at all): each of the category that is asked about */
  trato_str hold;   /* for how long it has to have held: "7d"; empty: not */
  trato_str reason; /* in words, for people */
} trato_stage_rule;

/* Puts a table of rules in force from now_us on, in the order given. Before the
 * first one, the default table holds; trato_stage_rules tells it.
 * Errors: INVALID_ARGUMENT names the rule and the field, with a place in its
 *   condition; FAILED_PRECONDITION (no refit yet; a view). */
TRATO_API TRATO_NODISCARD trato_status trato_stage_define(
    trato_store *store, const trato_stage_rule *rules, size_t count,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* The table in force, as JSON: "number" (0: the default one), "at", "actor", and
 * "rules" with "stage", "when", "hold", "reason".
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_stage_rules(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Where a customer is in a category (a product or category; empty: the brand),
 * as JSON: "stage" (null: in none), "since", "reason", "purchases",
 * "silent_weeks", "usual_gap_weeks" (within which she buys again in half the
 * cases), and "history", each step with stage, since and reason. All of it by
 * the table and the edition in force at now_us.
 * Errors: NOT_FOUND (customer, category), FAILED_PRECONDITION (no refit by then;
 *   a view). Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_stage_of(
    const trato_store *store, trato_str customer, trato_str category,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Everybody, as JSON: "funnel", for each stage "customers" at now_us, how many
 * there were at since_us as "before", and the share with its 95 % interval
 * (Wilson); "moves" after since_us, "from" a stage "to" another (null: none)
 * with how many, the mean time in the stage before, and the share of all moves
 * from there with its interval; "repurchase": how long it took from the first
 * purchase to the second. Errors as above.
 * Cost: a walk through each customer's history. */
TRATO_API TRATO_NODISCARD trato_status trato_stage_report(
    const trato_store *store, trato_str category, int64_t since_us,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* A row per customer who is in a stage, by name: customer, stage, since
 * (microseconds), reason, purchases, silent_weeks, usual_gap_weeks, and by the
 * edition for the brand alive, expected, value and at_stake: what she was worth
 * on the day of her last purchase, as a customer for certain, less what she is
 * worth now. Restricted customers are left out. Errors as above. Ownership: as trato_purchases_export. */
TRATO_API TRATO_NODISCARD trato_status trato_stage_table(
    const trato_store *store, trato_str category, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* Whom to win back: of trato_stage_table the rows of abandonment and
 * reconsideration, the most at stake first, `limit` of them (0: all). Errors and
 * ownership as there. */
TRATO_API TRATO_NODISCARD trato_status trato_stage_win_back(
    const trato_store *store, trato_str category, uint64_t limit,
    int64_t now_us, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* Few customers bring most of the value: as JSON the "currency", "customers",
 * "value" (to come, by the edition in force), "total" (so far) and, from the
 * highest value down, "tiers": "tier" ("top 1 %", "next 4 %", "next 15 %",
 * "next 30 %", "lower half"; one of nobody is left out), how many "customers",
 * their "value" and "total" with the share of all of it (value_share,
 * total_share), and "alive", the mean of their probabilities. Amounts are in
 * major units.
 * Errors: as trato_value_table. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_value_pyramid(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Who is about to be lost, a row each: those with the fewest purchases expected
 * within the edition's horizon first, which foretells it better than silence or
 * alive() alone; of equal ones by name. customer, expected, alive, value,
 * purchases (days), silent_weeks. Of those who bought on `purchases` days or more
 * (2: who came back), `limit` of them (0: all).
 * Errors and ownership: as trato_value_table. */
TRATO_API TRATO_NODISCARD trato_status trato_value_risk(
    const trato_store *store, uint64_t purchases, uint64_t limit,
    int64_t now_us, struct ArrowArrayStream *out_stream,
    trato_error *error) TRATO_NOEXCEPT;

/* What a unit spent in the period, in minor units of the purchases' currency.
 * Frozen. */
typedef struct trato_unit_cost {
  trato_str unit; /* empty: the whole */
  int64_t acquisition_minor;
  int64_t retention_minor;
} trato_unit_cost;

typedef struct trato_compare_options {
  uint32_t struct_size;
  uint32_t reserved0;
  int64_t since_us;       /* the period is (since_us, now_us]; the one before has
                             the same length */
  trato_str unit;         /* an attribute of customers, of text: each value is a
                             unit; empty: the whole alone */
  const trato_str *types; /* of interactions that are purchases; NULL: the type
                             "purchase" */
  size_t type_count;
  const trato_str *returns; /* those that take amounts back; NULL: none */
  size_t return_count;
  const trato_unit_cost *costs; /* NULL: not known */
  size_t cost_count;
} trato_compare_options;

#define TRATO_COMPARE_OPTIONS_INIT                                           \
  {                                                                          \
    sizeof(trato_compare_options), 0, 0, {NULL, 0}, NULL, 0, NULL, 0, NULL, 0 \
  }

/* How units (territories, owners, shops: the values of an attribute) and periods
 * compare, as JSON: "currency", "since", "now", "before" (where the period before
 * begins), "whole", and "units" by name, each with
 *   "unit" (null: the whole), "customers" (who have bought by now_us),
 *   "period" and "before", each with "buyers", of whom "new" (bought for the first
 *     time ever), "kept" (bought in the period before it, too) and "returned"
 *     (earlier); "lost" (bought in the period before it, and not in it),
 *     "purchases", "amount_minor" (less what was taken back), of which
 *     "new_amount_minor" and "kept_amount_minor", and "retention", the share
 *     kept / (kept + lost) with its 95 % interval (Wilson),
 *   "against_before": how much higher "retention" is than in the period before,
 *     and "against_rest": than that of everybody who is not in the unit, with
 *     95 % intervals (Newcombe); "amount_per_buyer" of both, 1 being the same,
 *   "costs" (null: not given): "acquisition_minor", "per_new_minor",
 *     "retention_minor", "per_kept_minor", and "ratio", what it costs to win a
 *     customer in terms of keeping one; null where nobody was won or kept.
 * Customers stand in each unit of which they have the value at now_us; who has
 * none stands in the whole alone. Restricted customers are left out.
 * Errors: INVALID_ARGUMENT (since_us is not before now_us; a unit with costs that
 *   nobody has; names the field), NOT_FOUND (no such attribute or type),
 *   FAILED_PRECONDITION (amounts in two currencies; a view).
 * Ownership: the caller disposes *out_json. Cost: a pass over the purchases. */
TRATO_API TRATO_NODISCARD trato_status trato_value_compare(
    const trato_store *store, const trato_compare_options *options,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Scores: points by rules, which fade or lapse. A score is never stored: it
 * follows from the facts and now_us, and is the sum of its log to the last
 * thousandth. Conditions ask for it: score("interest") >= 50. */

/* One line of a score. Frozen. */
typedef struct trato_score_rule {
  trato_str name;       /* what the log calls it */
  trato_str when;       /* interactions, each of which gives the points:
      interactions("visit").where(i, i.channel == "web"); or a condition, as of
      segments, which gives them while it holds. It may not ask for scores,
      stages or segments. */
  int64_t points_milli; /* thousandths of a point, to a million points either
                           way */
  trato_str half_life;  /* of interactions: "30d", in weeks, days and less, is
                           when half of the points are left; empty: they do not
                           fade */
  trato_str lapse;      /* of interactions: "1y" after which, by the calendar of
                           the store's zone, none is left; empty: never */
} trato_score_rule;

typedef struct trato_score_definition {
  uint32_t struct_size;
  uint32_t reserved0;
  trato_str name;
  const trato_score_rule *rules;
  size_t rule_count;  /* 1 to 100 */
  int64_t least_milli; /* it never falls below; INT64_MIN: any */
  int64_t most_milli;  /* nor rises above; INT64_MAX: any */
} trato_score_definition;

#define TRATO_SCORE_DEFINITION_INIT                                       \
  {                                                                       \
    sizeof(trato_score_definition), 0, {NULL, 0}, NULL, 0, INT64_MIN,     \
        INT64_MAX                                                         \
  }

/* Puts a score in force from now_us on; what is asked of an earlier instant is
 * answered by the definition of that time.
 * Errors: INVALID_ARGUMENT names the rule and the field, with a place in its
 *   expression; FAILED_PRECONDITION (a view). */
TRATO_API TRATO_NODISCARD trato_status trato_score_define(
    trato_store *store, const trato_score_definition *score, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* The scores in force, by name, as JSON: "scores", each with "name", "number"
 * (counts its definitions), "at", "actor", "least_milli", "most_milli", and
 * "rules" with "name", "when", "points_milli", "half_life", "lapse".
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_score_list(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* A customer's score, in thousandths of a point; 0 where nothing gave any and
 * no limit says otherwise.
 * Errors: NOT_FOUND (customer, score), FAILED_PRECONDITION (it was defined later;
 *   a view).
 * Cost: a read of the interactions that its rules are about. */
TRATO_API TRATO_NODISCARD trato_status trato_score_of(
    const trato_store *store, trato_str customer, trato_str score,
    int64_t now_us, int64_t *out_milli, trato_error *error) TRATO_NOEXCEPT;

/* The same with everything that it is made of, as JSON: "customer", "score",
 * "definition" (its number), "value_milli", and "log", what stands before what
 * happened, then by time: "rule", "kind" ("interaction", "condition", or where a
 * limit cuts or lifts the sum "most" or "least"), the "interaction" (a fact id),
 * "type", "at", "lapses", "given_milli", and "left_milli", rounded towards zero.
 * The value is the sum of left_milli. Errors as above.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_score_log(
    const trato_store *store, trato_str customer, trato_str score,
    int64_t now_us, trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* A row per customer: customer, points, points_milli; the highest first and of
 * equal ones by name, `limit` of them (0: all). Restricted customers are left
 * out. Errors as above. Ownership: as trato_purchases_export.
 * Cost: a pass over everybody's interactions of these types. */
TRATO_API TRATO_NODISCARD trato_status trato_score_table(
    const trato_store *store, trato_str score, uint64_t limit, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

#define TRATO_PERIOD_MONTH 0u
#define TRATO_PERIOD_WEEK 1u /* from Monday */
#define TRATO_PERIOD_QUARTER 2u
#define TRATO_PERIOD_YEAR 3u

/* Customers by the period of their first purchase, and how many were back in
 * each period since, as JSON: "cohorts", each with "start" ("2010-12"; of weeks
 * their Monday), "customers", and by period from the first on "active",
 * "retention" (the share of them), "orders", "amount"; "retention" of all
 * cohorts that have had such a period, with 95 % intervals (Wilson); "last", the
 * period that the end lies in, which is not over. Amounts below 0 count where
 * the purchases were read with returns, and are never purchases.
 * Errors: FAILED_PRECONDITION (a summary: single purchases are needed).
 * Ownership: the caller disposes *out_json. Cost: a sort of the purchases. */
TRATO_API TRATO_NODISCARD trato_status trato_purchases_cohorts(
    const trato_purchases *purchases, uint32_t period, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* -------------------------------------------------------------------------
 * 18. Which records are one person's
 *
 * The same person arrives as a visitor, a till customer, a contact of an ERP.
 * Records are compared field by field; each comparison ends in a level (the
 * same, misspelt, different), and each level speaks for one person or for two
 * with a weight in bits, the logarithm to base 2 of how much likelier it is
 * among records of one person (Fellegi and Sunter 1969; what agrees weighs more
 * where it is rare). The weights are learned from the records, without examples,
 * by expectation and maximisation. Records that share a key are compared, such
 * as how their surname sounds and their date of birth; a key that more than
 * max_block share finds nobody. Customers are made from pairs in order of
 * certainty, and only where all their records fit together: never whoever a
 * chain of pairs connects, nor those whose documents differ and are both valid.
 *
 * What is found becomes links (trato_link) of the source "identity",
 * whose reason says field by field why; unlinking takes one back exactly. What
 * is doubtful becomes a proposal, until somebody links the pair or says that it
 * cannot be linked. Consents, objections and restrictions stay with their
 * records.
 * ------------------------------------------------------------------------- */

/* What a field says of a person. */
typedef uint32_t trato_field_kind;
#define TRATO_FIELD_GUESSED 0u /* by the field's name, in English or Spanish */
#define TRATO_FIELD_GIVEN_NAME 1u
#define TRATO_FIELD_SURNAME 2u /* one, or both of the Spanish custom */
#define TRATO_FIELD_SECOND_SURNAME 3u
#define TRATO_FIELD_FULL_NAME 4u
#define TRATO_FIELD_BIRTH_DATE 5u /* 1971-05-24, 24/05/1971, 19710524 */
#define TRATO_FIELD_EMAIL 6u
#define TRATO_FIELD_PHONE 7u
#define TRATO_FIELD_DOCUMENT 8u /* one person's number, as of a passport */
#define TRATO_FIELD_STREET 9u   /* with or without the number of the house */
#define TRATO_FIELD_HOUSE_NUMBER 10u
#define TRATO_FIELD_POSTCODE 11u
#define TRATO_FIELD_PLACE 12u /* town or suburb */
#define TRATO_FIELD_TEXT 13u  /* anything else that people seldom change */
#define TRATO_FIELD_COUNTRY 14u /* of phone numbers that do not say theirs: two
    letters, or a name in English or Spanish; it is not compared */

/* A field. A record has up to two addresses for e-mail and two phone numbers, in
 * fields of their own or in one (several values, or "600 111 222; 915 550 000");
 * they are compared each with each. Frozen. */
typedef struct trato_identity_field {
  trato_str name; /* an attribute or a namespace; of a table, a column */
  trato_field_kind kind;
  uint32_t reserved0; /* 0 */
} trato_identity_field;

typedef struct trato_identity_definition {
  uint32_t struct_size;
  uint32_t max_block;   /* records that may share a key */
  uint32_t max_records; /* of one customer */
  uint32_t reserved0;   /* 0 */
  double link_at;       /* from this probability on records are linked */
  double review_at;     /* and from this one on proposed */
  const trato_identity_field *fields; /* none: those whose names say what they
      are */
  size_t field_count;
  trato_str country; /* of phone numbers that do not say theirs: "ES"; empty:
      they are compared as they are */
} trato_identity_definition;

#define TRATO_IDENTITY_DEFINITION_INIT                                     \
  {                                                                        \
    sizeof(trato_identity_definition), 100, 100, 0, 0.95, 0.5, NULL, 0,    \
        {NULL, 0}                                                          \
  }

/* How identities are resolved in the store from now on. Each change is a version
 * of its own.
 * Errors: INVALID_ARGUMENT names the field; FAILED_PRECONDITION (a view). */
TRATO_API TRATO_NODISCARD trato_status trato_identity_define(
    trato_store *store, const trato_identity_definition *definition,
    int64_t now_us, const trato_write_options *options,
    trato_error *error) TRATO_NOEXCEPT;

/* As JSON: "versions", oldest first, each with "version", "at", "actor",
 * "fields", "link_at", "review_at", "max_block", "max_records", "country" and
 * "model" (null: none was learned; else "prior", from how many "records" and
 * "pairs", and of each comparison the "levels" with their share among records of
 * "one_person" and of "two_people" and their "bits"); "usual", what holds
 * without any.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_definitions(
    const trato_store *store, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What becomes of what is found. */
typedef uint32_t trato_identity_mode;
#define TRATO_IDENTITY_APPLY 0u   /* linked, or proposed where doubtful */
#define TRATO_IDENTITY_PROPOSE 1u /* proposed only */
#define TRATO_IDENTITY_DRY_RUN 2u /* told, and nothing recorded */

/* Two records that may be one person's, as the host's own model gets to see them.
 * Frozen. */
typedef struct trato_identity_candidate {
  trato_str one; /* their names; of a table empty */
  trato_str other;
  uint64_t one_row; /* of a table, from 0 */
  uint64_t other_row;
  double probability;    /* as the definition's weights have it */
  trato_str comparisons; /* JSON, as "comparisons" of trato_identity_explain: each
      "field" with its "level", "bits", and what was compared as "one" and
      "other" */
} trato_identity_candidate;

/* The host's own model, in whatever language: for each pair probabilities[i]
 * comes as the weights have it, and is overwritten where the host knows better.
 * What it says holds for linking, proposing and refusing alike; documents that
 * differ, and who is kept apart, still keep two people two. It is called on the
 * thread of who asked, with up to 256 pairs at once, which are borrowed for the
 * call, and must not call the store. Anything but 0 ends it with CANCELLED. */
typedef int32_t (*trato_identity_judge_fn)(
    void *context, const trato_identity_candidate *pairs, size_t count,
    double *probabilities);

/* Of a telephone number that is written as within a country which the library
 * has no plan for (it has those of 50): its E.164 digits, with
 * or without the plus, into `out`, which has room for 16 bytes, and how many. 0:
 * it does not know either, and the number is compared by the digits that it has.
 * `country`: the record's or the definition's, as two letters, or empty. The same
 * number must always give the same. Borrowed for the call; it is called on the
 * thread of who asks and must not call the store. */
typedef size_t (*trato_phone_fn)(void *context, trato_str number,
                                 trato_str country, char *out);

/* From now on, and until the store is closed, `phone` reads such numbers; NULL:
 * nobody does. All records are read anew by the next question of this chapter.
 * Errors: FAILED_PRECONDITION (a view). */
TRATO_API TRATO_NODISCARD trato_status trato_identity_read_phones(
    trato_store *store, trato_phone_fn phone, void *context,
    trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_identity_options {
  uint32_t struct_size;
  trato_identity_mode mode; /* of a table: no matter */
  uint32_t relearn; /* of a store's records at once, not 0: the weights, although
      the definition has some */
  uint32_t pairs;   /* of a store's records at once: in the answer, at most */
  const trato_identity_definition *definition; /* of a table; of all records in
      place of the one in force, to see what it would do: dry runs only; NULL:
      the default, or the one in force */
  trato_identity_judge_fn judge; /* NULL: nobody is asked */
  void *judge_context;
  double judge_from; /* the probability from which on it is asked, 0 to 1 */
  trato_phone_fn phone; /* of a table; of a store trato_identity_read_phones */
  void *phone_context;
} trato_identity_options;

#define TRATO_IDENTITY_OPTIONS_INIT                                      \
  {                                                                      \
    sizeof(trato_identity_options), TRATO_IDENTITY_APPLY, 0, 20, NULL,   \
        NULL, NULL, 0.01, NULL, NULL                                     \
  }

/* One record against all others, as when it has just arrived. As JSON: "record",
 * its "customer", "outcome" ("link", "propose", "refuse" or "nothing"), "pairs",
 * each with the records "one" and "other", their customers, "outcome",
 * "probability", "bits", "why" in words, and as of trato_identity_explain.
 * options NULL: the default.
 * Errors: NOT_FOUND (no such record), INVALID_ARGUMENT (an option, a definition;
 *   the judge gave no probability), CANCELLED (by it), FAILED_PRECONDITION (a
 *   view). Ownership: the caller disposes *out_json.
 * Cost: some 100 us, and the judge's; the first question reads all records, and
 *   keeps some 250 bytes of each. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_resolve(
    trato_store *store, trato_str record,
    const trato_identity_options *options, int64_t now_us,
    const trato_write_options *write, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* All records at once. What it finds does not depend on the order in which they
 * came. Links made by hand or by identifiers stay, and who is kept apart stays
 * apart; links of the source "identity" that no longer follow are taken back.
 * Where the definition has no weights they are learned and become a version of
 * it. *out_json: "records", pairs "compared", keys that are "hubs",
 * "customers_before", "customers_after", pairs "linked", "unlinked", "proposed",
 * "refused", "version" (null: nothing was learned), "model", and "pairs" as
 * above, changes first.
 * Errors: INVALID_ARGUMENT names the option, or what the judge gave; CANCELLED (by
 *   it; nothing is recorded then); FAILED_PRECONDITION (a view).
 * Ownership: the caller disposes *out_json.
 * Cost: a read of all records and some 15 comparisons of each, a microsecond
 *   each, on the threads of trato_store_options.run; others read and write
 *   meanwhile, and other questions of this chapter wait. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_resolve_all(
    trato_store *store, const trato_identity_options *options, int64_t now_us,
    const trato_write_options *write, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What waits for somebody's word, the most certain first, as JSON: "open", how
 * many there are, and up to `limit` "pairs" as above, whose "outcome" is what is
 * proposed, "link" or "unlink". A pair is gone from here when it was linked
 * (unlinked) or said to be two (trato_cannot_link).
 * Errors: FAILED_PRECONDITION (a view).
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_review(
    const trato_store *store, uint32_t limit, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* Why two records are one person's, or are not, whatever was decided: "one",
 * "other", "probability", "bits", of them "prior_bits", "why" in words,
 * "comparisons" ("field", "level", "bits", and what was compared as "one" and
 * "other"), "documents_differ", and "questions": what is not known of both, and
 * the probability if it turns out the same, or different. `other` empty: why the
 * records of the customer are one, as JSON "customer", "records" (each with
 * "identifiers" and "ties", who linked it to which and why) and "pairs".
 * Errors: NOT_FOUND, INVALID_ARGUMENT (the same record twice),
 *   FAILED_PRECONDITION (a view). Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_explain(
    const trato_store *store, trato_str one, trato_str other, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* The same without a store: a table in, of which each row is a record, and a
 * table out: "row" (from 0), "customer" (the first row of hers), "probability"
 * (of the likeliest pair that made her; null: she is alone). *out_pairs (may be
 * NULL) gets the pairs from review_at on: "one", "other" (rows), "probability",
 * "outcome" ("link": they are one customer; "propose"; "refuse": they fit, and
 * not what else there is) and "why"; *out_json (may be NULL) "records",
 * "compared", "hubs", "customers" and the "model". Fields are columns, of text
 * or whole numbers or dates; of options (may be NULL) the definition, the judge
 * and `phone` count.
 * Errors: INVALID_ARGUMENT (no column says what it is; a column of another
 *   type), with row and column; what the judge gave; CANCELLED (by it).
 * Ownership: `stream` is released in any case; the caller releases what comes
 *   out. Cost: as trato_identity_resolve_all. */
TRATO_API TRATO_NODISCARD trato_status trato_identity_table(
    struct ArrowArrayStream *stream, const trato_identity_options *options,
    trato_run_fn run, void *run_context, struct ArrowArrayStream *out_stream,
    struct ArrowArrayStream *out_pairs, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* ---------------------------------------------------------------------------
 * 19. Learning and proof
 *
 * What another way of choosing would have brought is worked out of choices that
 * were drawn: each counts by how much likelier the other way is to make it. That
 * needs the probability with which each choice was made, some chance of all that
 * the other way would do, and enough of it. Where the log cannot answer, the
 * call succeeds and the answer says so: "answerable" is false, "reason" is one
 * of those below, "why" is a sentence, and nothing is estimated.
 *
 *   no_rows          there is nothing to go by
 *   no_probability   it is not known how likely the choices were
 *   bad_probability  one is not above 0 and at most 1 ("why" names the row)
 *   no_draw          all are 1: nothing was left to chance
 *   no_support       the other way makes choices that the log never made
 *   weights          the probabilities cannot be those of the choices
 *   few_effective    the effective sample size is below 100
 * ------------------------------------------------------------------------- */

typedef struct trato_evaluation_options {
  uint32_t struct_size;
  uint32_t reserved0;          /* 0 */
  const trato_column *columns; /* what the table names otherwise */
  size_t column_count;
} trato_evaluation_options;

#define TRATO_EVALUATION_OPTIONS_INIT \
  { sizeof(trato_evaluation_options), 0, NULL, 0 }

/* Values a policy by a table of choices, a row each: "probability" with which it
 * was made (null: not known; the column may be missing), "reward", what it
 * brought, "target", how likely the policy makes it; and, from a model, where
 * present both, "predicted", the reward to be expected of the choice, and
 * "expected", that of the policy there. As JSON: "answerable", "reason", "why",
 * "rows", "effective" (the effective sample size, (sum w)^2 / sum w^2 of the
 * weights w = target / probability), "mean_weight", "max_weight",
 * "min_probability", "supported" (the share of rows whose choice the policy may
 * make), "logged", what the log itself brought a choice, and what the policy
 * would have brought: "ips" (inverse propensities), "snips" (the same,
 * self-normalised: usually the best), "dr" (doubly robust; null without a
 * model), and "gain", snips less logged. Each is an "estimate" with its 95 %
 * interval, "low" to "high"; of ips and dr "certain_low" and "certain_high" hold
 * for any number of rows (empirical Bernstein), and are wide. `options` may be
 * NULL.
 * Errors: INVALID_ARGUMENT names column and row.
 * Ownership: `stream` is released in any case; the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_evaluation_table(
    struct ArrowArrayStream *stream, const trato_evaluation_options *options,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* The same from CSV text with a header; an empty probability is not known.
 * Errors: INVALID_ARGUMENT names column and line, UNAVAILABLE (read).
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_evaluation_csv(
    trato_read_fn read, void *read_context,
    const trato_evaluation_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Ways of choosing among the offers that a decision ranked. */
typedef uint32_t trato_target_policy;
#define TRATO_TARGET_GREEDY 0u  /* always the first */
#define TRATO_TARGET_UNIFORM 1u /* each alike */
#define TRATO_TARGET_EXPLORE 2u /* the first, but for a share that is drawn
                                   evenly, as trato_arbitration.exploration */
#define TRATO_TARGET_FIXED 3u   /* the first of a list that is among them; where
                                   none is, the first */

typedef uint32_t trato_reward;
#define TRATO_REWARD_ANSWER 0u /* 1 for a yes in the end, otherwise 0 */
#define TRATO_REWARD_VALUE 1u  /* for a yes what the offer was worth then, in minor
                                  units of the store's currency */

typedef struct trato_target {
  uint32_t struct_size;
  trato_target_policy policy;
  trato_reward reward;
  uint32_t reserved0;      /* 0 */
  double exploration;      /* of TRATO_TARGET_EXPLORE: 0 to 1 */
  const trato_str *offers; /* of TRATO_TARGET_FIXED: names, the best first */
  size_t offer_count;
  int64_t since_us; /* the decisions dated from here ... */
  int64_t until_us; /* ... until before here; TRATO_AT_NOW: until now_us */
} trato_target;

#define TRATO_TARGET_INIT                                         \
  {                                                               \
    sizeof(trato_target), TRATO_TARGET_GREEDY, TRATO_REWARD_ANSWER, \
        0, 0, NULL, 0, INT64_MIN, TRATO_AT_NOW                    \
  }

/* The same from the store's own decisions: what each would have brought if the
 * offer had been chosen otherwise among those that it ranked. Counted are those
 * that chose an offer and whose time to answer is over at now_us; without a
 * deadline, no answer is a no. As JSON as above (dr is null), and "policy",
 * "reward_of" ("answer" or "value"), "currency", "since", "until", "decisions" in
 * that time, and of these, left out, those made "elsewhere", of which it is not
 * known what else there was to choose from, "pending", whose time to answer is
 * not over, and "empty", which had no offer left. A decision that was made
 * without a draw has the probability 1, and says nothing of other offers.
 * Errors: INVALID_ARGUMENT names the field, NOT_FOUND (an offer).
 * Ownership: the caller disposes *out_json. Cost: a pass over the decisions. */
TRATO_API TRATO_NODISCARD trato_status trato_decisions_evaluate(
    const trato_store *store, const trato_target *target, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* What one arm of an experiment has come to. Frozen. */
typedef struct trato_arm {
  trato_str name;
  int64_t count;      /* customers */
  double sum;         /* of what is compared; of yes or no, how many said yes */
  double sum_squares; /* of its squares; not read of yes or no */
  double share;       /* of the customers it should get; 0 in all: each alike */
} trato_arm;

typedef struct trato_experiment_options {
  uint32_t struct_size;
  uint32_t yes_or_no; /* 1: what is compared is whether somebody did something */
  double level;       /* how often all intervals together may miss: 0.05 */
  int64_t planned;    /* customers of two arms at which the intervals are to be
                         narrowest; to be said before the first look */
} trato_experiment_options;

#define TRATO_EXPERIMENT_OPTIONS_INIT \
  { sizeof(trato_experiment_options), 0, 0.05, 10000 }

/* Compares each arm of an experiment with the first one, so that it may be looked
 * at whenever anybody likes: the intervals hold at all looks together (asymptotic
 * confidence sequences: Waudby-Smith et al. 2021), and so does p, whose smallest
 * over all looks counts as well. As JSON: "arms" ("name", "count", "mean"),
 * "sample_ratio", whether the arms got the customers that they should
 * ("chi_square", "p", "mismatch": p below 0.0005), and "comparisons", each with
 * "arm", "against", "difference" (of means or shares), "low", "high" and "p",
 * and of somebody who looks once only, at a time fixed before, "once_low",
 * "once_high" and "once_p". Of more than two arms the level is shared among the
 * comparisons. Until each of two arms has 50 customers "low" and "high" are null
 * and "p" is 1. Where the sample ratio does not fit, who got into which arm was
 * not left to chance alone: "answerable" is false, "reason" is "sample_ratio",
 * and nothing is compared.
 * Errors: INVALID_ARGUMENT names the arm. Ownership: the caller disposes
 *   *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_experiment_compare(
    const trato_arm *arms, size_t arm_count,
    const trato_experiment_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What each offer sold that would not have been sold without it, beside what is
 * attributed to it, as JSON "offers": of an offer that a policy with a hold-out is
 * about, the customers whose decisions dated in [since_us, until_us) logged that
 * it was the best for them, "offered" those who were not left out and "held_out"
 * those who were, how many of each bought one of its products within `within`
 * (empty: "30d") of the first such decision ("customers", "buyers", "purchases",
 * "amount_minor", "share"), and how many were "mixed", both through a link, and
 * count for neither. Of the offered: "attributed", who said yes ("customers",
 * "answers", "value_minor"); "organic", who would have bought anyway as far as
 * those left out tell ("buyers", "amount_minor"); and "incremental", what came
 * of the offer, as "buyers" and as "amount_minor", each an "estimate" with a 95 %
 * interval ("low", "high") of who looks once, and with one that holds whenever
 * it is looked at ("always_low", "always_high", "p", as in
 * trato_experiment_compare; `planned`: 0 is 10,000). "sample_ratio" says whether
 * as many were left out as the policy says. An offer of several such policies is
 * listed once for each. Where there is no answer "answerable" is false,
 * "reason" is "no_holdout", "few_customers" (fewer than 50 on a side) or
 * "sample_ratio", "why" is a sentence, and incremental and organic are null.
 * `offer` empty: all.
 * Errors: NOT_FOUND (offer), INVALID_ARGUMENT.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_effects(
    const trato_store *store, trato_str offer, trato_str within,
    int64_t since_us, int64_t until_us, int64_t planned, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* -------------------------------------------------------------------------
 * 20. Learners
 *
 * A learner chooses an offer for a customer, is told what she answered, and
 * chooses better the next time. It needs no store: customers, segments and
 * offers are numbers of the host's. Each choice comes with its exact
 * probability, without which nobody could say afterwards what another policy
 * would have brought.
 *
 * AFFINITY, the default, believes of each customer and offer what her segment
 * thinks of the offer, moved by what she herself answered to it, and less by what
 * she answered to other offers of the same need; the segment is drawn towards
 * everybody, an offer towards the need that it serves. How much a
 * customer's own answers weigh follows from the answers (empirical Bayes). It
 * samples from these beliefs (Thompson). It learns by counting: any order of
 * the same answers gives the same bits, and what is taken back, corrected,
 * linked or unlinked is as if it had never been otherwise.
 * SQUARECB believes the same, and shows what seems worse the less often the
 * worse it seems: 1 / (K + gamma x gap).
 * LOGISTIC is a Bayesian logistic regression, for decisions that numbers
 * describe (`context`). Its weights move with each answer, so that the order of
 * answers shows in the last digits, and nothing is taken back or linked.
 * FIXED shows the offer that was defined first, RANDOM any.
 *
 * Some decisions, a share of `floor`, are drawn evenly. It can only be switched
 * off by saying so twice, and then each choice says that it was.
 *
 * A learner is for one thread at a time.
 * ------------------------------------------------------------------------- */

#define TRATO_LEARNER_AFFINITY 0u
#define TRATO_LEARNER_LOGISTIC 1u
#define TRATO_LEARNER_SQUARECB 2u
#define TRATO_LEARNER_FIXED 3u
#define TRATO_LEARNER_RANDOM 4u

#define TRATO_LEARNER_NO_SEGMENT 65535u /* of a customer: none is known */

typedef struct trato_learner trato_learner;

/* What offers are for, as a tree. Frozen. */
typedef struct trato_learner_need {
  trato_str name;
  trato_str parent; /* one that stands before it; empty: none */
} trato_learner_need;

/* Offers are numbered from 0 in their order. Frozen. */
typedef struct trato_learner_offer {
  trato_str name;
  trato_str need; /* that it serves: a new offer starts with what is known of
                     it, and with what each customer thinks of it; empty: none */
} trato_learner_offer;

typedef struct trato_learner_definition {
  uint32_t struct_size;
  uint32_t policy; /* TRATO_LEARNER_... */
  const trato_learner_offer *offers;
  size_t offer_count; /* to 65,535 */
  const trato_learner_need *needs;
  size_t need_count;
  double floor;           /* the share drawn evenly: 0.01 to 1 */
  uint32_t without_floor; /* 1, with a floor of 0: there is none */
  uint32_t context_count; /* numbers that describe a decision, to 256; LOGISTIC */
  double prior_rate;      /* the response rate of what nothing is known of */
  double customer_weight; /* so many answers of hers count as much as what is
                             known of her segment; 0: as the answers say */
  double exploration;     /* times the standard deviation that is sampled; below
                             1 as what others answer tells of her, too */
  double gamma;           /* of SQUARECB, with the largest value as 1 */
  int64_t half_life_us;   /* after which an answer counts half, in steps of a
                             quarter of it; a week at least; 0: never */
  uint64_t seed;          /* of the draws */
} trato_learner_definition;

#define TRATO_LEARNER_DEFINITION_INIT                                   \
  {                                                                     \
    sizeof(trato_learner_definition), TRATO_LEARNER_AFFINITY, NULL, 0,  \
        NULL, 0, 0.01, 0, 0, 0.05, 0, 0.15, 1000, 0, 0                   \
  }

/* Makes a learner that knows nothing.
 * Errors: INVALID_ARGUMENT names the field; a floor below 0.01 is one.
 * Ownership: the caller destroys *out_learner. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_create(
    const trato_learner_definition *definition, trato_learner **out_learner,
    trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_learner_destroy(trato_learner *learner) TRATO_NOEXCEPT;

/* Adds an offer, whose number is the next.
 * Errors: ALREADY_EXISTS (the name), NOT_FOUND (the need). */
TRATO_API TRATO_NODISCARD trato_status trato_learner_add_offer(
    trato_learner *learner, const trato_learner_offer *offer,
    uint32_t *out_number, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_learner_question {
  uint32_t struct_size;
  uint32_t segment;       /* to 65,534, or TRATO_LEARNER_NO_SEGMENT */
  uint64_t customer;      /* 0: nobody is known */
  const uint32_t *offers; /* that she may be shown, each once */
  const double *values;   /* what a yes to each is worth, 0 or more; NULL: 1 */
  size_t offer_count;     /* 1 or more */
  const double *context;  /* as many as the definition says */
  size_t context_count;
  uint64_t draw; /* tells decisions of one customer and instant apart */
} trato_learner_question;

#define TRATO_LEARNER_QUESTION_INIT                                       \
  {                                                                       \
    sizeof(trato_learner_question), TRATO_LEARNER_NO_SEGMENT, 0, NULL,    \
        NULL, 0, NULL, 0, 0                                               \
  }

/* What was chosen. Frozen. */
typedef struct trato_learner_choice {
  uint32_t offer;
  uint32_t place;     /* among the offers of the question */
  double probability; /* with which it was chosen, exactly */
  double expected;    /* value times the believed response rate */
  double floor;       /* the share drawn evenly; 0: the learner has no floor */
} trato_learner_choice;

/* Chooses. The same learner, question and now_us choose the same. Where
 * out_probabilities is not NULL it gets one for each offer; they add up to 1.
 * Errors: NOT_FOUND (an offer), INVALID_ARGUMENT names the field and the place.
 * Cost: some 10 us for 20 offers; O(offers of the learner) after an answer. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_decide(
    trato_learner *learner, const trato_learner_question *question,
    int64_t now_us, trato_learner_choice *out_choice,
    double *out_probabilities, trato_error *error) TRATO_NOEXCEPT;

/* Many at once, as columns of one length. */
typedef struct trato_learner_rows {
  uint32_t struct_size;
  uint32_t reserved0;
  size_t count;
  const uint64_t *customers;
  const uint32_t *segments; /* NULL: none is known */
  const double *context;    /* context_count numbers of each row, one row after
                               the other */
  const uint32_t *offers;   /* that all rows may be shown; with `offsets`, those
                               of one row after the other */
  const double *values;     /* of `offers`; NULL: 1 each */
  size_t offer_count;       /* how long `offers` is */
  const size_t *offsets; /* count + 1: where the offers of each row begin; NULL:
                            all rows have all of them */
  uint64_t draw;         /* of the first row; each next has one more */
} trato_learner_rows;

#define TRATO_LEARNER_ROWS_INIT                                             \
  {                                                                         \
    sizeof(trato_learner_rows), 0, 0, NULL, NULL, NULL, NULL, NULL, 0,      \
        NULL, 0                                                             \
  }

/* Arrays of the caller's, `count` long; NULL where not wanted. */
typedef struct trato_learner_choices {
  uint32_t struct_size;
  uint32_t reserved0;
  uint32_t *offers; /* that were chosen */
  double *probability;
  double *expected;
  double *probabilities; /* of all offers of all rows, one row after the other */
  double floor;          /* as of trato_learner_choice */
} trato_learner_choices;

#define TRATO_LEARNER_CHOICES_INIT \
  { sizeof(trato_learner_choices), 0, NULL, NULL, NULL, NULL, 0 }

/* The same as trato_learner_decide for each row. Nothing is written where one is
 * refused; the message names the row. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_decide_all(
    trato_learner *learner, const trato_learner_rows *rows, int64_t now_us,
    trato_learner_choices *out_choices, trato_error *error) TRATO_NOEXCEPT;

typedef struct trato_learner_answers {
  uint32_t struct_size;
  uint32_t reserved0;
  size_t count;
  const uint64_t *customers;
  const uint32_t *segments; /* as they were when it was decided; NULL: none */
  const uint32_t *offers;
  const uint8_t *accepted; /* 1 or 0 */
  const int64_t *at_us;    /* when it was answered; NULL: all at `all_at_us` */
  int64_t all_at_us;
  const double *context; /* as in trato_learner_rows */
} trato_learner_answers;

#define TRATO_LEARNER_ANSWERS_INIT                                        \
  {                                                                       \
    sizeof(trato_learner_answers), 0, 0, NULL, NULL, NULL, NULL, NULL, 0, \
        NULL                                                              \
  }

/* Learns answers, all or none. Silence is a no that is learned when its time is
 * over; if a yes comes after all, take the no back and learn the yes.
 * Errors: NOT_FOUND (an offer), INVALID_ARGUMENT, OUT_OF_RANGE; the message
 *   names the row. Cost: less than 1 us each. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_learn(
    trato_learner *learner, const trato_learner_answers *answers,
    trato_error *error) TRATO_NOEXCEPT;

/* Takes answers back that were learned, all or none: the learner is as if it had
 * never heard of them.
 * Errors: FAILED_PRECONDITION (an answer was not learned, or is a LOGISTIC's). */
TRATO_API TRATO_NODISCARD trato_status trato_learner_take_back(
    trato_learner *learner, const trato_learner_answers *answers,
    trato_error *error) TRATO_NOEXCEPT;

/* From now on the two are one customer: what either answered counts for both.
 * Errors: ALREADY_EXISTS, FAILED_PRECONDITION (LOGISTIC). */
TRATO_API TRATO_NODISCARD trato_status trato_learner_link(
    trato_learner *learner, uint64_t one, uint64_t other,
    trato_error *error) TRATO_NOEXCEPT;
/* As if they had never been linked. Errors: NOT_FOUND. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_unlink(
    trato_learner *learner, uint64_t one, uint64_t other,
    trato_error *error) TRATO_NOEXCEPT;

/* The learner with all it knows, as bytes: of what learned the same, the same.
 * Ownership: the caller disposes *out_bytes. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_save(
    const trato_learner *learner, trato_buf *out_bytes,
    trato_error *error) TRATO_NOEXCEPT;
/* Errors: DATA_LOSS (no learner, or damaged).
 * Ownership: the caller destroys *out_learner. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_load(
    trato_str bytes, trato_learner **out_learner,
    trato_error *error) TRATO_NOEXCEPT;

/* What it is and knows, as JSON: "policy", "floor", "without_floor",
 * "prior_rate", "exploration", "gamma", "half_life_us", "seed", "context_count";
 * "answers", "customers", customer-offer "pairs" with "pair_bytes", what they
 * take; "customer_weight"; "needs" ("name", "parent"); "offers" ("name", "need",
 * "shown", "accepted", as they count at now_us, "rate", and of each of its
 * "segments" "segment", "shown", "accepted", "rate").
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_learner_describe(
    trato_learner *learner, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* ----------------------------------------------------------------------------
 * 21. Learners that serve a store's offers
 *
 * A learner is defined for all offers, for those of an issue or a group, or for
 * one; of several the most particular serves an offer. From then on
 * - a match asks it how likely the customer is to accept: the `affinity` of the
 *   offer, pooled between her own answers, those of customers like her, those to
 *   the offer, and those to what the offer stands below (its first need, the
 *   category of its first product and what this stands below; where there is
 *   neither its issue and its group),
 * - a decision is drawn among the offers that are left and that the learner of
 *   the best of them serves, as its policy says, and keeps the probability of
 *   each; a share of `floor` is drawn evenly.
 *
 * What a learner knows is no state of its own: it follows from the decisions and
 * outcomes that the store has, those of other systems too, up to now_us. What
 * was shown, and not answered yet, is a no; so is silence when respond_within is
 * over; what comes later takes its place from then on. So outcomes may come in
 * any order and late, a link brings together what two records answered and an
 * unlink takes it apart again, and a decision replays (trato_decision_replay).
 *
 * A LOGISTIC learner is the other way to learn: a logistic regression on all
 * segments that a customer is in (without segments: on how often she had bought
 * of what is offered), with Thompson sampling. What it believes is an edition
 * that trato_learning_refit makes of all answers and keeps as a version of the
 * definition; between refits nothing moves, and before the first there is the
 * prior. It tells segments apart, not customers.
 * ------------------------------------------------------------------------- */

typedef struct trato_learning_definition {
  uint32_t struct_size;
  uint32_t policy; /* TRATO_LEARNER_... of chapter 20; FIXED: the best score */
  trato_str name;
  trato_str issue; /* of the offers; empty: any */
  trato_str group;
  trato_str offer;
  const trato_str *segments; /* that tell customers apart, to 64: the first that
                                she is in when it is decided. None: how often
                                she had bought of what is offered, never, once or
                                more */
  size_t segment_count;
  double floor;           /* as of trato_learner_definition, as all below */
  uint32_t without_floor;
  uint32_t retired; /* 1: it serves no more */
  double prior_rate;
  double customer_weight;
  double exploration;
  double gamma;
  int64_t half_life_us;
} trato_learning_definition;

#define TRATO_LEARNING_DEFINITION_INIT                                       \
  {                                                                          \
    sizeof(trato_learning_definition), TRATO_LEARNER_AFFINITY, {NULL, 0},    \
        {NULL, 0}, {NULL, 0}, {NULL, 0}, NULL, 0, 0.01, 0, 0, 0.05, 0, 0.15, \
        1000, 0                                                              \
  }

/* Puts a learner in force from now_us on, in place of one of the same name; what
 * was answered before counts for it as well. A LOGISTIC one keeps what its last
 * refit found as long as its segments stay the same.
 * Errors: INVALID_ARGUMENT names the learner and the field, NOT_FOUND (a
 * segment). */
TRATO_API TRATO_NODISCARD trato_status trato_learning_define(
    trato_store *store, const trato_learning_definition *learning, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* Puts in force from now_us on what a LOGISTIC learner learns from all answers up
 * to then. The weights are the most probable ones under a normal prior (standard
 * deviation 1 in log odds): for any offer and, beside that, for each offer, of 1
 * and of each segment that the customer was in when it was decided, as is known
 * now. How sure each is follows from the curvature there (Chapelle and Li 2011).
 * The same answers give the same weights, in whatever order they came, and they
 * name no customer. Answers count less with half_life. *out_json is what
 * trato_learning_show says afterwards, and may be NULL.
 * Errors: NOT_FOUND, FAILED_PRECONDITION (it is not LOGISTIC, is retired, or
 *   nobody has answered; a view).
 * Ownership: the caller disposes *out_json.
 * Cost: a test of each segment for each answer, and some 10 steps of Newton's of
 *   O(offers x segments^3); others may read meanwhile. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_refit(
    trato_store *store, trato_str learner, int64_t now_us,
    const trato_write_options *options, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* All that were defined, by name, as a JSON array: "learner", "policy", "issue",
 * "group", "offer", "segments", "floor", "without_floor", "prior_rate",
 * "customer_weight", "exploration", "gamma", "half_life_us", "retired", how many
 * "offers" it serves, the "answers" that count, and the "records" that gave them.
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_list(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* What one is and knows, as JSON: as above, with "pairs" of a record and an
 * offer in "pair_bytes" of memory, "answers_of_segment" (so many answers of a
 * customer count as much as what is known of those like her), and "offers":
 * "offer", "title", "shown" and "accepted" as they count, "rate", and of each of
 * its "segments" the same; without segments these are "never bought", "bought
 * once" and "bought more often". Of a LOGISTIC one that was refitted "model" with
 * "answers", "until" and "offers" (the first, null, is any): "weights" with "of"
 * (a segment; empty: of 1), "mean" and "deviation", in log odds.
 * Errors: NOT_FOUND. Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_show(
    const trato_store *store, trato_str learner, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* How deep the learning relationship with a customer is, as JSON: how many
 * "attributes" and "interactions" are known, "loss", in words what she would
 * lose by leaving, and "learners" with
 *   answers, acceptances   that she gave and that count
 *   decisions, used        that the learner made for her, and those of them that
 *                          knew an answer of hers
 *   bits, bits_of_stranger how uncertain the choice is for her, and for somebody
 *                          of her kind who has answered nothing: the entropy of
 *                          its probabilities, by base 2
 *   expected_minor, expected_of_stranger_minor, gain_minor, currency
 *                          what a decision brings, if it chooses for her, and if
 *                          it chose as for a stranger, by what is known of her
 *   offer_count, offers    the likeliest first, to 20: "offer", "title",
 *                          "affinity", "probability" and both "..._of_stranger",
 *                          her "answers" and "acceptances", "value_minor"
 * Offers count that she may have and that make sense now; whether she may be
 * contacted does not matter.
 * Errors: NOT_FOUND. Ownership: the caller disposes *out_json. Cost: two matches. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_depth(
    const trato_store *store, trato_str customer, int64_t now_us,
    trato_buf *out_json, trato_error *error) TRATO_NOEXCEPT;

/* The same of everybody who has answered, a row each, the largest gain first;
 * `limit` of them, 0: all. Columns: customer, answers, acceptances, decisions,
 * used, bits, bits_of_stranger, expected_minor, expected_of_stranger_minor,
 * gain_minor; of several learners the last five are those of the one with the
 * largest gain.
 * Ownership: the caller releases *out_stream. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_depths(
    const trato_store *store, uint64_t limit, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* The same of the base, as JSON: "all" and, by how many answers were given,
 * "levels" ("answers_from", "answers_until") with "customers", "answers",
 * "acceptances", "decisions", "used", and the means of "bits",
 * "bits_of_stranger", "expected_minor", "expected_of_stranger_minor",
 * "gain_minor"; "currency".
 * Ownership: the caller disposes *out_json. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_base(
    const trato_store *store, int64_t now_us, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

/* Whether it gets better: what came of the first decision of each customer that
 * a learner made and that was answered, of her second, and so on. Columns:
 * number, customers, accepted, rate with the ends of its 95 % interval (Wilson)
 * low and high, expected (the mean of what was believed). `learner` empty: of
 * all. The later rows are of fewer customers, those who were asked more often.
 * Errors: NOT_FOUND. Ownership: the caller releases *out_stream. */
TRATO_API TRATO_NODISCARD trato_status trato_learning_progress(
    const trato_store *store, trato_str learner, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* ----------------------------------------------------------------------------
 * 22. What goes with what
 *
 * By the orders of all customers: what is bought together with an item, what
 * stands in for it, and what comes next. Of two items a and b it is counted how
 * often both are there, only a, only b, and neither, and how far that is from
 * chance is the log-likelihood ratio of Dunning (1993); pairs that are rarer than
 * by chance are left out. The score is drawn towards 0 where little is known:
 * llr k / (k + 3), k being how often both are there.
 *
 *   TOGETHER  of orders: both are in one
 *   INSTEAD   of customers: she bought both, never in one order; both stand in
 *             one category (trato_product_define), so without categories there
 *             are none
 *   NEXT      of steps from one order of a customer to her next: a in the one, b
 *             in the other and not in the one
 *
 * Orders of one customer and instant are one. Those of more than 100 items count
 * as items, not as pairs; INSTEAD compares the 200 items that a customer bought
 * last. Returns change nothing: who brings something back had thought that it
 * went with the rest. Retracted and corrected orders are as if they had always
 * been so.
 * ------------------------------------------------------------------------- */

#define TRATO_ITEMS_TOGETHER 0u
#define TRATO_ITEMS_INSTEAD 1u
#define TRATO_ITEMS_NEXT 2u

/* Of an instant. Any threads may ask it at once; trato_items_update waits until
 * they have their answers. */
typedef struct trato_items trato_items;

typedef struct trato_items_options {
  uint32_t struct_size;
  uint32_t reserved0;  /* 0 */
  trato_str type;      /* of the interactions; empty: "purchase" */
  trato_str half_life; /* "180d": after which an order counts half, in steps of a
                          quarter of it; empty: orders do not fade. INSTEAD does
                          not fade */
} trato_items_options;

#define TRATO_ITEMS_OPTIONS_INIT \
  { sizeof(trato_items_options), 0, {NULL, 0}, {NULL, 0} }

/* Learns it from what was bought up to now_us; restricted customers are left
 * out. The same orders give the same figures, in whatever order they came.
 * Errors: NOT_FOUND (the type), INVALID_ARGUMENT (half_life).
 * Ownership: the caller destroys *out_items, with the store open or not.
 * Cost: a pass over the orders, and over the pairs of items of each. */
TRATO_API TRATO_NODISCARD trato_status trato_items_learn(
    const trato_store *store, const trato_items_options *options,
    int64_t now_us, trato_items **out_items, trato_error *error) TRATO_NOEXCEPT;

TRATO_API void trato_items_destroy(trato_items *items) TRATO_NOEXCEPT;

/* Learns what is new, of the store that it was learned from: afterwards it is
 * what trato_items_learn would give at now_us, which may be before the last.
 * Orders that came, were corrected or retracted, customers that were linked or
 * unlinked, categories: whoever's orders are others than they were is counted
 * anew. An error leaves it as it was.
 * Errors: those of trato_items_learn.
 * Cost: a pass over the orders, and over the pairs of those customers only; all
 *   of them where now_us is in another quarter of half_life, or a known item in
 *   another category. */
TRATO_API TRATO_NODISCARD trato_status trato_items_update(
    trato_items *items, const trato_store *store, int64_t now_us,
    trato_error *error) TRATO_NOEXCEPT;

/* How many orders it is learned from, and items that are in them. Either may be
 * NULL. */
TRATO_API TRATO_NODISCARD trato_status trato_items_size(
    const trato_items *items, uint64_t *out_orders, uint64_t *out_items,
    trato_error *error) TRATO_NOEXCEPT;

/* What is related to an item, the highest score first; `limit` of them, 0: all.
 * Columns: item, score, llr, support (how often both, as it counts), lift
 * (against chance), confidence (of all with the item, the share with both).
 * Errors: NOT_FOUND (nobody bought it), INVALID_ARGUMENT (kind).
 * Ownership: the caller releases *out_stream. Cost: O(items related to it). */
TRATO_API TRATO_NODISCARD trato_status trato_items_related(
    const trato_items *items, trato_str item, uint32_t kind, uint64_t limit,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* The same of every item, `limit` rows each, 0: all, by item and then by score.
 * Columns: item, other, and those of above from score on. */
TRATO_API TRATO_NODISCARD trato_status trato_items_table(
    const trato_items *items, uint32_t kind, uint64_t limit,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* What a customer has not bought and is related to what she has: to each of the
 * 50 items that she bought last, the scores summed up. Columns: item, score,
 * because (of hers what adds most), and of this pair llr, support, lift,
 * confidence.
 * Errors: NOT_FOUND (the customer), INVALID_ARGUMENT (kind).
 * Ownership: the caller releases *out_stream. */
TRATO_API TRATO_NODISCARD trato_status trato_items_also_bought(
    const trato_items *items, const trato_store *store, trato_str customer,
    uint32_t kind, uint64_t limit, int64_t now_us,
    struct ArrowArrayStream *out_stream, trato_error *error) TRATO_NOEXCEPT;

/* Makes it something that offers, segments and conditions can ask: puts a score
 * in force from now_us on, under `name`, that says how well an item goes with
 * what a customer has bought. For each item that leads to this one, of the
 * `limit` that lead to it most (0 or more than 100: 100), it has a rule that
 * gives the score of the pair to whoever bought that: what
 * trato_items_also_bought says of the item to who has not bought it, within
 * these. Conditions ask score("name") > 10.0, and an offer that has it as its
 * context goes first to whom it suits. It is a definition like any other: what
 * was asked before is answered as before, and it stays as it is until it is
 * defined anew.
 * Errors: NOT_FOUND (nobody bought the item, or nothing leads to it),
 *   INVALID_ARGUMENT (kind, name), FAILED_PRECONDITION (a view). */
TRATO_API TRATO_NODISCARD trato_status trato_items_define_score(
    const trato_items *items, trato_store *store, trato_str name,
    trato_str item, uint32_t kind, uint64_t limit, int64_t now_us,
    const trato_write_options *options, trato_error *error) TRATO_NOEXCEPT;

/* ----------------------------------------------------------------------------
 * 23. Handing out what is scarce, at one instant
 * ------------------------------------------------------------------------- */

typedef struct trato_allocation_options {
  uint32_t struct_size;
  uint32_t reserved0; /* 0 */
  trato_str segment;  /* who may get something; empty: everybody */
  trato_str channel;  /* on which; empty: on any that an offer is made on */
} trato_allocation_options;

#define TRATO_ALLOCATION_OPTIONS_INIT \
  { sizeof(trato_allocation_options), 0, {NULL, 0}, {NULL, 0} }

/* Who should get which offer, so that the scores of all together are the most
 * that is possible: at most one offer for each customer, and of each offer no
 * more than its stock and its budget still allow. Candidates and their scores are
 * those of a match, without the price of pacing. It is a plan: nothing is
 * stored, and what is decided later may find it out of date.
 *
 * It is the best there is, not an estimate: customers come one by one, and each
 * time the most profitable chain of changes is made (she gets a, who had a gets
 * b, ... , somebody gets nothing), which keeps a plan of most value one (the
 * successive shortest paths of the transportation problem).
 *
 * out_stream gets a row for each customer who gets something, in order of the
 * names: customer, offer, channel (null: on any), score, value_minor. *out_json
 * gets "customers" (asked), "planned", "score" and, had nothing been scarce,
 * "score_unlimited", and "offers" with any candidate: "offer", "candidates",
 * "planned", "most" (null: any number), "score". Both may be NULL.
 * Restricted customers are left out.
 * Errors: NOT_FOUND (segment, channel).
 * Ownership: the caller releases *out_stream and disposes *out_json.
 * Cost: a match a customer, and for each O((offers that are used up)^2) at worst. */
TRATO_API TRATO_NODISCARD trato_status trato_offer_allocate(
    const trato_store *store, const trato_allocation_options *options,
    int64_t now_us, struct ArrowArrayStream *out_stream, trato_buf *out_json,
    trato_error *error) TRATO_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif /* TRATO_H */
