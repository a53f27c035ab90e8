// Which stretch of the ledger each invoice of one window bills.
#include "ledger/explain/billed_part.h"

#include <gtest/gtest.h>

#include "ledger/explain/line_evidence.h"

namespace quipu::ledger {
namespace {

EarlierBill bill(std::int64_t units, std::int64_t amount, Offset issued,
                 std::optional<Offset> voided = std::nullopt) {
    EarlierBill made;
    made.quantity = base::Quantity::from_int(units);
    made.amount_minor = amount;
    made.issued = issued;
    made.voided = voided;
    return made;
}

TEST(BilledPart, TheFirstInvoiceBillsAllThatCameBefore) {
    const BilledPart part = billed_part({}, 10);
    EXPECT_EQ(part.stretches, (std::vector<Stretch>{{0, 10}}));
    EXPECT_TRUE(part.contains(9));
    EXPECT_FALSE(part.contains(10));
    EXPECT_EQ(part.amount_before_minor, 0);
}

TEST(BilledPart, ALaterOneBillsWhatCameSince) {
    const BilledPart part = billed_part({bill(5, 50, 10), bill(2, 20, 14)}, 20);
    EXPECT_EQ(part.stretches, (std::vector<Stretch>{{14, 20}}));
    EXPECT_EQ(part.quantity_before, base::Quantity::from_int(7));
    EXPECT_EQ(part.amount_before_minor, 70);
}

TEST(BilledPart, WhatAVoidOneHeldIsBilledByTheNext) {
    const BilledPart part = billed_part({bill(5, 50, 10, 13), bill(2, 20, 12)}, 20);
    EXPECT_EQ(part.stretches, (std::vector<Stretch>{{0, 10}, {12, 20}}));
    EXPECT_EQ(part.quantity_before, base::Quantity::from_int(2));
    ASSERT_EQ(part.earlier.size(), 1u);
}

TEST(BilledPart, WhatANextOneBilledAgainIsNotBilledAThirdTime) {
    const BilledPart part = billed_part({bill(5, 50, 10, 11), bill(7, 70, 15)}, 20);
    EXPECT_EQ(part.stretches, (std::vector<Stretch>{{15, 20}}));
    EXPECT_EQ(part.quantity_before, base::Quantity::from_int(7));
}

TEST(BilledPart, ALaterVoidChangesNothingOfWhatWasBilledBefore) {
    const BilledPart part = billed_part({bill(5, 50, 10, 21)}, 20);
    EXPECT_EQ(part.stretches, (std::vector<Stretch>{{10, 20}}));
    EXPECT_EQ(part.quantity_before, base::Quantity::from_int(5));
    ASSERT_EQ(part.earlier.size(), 1u);
}

TEST(BilledPart, AnInvoiceOfTheSamePlaceTakesNothingMore) {
    EXPECT_TRUE(billed_part({bill(5, 50, 10)}, 10).stretches.empty());
}

Entry usage(Offset offset, Bucket bucket, std::int64_t amount, Offset window = 0) {
    Entry entry{.offset = offset};
    Posting posting;
    posting.bucket = bucket;
    posting.meter = {1, "calls", ""};
    posting.window = {{window}, {window + 100}};
    posting.units = posting.amount = base::Quantity::from_int(amount);
    entry.postings.push_back(posting);
    return entry;
}

TEST(LineEvidence, SumsTheWindowKeepsTheLineAndSaysWhereTheNextPageBegins) {
    InvoiceLine line;
    line.subscription = 1;
    line.feature = "calls";
    line.period = {{0}, {100}};
    LineEvidence evidence(line, billed_part({bill(4, 40, 10)}, 20), 1);
    evidence.take(usage(25, Bucket::Overage, 9));        // after the invoice
    evidence.take(usage(19, Bucket::Overage, -2));       // a correction
    evidence.take(usage(18, Bucket::Overage, 5, 1000));  // another window
    evidence.take(usage(17, Bucket::Overage, 6));
    evidence.take(usage(16, Bucket::Credit, 3));
    evidence.take(usage(9, Bucket::Overage, 4));  // billed before
    EXPECT_EQ(evidence.behind_line().overage, base::Quantity::from_int(4));
    EXPECT_EQ(evidence.behind_line().credit, base::Quantity::from_int(3));
    EXPECT_EQ(evidence.behind_line().events, 3);
    EXPECT_EQ(evidence.of_window().overage, base::Quantity::from_int(8));
    EXPECT_EQ(evidence.of_window().events, 4);
    ASSERT_EQ(evidence.events().size(), 1u);
    EXPECT_EQ(evidence.events()[0].entry.offset, 19);
    ASSERT_TRUE(evidence.next().has_value());
    EXPECT_EQ(evidence.next()->offset, 17);
    EXPECT_EQ(evidence.next()->overage_later, base::Quantity::from_int(-2));
}

}  // namespace
}  // namespace quipu::ledger
