// What a record may hold, whoever wrote it: one rule for the gateway, the decoders and the log.
//
// Lengths are in bytes, prices in minor units. No text may hold a NUL (ordered keys end their parts
// with it).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"
#include "ledger/command.h"

namespace quipu::ledger {

inline constexpr std::size_t kMaxIdBytes = 256;
inline constexpr std::size_t kMaxCustomerBytes = 256;
inline constexpr std::size_t kMaxOrganisationBytes = 128;
inline constexpr std::size_t kMaxSlugBytes = 128;  // features, plans, packs, credit systems
inline constexpr std::size_t kMaxEntityBytes = 256;
inline constexpr std::size_t kMaxEmailBytes = 320;
inline constexpr std::size_t kMaxNameBytes = 512;
inline constexpr std::size_t kMaxDescriptionBytes = 4096;
inline constexpr std::size_t kMaxUrlBytes = 2048;
inline constexpr std::int64_t kMaxRolloverWindows = 120;
inline constexpr std::size_t kMaxMetadataBytes = 4096;
inline constexpr base::UnitPrice kMaxPrice = base::UnitPrice::from_int(1'000'000'000'000'000'000);
inline constexpr std::int64_t kMaxFeeMinor = 1'000'000'000'000'000;  // of a plan's period or a pack
inline constexpr std::int64_t kMaxTrialDays = 3'650;
inline constexpr std::size_t kMaxWebhookSecretBytes = 128;
inline constexpr std::size_t kMaxWebhookTypes = 64;
inline constexpr std::size_t kMaxRecordBytes = 4 << 20;

// The first rule that the record breaks; none when it may go on the log. Codes: `field_missing`
// (an id where one is needed, the feature of a Track), `field_too_long`, `text_malformed` (not
// UTF-8, or a NUL), `metadata_malformed` (not one JSON object), `value_out_of_range` (quantities,
// times outside the years 1970 to 9999). An empty organisation or customer breaks no rule here: a
// message may carry them beside the record.
[[nodiscard]] std::optional<base::Error> problem_of(const CommandRecord& record);

// UTF-8 without NUL, surrogates and overlong forms.
[[nodiscard]] bool is_clean_text(std::string_view text);

}  // namespace quipu::ledger
