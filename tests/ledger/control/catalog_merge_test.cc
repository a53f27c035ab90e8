// A payload laid over what is there (docs/contract/catalog.md#merging, #removed-features).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using Slugs = std::vector<std::string>;

constexpr const char* kThen = "2026-01-01T00:00:00Z";
constexpr const char* kNow = "2026-02-01T00:00:00Z";

// The catalog after the first publish.
Catalog published(const Catalog& payload) {
    return merge({}, payload, moment(kThen)).catalog;
}
MergedCatalog laid_over(const Catalog& current, const Catalog& payload) {
    return merge(current, payload, moment(kNow));
}

Catalog everything() {
    return CatalogBuilder()
        .metered("api")
        .boolean("sso")
        .credit_system("ai", {{"chat", 2_u}})
        .pack("small", "ai", 100_u, 500)
        .plan(testing::Plan("pro").costs(1000).with(Includes("api").limit(10_u)))
        .build();
}

TEST(CatalogMerge, EachPublishIsAVersion) {
    EXPECT_EQ(published(everything()).version, 1u);
    EXPECT_EQ(laid_over(published(everything()), {}).catalog.version, 2u);
}

TEST(CatalogMerge, WhatAPayloadDoesNotNameIsKept) {
    const Catalog current = published(everything());
    Catalog kept = laid_over(current, {}).catalog;
    kept.version = current.version;
    EXPECT_EQ(kept, current);
    const MergedCatalog merged = laid_over(current, CatalogBuilder().metered("seats").build());
    EXPECT_EQ(merged.catalog.features.size(), current.features.size() + 1);
    EXPECT_EQ(merged.catalog.plans, current.plans);
    EXPECT_EQ(merged.report.features.created, Slugs{"seats"});
    EXPECT_TRUE(merged.report.features.unchanged.empty());  // it tells of what was named only
}

TEST(CatalogMerge, TheReportTellsCreatedUpdatedAndUnchanged) {
    const MergedCatalog first = merge({}, everything(), moment(kThen));
    EXPECT_EQ(first.report.features.created, (Slugs{"api", "sso", "chat"}));
    EXPECT_EQ(first.report.credit_systems.created, Slugs{"ai"});
    EXPECT_EQ(first.report.credit_packs.created, Slugs{"small"});
    EXPECT_EQ(first.report.plans.created, Slugs{"pro"});

    Catalog payload = everything();
    payload.features[1].name = "Single sign-on";
    payload.credit_systems[0].description = "For assistants";
    payload.credit_packs[0].price_minor = 600;
    payload.plans[0].price_minor = 2000;
    payload.plans.push_back(testing::Plan("free").build());
    const SyncReport changed = laid_over(first.catalog, payload).report;
    EXPECT_EQ(changed.features, (Changes{{}, {"sso"}, {"api", "chat"}}));
    EXPECT_EQ(changed.credit_systems, (Changes{{}, {"ai"}, {}}));
    EXPECT_EQ(changed.credit_packs, (Changes{{}, {"small"}, {}}));
    EXPECT_EQ(changed.plans, (Changes{{"free"}, {"pro"}, {}}));

    const SyncReport same = laid_over(first.catalog, everything()).report;
    EXPECT_EQ(same.features, (Changes{{}, {}, {"api", "sso", "chat"}}));
    EXPECT_EQ(same.credit_systems, (Changes{{}, {}, {"ai"}}));
    EXPECT_EQ(same.credit_packs, (Changes{{}, {}, {"small"}}));
    EXPECT_EQ(same.plans, (Changes{{}, {}, {"pro"}}));
}

TEST(CatalogMerge, MetadataAndCostsFollowInSilence) {
    const Catalog current = published(everything());
    Catalog payload = everything();
    payload.plans[0].metadata_json = R"({"tier":2})";
    payload.plans[0].provider = "sandbox";
    payload.credit_systems[0].features[0].cost = 3_u;
    const MergedCatalog merged = laid_over(current, payload);
    EXPECT_EQ(merged.report.plans.unchanged, Slugs{"pro"});
    EXPECT_EQ(merged.report.credit_systems.unchanged, Slugs{"ai"});
    EXPECT_EQ(find_plan(merged.catalog, "pro")->metadata_json, R"({"tier":2})");
    EXPECT_EQ(find_credit_system(merged.catalog, "ai")->features[0].cost, 3_u);
}

