// Attach and plan switching where a provider collects, the sandbox (docs/contract/subscriptions.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import { GOOD, Till, asked, collecting, form, pay } from "./payments";
import { charged, grant, metered, plan } from "./payloads";
import { type Json } from "./server";
import { until } from "./until";

const limited = (limit: number) => [grant("calls", { limit })];
const grouped = (slug: string, group: string, price: number, interval: string) =>
    plan(slug, limited(price / 100), { price, interval, planGroup: group });
const q = collecting({
    features: [metered("calls"), metered("extras")],
    plans: [
        plan("free", limited(5)),
        plan("free-too", limited(6)),
        plan("pro", [charged("calls", 10, 7)], { price: 1000 }),
        plan("max", [charged("calls", 100, 7)], { price: 3000 }),
        plan("twin", limited(11), { price: 1000 }),
        plan("addon", [grant("extras", { limit: 3 })], { price: 500, isAddon: true }),
        plan("free-addon", [grant("extras", { limit: 2 })], { isAddon: true }),
        plan("once", [grant("extras", { limit: 9, reset: "never" })], { price: 700, billingType: "one_time" }),
        plan("gift", [grant("extras", { limit: 1, reset: "never" })], { billingType: "one_time" }),
        grouped("a-year", "a", 12_000, "yearly"),
        grouped("a-month", "a", 1500, "monthly"),
        grouped("b-quarter", "b", 3000, "quarterly"),
        grouped("b-month", "b", 1000, "monthly"),
        plan("month-end", limited(1), { price: 900, planGroup: "c" }),
    ],
});
const till = new Till(q);
const MS = (instant: string) => Date.parse(instant);
const refusal = async (body: Json): Promise<unknown[]> => {
    const answer = await q.post("/attach", body);
    return [answer.status, answer.body.success, answer.body.code, answer.body.error];
};
const limitOf = async (customer: string, feature = "calls"): Promise<Json> =>
    (await q.ok("/check", { customer, feature })).limit;

test("customer and product are needed, callbackUrl is a URL, currency has three letters", async () => {
    const good = { customer: "a@example.com", product: "pro" };
    for (const [field, value] of Object.entries({ customer: undefined, product: undefined, callbackUrl: "no url", currency: "US" })) {
        const [status, success, code, error] = await refusal({ ...good, [field]: value });
        assert.deepEqual([status, success, code], [400, false, "validation_error"], field);
        assert.match(error as string, new RegExp(`Invalid ${field}`));
    }
});

test("an unknown plan is 404 Plan not found", async () => {
    assert.deepEqual(await refusal({ customer: "b@example.com", product: "nope" }), [404, false, "plan_not_found", "Plan 'nope' not found"]);
});

test("a customer that cannot be made is 400", async () => {
    const [status, success, , error] = await refusal({ customer: "nobody-yet", product: "free" });
    assert.deepEqual([status, success, error], [400, false, "Could not resolve or create customer"]);
});

test("the answer of a page: every field", async () => {
    const customer = await q.customer();
    const answer = await till.attach(customer, "pro", { callbackUrl: "https://example.com/done?a=1" });
    const { checkoutUrl, reference, customer_id, customerId, eventId, position, ...of } = answer;
    assert.deepEqual(of, { success: true, type: "new", requiresCheckout: true, message: "Checkout created for Pro" });
    assert.match(checkoutUrl, /^http:\/\/127\.0\.0\.1:\d+\/sandbox\/checkout\/cs_/);
    assert.match(reference, /^pi_/);
    assert.match(customer_id, /^cus_/);
    assert.equal(customerId, customer_id);
    assert.equal(typeof eventId, "string");
    assert.equal(typeof position.offset, "number");
    const paid = await form(checkoutUrl, { action: "pay", card: GOOD });
    const back = new URL(paid.headers.get("location")!);
    assert.deepEqual([paid.status, back.searchParams.get("a"), back.searchParams.get("status")], [303, "1", "success"]);
});

test("the price per month says whether it is an upgrade, a downgrade or lateral", async () => {
    const steps: [string, string, string][] = [
        ["a-year", "a-month", "upgrade"],
        ["a-month", "a-year", "downgrade"],
        ["b-quarter", "b-month", "lateral"],
    ];
    for (const [from, to, type] of steps) {
        const customer = await till.paid(from);
        // What is left of the longer period must be worth less than the month, else the switch would
        // owe the customer money, and waits for the period's end (ours).
        if (from === "a-year") await till.days(340);
        if (from === "b-quarter") await till.days(80);
        assert.equal((await till.attach(customer, to)).type, type, `${from} to ${to}`);
    }
});

