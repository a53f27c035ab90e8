// What happens by itself: the period's end, the threshold, retries, blocks
// (docs/contract/billing-settings.md); settings and overrides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS_LATER, Till, collecting, pay } from "./payments";
import { boolean, charged, grant, metered, plan } from "./payloads";
import { type Json } from "./server";
import { until } from "./until";

const q = collecting({
    features: [metered("calls"), metered("pure"), boolean("sso")],
    plans: [
        plan("free", [charged("calls", 10, 100), grant("pure", { usageModel: "usage_based", pricePerUnit: 10 })]),
        plan("pro", [charged("calls", 10, 100)], { price: 1000 }),
    ],
});
const till = new Till(q);
const DEFAULTS = {
    ...{ billingMode: "end_of_period", billingInterval: "end_of_period", provider: "sandbox", requirePaymentMethod: true },
    ...{ thresholdEnabled: false, thresholdAmount: null, autoCollect: false, gracePeriodHours: 0 },
    ...{ retryHours: [24, 48, 72, 96], pastDueAfterHours: 72 },
};
const RESET = { thresholdEnabled: false, autoCollect: false, gracePeriodHours: 0, requirePaymentMethod: true, retryHours: [24, 48, 72, 96], pastDueAfterHours: 72 };
const settings = async (change: Json): Promise<Json> => (await q.ok("/billing/settings", change)).data;
const trackAny = async (customer: string, value: number, feature = "calls"): Promise<Json> => (await q.post("/track", { customer, feature, value })).body;
const track = (customer: string, value: number): Promise<Json> => q.ok("/track", { customer, feature: "calls", value });
const check = (customer: string, feature = "calls", value = 1): Promise<Json> => q.ok("/check", { customer, feature, value });
const unbilled = async (customer: string): Promise<number> => (await q.sdk().billing.usage({ customer })).totalEstimated;

// With the settings of one test; afterwards the defaults hold again.
const withSettings = (name: string, change: Json, run: () => Promise<void>, options: Json = {}) =>
    test(name, options, async () => {
        await settings(change);
        try {
            await run();
        } finally {
            await settings(RESET);
            await till.sandbox({ charges: "ok" });
        }
    });
const THRESHOLD = { thresholdAmount: 500, autoCollect: true };

test("the settings have defaults", async () => {
    const answer = await q.get("/billing/settings");
    assert.deepEqual([answer.status, answer.body.success, answer.body.data], [200, true, DEFAULTS]);
});

test("mode and interval are always end_of_period; a legacy interval switches the threshold on", async () => {
    for (const billingInterval of ["weekly", "monthly", "end_of_period"]) {
        const data = await settings({ billingMode: "threshold", billingInterval });
        assert.deepEqual([data.billingMode, data.billingInterval, data.thresholdEnabled], ["end_of_period", "end_of_period", false]);
    }
    const legacy = await settings({ billingInterval: "threshold", thresholdAmount: 700, autoCollect: true });
    assert.deepEqual([legacy.billingInterval, legacy.thresholdEnabled, legacy.thresholdAmount], ["end_of_period", true, 700]);
    await settings(RESET);
});

test("a positive amount switches it on, unless thresholdEnabled is false, which clears it", async () => {
    const on = await settings({ thresholdAmount: 900, autoCollect: true });
    assert.deepEqual([on.thresholdEnabled, on.thresholdAmount], [true, 900]);
    const off = await settings({ thresholdAmount: 900, thresholdEnabled: false });
    assert.deepEqual([off.thresholdEnabled, off.thresholdAmount], [false, null]);
    await settings(RESET);
});

test("a grace below 0 is 0; null leaves the settings alone", async () => {
    assert.equal((await settings({ gracePeriodHours: -5 })).gracePeriodHours, 0);
    const data = await settings({ gracePeriodHours: null, thresholdAmount: null, thresholdEnabled: null, autoCollect: null });
    assert.deepEqual(data, DEFAULTS);
});

