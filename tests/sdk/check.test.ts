// The answer to check, row by row (docs/contract/checks-and-usage.md#order-of-the-decision).
import assert from "node:assert/strict";
import { test } from "node:test";
import { boolean, charged, grant, metered, plan, seats } from "./payloads";
import { type Json, serve, unique } from "./server";

const tiers = [{ upTo: 10, unitPrice: 5 }, { upTo: null, unitPrice: 2, flatFee: 50 }];
const q = serve({
    features: [
        ...["calls", "pay", "graded", "volume", "free", "pre", "billed", "capped", "more", "child", "unsold", "forever"].map((slug) => metered(slug)),
        ...[boolean("sso"), boolean("flag"), seats("members"), { slug: "fixed", type: "static", name: "Fixed" }],
    ],
    creditSystems: [
        { slug: "credits", name: "Credits", features: [{ feature: "child", creditCost: 20 }, { feature: "flag", creditCost: 5 }] },
    ],
    creditPacks: [{ slug: "pack", name: "Pack", credits: 100, price: 100, currency: "USD", creditSystem: "credits" }],
    plans: [
        plan("pro", [
            grant("calls", { limit: 100 }),
            grant("pay", { usageModel: "usage_based", pricePerUnit: 25 }),
            grant("graded", { usageModel: "usage_based", ratingModel: "graduated", tiers }),
            grant("volume", { usageModel: "usage_based", ratingModel: "volume", tiers }),
            grant("free", { limit: null }),
            grant("pre", { usageModel: "prepaid", limit: 50, pricePerUnit: 3, overagePrice: 9 }),
            charged("billed", 10, 5, { pricePerUnit: 3, billingUnits: 10 }),
            grant("capped", { usageModel: "usage_based", pricePerUnit: 1, maxOverageUnits: 5 }),
            charged("more", 10, 5, { maxOverageUnits: 5 }),
            grant("forever", { limit: 3, reset: "never" }),
            grant("sso"),
            grant("fixed"),
            grant("members", { limit: 3, reset: "never" }),
            grant("credits", { limit: 100 }),
        ]),
        plan("trial", [charged("calls", 100, 5, { trialLimit: 10 }), grant("pay", { usageModel: "usage_based", pricePerUnit: 25 }), grant("sso")], {
            ...{ price: 1000, trialDays: 14 },
        }),
        plan("none", []),
    ],
});
const check = (customer: string, feature: string, more: Json = {}) => q.ok("/check", { customer, feature, ...more });
const track = (customer: string, feature: string, value = 1, more: Json = {}) => q.ok("/track", { customer, feature, value, ...more });

// Denials before any meter: nulls and a message, nothing else.
function assertDenied(answer: Json, code: string, message: string): void {
    assert.deepEqual(answer, {
        ...{ allowed: false, code, usage: null, limit: null, balance: null, resetsAt: null, resetInterval: null, credits: null },
        details: { message },
    });
}

test("value defaults to 1, fractions are accepted, an empty entity is none", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 99.5);
    assert.equal((await check(customer, "calls")).allowed, false);
    assert.equal((await check(customer, "calls", { value: 0.5 })).allowed, true);
    assert.equal((await check(customer, "calls", { value: 0.500000001 })).allowed, false);
    assert.equal((await check(customer, "calls", { value: 0.5, entity: "" })).allowed, true);
});

test("the fields of a metered grant", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "calls");
    assert.deepEqual(answer, {
        ...{ allowed: true, code: "access_granted", usage: 0, limit: 100, balance: 100, overageUnits: 0 },
        ...{ resetsAt: "2040-04-20T12:00:00.000Z", resetInterval: "monthly", windowStart: "2040-03-20T12:00:00.000Z" },
        credits: null,
        details: {
            ...{ message: "Access granted — used 0 of 100.", planName: "Pro" },
            pricing: { usageModel: "included", ratingModel: "package", billingUnits: 1 },
        },
    });
});

test("customer_ambiguous cannot arise: ids and e-mails are one namespace", async () => {
    const email = `${unique()}@example.com`;
    const first = await q.ok("/customers", { email });
    const second = await q.ok("/customers", { email: `${unique()}@example.com`, id: email });
    assert.equal(second.id, first.id);
    assert.equal((await check(email, "calls")).code, "no_active_subscription");
});

test("an unknown customer is customer_not_found", async () => {
    assertDenied(await check("ghost", "calls"), "customer_not_found", "Customer 'ghost' not found in this organization.");
    const both = await check("ghost", "nope");
    assert.equal(both.code, "customer_not_found");
});