test("a switch that would owe the customer money waits for the period's end", async () => {
    const customer = await till.paid("a-year");
    const { currentPeriodEnd } = await till.subscription(customer);
    const answer = await till.attach(customer, "a-month");
    assert.deepEqual([answer.requiresCheckout, answer.scheduledAt], [false, MS(currentPeriodEnd)]);
});

test("one-time plans replace nothing", async () => {
    const customer = await till.paid("pro");
    const answer = await till.attach(customer, "once");
    assert.deepEqual([answer.type, answer.requiresCheckout], ["new", false]);
    assert.equal(await till.status(customer, "pro"), "active");
});

test("add-on plans stand beside the base plan, and are held once", async () => {
    const customer = await till.paid("pro");
    assert.equal((await till.attach(customer, "addon")).type, "new");
    const again = await till.attach(customer, "addon");
    assert.deepEqual([again.type, again.requiresCheckout, again.message], ["lateral", false, "Already subscribed to Addon"]);
    const { subscriptions } = (await q.get(`/customers/${customer}`)).body;
    assert.deepEqual(subscriptions.map((each: Json) => [each.plan, each.status]), [["pro", "active"], ["addon", "active"]]);
});

test("plans of different groups stand beside each other, the ungrouped ones are a group", async () => {
    const customer = await till.paid("a-month");
    await till.attach(customer, "b-month");
    await till.attach(customer, "pro");
    for (const slug of ["a-month", "b-month", "pro"]) assert.equal(await till.status(customer, slug), "active");
});

test("the same plan is a no-op", async () => {
    const customer = await till.paid("pro");
    const answer = await till.attach(customer, "pro");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["lateral", false, "Already subscribed to Pro"]);
    assert.equal((await till.invoices(customer)).length, 1);
});

test("the same plan undoes a pending cancel and a scheduled downgrade", async () => {
    const customer = await till.paid("max");
    for (const ending of [() => q.ok("/subscriptions/cancel", { customer }), () => till.attach(customer, "pro")]) {
        await ending();
        assert.notEqual((await till.subscription(customer)).cancelAt, null);
        await till.attach(customer, "max");
        const { status, cancelAt, scheduledPlan } = await till.subscription(customer);
        assert.deepEqual([status, cancelAt, scheduledPlan], ["active", null, null]);
    }
});

test("downgrade: at the period's end, with scheduledAt; the customer keeps what they have", async () => {
    const customer = await till.paid("max");
    const { currentPeriodEnd, id } = await till.subscription(customer);
    const answer = await till.attach(customer, "pro");
    const { customer_id, customerId, eventId, position, subscription_id, ...of } = answer;
    assert.deepEqual(of, {
        ...{ success: true, type: "downgrade", requiresCheckout: false, subscriptionId: id, scheduledAt: MS(currentPeriodEnd) },
        message: `Downgrade to Pro scheduled for ${currentPeriodEnd}`,
    });
    assert.deepEqual([customerId, subscription_id], [customer_id, id]);
    const { plan: kept, cancelAt, scheduledPlan } = await till.subscription(customer);
    assert.deepEqual([kept, cancelAt, scheduledPlan], ["max", currentPeriodEnd, "pro"]);
    assert.equal(await limitOf(customer), 100);
});

test("downgrade to a free plan waits as well", async () => {
    const customer = await till.paid("pro");
    const answer = await till.attach(customer, "free");
    assert.deepEqual([answer.type, answer.requiresCheckout], ["downgrade", false]);
    assert.equal(await till.status(customer, "pro"), "active");
});

test("a free plan needs no payment: new, and free to free", async () => {
    const customer = await q.customer();
    const first = await till.attach(customer, "free");
    assert.deepEqual([first.type, first.requiresCheckout, first.message], ["new", false, "Switched to free plan Free"]);
    const second = await till.attach(customer, "free-too");
    assert.deepEqual([second.type, second.requiresCheckout, second.message], ["lateral", false, "Switched to free plan Free Too"]);
    assert.deepEqual([await till.status(customer, "free"), await till.status(customer, "free-too")], ["canceled", "active"]);
});

test("upgrade from a free plan: it stays until the paid one is paid", async () => {
    const customer = await q.customer("free");
    const { checkoutUrl, message } = await till.attach(customer, "pro");
    assert.equal(message, "Checkout created for Pro");
    assert.equal(await asked(checkoutUrl), "10.00 USD");
    assert.deepEqual([await till.status(customer, "free"), await limitOf(customer)], ["active", 5]);
    await form(checkoutUrl, { action: "abandon" });
    assert.deepEqual([await till.status(customer, "free"), await limitOf(customer)], ["active", 5]);
    await pay((await till.attach(customer, "pro")).checkoutUrl);
    await till.untilStatus(customer, "pro", "active");
    assert.deepEqual([await till.status(customer, "free"), await limitOf(customer)], ["canceled", 10]);
});