test("a threshold needs auto-collect and a positive amount", async () => {
    const refused = async (change: Json) => {
        const { status, body } = await q.post("/billing/settings", change);
        return [status, body.success, body.error];
    };
    assert.deepEqual(await refused({ thresholdAmount: 500 }), [400, false, "Threshold overage billing requires auto-collect to be enabled"]);
    assert.deepEqual(await refused({ thresholdEnabled: true, autoCollect: true }), [400, false, "Threshold overage billing requires a positive threshold amount"]);
    assert.deepEqual((await q.get("/billing/settings")).body.data, DEFAULTS);
    for (const bad of [{ retryHours: [-1] }, { retryHours: "x" }, { pastDueAfterHours: -1 }, { provider: "paypal" }, { autoCollect: "yes" }])
        assert.equal((await q.post("/billing/settings", bad)).status, 400, JSON.stringify(bad));
});

test("overage and usage_based need a card; with one they are granted", async () => {
    const customer = await q.customer("free");
    const answer = await check(customer, "pure");
    assert.deepEqual([answer.allowed, answer.code, answer.limit, answer.balance], [false, "limit_exceeded", null, null]);
    assert.equal(answer.details.message, "No payment method on file. Add a card to enable overage billing.");
    assert.deepEqual([(await trackAny(customer, 11)).code, (await trackAny(customer, 1, "pure")).code], ["limit_exceeded", "limit_exceeded"]);
    await till.saveCard(customer);
    assert.deepEqual([(await trackAny(customer, 11)).code, (await trackAny(customer, 1, "pure")).code], ["tracked_overage", "tracked"]);
});

withSettings("with requirePaymentMethod off overage needs no card", { requirePaymentMethod: false }, async () => {
    const customer = await q.customer("free");
    assert.equal((await trackAny(customer, 11)).code, "tracked_overage");
});

withSettings("at the period's end usage is invoiced and, with auto-collect, charged", { autoCollect: true }, async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    const invoice = await till.untilInvoice(customer, "of the usage", (each) => each.status === "paid");
    assert.deepEqual([invoice.total, invoice.trigger, invoice.metadata.sourceTrigger], [500, "period_end", "period_end"]);
    assert.equal(await unbilled(customer), 0);
});

test("without auto-collect the invoice stays open; fees are collected all the same", async () => {
    const customer = await till.paid("pro");
    await track(customer, 15);
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    await till.untilInvoice(customer, "the fee", (each) => each.trigger === "period_end" && each.status === "paid" && each.total === 1000);
    await till.settled();
    const usage = (await till.invoices(customer)).find((each) => each.items.some((item: Json) => item.kind === "usage"));
    assert.deepEqual([usage.status, usage.total], ["open", 500]);
});

withSettings("usage below the provider's minimum waits for the next period", { autoCollect: true }, async () => {
    const customer = await till.withCard("free");
    await q.ok("/track", { customer, feature: "pure", value: 3 });
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    assert.deepEqual(await till.invoices(customer), []);
    await q.ok("/track", { customer, feature: "pure", value: 3 });
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    const invoice = await till.untilInvoice(customer, "both", (each) => each.status === "paid");
    assert.equal(invoice.total, 60);
});

withSettings("usage of who has canceled is invoiced and charged", { autoCollect: true }, async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    await q.ok("/subscriptions/cancel", { customer, product: "free", immediate: true });
    const invoice = await till.untilInvoice(customer, "of the usage", (each) => each.status === "paid");
    assert.equal(invoice.total, 500);
});

test("usage of who is past due at the period's end is invoiced", async () => {
    const customer = await till.paid("pro", FAILS_LATER);
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    await till.untilInvoice(customer, "the fee that is not paid", (each) => each.trigger === "period_end");
    await track(customer, 15);
    const { currentPeriodEnd } = await till.subscription(customer);
    await till.hours(72);
    assert.equal(await till.status(customer), "past_due");
    await till.to(currentPeriodEnd);
    const invoice = await till.untilInvoice(customer, "of the usage", (each) => each.items.some((item: Json) => item.kind === "usage"));
    assert.deepEqual([invoice.total, await unbilled(customer)], [500, 0]);
});

withSettings("pastDueAfterHours is how long a fee may wait", { pastDueAfterHours: 24 }, async () => {
    const customer = await till.paid("pro", FAILS_LATER);
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    await till.untilInvoice(customer, "the fee that is not paid", (each) => each.trigger === "period_end");
    await till.hours(23);
    assert.equal(await till.status(customer), "active");
    await till.hours(1);
    assert.equal(await till.status(customer), "past_due");
});

