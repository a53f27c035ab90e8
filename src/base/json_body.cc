#include "base/json_body.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "base/json_token.h"

namespace quipu::base {

namespace ondemand = simdjson::ondemand;

namespace {

constexpr std::size_t kKeptBytes = 64 * 1024;  // buffers beyond this are freed after a large body
constexpr std::size_t kFewKeys = 16;           // up to here comparing all pairs beats sorting

using Nodes = std::vector<JsonNode>;

enum class Problem { None, Malformed, TooDeep, DuplicateKey, TooLarge };

base::Error describe(Problem problem) {
    switch (problem) {
        case Problem::TooDeep:
            return {"json_too_deep", "The JSON is nested too deeply."};
        case Problem::DuplicateKey:
            return {"json_duplicate_key", "A JSON object names the same key twice."};
        case Problem::TooLarge:
            return {"body_too_large", "The request body is too large."};
        case Problem::None:
        case Problem::Malformed:
            break;
    }
    return {"malformed_json", "The request body is not valid JSON."};
}

// Walks simdjson's forward-only document into nodes. Stops at the first problem.
class TreeBuilder {
public:
    TreeBuilder(Nodes& nodes, std::vector<std::string_view>& keys) : nodes_(nodes), keys_(keys) {}

    Problem add(ondemand::value value, std::string_view key, std::size_t depth) {
        ondemand::json_type type;
        if (value.type().get(type) != simdjson::SUCCESS) return Problem::Malformed;
        if (nodes_.size() == JsonReader::kMaxNodes) return Problem::TooLarge;
        JsonNode& node = nodes_.emplace_back();
        node.key = key;
        switch (type) {
            case ondemand::json_type::object:
                return add_object(value, depth + 1);
            case ondemand::json_type::array:
                return add_array(value, depth + 1);
            default:
                break;
        }
        node.raw = trim_token(value.raw_json_token());
        return add_scalar(node, value, type);
    }

private:
    // A scalar read by its token only is skipped by simdjson's iteration.
    static Problem add_scalar(JsonNode& node, ondemand::value& value, ondemand::json_type type) {
        switch (type) {
            case ondemand::json_type::number:
                node.kind = JsonKind::Number;
                node.text = node.raw;
                return valid(is_json_number(node.raw));
            case ondemand::json_type::string:
                node.kind = JsonKind::String;
                return valid(value.get_string().get(node.text) == simdjson::SUCCESS);
            case ondemand::json_type::boolean:
                node.kind = JsonKind::Boolean;
                node.truth = node.raw == "true";
                return valid(node.truth || node.raw == "false");
            case ondemand::json_type::null:
                node.kind = JsonKind::Null;
                return valid(node.raw == "null");
            default:
                return Problem::Malformed;
        }
    }

    Problem add_object(ondemand::value& value, std::size_t depth) {
        if (depth > JsonReader::kMaxDepth) return Problem::TooDeep;
        const std::size_t self = nodes_.size() - 1;
        const char* const start = value.raw_json_token().data();
        ondemand::object object;
        if (value.get_object().get(object) != simdjson::SUCCESS) return Problem::Malformed;
        std::uint32_t count = 0;
        for (auto each : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(each).get(field) != simdjson::SUCCESS) return Problem::Malformed;
            if (field.unescaped_key().get(key) != simdjson::SUCCESS) return Problem::Malformed;
            const Problem inside = add(field.value(), key, depth);
            if (inside != Problem::None) return inside;
            ++count;
        }
        const Problem closed = close(self, JsonKind::Object, count, start, value);
        if (closed != Problem::None) return closed;
        return has_duplicate(self) ? Problem::DuplicateKey : Problem::None;
    }

    Problem add_array(ondemand::value& value, std::size_t depth) {
        if (depth > JsonReader::kMaxDepth) return Problem::TooDeep;
        const std::size_t self = nodes_.size() - 1;
        const char* const start = value.raw_json_token().data();
        ondemand::array array;
        if (value.get_array().get(array) != simdjson::SUCCESS) return Problem::Malformed;
        std::uint32_t count = 0;
        for (auto each : array) {
            ondemand::value element;
            if (std::move(each).get(element) != simdjson::SUCCESS) return Problem::Malformed;
            const Problem inside = add(element, {}, depth);
            if (inside != Problem::None) return inside;
            ++count;
        }
        return close(self, JsonKind::Array, count, start, value);
    }

    Problem close(std::size_t self, JsonKind kind, std::uint32_t count, const char* start,
                  ondemand::value& value) {
        const char* end = nullptr;
        if (value.current_location().get(end) != simdjson::SUCCESS) return Problem::Malformed;
        JsonNode& node = nodes_[self];
        node.kind = kind;
        node.count = count;
        node.size = static_cast<std::uint32_t>(nodes_.size() - self);
        node.raw = trim_token({start, static_cast<std::size_t>(end - start)});
        return Problem::None;
    }

