// Who is let into overage, and which cap holds (docs/contract/overage.md). The provider is `manual`, so
// no card is asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const q = serve({
    features: ["calls", "capped", "zero", "pay", "paycap", "other", "blocked"].map((slug) => metered(slug)),
    plans: [
        plan("pro", [
            charged("calls", 10, 100),
            charged("capped", 10, 1, { maxOverageUnits: 5 }),
            charged("zero", 10, 1, { maxOverageUnits: 0 }),
            grant("pay", { usageModel: "usage_based", pricePerUnit: 100 }),
            grant("paycap", { usageModel: "usage_based", pricePerUnit: 1, maxOverageUnits: 5 }),
            charged("other", 0, 100),
            grant("blocked", { limit: 10 }),
        ]),
    ],
});
const track = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/track", { customer, feature, value });
const check = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/check", { customer, feature, value });

test("with the manual provider overage and usage_based need no card", async () => {
    const customer = await q.customer("pro");
    assert.equal((await track(customer, "calls", 11)).code, "tracked_overage");
    assert.equal((await check(customer, "pay")).code, "access_granted");
});

test("the feature's cap counts overage units, over all requests", async () => {
    const customer = await q.customer("pro");
    assert.equal((await track(customer, "capped", 15)).code, "tracked_overage");
    const refused = await track(customer, "capped");
    assert.equal(refused.code, "limit_exceeded");
    assert.equal(refused.details.message, "Overage cap reached (5/5 overage units used).");
    assert.equal((await track(customer, "paycap", 5)).code, "tracked");
    assert.equal((await track(customer, "paycap")).details.message, "Overage cap reached (5/5 overage units used).");
});

test("the feature's cap pools all entities", async () => {
    const customer = await q.customer("pro");
    for (const entity of ["e1", "e2"]) await q.ok("/entities", { customer, feature: "blocked", entity });
    const of = (entity: string, value: number) => q.ok("/track", { customer, feature: "capped", value, entity });
    assert.equal((await of("e1", 13)).code, "tracked_overage");
    assert.equal((await of("e2", 13)).code, "limit_exceeded");
    assert.equal((await of("e2", 12)).code, "tracked_overage");
});

test("maxOverageUnits 0 means none", async () => {
    const customer = await q.customer("pro");
    assert.equal((await track(customer, "zero", 10)).code, "tracked");
    const refused = await track(customer, "zero");
    assert.deepEqual([refused.code, refused.details.message], ["limit_exceeded", "Overage cap reached (0/0 overage units used)."]);
});

test("the money cap is tested on the total after the request", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 500, onLimitReached: "block" });
    const refused = await track(customer, "calls", 16);
    assert.equal(refused.code, "limit_exceeded");
    assert.equal(refused.details.message, "Overage spending cap reached (0/500 block).");
    assert.equal((await track(customer, "calls", 15)).code, "tracked_overage");
    const full = await track(customer, "calls");
    assert.equal(full.details.message, "Overage spending cap reached (500/500 block).");
});

test("the money cap is over all features together, usage_based included", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 500 });
    await track(customer, "pay", 3);
    assert.equal((await track(customer, "other", 3)).code, "limit_exceeded");
    assert.equal((await track(customer, "other", 2)).code, "tracked_overage");
    assert.equal((await check(customer, "pay")).code, "limit_exceeded");
});

test("the money cap counts what the window already invoiced", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 500, onLimitReached: "block" });
    await track(customer, "calls", 14);
    await q.sdk().billing.invoice({ customer });
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 0);
    assert.equal((await track(customer, "calls", 2)).code, "limit_exceeded");
    assert.equal((await track(customer, "calls", 1)).code, "tracked_overage");
});

test("notify lets the usage through", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 500, onLimitReached: "notify" });
    assert.equal((await track(customer, "calls", 100)).code, "tracked_overage");
});

test("maxOverageAmount 0 allows no billable overage, null lifts the cap", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 0 });
    assert.equal((await track(customer, "calls", 11)).code, "limit_exceeded");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: null });
    assert.equal((await track(customer, "calls", 11)).code, "tracked_overage");
});

test("the feature's cap is judged before the customer's", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 0 });
    assert.equal((await track(customer, "capped", 16)).details.message, "Overage cap reached (0/5 overage units used).");
});

test("a customer's choice stands over the plan's: overage", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setFeatureConfig({ customer, feature: "calls", overage: "block", maxOverageUnits: null });
    assert.equal((await track(customer, "calls", 11)).code, "limit_exceeded");
    await q.sdk().setFeatureConfig({ customer, feature: "calls", overage: null, maxOverageUnits: null });
    assert.equal((await track(customer, "calls", 11)).code, "tracked_overage");
});

test("a customer's choice stands over the plan's: maxOverageUnits", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setFeatureConfig({ customer, feature: "capped", overage: null, maxOverageUnits: 7 });
    assert.equal((await track(customer, "capped", 17)).code, "tracked_overage");
    assert.equal((await track(customer, "capped")).details.message, "Overage cap reached (7/7 overage units used).");
});

test("the customer-wide limit holds even where a feature may charge", async () => {
    const customer = await q.customer("pro");
    await q.sdk().setFeatureConfig({ customer, feature: "calls", overage: "charge", maxOverageUnits: 1000 });
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 100, onLimitReached: "block" });
    assert.equal((await track(customer, "calls", 12)).code, "limit_exceeded");
    assert.equal((await track(customer, "calls", 11)).code, "tracked_overage");
});

test("limits and choices are refused when they are not what they should be", async () => {
    const customer = await q.customer("pro");
    const refused: [string, Json][] = [
        ["/customers/feature-config", { customer, feature: "calls", overage: "maybe" }],
        ["/customers/feature-config", { customer, feature: "calls", maxOverageUnits: -1 }],
        ["/customers/overage-limit", { customer, maxOverageAmount: -1 }],
        ["/customers/overage-limit", { customer, maxOverageAmount: 1.5 }],
        ["/customers/overage-limit", { customer, maxOverageAmount: 5, onLimitReached: "shout" }],
        ["/customers/overage-limit", { customer }],
    ];
    for (const [path, body] of refused) {
        const answer = await q.post(path, body);
        assert.deepEqual([answer.status, answer.body.code], [400, "validation_error"], JSON.stringify(body));
    }
    const unknown = await q.post("/customers/feature-config", { customer, feature: "nope", overage: "charge" });
    assert.deepEqual([unknown.status, unknown.body.code], [404, "feature_not_found"]);
});
