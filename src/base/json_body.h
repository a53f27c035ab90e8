// Reads a JSON text into a small tree of views; numbers stay the text they were sent as.
//
// A reader is made once per thread and reused: its buffers stay, so that a small body costs no
// allocation. Values are views into the reader and end with its next read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace quipu::base {

enum class JsonKind : std::uint8_t { Missing, Null, Boolean, Number, String, Array, Object };

// A value of the tree, in source order: a container is followed by all that is inside it.
struct JsonNode {
    JsonKind kind = JsonKind::Missing;
    bool truth = false;
    std::uint32_t count = 0;  // members or elements
    std::uint32_t size = 1;   // nodes of this value, itself included
    std::string_view key;     // unescaped; empty outside an object
    std::string_view text;    // String: unescaped. Number: as sent
    std::string_view raw;     // the source text of the value
};

// A cheap handle; copy it freely. A missing value answers every question with nothing.
class JsonValue {
public:
    class Iterator;

    JsonValue() = default;
    explicit JsonValue(const JsonNode* node) : node_(node) {}

    [[nodiscard]] JsonKind kind() const {
        return node_ == nullptr ? JsonKind::Missing : node_->kind;
    }
    [[nodiscard]] bool is_present() const { return kind() != JsonKind::Missing; }
    [[nodiscard]] bool is_null() const { return kind() == JsonKind::Null; }
    [[nodiscard]] bool is_object() const { return kind() == JsonKind::Object; }
    [[nodiscard]] bool is_array() const { return kind() == JsonKind::Array; }

    [[nodiscard]] std::optional<bool> boolean() const;
    // Valid UTF-8; may hold any character, U+0000 too.
    [[nodiscard]] std::optional<std::string_view> string() const;
    // A number of the JSON grammar, of any size: "-0", "1e999" and 100,000 digits come as they are.
    [[nodiscard]] std::optional<std::string_view> number() const;

    // The member of that name. Missing when there is none or this is no object.
    [[nodiscard]] JsonValue operator[](std::string_view name) const;

    [[nodiscard]] std::size_t size() const;      // members or elements; 0 for other kinds
    [[nodiscard]] std::string_view key() const;  // the name of this member; empty when it is none
    [[nodiscard]] std::string_view raw() const;  // its source text, without space around it

    // Members or elements in source order; none for other kinds.
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;

private:
    const JsonNode* node_ = nullptr;
};

class JsonValue::Iterator {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = JsonValue;
    using difference_type = std::ptrdiff_t;
    using pointer = const JsonValue*;
    using reference = JsonValue;

    Iterator() = default;
    explicit Iterator(const JsonNode* node) : node_(node) {}
    JsonValue operator*() const { return JsonValue(node_); }
    Iterator& operator++() {
        node_ += node_->size;
        return *this;
    }
    Iterator operator++(int) {
        const Iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

private:
    const JsonNode* node_ = nullptr;
};

class JsonReader {
public:
    static constexpr std::size_t kMaxDepth = 32;         // containers inside each other
    static constexpr std::size_t kMaxNodes = 1'000'000;  // values in one text

    explicit JsonReader(std::size_t max_bytes = 4 * 1024 * 1024);
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    // Codes: `malformed_json` (not exactly one JSON value in valid UTF-8), `json_too_deep`,
    // `json_duplicate_key`, `body_too_large` (bytes or values). All are for a 400 but the last:
    // 413.
    [[nodiscard]] base::Result<JsonValue> read(std::string_view text);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::base