    bool has_duplicate(std::size_t self) {
        const JsonValue object(&nodes_[self]);
        if (object.size() < 2) return false;
        keys_.clear();
        for (const JsonValue member : object) keys_.push_back(member.key());
        if (keys_.size() <= kFewKeys) {
            for (std::size_t i = 1; i < keys_.size(); ++i) {
                const auto here = keys_.begin() + static_cast<std::ptrdiff_t>(i);
                if (std::find(keys_.begin(), here, *here) != here) return true;
            }
            return false;
        }
        std::sort(keys_.begin(), keys_.end());
        return std::adjacent_find(keys_.begin(), keys_.end()) != keys_.end();
    }

    static Problem valid(bool yes) { return yes ? Problem::None : Problem::Malformed; }

    Nodes& nodes_;
    std::vector<std::string_view>& keys_;
};

}  // namespace

std::optional<bool> JsonValue::boolean() const {
    if (kind() != JsonKind::Boolean) return std::nullopt;
    return node_->truth;
}

std::optional<std::string_view> JsonValue::string() const {
    if (kind() != JsonKind::String) return std::nullopt;
    return node_->text;
}

std::optional<std::string_view> JsonValue::number() const {
    if (kind() != JsonKind::Number) return std::nullopt;
    return node_->text;
}

JsonValue JsonValue::operator[](std::string_view name) const {
    if (!is_object()) return {};
    for (const JsonValue member : *this) {
        if (member.key() == name) return member;
    }
    return {};
}

std::size_t JsonValue::size() const {
    return node_ == nullptr ? 0 : node_->count;
}
std::string_view JsonValue::key() const {
    return node_ == nullptr ? std::string_view() : node_->key;
}
std::string_view JsonValue::raw() const {
    return node_ == nullptr ? std::string_view() : node_->raw;
}

JsonValue::Iterator JsonValue::begin() const {
    return Iterator(node_ == nullptr ? nullptr : node_ + 1);
}

JsonValue::Iterator JsonValue::end() const {
    return Iterator(node_ == nullptr ? nullptr : node_ + node_->size);
}

struct JsonReader::Impl {
    std::size_t max_bytes = 0;
    std::unique_ptr<ondemand::parser> parser = std::make_unique<ondemand::parser>();
    std::vector<char> text;  // '[', the source, ']' and simdjson's padding
    Nodes nodes;
    std::vector<std::string_view> keys;

    void shrink() {
        nodes.clear();
        if (text.size() <= kKeptBytes) return;
        text = {};
        keys = {};
        nodes = Nodes();
        parser = std::make_unique<ondemand::parser>();
    }

    // In brackets a lone scalar is read as everything else, and text behind the value is noticed.
    std::size_t wrap(std::string_view source) {
        const std::size_t size = source.size() + 2;
        const std::size_t padded = size + simdjson::SIMDJSON_PADDING;
        if (text.size() < padded) text.resize(padded);
        text[0] = '[';
        if (!source.empty()) std::memcpy(text.data() + 1, source.data(), source.size());
        text[size - 1] = ']';
        return size;
    }

    Problem parse(std::string_view source) {
        const std::size_t size = wrap(source);
        ondemand::document document;
        ondemand::array brackets;
        const simdjson::padded_string_view padded(text.data(), size, text.size());
        if (parser->iterate(padded).get(document) != simdjson::SUCCESS) return Problem::Malformed;
        if (document.get_array().get(brackets) != simdjson::SUCCESS) return Problem::Malformed;
        std::size_t values = 0;
        for (auto each : brackets) {
            ondemand::value value;
            if (++values > 1 || std::move(each).get(value) != simdjson::SUCCESS)
                return Problem::Malformed;
            const Problem inside = TreeBuilder(nodes, keys).add(value, {}, 0);
            if (inside != Problem::None) return inside;
        }
        const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
        return values == 1 && at_end ? Problem::None : Problem::Malformed;
    }
};

JsonReader::JsonReader(std::size_t max_bytes) : impl_(std::make_unique<Impl>()) {
    impl_->max_bytes = max_bytes;
}
JsonReader::~JsonReader() = default;

base::Result<JsonValue> JsonReader::read(std::string_view text) {
    impl_->shrink();
    const Problem problem = text.size() > impl_->max_bytes ? Problem::TooLarge : impl_->parse(text);
    if (problem != Problem::None) return tl::unexpected<base::Error>(describe(problem));
    return JsonValue(impl_->nodes.data());
}

}  // namespace quipu::base
