// Track, its statuses (docs/contract/requests-and-errors.md#codes) and its order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boolean, charged, grant, metered, plan, seats } from "./payloads";
import { type Json, serve, unique } from "./server";

const q = serve({
    features: [
        ...["calls", "pay", "free", "worked", "costly", "pre", "unsold", "third"].map((slug) => metered(slug)),
        ...[boolean("sso"), seats("members")],
    ],
    plans: [
        plan("pro", [
            grant("calls", { limit: 5 }),
            grant("third", { limit: 0.3 }),
            grant("pay", { usageModel: "usage_based", pricePerUnit: 2 }),
            grant("free", { limit: null }),
            charged("worked", 100, 5, { billingUnits: 10, maxOverageUnits: 50 }),
            grant("costly", { limit: 100, creditCost: 5 }),
            grant("pre", { usageModel: "prepaid", limit: 100, creditCost: 5 }),
            grant("sso"),
            grant("members", { limit: 3, reset: "never" }),
        ]),
        plan("trial", [charged("calls", 100, 5, { trialLimit: 10 })], { price: 1000, trialDays: 14 }),
        plan("more-calls", [grant("calls", { limit: 20 })], { isAddon: true }),
    ],
});
const post = (customer: string, feature: string, value = 1, more: Json = {}) => q.post("/track", { customer, feature, value, ...more });
const track = async (customer: string, feature: string, value = 1, more: Json = {}) => (await post(customer, feature, value, more)).body;
const check = (customer: string, feature: string) => q.ok("/check", { customer, feature });

test("the handle sends value 1 when none is given", async () => {
    const { metered: handle, plan: sold } = await import("./catalog");
    const calls = handle("calls");
    q.sdk({ catalog: [sold("pro", { features: [calls.limit(5)] })] });
    const customer = await q.customer("pro");
    assert.equal((await calls.track(customer)).usage, 1);
    assert.equal((await calls.track(customer, 3)).usage, 4);
    assert.equal((await calls.check(customer)).balance, 1);
});

test("the fields of a success: the numbers after the event", async () => {
    const answer = await post(await q.customer("pro"), "calls", 4);
    assert.equal(answer.status, 200);
    const { eventId, position, ...body } = answer.body;
    assert.match(eventId, /^evt_/);
    assert.equal(typeof position.offset, "number");
    assert.deepEqual(body, {
        ...{ success: true, allowed: true, code: "tracked", usage: 4, limit: 5, balance: 1, overageUnits: 0 },
        ...{ resetsAt: "2040-04-20T12:00:00.000Z", resetInterval: "monthly", windowStart: "2040-03-20T12:00:00.000Z" },
        credits: null,
        details: {
            ...{ message: "Usage tracked successfully (1 remaining).", planName: "Pro" },
            pricing: { usageModel: "included", ratingModel: "package", billingUnits: 1 },
        },
    });
});

test("limit_exceeded is 200 with success false; nothing is taken", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 4);
    const answer = await post(customer, "calls", 4);
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.body.success, answer.body.allowed, answer.body.code], [false, false, "limit_exceeded"]);
    assert.deepEqual([answer.body.usage, answer.body.limit, answer.body.balance], [4, 5, 1]);
    assert.equal(answer.body.details.message, "Usage tracking denied — limit reached (1 remaining). Resets at 2040-04-20T12:00:00.000Z.");
    assert.equal((await check(customer, "calls")).usage, 4);
});

test("statuses and codes of refusals; the sentence in details, error and message", async () => {
    const customer = await q.customer("pro");
    const bare = await q.customer();
    const refusals: [Json, number, string, string][] = [
        [{ customer: "ghost", feature: "calls" }, 404, "customer_not_found", "Customer 'ghost' not found in this organization."],
        [{ customer, feature: "nope" }, 404, "feature_not_found", "Feature 'nope' not found."],
        [
            ...[{ customer, feature: "calls", entity: "e9" }, 404, "entity_not_found"] as const,
            "Entity 'e9' not found for feature 'calls'. Use addEntity() to create it first.",
        ],
        [
            ...[{ customer: bare, feature: "calls" }, 400, "no_active_subscription"] as const,
            "No active or trialing subscription found for this customer.",
        ],
        [
            ...[{ customer, feature: "unsold" }, 400, "feature_not_in_plan"] as const,
            "Feature 'unsold' is not included in the customer's current plan.",
        ],
    ];
    for (const [body, status, code, message] of refusals) {
        const answer = await q.post("/track", body);
        assert.equal(answer.status, status, answer.text);
        const { success, allowed, usage, limit, balance, resetsAt, resetInterval, credits, details, error } = answer.body;
        assert.deepEqual([success, allowed, answer.body.code], [false, false, code]);
        assert.deepEqual([usage, limit, balance, resetsAt, resetInterval, credits], [null, null, null, null, null, null]);
        assert.deepEqual([details, error, answer.body.message], [{ message }, message, message]);
    }
});

test("an entity that waits for its removal has its rights, as in a check", async () => {
    const customer = await q.customer("pro");
    await q.ok("/entities", { customer, feature: "members", entity: "leaving" });
    await q.ok("/entities/remove", { customer, feature: "members", entity: "leaving" });
    for (const path of ["/track", "/check"]) {
        const answer = await q.post(path, { customer, feature: "calls", entity: "leaving", sendEvent: path === "/check" ? true : undefined });
        assert.equal(answer.status, 200, answer.text);
    }
});

test("unlimited: balance null, and the reference's sentence", async () => {
    const answer = await track(await q.customer("pro"), "free", 7);
    assert.deepEqual([answer.code, answer.usage, answer.limit, answer.balance], ["tracked", 7, null, null]);
    assert.equal(answer.details.message, "Usage tracked successfully (Infinity remaining).");
});

