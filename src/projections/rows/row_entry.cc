// The bytes of an entry, which is written for every event: what is absent costs a bit, and what the
// entry says twice (a posting's window, units, feature) is stored once.
//
//   format | flags | id | content(8) | kind | recorded_at | occurred_at - recorded_at, value,
//   entity, metadata if flagged | outcome tag, outcome | postings if flagged: count, each
//
// Times inside are differences to recorded_at.
#include "base/fields.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_io.h"

namespace quipu::projections {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Instant;
using base::Quantity;

constexpr std::uint8_t kFormat = 2;

// On disk: never reuse one.
template <typename T>
inline constexpr std::uint8_t kTag = 0;
template <>
inline constexpr std::uint8_t kTag<ledger::Done> = 1;
template <>
inline constexpr std::uint8_t kTag<ledger::UsageAnswer> = 2;
template <>
inline constexpr std::uint8_t kTag<ledger::AttachAnswer> = 3;
template <>
inline constexpr std::uint8_t kTag<ledger::AddonAnswer> = 4;
template <>
inline constexpr std::uint8_t kTag<ledger::EntityAnswer> = 5;
template <>
inline constexpr std::uint8_t kTag<ledger::EntityRefused> = 6;
template <>
inline constexpr std::uint8_t kTag<ledger::InvoiceAnswer> = 7;
template <>
inline constexpr std::uint8_t kTag<ledger::CustomerAnswer> = 8;
template <>
inline constexpr std::uint8_t kTag<ledger::SyncAnswer> = 9;
template <>
inline constexpr std::uint8_t kTag<ledger::Rejection> = 10;
template <>
inline constexpr std::uint8_t kTag<ledger::PaymentAnswer> = 11;

enum EntryFlag : std::uint8_t {
    kOccurredEarlier = 1 << 0,  // or later: not when recorded
    kHasValue = 1 << 1,
    kHasEntity = 1 << 2,
    kHasMetadata = 1 << 3,
    kHasPostings = 1 << 4,
    kAllEntryFlags = (1 << 5) - 1,
};

// An answer's code and feature, then a flag for each of its other fields that has more than its
// type's zero, and what has. What is most often there comes first: two bytes of flags hold 14.
constexpr std::size_t kAlwaysStored = 2;
// terms_feature equals feature, and is not stored.
constexpr std::uint32_t kTermsOfFeature = 1 << 9;
constexpr std::uint32_t kAllAnswerFlags =
    (1 << (base::kFieldCount<ledger::UsageAnswer> - kAlwaysStored + 1)) - 1;

// The flag of the field with this index.
constexpr std::uint32_t answer_flag(std::size_t field) {
    const std::uint32_t flag = 1U << (field - kAlwaysStored);
    return flag < kTermsOfFeature ? flag : flag << 1;
}

template <typename Visit>
void for_each_flagged(Visit&& visit) {
    using Fields = base::FieldsOf<ledger::UsageAnswer>;
    boost::mp11::mp_for_each<boost::mp11::mp_iota<boost::mp11::mp_size<Fields>>>([&](auto index) {
        if constexpr (index >= kAlwaysStored) {
            visit(answer_flag(index), boost::mp11::mp_at<Fields, decltype(index)>::pointer);
        }
    });
}

enum PostingFlag : std::uint32_t {
    kBucketMask = 7,
    kAnswersWindow = 1 << 3,
    kAnswersFeature = 1 << 4,
    kEntrysEntity = 1 << 5,
    kEntrysValue = 1 << 6,  // all units went here
    kAmountIsUnits = 1 << 7,
    kHasGrant = 1 << 8,
    kHasCharge = 1 << 9,
    kHasCurrency = 1 << 10,
    kAllPostingFlags = (1 << 11) - 1,
};

// Differences wrap around, so that any two moments have one.
Instant minus(Instant a, Instant b) {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(a.micros) -
                                      static_cast<std::uint64_t>(b.micros))};
}
Instant plus(Instant a, Instant b) {
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(a.micros) +
                                      static_cast<std::uint64_t>(b.micros))};
}