withSettings("a failed charge leaves it open and is tried again by the schedule", { autoCollect: true, retryHours: [24, 48] }, async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    await till.sandbox({ charges: "decline" });
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    const { id } = await till.untilInvoice(customer, "of the usage", (each) => each.status === "open");
    await till.settled();
    await till.sandbox({ charges: "ok" });
    await till.hours(23);
    await till.settled();
    assert.equal((await till.untilInvoice(customer, "still open", (each) => each.id === id)).status, "open");
    await till.hours(1);
    await till.untilInvoice(customer, "paid by the retry", (each) => each.id === id && each.status === "paid");
});

withSettings("after the last retry it stays open, and is paid by hand", { autoCollect: true, retryHours: [24] }, async () => {
    const customer = await till.withCard("free", FAILS_LATER);
    await track(customer, 15);
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    const { id } = await till.untilInvoice(customer, "of the usage", (each) => each.status === "open");
    await till.settled();
    await till.hours(24);
    await till.settled();
    await till.hours(24 * 5);
    await till.settled();
    assert.equal((await till.untilInvoice(customer, "open", (each) => each.id === id)).status, "open");
    assert.equal(await till.block(customer), null, "only a threshold invoice blocks");
    await pay((await q.ok(`/billing/invoice/${id}/pay`, {})).checkoutUrl);
    await till.untilInvoice(customer, "paid", (each) => each.id === id && each.status === "paid");
});

withSettings("a provider that is unavailable is asked again until it answers", { autoCollect: true }, async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    await till.sandbox({ charges: "unavailable" });
    await till.to((await till.subscription(customer)).currentPeriodEnd);
    await till.untilInvoice(customer, "of the usage", (each) => each.status === "open");
    await till.sandbox({ charges: "ok" });
    await till.untilInvoice(customer, "paid", (each) => each.status === "paid" && each.total === 500);
});

withSettings("at the threshold usage is invoiced and charged; below it nothing happens", THRESHOLD, async () => {
    const customer = await till.withCard("free");
    await track(customer, 14);
    await till.hours(1);
    assert.deepEqual(await till.invoices(customer), []);
    await track(customer, 1);
    await till.hours(1);
    const invoice = await till.untilInvoice(customer, "of the threshold", (each) => each.status === "paid");
    assert.deepEqual([invoice.total, invoice.metadata.sourceTrigger, await till.block(customer)], [500, "threshold", null]);
    assert.equal(await unbilled(customer), 0);
    await track(customer, 5);
    await till.hours(1);
    await until("the second one", async () => (await till.invoices(customer)).length === 2);
});

withSettings("a charge that fails blocks all overage and usage_based; allowance is not touched", THRESHOLD, async () => {
    const customer = await till.withCard("free", FAILS_LATER);
    await track(customer, 15);
    await till.hours(1);
    const { id } = await till.untilInvoice(customer, "of the threshold", (each) => each.status === "open");
    const block = await until("the block", async () => (await till.block(customer)) ?? undefined);
    assert.deepEqual([block.reason, block.invoiceId], ["threshold_charge_failed", id]);
    assert.deepEqual([(await trackAny(customer, 1)).code, (await check(customer, "pure")).allowed], ["limit_exceeded", false]);
    await pay((await q.ok(`/billing/invoice/${id}/pay`, {})).checkoutUrl);
    await until("the block to go", async () => (await till.block(customer)) === null);
    assert.equal((await trackAny(customer, 1)).code, "tracked_overage");
});

withSettings("without a card: blocked, no_payment_method_on_file; voiding its invoice unblocks", { ...THRESHOLD, requirePaymentMethod: false }, async () => {
    const customer = await q.customer("free");
    await track(customer, 15);
    await till.hours(1);
    const block = await until("the block", async () => (await till.block(customer)) ?? undefined);
    assert.equal(block.reason, "no_payment_method_on_file");
    const refused = await trackAny(customer, 1);
    assert.deepEqual([refused.success, refused.code], [false, "limit_exceeded"]);
    await q.ok(`/invoices/${block.invoiceId}/void`, {});
    assert.equal(await till.block(customer), null);
    assert.equal((await trackAny(customer, 1)).code, "tracked_overage");
});

