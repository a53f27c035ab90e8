// Customer metadata: JSON object text that is kept as it came and merged member by member.
#pragma once

#include <string>
#include <string_view>

namespace quipu::ledger {

// Members of `update` replace those of `stored` with the same name (byte for byte), new ones
// follow; both are objects that a decoder has already found well formed, or "". Text of values is
// kept as it is.
[[nodiscard]] std::string merge_metadata(std::string_view stored, std::string_view update);

// Exactly one JSON object (RFC 8259) with at most 32 containers inside each other. UTF-8 is not
// looked at.
[[nodiscard]] bool is_json_object(std::string_view text);

}  // namespace quipu::ledger