test("upgrade paid to paid: always a page for the prorated difference; nothing changes until it is paid", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodStart, currentPeriodEnd } = await till.subscription(customer);
    await till.to((MS(currentPeriodStart) + MS(currentPeriodEnd)) / 2);
    const answer = await till.attach(customer, "max");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["upgrade", true, "Checkout created for upgrade to Max"]);
    assert.equal(await asked(answer.checkoutUrl), "10.00 USD");
    assert.deepEqual([await till.status(customer, "pro"), await limitOf(customer)], ["active", 10]);
    await pay(answer.checkoutUrl);
    const max = await till.untilStatus(customer, "max", "active");
    assert.deepEqual([max.currentPeriodEnd, await till.status(customer, "pro")], [currentPeriodEnd, "canceled"]);
    assert.equal(await limitOf(customer), 100);
    const [invoice] = await till.invoices(customer);
    assert.deepEqual([invoice.status, invoice.total, invoice.payment], ["paid", 1000, answer.reference]);
});

test("a page of an upgrade asks for at least 100 minor units", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodEnd } = await till.subscription(customer);
    await till.to(MS(currentPeriodEnd) - 3_600_000);
    const answer = await till.attach(customer, "max");
    assert.equal(await asked(answer.checkoutUrl), "1.00 USD");
});

test("upgrade, proration of 0 near the period's end: at once, without a charge", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodEnd } = await till.subscription(customer);
    await till.to(MS(currentPeriodEnd) - 1000);
    const answer = await till.attach(customer, "max");
    assert.deepEqual([answer.type, answer.requiresCheckout], ["upgrade", false]);
    const max = await till.subscription(customer, "max");
    assert.deepEqual([max.status, max.currentPeriodEnd], ["active", currentPeriodEnd]);
    assert.equal(answer.message, "Upgraded to Max. No prorated charge (near end of period).");
});

test("lateral: swapped at once, the period kept, free", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodEnd } = await till.subscription(customer);
    await till.hours(5);
    const answer = await till.attach(customer, "twin");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["lateral", false, "Switched to Twin. Features updated immediately."]);
    assert.equal((await till.subscription(customer, "twin")).currentPeriodEnd, currentPeriodEnd);
    assert.deepEqual([await till.status(customer, "pro"), await limitOf(customer)], ["canceled", 11]);
    assert.equal((await till.invoices(customer)).length, 1);
});

test("new with a saved card: charged at once, no page", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    const answer = await till.attach(customer, "pro");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["new", false, "Subscribed to Pro"]);
    assert.equal("checkoutUrl" in answer, false);
    const { id, status } = await till.subscription(customer, "pro");
    assert.deepEqual([answer.subscriptionId, answer.subscription_id, status], [id, id, "active"]);
    const [invoice] = await till.invoices(customer);
    assert.deepEqual([invoice.id, invoice.status, invoice.total], [answer.invoiceId, "paid", 1000]);
});

test("new with a saved card that is declined: a page instead", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    await till.sandbox({ charges: "decline" });
    const answer = await till.attach(customer, "pro");
    await till.sandbox({ charges: "ok" });
    assert.equal(answer.requiresCheckout, true);
    assert.equal(await till.status(customer), undefined);
    await pay(answer.checkoutUrl);
    await till.untilStatus(customer, "pro", "active");
});

test("proration: round(new x r) - round(old x r) with the time that is left", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodStart, currentPeriodEnd } = await till.subscription(customer);
    const length = MS(currentPeriodEnd) - MS(currentPeriodStart);
    await till.to(MS(currentPeriodStart) + Math.round(length / 3));
    const left = 1 - Math.round(length / 3) / length;
    const minor = Math.round(3000 * left) - Math.round(1000 * left);
    assert.equal(await asked((await till.attach(customer, "max")).checkoutUrl), `${(minor / 100).toFixed(2)} USD`);
});

test("periods are calendar months from the anchor", async () => {
    await till.to("2045-01-31T00:00:00.000Z");
    const customer = await till.paid("month-end");
    const ends: string[] = [];
    for (let month = 0; month < 3; ++month) {
        const { currentPeriodEnd } = await till.subscription(customer);
        ends.push(currentPeriodEnd.slice(0, 10));
        await till.to(currentPeriodEnd);
        await till.untilInvoice(customer, "paid", (each) => each.createdAt === MS(currentPeriodEnd) && each.status === "paid");
    }
    assert.deepEqual(ends, ["2045-02-28", "2045-03-31", "2045-04-30"]);
});