test("usage_based is billable", async () => {
    const answer = await track(await q.customer("pro"), "pay", 7);
    assert.deepEqual([answer.code, answer.usage, answer.limit, answer.balance], ["tracked", 7, null, null]);
    assert.equal(answer.details.message, "Usage tracked successfully. This usage is billable.");
});

test("a boolean feature is tracked", async () => {
    const answer = await track(await q.customer("pro"), "sso", 3);
    assert.deepEqual([answer.success, answer.code], [true, "tracked"]);
});

test("value may be 0 and fractions", async () => {
    const customer = await q.customer("pro");
    assert.equal((await track(customer, "calls", 0)).code, "tracked");
    assert.equal((await track(customer, "calls", 4.75)).balance, 0.25);
    assert.equal((await track(customer, "calls", 0)).usage, 4.75);
});

test("three times a tenth is not more than three tenths", async () => {
    const customer = await q.customer("pro");
    for (const usage of [0.1, 0.2, 0.3]) assert.equal((await track(customer, "third", 0.1)).usage, usage);
    assert.equal((await track(customer, "third", 1e-9)).code, "limit_exceeded");
});

test("the worked example: packages, cap, and the excess", async () => {
    const customer = await q.customer("pro");
    const bill = async () => (await q.sdk().billing.usage({ customer })).totalEstimated;
    await track(customer, "worked", 90);
    const over = await track(customer, "worked", 55);
    assert.equal(over.code, "tracked_overage");
    assert.equal(over.details.message, "Usage tracked as overage (will be billed).");
    assert.deepEqual(over.details.overage, { type: "charge", willBeBilled: true });
    assert.deepEqual([over.usage, over.limit, over.balance, over.overageUnits], [145, 100, 0, 45]);
    assert.equal(await bill(), 25);
    const capped = await track(customer, "worked", 6);
    assert.equal(capped.code, "limit_exceeded");
    assert.equal(capped.details.message, "Overage cap reached (45/50 overage units used).");
    assert.equal((await track(customer, "worked", 5)).code, "tracked_overage");
    assert.equal(await bill(), 25);
    const full = await track(customer, "worked", 1);
    assert.equal(full.details.message, "Overage cap reached (50/50 overage units used).");
});

test("during a trial there is no overage", async () => {
    const customer = await q.customer("trial");
    assert.equal((await track(customer, "calls", 10)).code, "tracked");
    const refused = await track(customer, "calls");
    assert.deepEqual([refused.code, refused.limit], ["limit_exceeded", 10]);
});

test("creditCost multiplies one quantity everywhere", async () => {
    for (const feature of ["costly", "pre"]) {
        const customer = await q.customer("pro");
        const answer = await track(customer, feature, 10);
        assert.deepEqual([answer.code, answer.usage, answer.balance], ["tracked", 50, 50], feature);
        assert.equal((await track(customer, feature, 11)).code, "limit_exceeded");
        assert.equal((await track(customer, feature, 10)).balance, 0);
    }
});

test("metadata is kept with the event", async () => {
    const customer = await q.customer("pro");
    const { eventId } = await track(customer, "calls", 1, { metadata: { job: 7 } });
    const { entries } = (await q.get(`/customers/${customer}/entries`)).body;
    const kept = entries.find((entry: Json) => entry.eventId === eventId);
    assert.deepEqual(kept.metadata, { job: 7 }, JSON.stringify(entries));
});

test("check and track decide alike on every value around the limit", async () => {
    for (const value of [0, 1, 59, 60, 60.000000001, 61]) {
        const customer = await q.customer("pro");
        await track(customer, "worked", 90);
        const checked = await q.ok("/check", { customer, feature: "worked", value });
        const tracked = await track(customer, "worked", value);
        assert.equal(checked.allowed, tracked.allowed, String(value));
    }
});

test("limits of base plan and add-on plans add up", async () => {
    const customer = await q.customer("pro");
    await q.ok("/attach", { customer, product: "more-calls" });
    assert.equal((await check(customer, "calls")).limit, 25);
    const answer = await track(customer, "calls", 25);
    assert.deepEqual([answer.code, answer.balance], ["tracked", 0]);
    assert.equal((await track(customer, "calls")).code, "limit_exceeded");
});

test("a seat feature is not tracked", async () => {
    const answer = await post(await q.customer("pro"), "members");
    assert.deepEqual([answer.status, answer.body.code], [400, "unknown_feature_type"]);
});

test("at any concurrency a limit is not passed by one unit", async () => {
    const customer = await q.customer("pro");
    const answers = await Promise.all(Array.from({ length: 20 }, () => track(customer, "calls")));
    assert.equal(answers.filter((answer) => answer.code === "tracked").length, 5);
    assert.equal((await check(customer, "calls")).usage, 5);
});

test("many first calls for one unseen e-mail make one customer", async () => {
    const email = `${unique()}@example.com`;
    await Promise.all(Array.from({ length: 8 }, () => post(email, "calls")));
    const { customers } = (await q.get("/customers?limit=500")).body;
    assert.equal(customers.filter((each: Json) => each.email === email).length, 1);
});

test("/track/batch answers each event in order", async () => {
    const customer = await q.customer("pro");
    const one = { customer, feature: "calls" };
    const answer = await q.post("/track/batch", [{ ...one, value: 4 }, { ...one, feature: "nope" }, { ...one, value: 2 }, one]);
    assert.equal(answer.status, 200, answer.text);
    const results = answer.body.results ?? answer.body;
    assert.deepEqual(results.map((each: Json) => each.code), ["tracked", "feature_not_found", "limit_exceeded", "tracked"]);
});