withSettings("a block's stored reason is the guard's message", { ...THRESHOLD, requirePaymentMethod: false }, async () => {
    const customer = await q.customer("free");
    await track(customer, 15);
    await till.hours(1);
    await until("the block", async () => (await till.block(customer)) ?? undefined);
    assert.equal((await check(customer, "pure")).details.message, "no_payment_method_on_file");
});

withSettings("a blocked customer is charged again by the schedule, which unblocks", THRESHOLD, async () => {
    const customer = await till.withCard("free");
    await till.sandbox({ charges: "decline" });
    await track(customer, 15);
    await till.hours(1);
    await until("the block", async () => (await till.block(customer)) ?? undefined);
    await till.sandbox({ charges: "ok" });
    await till.hours(24);
    await until("the block to go", async () => (await till.block(customer)) === null);
    await till.untilInvoice(customer, "paid", (each) => each.status === "paid");
});

withSettings("the minimum of the provider is the least threshold", { thresholdAmount: 20, autoCollect: true }, async () => {
    const customer = await till.withCard("free");
    await q.ok("/track", { customer, feature: "pure", value: 3 });
    await till.hours(1);
    assert.deepEqual(await till.invoices(customer), []);
    await q.ok("/track", { customer, feature: "pure", value: 2 });
    await till.hours(1);
    assert.equal((await till.untilInvoice(customer, "paid", (each) => each.status === "paid")).total, 50);
});

withSettings("grace delays the threshold's invoice, which then holds all that has come", { ...THRESHOLD, gracePeriodHours: 3 }, async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    await till.hours(2);
    await track(customer, 2);
    assert.deepEqual(await till.invoices(customer), []);
    await till.hours(1);
    assert.equal((await till.untilInvoice(customer, "paid", (each) => each.status === "paid")).total, 700);
});

const override = (customer: string, of: Json): Promise<Json> => q.ok("/overrides", { customer, feature: "calls", ...of });

test("an override: limit and interval of its own, overage blocked, no pricing; replaced by the next", async () => {
    const customer = await till.withCard("free");
    const { data } = await override(customer, { limitValue: 3, resetInterval: "daily", reason: "sorry" });
    assert.deepEqual(
        [data.feature, data.limit, data.resetInterval, data.expiresAt, data.reason],
        ["calls", 3, "daily", null, "sorry"],
    );
    const answer = await check(customer);
    assert.deepEqual([answer.limit, answer.resetInterval, answer.allowed], [3, "daily", true]);
    assert.equal((await trackAny(customer, 4)).code, "limit_exceeded");
    assert.equal((await trackAny(customer, 3)).code, "tracked");
    await override(customer, { limit: 50 });
    assert.equal((await check(customer)).limit, 50);
    assert.equal((await q.get(`/overrides?customer=${customer}`)).body.data.length, 1);
});

test("an override of null is unlimited; the default interval is monthly", async () => {
    const customer = await q.customer("free");
    const { data } = await override(customer, { limit: null });
    assert.deepEqual([data.limit, data.resetInterval], [null, "monthly"]);
    assert.equal((await trackAny(customer, 1e6)).code, "tracked");
    assert.equal(await unbilled(customer), 0);
});

test("an override expires by the clock, or is removed; then the plan's limit holds again", async () => {
    const customer = await q.customer("free");
    const expiresAt = new Date(Date.parse(await q.now()) + 3_600_000).toISOString();
    await override(customer, { limit: 50, expiresAt });
    assert.equal((await check(customer)).limit, 50);
    await till.to(expiresAt);
    assert.equal((await check(customer)).limit, 10);
    await override(customer, { limit: 60 });
    await q.ok("/overrides/remove", { customer, feature: "calls" });
    assert.equal((await check(customer)).limit, 10);
    const none = await q.post("/overrides/remove", { customer, feature: "calls" });
    assert.deepEqual([none.status, none.body.code], [404, "override_not_found"]);
});

test("an override grants without a subscription, for check and track alike", async () => {
    const customer = await q.customer();
    await override(customer, { limit: 2 });
    assert.equal((await check(customer)).allowed, true);
    assert.equal((await trackAny(customer, 2)).code, "tracked");
    assert.equal((await check(customer)).allowed, false);
    assert.equal((await trackAny(customer, 1)).code, "limit_exceeded");
});