std::uint32_t flag_if(bool condition, std::uint32_t flag) {
    return condition ? flag : 0;
}

template <typename T>
bool has_value(const T& value) {
    return value != T{};
}
template <typename T>
bool has_value(const std::optional<T>& value) {
    return value.has_value();
}

std::uint32_t flags_of(const ledger::UsageAnswer& answer) {
    const bool same_terms = answer.terms_feature == answer.feature;
    std::uint32_t flags = flag_if(same_terms, kTermsOfFeature);
    for_each_flagged([&](std::uint32_t flag, auto field) {
        flags |= flag_if(has_value(answer.*field), flag);
        if constexpr (std::is_same_v<decltype(field), std::string ledger::UsageAnswer::*>) {
            if (same_terms && field == &ledger::UsageAnswer::terms_feature) flags &= ~flag;
        }
    });
    return flags;
}

void write(ByteWriter& out, const ledger::UsageAnswer& answer, Instant recorded_at) {
    RowWriter io(out);
    const std::uint32_t flags = flags_of(answer);
    out.varint(flags);
    io(answer.code, answer.feature);
    for_each_flagged([&](std::uint32_t flag, auto field) {
        if (!(flags & flag)) return;
        using Field = std::remove_cvref_t<decltype(answer.*field)>;
        if constexpr (std::is_same_v<Field, std::optional<Instant>>) {
            io(minus(*(answer.*field), recorded_at));
        } else if constexpr (requires { (answer.*field).has_value(); }) {
            io(*(answer.*field));
        } else if constexpr (!std::is_same_v<Field, bool>) {
            io(answer.*field);
        }
    });
}

// Reads entries; keeps `ok` for what RowReader cannot see.
class EntryReader {
public:
    explicit EntryReader(std::string_view bytes) : in_(bytes), io_(in_) {}

    ledger::Entry read(ledger::Offset offset) {
        ledger::Entry entry{.offset = offset};
        ok_ = in_.byte() == kFormat;
        const std::uint8_t flags = in_.byte();
        ok_ = ok_ && flags <= kAllEntryFlags;
        io_(entry.id);
        entry.content = in_.big_endian_u64();
        io_(entry.kind, entry.recorded_at);
        recorded_at_ = entry.recorded_at;
        entry.occurred_at = flags & kOccurredEarlier ? moment() : entry.recorded_at;
        if (flags & kHasValue) io_(entry.value);
        if (flags & kHasEntity) io_(entry.entity);
        if (flags & kHasMetadata) io_(entry.metadata_json);
        entry.outcome = outcome();
        if (flags & kHasPostings) postings(entry);
        return entry;
    }
    [[nodiscard]] bool done() const { return ok_ && io_.done(); }

private:
    Instant moment() { return plus(in_.instant(), recorded_at_); }

    template <typename T>
    T plain() {
        T value{};
        io_(value);
        return value;
    }

    ledger::Outcome outcome() {
        switch (in_.byte()) {
            case kTag<ledger::Done>:
                return plain<ledger::Done>();
            case kTag<ledger::UsageAnswer>:
                return usage_answer();
            case kTag<ledger::AttachAnswer>:
                return plain<ledger::AttachAnswer>();
            case kTag<ledger::AddonAnswer>:
                return plain<ledger::AddonAnswer>();
            case kTag<ledger::EntityAnswer>:
                return plain<ledger::EntityAnswer>();
            case kTag<ledger::EntityRefused>:
                return plain<ledger::EntityRefused>();
            case kTag<ledger::InvoiceAnswer>:
                return plain<ledger::InvoiceAnswer>();
            case kTag<ledger::CustomerAnswer>:
                return plain<ledger::CustomerAnswer>();
            case kTag<ledger::SyncAnswer>:
                return plain<ledger::SyncAnswer>();
            case kTag<ledger::Rejection>:
                return plain<ledger::Rejection>();
            case kTag<ledger::PaymentAnswer>:
                return plain<ledger::PaymentAnswer>();
            default:
                ok_ = false;
                return ledger::Done{};
        }
    }