TEST(CatalogMerge, AFeatureThatIsRemovedOrDisabledIsMarkedWithTheVersion) {
    const auto plan = [] { return testing::Plan("pro").costs(1000); };
    const auto payload = [](const testing::Plan& sold) {
        return CatalogBuilder().metered("api").metered("mail").plan(sold).build();
    };
    const Includes api = Includes("api").limit(10_u);
    const Includes mail = Includes("mail").limit(5_u);
    const Catalog current = published(payload(plan().with(api).with(mail)));

    const auto removed_in = [](const Catalog& catalog, const char* feature) {
        return find_plan_feature(*find_plan(catalog, "pro"), feature)->removed_in_version;
    };
    const MergedCatalog removed = laid_over(current, payload(plan().with(api)));
    EXPECT_EQ(removed.report.plans.updated, Slugs{"pro"});
    EXPECT_EQ(removed_in(removed.catalog, "api"), 0u);
    EXPECT_EQ(removed_in(removed.catalog, "mail"), 2u);
    const MergedCatalog disabled =
        laid_over(current, payload(plan().with(api).with(Includes("mail").limit(5_u).disabled())));
    EXPECT_EQ(removed_in(disabled.catalog, "mail"), 2u);
    // It left in that version, however often the rest is published again.
    const MergedCatalog again = laid_over(removed.catalog, payload(plan().with(api)));
    EXPECT_EQ(removed_in(again.catalog, "mail"), 2u);
    EXPECT_EQ(again.report.plans.unchanged, Slugs{"pro"});
    // It may come back.
    const MergedCatalog back = laid_over(again.catalog, payload(plan().with(api).with(mail)));
    EXPECT_EQ(removed_in(back.catalog, "mail"), 0u);
}

TEST(CatalogMerge, ARemovedFeatureEndsAtTheNextWindow) {
    const auto payload = [](bool with_mail) {
        testing::Plan plan = testing::Plan("free").with(Includes("api").limit(10_u));
        if (with_mail) plan.with(Includes("mail").limit(5_u));
        return CatalogBuilder().metered("api").metered("mail").plan(plan).build();
    };
    Given ledger(payload(true), kThen);
    ledger.attach("free").at("2026-01-15T00:00:00Z").publish(payload(false));
    EXPECT_EQ(ledger.check("mail", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.at("2026-01-31T23:59:59Z").check("mail", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.at("2026-02-01T00:00:00Z").check("mail", 1_u).code, Code::FeatureNotInPlan);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
}

TEST(CatalogMerge, APackOfAnUnknownSystemIsSkippedWithAWarning) {
    const MergedCatalog merged =
        laid_over({}, CatalogBuilder().pack("small", "nothing", 100_u, 500).build());
    EXPECT_TRUE(merged.catalog.credit_packs.empty());
    EXPECT_EQ(merged.report.credit_packs, Changes{});
    EXPECT_EQ(merged.report.warnings,
              Slugs{"Credit pack 'small' references unknown credit system 'nothing'. Skipping."});
}

TEST(CatalogMerge, AnUnknownFeatureOfAPlanIsLeftOutInSilence) {
    const MergedCatalog merged = laid_over(
        {}, CatalogBuilder().plan(testing::Plan("pro").with(Includes("nothing"))).build());
    EXPECT_TRUE(find_plan(merged.catalog, "pro")->features.empty());
    EXPECT_TRUE(merged.report.warnings.empty());
    // A credit system is a feature too.
    const MergedCatalog system = laid_over({}, CatalogBuilder()
                                                   .credit_system("ai", {{"chat", 2_u}})
                                                   .plan(testing::Plan("pro").with(Includes("ai")))
                                                   .build());
    EXPECT_EQ(find_plan(system.catalog, "pro")->features.size(), 1u);
}

TEST(CatalogMerge, WhatIsThereKeepsItsAge) {
    Catalog payload = everything();
    const Catalog current = published(payload);
    const Catalog same = laid_over(current, payload).catalog;
    EXPECT_EQ(same.plans[0].created_at, moment(kThen));
    EXPECT_EQ(same.credit_packs[0].updated_at, moment(kThen));
    payload.plans[0].price_minor = 2000;
    payload.credit_packs[0].price_minor = 600;
    const Catalog changed = laid_over(current, payload).catalog;
    EXPECT_EQ(changed.plans[0].created_at, moment(kThen));
    EXPECT_EQ(changed.credit_packs[0].created_at, moment(kThen));
    EXPECT_EQ(changed.credit_packs[0].updated_at, moment(kNow));
}

TEST(CatalogMerge, AOneTimePlanHasNoTrialAndDoesNotBeginByItself) {
    const MergedCatalog merged =
        laid_over({}, CatalogBuilder()
                          .plan(testing::Plan("life").one_time().trial_days(7).auto_enabled())
                          .build());
    EXPECT_EQ(find_plan(merged.catalog, "life")->trial_days, 0);
    EXPECT_FALSE(find_plan(merged.catalog, "life")->auto_enable);
}

}  // namespace
}  // namespace quipu::ledger