test("a free one-time plan is active at once", async () => {
    const customer = await q.customer();
    const answer = await till.attach(customer, "gift");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["new", false, "Gift activated (one-time)"]);
    assert.equal(await limitOf(customer, "extras"), 1);
});

test("a paid one-time plan: a page; once paid it has no end", async () => {
    const customer = await q.customer();
    const answer = await till.attach(customer, "once");
    assert.deepEqual([answer.type, answer.requiresCheckout, answer.message], ["new", true, "Checkout created for Once (one-time)"]);
    await pay(answer.checkoutUrl);
    const once = await till.untilStatus(customer, "once", "active");
    assert.equal(once.currentPeriodEnd, null);
    await till.hours(73);
    assert.equal(await limitOf(customer, "extras"), 9);
    assert.equal(await till.status(customer, "once"), "active");
});

test("a paid plan that enables itself waits; GET /activate needs no key and leads to its page", async () => {
    await q.ok("/sync", { features: [], plans: [plan("waits", limited(50), { price: 2000, planGroup: "d", autoEnable: true })] });
    const customer = await q.customer();
    const waiting = await till.subscription(customer, "waits");
    assert.equal(waiting.status, "pending");
    const link = `${q.url}/v1/subscriptions/${waiting.id}/activate?callbackUrl=${encodeURIComponent("https://example.com/ok")}`;
    const answer = await fetch(link, { redirect: "manual" });
    assert.equal(answer.status, 302);
    const paid = await form(answer.headers.get("location")!, { action: "pay", card: GOOD });
    assert.match(paid.headers.get("location")!, /^https:\/\/example\.com\/ok\?/);
    const active = await till.untilStatus(customer, "waits", "active");
    assert.equal(active.id, waiting.id);
    assert.equal((await fetch(link, { redirect: "manual" })).status, 400);
});

test("POST /subscriptions/:id/checkout answers with the page; unknown ones are 404", async () => {
    const customer = await q.customer();
    const waiting = await till.subscription(customer, "waits");
    assert.equal(waiting.status, "pending");
    const answer = await q.ok(`/subscriptions/${waiting.id}/checkout`, {});
    assert.deepEqual([answer.success, answer.activatedDirectly, answer.requiresCheckout], [true, false, true]);
    assert.equal(await asked(answer.checkoutUrl), "20.00 USD");
    const unknown = await q.post("/subscriptions/sub_none_1/checkout", {});
    assert.deepEqual([unknown.status, unknown.body.code, unknown.body.error], [404, "subscription_not_found", "Subscription not found"]);
    assert.equal((await fetch(`${q.url}/v1/subscriptions/${waiting.id}/checkout`, { method: "POST" })).status, 401);
});

test("a payment for a page that another has replaced buys nothing; the newer one does", async () => {
    const customer = await q.customer();
    const first = await till.attach(customer, "pro", { callbackUrl: "https://example.com/1" });
    const second = await till.attach(customer, "pro", { callbackUrl: "https://example.com/2" });
    assert.notEqual(first.reference, second.reference);
    await pay(first.checkoutUrl);
    assert.equal(await till.status(customer, "pro"), undefined);
    await pay(second.checkoutUrl);
    await till.untilStatus(customer, "pro", "active");
    assert.equal((await till.invoices(customer)).length, 1);
});

test("asking again for the same page gives the same one", async () => {
    const customer = await q.customer();
    const first = await till.attach(customer, "pro");
    const second = await till.attach(customer, "pro");
    assert.deepEqual([second.reference, second.checkoutUrl], [first.reference, first.checkoutUrl]);
});

test("attach under one key: the same page again, marked duplicate", async () => {
    const customer = await q.customer();
    const ask = () => q.post("/attach", { customer, product: "pro" }, { headers: { "Idempotency-Key": `attach-${customer}` } });
    const [first, second] = [await ask(), await ask()];
    const { duplicate, ...again } = second.body;
    assert.equal(duplicate, true);
    delete first.body.duplicate;
    assert.deepEqual(again, first.body);
});

test("a page that was left, or has run out, is over: asking again makes a new one", async () => {
    const customer = await q.customer();
    const first = await till.attach(customer, "pro");
    await form(first.checkoutUrl, { action: "abandon" });
    const second = await until("a new page", async () => {
        const answer = await till.attach(customer, "pro");
        return answer.reference !== first.reference && answer;
    });
    await till.days(2);
    assert.equal((await form(second.checkoutUrl, { action: "pay", card: GOOD })).status, 410);
    const third = await till.attach(customer, "pro");
    assert.notEqual(third.reference, second.reference);
    await pay(third.checkoutUrl);
    await till.untilStatus(customer, "pro", "active");
});
