// What the routes of this folder take.
#pragma once

#include "api/request/shapes.h"

namespace quipu::api {

inline constexpr base::JsonShape kTrackInput =
    kEventIds + kCustomerRef +
    base::JsonShape{"feature", "value", "entity", "metadata", "timestamp", "occurredAt"};
inline constexpr base::JsonShape kCheckInput = kTrackInput + base::JsonShape{"sendEvent"};
inline constexpr base::JsonShape kTrackBatchInput{{"events", kTrackInput, base::FieldUse::Apart}};

inline constexpr base::JsonShape kCheckQuery{"customer", "feature", "entity", "value", "at"};
inline constexpr base::JsonShape kSeriesQuery{"feature", "entity", "window", "from", "to"};
inline constexpr base::JsonShape kEventsQuery{"ack"};

inline constexpr base::JsonShape kReserveInput =
    kEventIds + base::JsonShape{"customer", "feature", "entity", "value", "expiresIn"};
inline constexpr base::JsonShape kConfirmInput =
    kEventIds + base::JsonShape{"customer", "reservation", "value", "metadata"};
inline constexpr base::JsonShape kReleaseInput =
    kEventIds + base::JsonShape{"customer", "reservation"};

}  // namespace quipu::api