test("an identifier with an @, or customerData with an e-mail, creates", async () => {
    assert.equal((await check(`${unique()}@example.com`, "calls")).code, "no_active_subscription");
    const id = unique();
    assert.equal((await check(id, "calls", { customerData: { email: `${id}@example.com` } })).code, "no_active_subscription");
});

test("an unknown feature is feature_not_found, before the subscription is asked for", async () => {
    for (const customer of [await q.customer(), await q.customer("pro")])
        assertDenied(await check(customer, "nope", { entity: "e" }), "feature_not_found", "Feature 'nope' not found.");
});

test("an unknown entity is entity_not_found, before the subscription is asked for", async () => {
    const message = "Entity 'e9' not found for feature 'calls'. Use addEntity() to create it first.";
    for (const customer of [await q.customer(), await q.customer("pro")])
        assertDenied(await check(customer, "calls", { entity: "e9" }), "entity_not_found", message);
});

test("an entity that waits for its removal may still be checked", async () => {
    const customer = await q.customer("pro");
    await q.ok("/entities", { customer, feature: "members", entity: "e1" });
    await q.ok("/entities/remove", { customer, feature: "members", entity: "e1" });
    assert.equal((await check(customer, "calls", { entity: "e1" })).code, "access_granted");
});

test("without a live subscription it is no_active_subscription", async () => {
    const message = "No active or trialing subscription found for this customer.";
    assertDenied(await check(await q.customer(), "calls"), "no_active_subscription", message);
});

test("what no plan of the customer lists is feature_not_in_plan", async () => {
    const message = "Feature 'unsold' is not included in the customer's current plan.";
    assertDenied(await check(await q.customer("pro"), "unsold"), "feature_not_in_plan", message);
    const empty = await check(await q.customer("none"), "calls");
    assert.equal(empty.code, "feature_not_in_plan");
});

test("a boolean feature is granted without numbers", async () => {
    const answer = await check(await q.customer("pro"), "sso");
    assert.deepEqual(answer, {
        ...{ allowed: true, code: "access_granted", usage: null, limit: null, balance: null },
        ...{ resetsAt: null, resetInterval: null, credits: null },
        details: {
            ...{ message: "Feature 'sso' enabled on Pro.", planName: "Pro" },
            pricing: { usageModel: "included", ratingModel: "package", billingUnits: 1 },
        },
    });
});

test("a boolean feature of a trial says when it ends", async () => {
    const { details, code } = await check(await q.customer("trial"), "sso");
    assert.equal(code, "access_granted");
    assert.equal(details.message, "Feature 'sso' enabled on Trial via free trial (ends 2040-04-03T12:00:00.000Z).");
    assert.deepEqual([details.trial, details.trialEndsAt], [true, "2040-04-03T12:00:00.000Z"]);
});

test("a static feature is unknown_feature_type", async () => {
    const answer = await check(await q.customer("pro"), "fixed");
    assert.deepEqual([answer.allowed, answer.code, answer.details.message], [false, "unknown_feature_type", "Unrecognized feature type 'static'."]);
});

test("usage_based refused: the guard's reason, usage given, limit and balance null", async () => {
    const customer = await q.customer("pro");
    await track(customer, "capped", 4);
    const answer = await check(customer, "capped", { value: 2 });
    assert.deepEqual([answer.allowed, answer.code], [false, "limit_exceeded"]);
    assert.deepEqual([answer.usage, answer.limit, answer.balance], [4, null, null]);
    assert.equal(answer.details.message, "Overage cap reached (4/5 overage units used).");
    assert.equal((await check(customer, "capped")).allowed, true);
});

test("what packs would pay is addon_credits_used", async () => {
    const customer = await q.customer("pro");
    await track(customer, "child", 5);
    await q.ok("/addon", { customer, pack: "pack" });
    const answer = await check(customer, "child", { value: 3 });
    assert.deepEqual([answer.allowed, answer.code], [true, "addon_credits_used"]);
    assert.equal(answer.details.message, "Plan credits exhausted. 60 add-on credits will be deducted.");
    assert.deepEqual([answer.details.addonCreditsUsed, answer.details.addonCreditsRemaining], [60, 40]);
    assert.equal(answer.credits.addonBalance, 100);
    assert.equal((await check(customer, "child", { value: 6 })).code, "limit_exceeded");
});

test("what may be overage is overage_allowed", async () => {
    const customer = await q.customer("pro");
    await track(customer, "billed", 8);
    const answer = await check(customer, "billed", { value: 5 });
    assert.deepEqual([answer.allowed, answer.code, answer.usage, answer.limit, answer.balance], [true, "overage_allowed", 8, 10, 2]);
    assert.equal(answer.details.message, "Usage exceeds limit (8/10), overage will be billed.");
    assert.deepEqual(answer.details.overage, { type: "charge", willBeBilled: true, pricePerUnit: 5, billingUnits: 10 });
});