test("an override of a boolean feature enables it", async () => {
    const customer = await q.customer("free");
    assert.equal((await check(customer, "sso")).code, "feature_not_in_plan");
    await q.ok("/overrides", { customer, feature: "sso", limit: null });
    assert.deepEqual([(await check(customer, "sso")).allowed, (await check(customer, "sso")).code], [true, "access_granted"]);
});

test("an override of an unknown customer or feature is 404, a malformed one 400", async () => {
    const customer = await q.customer("free");
    assert.equal((await q.post("/overrides", { customer: "nobody", feature: "calls", limit: 1 })).status, 404);
    const unknown = await q.post("/overrides", { customer, feature: "nope", limit: 1 });
    assert.deepEqual([unknown.status, unknown.body.code], [404, "feature_not_found"]);
    for (const bad of [{}, { limit: -1 }, { limit: 1, resetInterval: "fortnightly" }, { limit: 1, expiresAt: "soon" }])
        assert.equal((await q.post("/overrides", { customer, feature: "calls", ...bad })).status, 400, JSON.stringify(bad));
});

test("usage is corrected by a new fact", async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    assert.equal(await unbilled(customer), 500);
    const answer = await q.ok("/usage/correct", { customer, feature: "calls", value: 7, reason: "double report" });
    assert.deepEqual([answer.success, answer.feature, answer.corrected], [true, "calls", 7]);
    assert.deepEqual([(await check(customer)).usage, await unbilled(customer)], [8, 0]);
    const tooMuch = await q.post("/usage/correct", { customer, feature: "calls", value: 9 });
    assert.equal(tooMuch.status, 400);
});

test("every POST about payments hears its first answer again under its key, and another body is a conflict", async () => {
    const customer = await till.withCard("free");
    await track(customer, 15);
    const { invoice } = await q.ok("/billing/invoice", { customer });
    await track(customer, 5);
    const { invoice: second } = await q.ok("/billing/invoice", { customer });
    await track(customer, 5);
    const { invoice: third } = await q.ok("/billing/invoice", { customer });
    const payer = await till.paid("pro");
    const { id: method } = (await till.saveCard(customer)).methods[0];
    const expiresAt = "2090-01-01T00:00:00.000Z";
    const calls: [path: string, body: Json, other: Json | null][] = [
        ["/wallet/remove", { customer, id: method }, { customer, id: "pm_other" }],
        [`/billing/invoice/${invoice.id}/pay`, {}, { callbackUrl: "https://example.com/" }],
        [`/invoices/${second.id}/mark-paid`, { reference: "a" }, { reference: "b" }],
        [`/invoices/${third.id}/void`, { reason: "a" }, { reason: "b" }],
        ["/billing/settings", { gracePeriodHours: 0 }, { gracePeriodHours: 1 }],
        ["/overrides", { customer, feature: "calls", limit: 77, expiresAt }, { customer, feature: "calls", limit: 78, expiresAt }],
        ["/overrides/remove", { customer, feature: "calls" }, { customer, feature: "pure" }],
        ["/usage/correct", { customer, feature: "calls", value: 1 }, { customer, feature: "calls", value: 2 }],
        ["/subscriptions/cancel", { customer: payer, product: "pro" }, { customer: payer, product: "pro", immediate: true }],
        ["/subscriptions/uncancel", { customer: payer, product: "pro" }, { customer: payer }],
        ["/attach", { customer: payer, product: "free" }, { customer: payer, product: "pro" }],
    ];
    for (const [path, body, other] of calls) {
        const options = { headers: { "Idempotency-Key": `once-${path}` } };
        const [first, again] = [await q.post(path, body, options), await q.post(path, body, options)];
        assert.deepEqual([first.status, again.status], [200, 200], `${path}: ${first.text} ${again.text}`);
        const { duplicate, ...rest } = again.body;
        assert.equal(duplicate, true, path);
        assert.equal("duplicate" in first.body ? first.body.duplicate : false, false, path);
        delete first.body.duplicate;
        assert.deepEqual(rest, first.body, path);
        assert.deepEqual([typeof rest.eventId, typeof rest.position.offset], ["string", "number"], path);
        const conflict = await q.post(path, other, options);
        assert.deepEqual([conflict.status, conflict.body.code], [409, "idempotency_conflict"], path);
    }
});
