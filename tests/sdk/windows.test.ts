// Which subscriptions grant, and when a meter begins again (docs/contract/windows.md). The clock only
// moves forward, so the tests run in the order of their times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const resets = ["5min", "15min", "30min", "hourly", "daily", "weekly", "monthly", "quarterly", "semi_annual", "yearly", "never", "none"];
const q = serve({
    features: [...resets.map((reset) => metered(`f-${reset}`)), metered("calendar"), metered("calls"), metered("billed")],
    plans: [
        plan("all", [
            ...resets.map((reset) => grant(`f-${reset}`, { limit: 5, reset })),
            grant("calendar", { limit: 5, reset: "monthly", anchor: "calendar" }),
        ]),
        plan("month", [grant("calls", { limit: 5 }), charged("billed", 5, 10)]),
        plan("paid", [grant("calls", { limit: 5 })], { price: 1000 }),
        plan("trial", [grant("calls", { limit: 5 })], { price: 1000, trialDays: 90 }),
        plan("once", [grant("calls", { limit: 5, reset: "never" })], { price: 1000, billingType: "one_time" }),
    ],
});
const check = (customer: string, feature: string): Promise<Json> => q.ok("/check", { customer, feature });
const track = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/track", { customer, feature, value });

test("resetsAt is the exact end of each window, on 20 March 12:00", async () => {
    const customer = await q.customer("all");
    const ends: Record<string, string | null> = {
        "f-5min": "2040-03-20T12:05:00.000Z",
        "f-15min": "2040-03-20T12:15:00.000Z",
        "f-30min": "2040-03-20T12:30:00.000Z",
        "f-hourly": "2040-03-20T13:00:00.000Z",
        "f-daily": "2040-03-21T00:00:00.000Z",
        "f-weekly": "2040-03-27T12:00:00.000Z",
        "f-monthly": "2040-04-20T12:00:00.000Z",
        "f-quarterly": "2040-06-20T12:00:00.000Z",
        "f-semi_annual": "2040-09-20T12:00:00.000Z",
        "f-yearly": "2041-03-20T12:00:00.000Z",
        "f-never": null,
        "f-none": null,
        calendar: "2040-04-01T00:00:00.000Z",
    };
    for (const [feature, end] of Object.entries(ends)) assert.equal((await check(customer, feature)).resetsAt, end, feature);
    for (const reset of resets) assert.equal((await check(customer, `f-${reset}`)).resetInterval, reset);
});

test("windows begin and end with the instant: 12:04:59.999 is the old one, 12:05 the new", async () => {
    const customer = await q.customer("all");
    await track(customer, "f-5min", 5);
    await q.setClock("2040-03-20T12:04:59.999Z");
    assert.equal((await track(customer, "f-5min")).code, "limit_exceeded");
    await q.setClock("2040-03-20T12:05:00.000Z");
    const fresh = await track(customer, "f-5min", 2);
    assert.deepEqual([fresh.code, fresh.usage, fresh.windowStart], ["tracked", 2, "2040-03-20T12:05:00.000Z"]);
    await q.setClock("2040-03-20T12:21:00.000Z");
    const later = await check(customer, "f-5min");
    assert.deepEqual([later.usage, later.windowStart, later.resetsAt], [0, "2040-03-20T12:20:00.000Z", "2040-03-20T12:25:00.000Z"]);
});

test("a late report counts in the window it happened in", async () => {
    const customer = await q.customer("all");
    const hour = "2040-03-20T12:30:00.000Z";
    await q.setClock("2040-03-20T13:10:00.000Z");
    await q.ok("/track", { customer, feature: "f-hourly", value: 5, timestamp: "2040-03-20T13:05:00.000Z" });
    assert.equal((await check(customer, "f-hourly")).usage, 5);
    const late = await q.post("/track", { customer, feature: "f-monthly", value: 2, timestamp: hour });
    assert.equal(late.status, 200, late.text);
});

test("a trial of 90 days lasts 90 days", async () => {
    const customer = await q.customer("trial");
    const answer = await check(customer, "calls");
    assert.deepEqual([answer.code, answer.details.trialEndsAt], ["access_granted", "2040-06-18T13:10:00.000Z"]);
});

test("a cancellation waits for the period's end; then nothing grants", async () => {
    const customer = await q.customer("paid");
    const canceled = await q.ok("/subscriptions/cancel", { customer, product: "paid" });
    assert.equal(canceled.status, "pending_cancel");
    assert.equal((await check(customer, "calls")).code, "access_granted");
    await q.setClock("2040-04-20T13:10:00.000Z");
    assert.equal((await check(customer, "calls")).code, "no_active_subscription");
});

test("a pending subscription does not grant", async () => {
    await q.ok("/sync", {
        features: [metered("calls")],
        plans: [plan("auto", [grant("calls", { limit: 5 })], { price: 500, autoEnable: true })],
    });
    const customer = await q.customer();
    assert.equal((await check(customer, "calls")).code, "no_active_subscription");
    const { subscriptions } = (await q.get(`/customers/${customer}`)).body;
    assert.deepEqual(subscriptions.map((each: Json) => [each.plan, each.status]), [["auto", "pending"]]);
    await q.ok("/sync", { features: [], plans: [plan("auto", [grant("calls", { limit: 5 })], { price: 500 })] });
});

test("months are counted from the anchor and clamped: 31 May, 30 June, 31 July", async () => {
    await q.setClock("2040-05-31T08:00:00.000Z");
    const customer = await q.customer("month");
    await track(customer, "calls", 5);
    assert.equal((await check(customer, "calls")).resetsAt, "2040-06-30T08:00:00.000Z");
    await q.setClock("2040-06-30T08:00:00.000Z");
    const second = await check(customer, "calls");
    assert.deepEqual([second.usage, second.resetsAt], [0, "2040-07-31T08:00:00.000Z"]);
    await q.setClock("2040-07-31T08:00:00.000Z");
    assert.equal((await check(customer, "calls")).resetsAt, "2040-08-31T08:00:00.000Z");
});

test("idle windows do not shift the boundary", async () => {
    const customer = await q.customer("month");
    await q.setClock("2040-11-02T00:00:00.000Z");
    const answer = await check(customer, "calls");
    assert.deepEqual([answer.windowStart, answer.resetsAt], ["2040-10-31T08:00:00.000Z", "2040-11-30T08:00:00.000Z"]);
});

test("never and none do not reset, however long", async () => {
    const customer = await q.customer("all");
    for (const reset of ["never", "none"]) await track(customer, `f-${reset}`, 4);
    await q.setClock("2042-11-02T00:00:00.000Z");
    for (const reset of ["never", "none"]) {
        const answer = await check(customer, `f-${reset}`);
        assert.deepEqual([answer.usage, answer.balance, answer.resetsAt], [4, 1, null]);
    }
});

test("a one-time purchase has no end", async () => {
    const customer = await q.customer("once");
    await track(customer, "calls", 3);
    await q.setClock("2044-11-02T00:00:00.000Z");
    const answer = await check(customer, "calls");
    assert.deepEqual([answer.code, answer.usage], ["access_granted", 3]);
});

test("a closed window is invoiced by the clock, its successor starts with a full allowance", async () => {
    const customer = await q.customer("month");
    await track(customer, "billed", 8);
    await q.setClock("2044-12-02T00:00:00.000Z");
    const { invoices } = await q.sdk().billing.invoices({ customer });
    assert.deepEqual(invoices.map((each: Json) => [each.total, each.items[0].quantity]), [[30, 3]]);
    assert.deepEqual([(await check(customer, "billed")).usage, (await check(customer, "billed")).balance], [0, 5]);
});
