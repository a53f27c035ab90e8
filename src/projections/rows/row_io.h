// Writes and reads a state row field by field; the list beside each struct (QUIPU_FIELDS) says
// which fields, once for both directions.
//
// Numbers are varints (signed ones zigzagged), optional values and lists carry a leading flag or
// count. Equal values have equal bytes. The reader keeps to ByteReader's rule: after the first
// thing that does not fit, ok() is false for good.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/boxed.h"
#include "base/bytes.h"
#include "base/currency.h"
#include "base/error_code.h"
#include "base/fields.h"
#include "ledger/enum_range.h"

namespace quipu::projections {

class RowWriter {
public:
    explicit RowWriter(base::ByteWriter& out) : out_(out) {}

    template <typename... Fields>
    void operator()(const Fields&... values) {
        (put(values), ...);
    }

private:
    void put(bool value) { out_.boolean(value); }
    void put(std::uint8_t value) { out_.byte(value); }
    void put(std::uint32_t value) { out_.varint(value); }
    void put(std::uint64_t value) { out_.varint(value); }
    void put(std::int32_t value) { out_.zigzag(value); }
    void put(std::int64_t value) { out_.zigzag(value); }
    void put(const std::string& value) { out_.string(value); }
    void put(base::Instant value) { out_.instant(value); }
    void put(base::Currency value) { out_.string(value.code()); }
    void put(base::ErrorCode value) { out_.string(value.text()); }
    template <int Scale>
    void put(base::Decimal<Scale> value) {
        out_.i128(value.coefficient());
    }
    template <std::size_t Size>
    void put(const std::array<std::uint8_t, Size>& value) {
        out_.raw({reinterpret_cast<const char*>(value.data()), Size});
    }
    template <typename T>
    void put(const std::optional<T>& value) {
        out_.boolean(value.has_value());
        if (value) put(*value);
    }
    template <typename T>
    void put(const base::Boxed<T>& value) {
        out_.boolean(static_cast<bool>(value));
        if (value) put(*value);
    }
    template <typename T>
    void put(const std::vector<T>& values) {
        out_.varint(values.size());
        for (const T& value : values) put(value);
    }
    template <typename Key, typename T, typename Less>
    void put(const std::map<Key, T, Less>& values) {
        out_.varint(values.size());
        for (const auto& [key, value] : values) (put(key), put(value));
    }
    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            out_.byte(static_cast<std::uint8_t>(value));
        } else {
            static_assert(base::HasFields<T>, "its struct wants QUIPU_FIELDS");
            base::for_each_field(value, [this](std::string_view, const auto& each) { put(each); });
        }
    }

    base::ByteWriter& out_;
};

class RowReader {
public:
    explicit RowReader(base::ByteReader& in) : in_(in) {}

    template <typename... Fields>
    void operator()(Fields&... values) {
        (get(values), ...);
    }

    [[nodiscard]] bool ok() const { return ok_ && in_.ok(); }
    // Everything was read, and all of it was well formed.
    [[nodiscard]] bool done() const { return ok_ && in_.done(); }

private:
    void get(bool& value) { value = in_.boolean(); }
    void get(std::uint8_t& value) { value = in_.byte(); }
    void get(std::uint64_t& value) { value = in_.varint(); }
    void get(std::int64_t& value) { value = in_.zigzag(); }
    void get(std::uint32_t& value) { narrow(in_.varint(), value); }
    void get(std::int32_t& value) { narrow(in_.zigzag(), value); }
    void get(std::string& value) { value = in_.string(); }
    void get(base::Instant& value) { value = in_.instant(); }
    void get(base::Currency& value) {
        const auto read = base::Currency::from_code(in_.string());
        ok_ = ok_ && read;
        value = read.value_or(base::Currency());
    }
    void get(base::ErrorCode& value) {
        const auto read = base::ErrorCode::find(in_.string());
        ok_ = ok_ && read;
        value = read.value_or(value);
    }
    template <int Scale>
    void get(base::Decimal<Scale>& value) {
        value = base::Decimal<Scale>::from_coefficient(in_.i128());
    }
    template <std::size_t Size>
    void get(std::array<std::uint8_t, Size>& value) {
        const std::string_view bytes = in_.raw(Size);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value[i] = static_cast<std::uint8_t>(bytes[i]);
        }
    }
    template <typename T>
    void get(std::optional<T>& value) {
        value.reset();
        if (in_.boolean()) get(value.emplace());
    }
    template <typename T>
    void get(std::vector<T>& values) {
        values.clear();
        for (std::uint64_t left = count(); left > 0 && ok(); --left) get(values.emplace_back());
    }
    template <typename Key, typename T, typename Less>
    void get(std::map<Key, T, Less>& values) {
        values.clear();
        for (std::uint64_t left = count(); left > 0 && ok(); --left) {
            Key key;
            T value{};
            (get(key), get(value));
            const bool rises = values.empty() || values.key_comp()(values.rbegin()->first, key);
            ok_ = ok_ && rises;  // one order only, so that equal values have equal bytes
            values.emplace_hint(values.end(), std::move(key), std::move(value));
        }
    }
    template <typename T>
    void get(T& value) {
        if constexpr (std::is_enum_v<T>) {
            const std::uint8_t number = in_.byte();
            ok_ = ok_ && ledger::is_enumerator<T>(number);
            value = static_cast<T>(number);
        } else {
            static_assert(base::HasFields<T>, "its struct wants QUIPU_FIELDS");
            base::for_each_field(value, [this](std::string_view, auto& each) { get(each); });
        }
    }

    template <typename Wide, typename Narrow>
    void narrow(Wide wide, Narrow& value) {
        ok_ = ok_ && std::in_range<Narrow>(wide);
        value = static_cast<Narrow>(wide);
    }
    // Every item takes a byte at least, so a count beyond the rest is a lie.
    std::uint64_t count() {
        const std::uint64_t items = in_.varint();
        if (items > in_.rest().size()) ok_ = false;
        return ok() ? items : 0;
    }

    base::ByteReader& in_;
    bool ok_ = true;
};

}  // namespace quipu::projections