test("the cap is tested on the excess, as in track", async () => {
    const customer = await q.customer("pro");
    await track(customer, "more", 8);
    assert.equal((await check(customer, "more", { value: 7 })).code, "overage_allowed");
    assert.equal((await check(customer, "more", { value: 7.000000001 })).code, "limit_exceeded");
    assert.equal((await track(customer, "more", 7)).code, "tracked_overage");
});

test("limit_exceeded names usage and limit, never the guard's reason", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 98);
    const answer = await check(customer, "calls", { value: 3 });
    assert.deepEqual([answer.allowed, answer.code, answer.usage, answer.limit, answer.balance], [false, "limit_exceeded", 98, 100, 2]);
    assert.equal(answer.details.message, "Usage limit reached (98/100). Resets at 2040-04-20T12:00:00.000Z.");
    await track(customer, "more", 15);
    const guarded = await check(customer, "more");
    assert.equal(guarded.details.message, "Usage limit reached (15/10). Resets at 2040-04-20T12:00:00.000Z.");
});

test("in overage usage is what was used, and balance is never negative", async () => {
    const customer = await q.customer("pro");
    await track(customer, "billed", 37);
    const answer = await check(customer, "billed");
    assert.deepEqual([answer.usage, answer.limit, answer.balance, answer.overageUnits], [37, 10, 0, 27]);
});

test("the three messages of a grant", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 7);
    const message = async (feature: string) => (await check(customer, feature)).details.message;
    assert.equal(await message("calls"), "Access granted — used 7 of 100.");
    assert.equal(await message("free"), "Unlimited access to 'free' on Pro.");
    assert.equal(await message("pay"), "Usage-based access granted for 'pay'. Usage will be billed.");
});

test("unlimited and usage_based have neither limit nor balance", async () => {
    const customer = await q.customer("pro");
    for (const feature of ["free", "pay", "graded"]) {
        await track(customer, feature, 3);
        const answer = await check(customer, feature, { value: 1e6 });
        assert.deepEqual([answer.allowed, answer.usage, answer.limit, answer.balance], [true, 3, null, null], feature);
    }
});

test("value 0 is allowed at the limit", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 100);
    assert.equal((await check(customer, "calls", { value: 0 })).code, "access_granted");
    assert.equal((await check(customer, "calls")).code, "limit_exceeded");
});

test("during a trial the trial limit holds and overage is blocked", async () => {
    const customer = await q.customer("trial");
    const answer = await check(customer, "calls", { value: 10 });
    assert.deepEqual([answer.allowed, answer.limit, answer.balance], [true, 10, 10]);
    assert.deepEqual([answer.details.trial, answer.details.trialEndsAt], [true, "2040-04-03T12:00:00.000Z"]);
    const over = await check(customer, "calls", { value: 11 });
    assert.deepEqual([over.allowed, over.code], [false, "limit_exceeded"]);
});

test("usage_based is free during a trial, and says so", async () => {
    const customer = await q.customer("trial");
    const { allowed, details } = await check(customer, "pay", { value: 4 });
    assert.equal(allowed, true);
    assert.equal(details.message, "Unlimited access to 'pay' on Trial.");
    await track(customer, "pay", 4);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 0);
});

test("a child of a credit system is granted through it, at its cost", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "child", { value: 5 });
    assert.equal(answer.code, "access_granted");
    assert.deepEqual([answer.usage, answer.limit, answer.balance], [0, 100, 100]);
    assert.deepEqual([answer.details.creditSystem, answer.details.creditCostPerUnit], ["credits", 20]);
    assert.equal((await check(customer, "child", { value: 6 })).code, "limit_exceeded");
});

test("the system itself is credit-backed at cost 1", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "credits", { value: 100 });
    assert.equal(answer.allowed, true);
    assert.deepEqual([answer.credits.systemSlug, answer.credits.costPerUnit], ["credits", 1]);
});

test("a boolean child of a system goes through its meter", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "flag", { value: 20 });
    assert.deepEqual([answer.code, answer.limit], ["access_granted", 100]);
    assert.equal((await check(customer, "flag", { value: 21 })).code, "limit_exceeded");
});

test("sendEvent records when granted and answers with the numbers after it", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "calls", { value: 4, sendEvent: true });
    assert.deepEqual([answer.code, answer.usage, answer.balance], ["access_granted", 4, 96]);
    assert.match(answer.eventId, /^evt_/);
    assert.equal((await check(customer, "calls")).usage, 4);
});