    ledger::UsageAnswer usage_answer() {
        ledger::UsageAnswer answer;
        const std::uint64_t flags = in_.varint();
        ok_ = ok_ && flags <= kAllAnswerFlags;
        io_(answer.code, answer.feature);
        for_each_flagged([&](std::uint32_t flag, auto field) {
            const bool stored = (flags & flag) != 0;
            using Field = std::remove_cvref_t<decltype(answer.*field)>;
            if constexpr (std::is_same_v<Field, bool>) {
                answer.*field = stored;
            } else if (!stored) {
                return;
            } else if constexpr (std::is_same_v<Field, std::optional<Instant>>) {
                answer.*field = moment();
            } else if constexpr (requires { (answer.*field).has_value(); }) {
                io_((answer.*field).emplace());
            } else {
                io_(answer.*field);
            }
        });
        if (flags & kTermsOfFeature) answer.terms_feature = answer.feature;
        return answer;
    }

    void postings(ledger::Entry& entry) {
        const std::uint64_t count = in_.varint();
        ok_ = ok_ && count > 0 && count <= in_.rest().size();
        for (std::uint64_t i = 0; i < count && ok_ && io_.ok(); ++i) {
            entry.postings.push_back(posting(entry));
        }
    }

    ledger::Posting posting(const ledger::Entry& entry) {
        ledger::Posting posting;
        const std::uint64_t flags = in_.varint();
        const std::uint64_t bucket = flags & kBucketMask;
        ok_ = ok_ && flags <= kAllPostingFlags &&
              ledger::is_enumerator<ledger::Bucket>(static_cast<std::int64_t>(bucket));
        posting.bucket = static_cast<ledger::Bucket>(bucket);
        const auto* answer = std::get_if<ledger::UsageAnswer>(&entry.outcome);
        io_(posting.meter.subscription);
        window(posting, answer, (flags & kAnswersWindow) != 0);
        feature(posting, answer, (flags & kAnswersFeature) != 0);
        if (flags & kEntrysEntity) {
            posting.meter.entity = entry.entity;
        } else {
            io_(posting.meter.entity);
        }
        if (flags & kEntrysValue) {
            posting.units = entry.value;
        } else {
            io_(posting.units);
        }
        if (flags & kAmountIsUnits) {
            posting.amount = posting.units;
        } else {
            io_(posting.amount);
        }
        if (flags & kHasGrant) io_(posting.grant);
        if (flags & kHasCharge) io_(posting.charge_minor);
        if (flags & kHasCurrency) io_(posting.currency);
        return posting;
    }

    void window(ledger::Posting& posting, const ledger::UsageAnswer* answer, bool answers) {
        if (!answers) {
            posting.window.start = moment();
            posting.window.end = moment();
        } else if (answer != nullptr && answer->window_start && answer->resets_at) {
            posting.window = {*answer->window_start, *answer->resets_at};
        } else {
            ok_ = false;
        }
    }

    void feature(ledger::Posting& posting, const ledger::UsageAnswer* answer, bool answers) {
        if (!answers) {
            io_(posting.meter.feature);
        } else if (answer != nullptr) {
            posting.meter.feature = answer->feature;
        } else {
            ok_ = false;
        }
    }

    ByteReader in_;
    RowReader io_;
    Instant recorded_at_;
    bool ok_ = true;
};

