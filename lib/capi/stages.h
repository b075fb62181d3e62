// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_CAPI_STAGES_H_
#define TRATO_CAPI_STAGES_H_

#include "columnar/arrow_output.h"
#include "engine/store_stages.h"

namespace trato::capi {

// The rows as a table out.
void GiveStages(core::StageRows rows, ArrowArrayStream* out_stream);

}  // namespace trato::capi

#endif  // TRATO_CAPI_STAGES_H_