test("sendEvent records overage too", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "billed", { value: 15, sendEvent: true });
    assert.deepEqual([answer.code, answer.usage, answer.overageUnits, answer.balance], ["overage_allowed", 15, 5, 0]);
    assert.equal((await check(customer, "billed")).usage, 15);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 5);
});

test("sendEvent deducts add-on credits", async () => {
    const customer = await q.customer("pro");
    await track(customer, "child", 5);
    await q.ok("/addon", { customer, pack: "pack" });
    const answer = await check(customer, "child", { value: 3, sendEvent: true });
    assert.equal(answer.code, "addon_credits_used");
    assert.equal(answer.details.message, "Plan credits exhausted. 60 add-on credits deducted.");
    assert.deepEqual([answer.details.addonCreditsUsed, answer.details.addonCreditsRemaining, answer.credits.addonBalance], [60, 40, 40]);
});

test("sendEvent records nothing when it is refused", async () => {
    const customer = await q.customer("pro");
    const answer = await check(customer, "calls", { value: 101, sendEvent: true });
    assert.deepEqual([answer.allowed, answer.code], [false, "limit_exceeded"]);
    assert.equal((await check(customer, "calls")).usage, 0);
});

test("sendEvent on a boolean feature is granted", async () => {
    const answer = await check(await q.customer("pro"), "sso", { sendEvent: true });
    assert.deepEqual([answer.allowed, answer.code], [true, "access_granted"]);
});

test("credits are null, of a system, or of a prepaid feature", async () => {
    const customer = await q.customer("pro");
    assert.equal((await check(customer, "calls")).credits, null);
    await track(customer, "child", 2);
    const resetsAt = "2040-04-20T12:00:00.000Z";
    assert.deepEqual((await check(customer, "child")).credits, {
        ...{ source: "credit_system", systemSlug: "credits", costPerUnit: 20, addonBalance: 0 },
        plan: { used: 40, limit: 100, balance: 60, resetsAt },
    });
    await track(customer, "pre", 20);
    const expected = { source: "prepaid", addonBalance: null, plan: { used: 20, limit: 50, balance: 30, resetsAt } };
    assert.deepEqual((await check(customer, "pre")).credits, expected);
});

test("package pricing: included shows the overage price first, others the unit price", async () => {
    const customer = await q.customer("pro");
    const pricing = async (feature: string) => (await check(customer, feature)).details.pricing;
    assert.deepEqual(await pricing("calls"), { usageModel: "included", ratingModel: "package", billingUnits: 1 });
    assert.deepEqual(await pricing("billed"), { usageModel: "included", ratingModel: "package", pricePerUnit: 5, billingUnits: 10 });
    assert.deepEqual(await pricing("pre"), { usageModel: "prepaid", ratingModel: "package", pricePerUnit: 3, billingUnits: 1 });
    assert.deepEqual(await pricing("pay"), { usageModel: "usage_based", ratingModel: "package", pricePerUnit: 25, billingUnits: 1 });
});

test("tiered pricing: the tier that is reached, none before there is anything to bill", async () => {
    for (const feature of ["graded", "volume"]) {
        const customer = await q.customer("pro");
        const pricing = async () => (await check(customer, feature)).details.pricing;
        assert.deepEqual(await pricing(), { usageModel: "usage_based", ratingModel: feature === "graded" ? "graduated" : "volume" });
        await track(customer, feature, 10);
        assert.deepEqual((await pricing()).currentTier, { index: 0, startsAt: 0, endsAt: 10, unitPrice: 5 });
        await track(customer, feature, 0.5);
        assert.deepEqual((await pricing()).currentTier, { index: 1, startsAt: 10, endsAt: null, unitPrice: 2, flatFee: 50 });
    }
});

test("a feature that never resets has no end", async () => {
    const answer = await check(await q.customer("pro"), "forever");
    assert.deepEqual([answer.resetsAt, answer.resetInterval, answer.limit], [null, "never", 3]);
});

test("every answer of check is 200", async () => {
    const customer = await q.customer("pro");
    for (const body of [
        ...[{ customer: "ghost", feature: "calls" }, { customer, feature: "nope" }, { customer, feature: "unsold" }],
        ...[{ customer, feature: "fixed" }, { customer, feature: "calls", value: 101 }, { customer, feature: "calls", entity: "e" }],
    ]) {
        assert.equal((await q.post("/check", body)).status, 200);
        assert.equal((await q.post("/check", { ...body, sendEvent: true })).status, 200, JSON.stringify(body));
    }
});

test("GET /check answers as POST does", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 3);
    const got = (await q.get(`/check?customer=${customer}&feature=calls&value=2`)).body;
    assert.deepEqual(got, await check(customer, "calls", { value: 2 }));
    assert.equal((await q.get("/check?customer=x")).body.code, "validation_error");
});
