// Reading plans, credit systems and packs (docs/contract/catalog.md#reading-plans).
import assert from "node:assert/strict";
import { test } from "node:test";
import { boolean, charged, grant, metered, plan, seats } from "./payloads";
import { type Json, serve } from "./server";

const tiers = [{ upTo: 10, unitPrice: 5 }, { upTo: null, unitPrice: 2, flatFee: 50 }];
const q = serve({
    features: [metered("calls"), metered("graded"), boolean("sso"), seats("members")],
    creditSystems: [{ slug: "credits", name: "Credits", description: "Spend them", features: [{ feature: "calls", creditCost: 2.5 }] }],
    creditPacks: [
        {
            ...{ slug: "p500", name: "500", description: "Five hundred", credits: 500, price: 900, currency: "USD", creditSystem: "credits" },
            ...{ provider: "manual", metadata: { a: 1 } },
        },
    ],
    plans: [
        plan("starter", [charged("calls", 100, 5, { billingUnits: 10 }), grant("sso"), grant("members", { limit: 2, reset: "never" })], {
            planGroup: "base",
        }),
        plan("graded", [grant("graded", { usageModel: "usage_based", ratingModel: "graduated", tiers, limit: 5 }), grant("credits", { limit: 10 })], {
            ...{ price: 2900, currency: "eur", interval: "yearly", description: "All", trialDays: 7, autoEnable: false },
            ...{ provider: "manual", planGroup: "base" },
        }),
        plan("extra", [], { price: 100, isAddon: true, interval: "yearly" }),
    ],
});
const slugs = async (query = ""): Promise<string[]> =>
    (await q.get(`/plans${query}`)).body.plans.map((each: Json) => each.slug).sort();

const featureFields = ["slug", "name", "type", "meterType", "enabled", "limit", "trialLimit", "resetInterval", "unit"];

test("a listed plan and its features have every field", async () => {
    const { plans } = (await q.get("/plans")).body;
    const { features, ...starter } = plans.find((each: Json) => each.slug === "starter");
    assert.deepEqual(starter, {
        ...{ id: starter.id, slug: "starter", name: "Starter", description: null, price: 0, currency: "USD", interval: "monthly" },
        ...{ type: "free", billingType: "recurring", isAddon: false, planGroup: "base", trialDays: 0, trialCardRequired: false },
        ...{ provider: null, autoEnable: false },
    });
    assert.equal(typeof starter.id, "string");
    for (const feature of features)
        for (const field of featureFields) assert.ok(field in feature, `${feature.slug} ${field}`);
});

test("features as stored: metered, boolean, seats, tiers, credits", async () => {
    const { plans } = (await q.get("/plans")).body;
    const of = (slug: string, feature: string) =>
        plans.find((p: Json) => p.slug === slug).features.find((f: Json) => f.slug === feature);
    assert.deepEqual(of("starter", "calls"), {
        ...{ slug: "calls", name: "Calls", type: "metered", meterType: "consumable", enabled: true, limit: 100, trialLimit: null },
        ...{ resetInterval: "monthly", unit: null, usageModel: "included", billingUnits: 10, ratingModel: "package" },
        ...{ overagePrice: 5, overage: "charge" },
    });
    const sso = of("starter", "sso");
    assert.deepEqual([sso.type, sso.enabled, sso.limit, sso.resetInterval, "usageModel" in sso], ["boolean", true, null, null, false]);
    assert.deepEqual([of("starter", "members").meterType, "overage" in of("starter", "members")], ["non_consumable", false]);
    assert.deepEqual(of("graded", "graded"), {
        ...{ slug: "graded", name: "Graded", type: "metered", meterType: "consumable", enabled: true, limit: null, trialLimit: null },
        ...{ resetInterval: "monthly", unit: null, usageModel: "usage_based", billingUnits: 1, ratingModel: "graduated" },
        ...{ tiers, overage: "charge" },
    });
    assert.deepEqual([of("graded", "credits").name, of("graded", "credits").limit], ["Credits", 10]);
});

test("the filters: group, interval, currency in any case; none set means all", async () => {
    assert.deepEqual(await slugs(), ["extra", "graded", "starter"]);
    assert.deepEqual(await slugs("?group=base"), ["graded", "starter"]);
    assert.deepEqual(await slugs("?interval=yearly"), ["extra", "graded"]);
    assert.deepEqual(await slugs("?interval=YEARLY"), []);
    assert.deepEqual(await slugs("?currency=EUR"), ["graded"]);
    assert.deepEqual(await slugs("?currency=usd"), ["extra", "starter"]);
    assert.deepEqual(await slugs("?group=base&interval=yearly&currency=eur&includeInactive=true"), ["graded"]);
    assert.deepEqual(await slugs("?group=&interval="), ["extra", "graded", "starter"]);
    assert.deepEqual(await slugs("?group=nobody"), []);
});

test("plans are listed newest first", async () => {
    await q.setClock("2040-03-20T12:00:01.000Z");
    await q.ok("/sync", { features: [], plans: [plan("newest", [], { planGroup: "late" })] });
    const { plans } = (await q.get("/plans")).body;
    assert.equal(plans[0].slug, "newest");
    await q.ok("/sync", { features: [], plans: [plan("starter", [], { planGroup: "base", name: "Later" })] });
    assert.equal((await q.get("/plans")).body.plans[0].slug, "newest");
});

test("one plan: as listed, without provider and autoEnable", async () => {
    const listed = (await q.get("/plans")).body.plans.find((each: Json) => each.slug === "graded");
    const { provider, autoEnable, ...rest } = listed;
    assert.deepEqual([provider, autoEnable], ["manual", false]);
    const answer = await q.get("/plans/graded");
    assert.deepEqual(answer.body, { success: true, plan: rest });
    assert.deepEqual([rest.type, rest.trialDays, rest.description], ["paid", 7, "All"]);
});

test("an unknown plan is 404 Plan not found", async () => {
    const answer = await q.get("/plans/none");
    assert.equal(answer.status, 404);
    assert.deepEqual([answer.body.code, answer.body.error], ["plan_not_found", "Plan not found"]);
});

test("credit systems are listed with their costs", async () => {
    assert.deepEqual((await q.get("/credit-systems")).body, {
        success: true,
        creditSystems: [
            { slug: "credits", name: "Credits", description: "Spend them", features: [{ feature: "calls", creditCost: 2.5 }] },
        ],
    });
});

test("credit packs are listed with every field", async () => {
    const { success, data } = (await q.get("/credit-packs")).body;
    assert.equal(success, true);
    const [{ id, createdAt, updatedAt, ...pack }] = data;
    assert.deepEqual(pack, {
        ...{ slug: "p500", name: "500", description: "Five hundred", credits: 500, price: 900, currency: "USD" },
        ...{ creditSystemId: "credits", creditSystem: "credits", provider: "manual", metadata: { a: 1 }, isActive: true },
    });
    assert.deepEqual([typeof id, typeof createdAt, typeof updatedAt], ["string", "number", "number"]);
});