std::uint32_t flags_of(const ledger::Posting& posting, const ledger::Entry& entry,
                       const ledger::UsageAnswer* answer) {
    const bool same_window = answer != nullptr && answer->window_start == posting.window.start &&
                             answer->resets_at == posting.window.end;
    const bool same_feature = answer != nullptr && answer->feature == posting.meter.feature;
    return static_cast<std::uint32_t>(posting.bucket) | flag_if(same_window, kAnswersWindow) |
           flag_if(same_feature, kAnswersFeature) |
           flag_if(posting.meter.entity == entry.entity, kEntrysEntity) |
           flag_if(posting.units == entry.value, kEntrysValue) |
           flag_if(posting.amount == posting.units, kAmountIsUnits) |
           flag_if(posting.grant != 0, kHasGrant) | flag_if(posting.charge_minor != 0, kHasCharge) |
           flag_if(!posting.currency.is_none(), kHasCurrency);
}

void write(ByteWriter& out, const ledger::Posting& posting, const ledger::Entry& entry,
           const ledger::UsageAnswer* answer) {
    RowWriter io(out);
    const std::uint32_t flags = flags_of(posting, entry, answer);
    out.varint(flags);
    io(posting.meter.subscription);
    if (!(flags & kAnswersWindow)) {
        io(minus(posting.window.start, entry.recorded_at),
           minus(posting.window.end, entry.recorded_at));
    }
    if (!(flags & kAnswersFeature)) io(posting.meter.feature);
    if (!(flags & kEntrysEntity)) io(posting.meter.entity);
    if (!(flags & kEntrysValue)) io(posting.units);
    if (!(flags & kAmountIsUnits)) io(posting.amount);
    if (flags & kHasGrant) io(posting.grant);
    if (flags & kHasCharge) io(posting.charge_minor);
    if (flags & kHasCurrency) io(posting.currency);
}

std::uint8_t flags_of(const ledger::Entry& entry) {
    return static_cast<std::uint8_t>(
        flag_if(entry.occurred_at != entry.recorded_at, kOccurredEarlier) |
        flag_if(!entry.value.is_zero(), kHasValue) | flag_if(!entry.entity.empty(), kHasEntity) |
        flag_if(!entry.metadata_json.empty(), kHasMetadata) |
        flag_if(!entry.postings.empty(), kHasPostings));
}

void write(ByteWriter& out, const ledger::Outcome& outcome, Instant recorded_at) {
    std::visit(
        [&]<typename T>(const T& value) {
            static_assert(kTag<T> != 0, "a new outcome needs its tag");
            out.byte(kTag<T>);
            if constexpr (std::is_same_v<T, ledger::UsageAnswer>) {
                write(out, value, recorded_at);
            } else {
                RowWriter{out}(value);
            }
        },
        outcome);
}

}  // namespace

std::string encode_entry(const ledger::Entry& entry) {
    ByteWriter out;
    append_entry(entry, out);
    return out.take();
}

void append_entry(const ledger::Entry& entry, ByteWriter& out) {
    RowWriter io(out);
    const std::uint8_t flags = flags_of(entry);
    io(kFormat, flags, entry.id);
    out.big_endian_u64(entry.content);
    io(entry.kind, entry.recorded_at);
    if (flags & kOccurredEarlier) io(minus(entry.occurred_at, entry.recorded_at));
    if (flags & kHasValue) io(entry.value);
    if (flags & kHasEntity) io(entry.entity);
    if (flags & kHasMetadata) io(entry.metadata_json);
    write(out, entry.outcome, entry.recorded_at);
    if (flags & kHasPostings) {
        const auto* answer = std::get_if<ledger::UsageAnswer>(&entry.outcome);
        out.varint(entry.postings.size());
        for (const ledger::Posting& posting : entry.postings) write(out, posting, entry, answer);
    }
}

base::Result<ledger::Entry> decode_entry(ledger::Offset offset, std::string_view bytes) {
    EntryReader reader(bytes);
    ledger::Entry entry = reader.read(offset);
    if (!reader.done()) return base::fail("row_corrupt", "The row is not a stored entry.");
    return entry;
}

}  // namespace quipu::projections
