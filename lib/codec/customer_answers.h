// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is known of one customer, as JSON.

#ifndef TRATO_CODEC_CUSTOMER_ANSWERS_H_
#define TRATO_CODEC_CUSTOMER_ANSWERS_H_

#include <cstdint>
#include <string>

#include "codec/answers.h"

namespace trato::core {

std::string CustomerJson(const Model& model, RecordNumber customer,
                         int64_t now_us);

// All versions of an attribute up to now_us, in their order.
std::string AttributeHistoryJson(const Model& model, RecordNumber customer,
                                 uint32_t attribute, int64_t now_us);
// The attributes that are defined.
std::string AttributeListJson(const Model& model);

// The relations that are defined.
std::string RelationListJson(const Model& model);
// The customers reached along a relation, up to `levels` away (0: all).
std::string RelatedJson(const Model& model, RecordNumber customer,
                        const RelationDefinition& relation, bool inverse,
                        int levels, int64_t now_us);

// The customer that linking two records would make, and what speaks against it.
std::string LinkPreviewJson(const Model& model, RecordNumber one,
                            RecordNumber other, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_CUSTOMER_ANSWERS_H_
