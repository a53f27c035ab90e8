// Trials, cancellation, renewal and every transition (docs/contract/subscriptions.md#statuses). What a
// provider reports is in provider_webhooks.test.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS_LATER, Till, asked, collecting, ofPayment, pay } from "./payments";
import { charged, grant, metered, plan, seats } from "./payloads";
import { type Json } from "./server";

const calls = (limit: number, more: Json = {}) => [grant("calls", { limit, ...more })];
const q = collecting({
    features: [metered("calls"), seats("seats")],
    plans: [
        plan("free", calls(5)),
        plan("pro", [...calls(10), grant("seats", { limit: 2, reset: "never" })], { price: 1000 }),
        plan("max", calls(100), { price: 3000 }),
        plan("trial", [charged("calls", 10, 7, { trialLimit: 3 })], { price: 1000, trialDays: 14 }),
        plan("free-trial", calls(3), { trialDays: 3 }),
        plan("quick", calls(10), { price: 1000, trialDays: 30, metadata: { trialUnit: "minutes" } }),
        plan("carded", calls(10), { price: 1000, trialDays: 7, trialCardRequired: true }),
        plan("better", calls(20), { planGroup: "g", price: 1000 }),
        plan("once", calls(9, { reset: "never" }), { price: 700, billingType: "one_time" }),
    ],
});
const till = new Till(q);
const check = (customer: string): Promise<Json> => q.ok("/check", { customer, feature: "calls" });
const end = async (customer: string, slug: string): Promise<void> => till.to((await till.subscription(customer, slug)).currentPeriodEnd);
const cancel = (customer: string, product: string, more: Json = {}) => q.ok("/subscriptions/cancel", { customer, product, ...more });

test("a trial without a card: every field, and no page", async () => {
    const customer = await q.customer();
    const answer = await till.attach(customer, "trial");
    const { id, status, currentPeriodEnd } = await till.subscription(customer, "trial");
    assert.deepEqual(
        [answer.success, answer.trial, answer.message, answer.subscription_id, answer.trial_ends_at, "type" in answer, "checkoutUrl" in answer],
        [true, true, "14-day trial activated", id, currentPeriodEnd, false, false],
    );
    assert.match(answer.customer_id, /^cus_/);
    assert.equal(status, "trialing");
    assert.equal(Date.parse(currentPeriodEnd) - Date.parse(await q.now()), 14 * 86_400_000);
    assert.equal((await check(customer)).limit, 3);
});

test("attaching it again: Trial already active", async () => {
    const customer = await q.customer();
    await till.attach(customer, "trial");
    const { trial, message, subscription_id } = await till.attach(customer, "trial");
    assert.deepEqual([trial, message, subscription_id], [true, "Trial already active", (await till.subscription(customer, "trial")).id]);
});

test("metadata.trialUnit makes the days minutes", async () => {
    const customer = await q.customer();
    const { message, trial_ends_at } = await till.attach(customer, "quick");
    assert.equal(message, "30-minute trial activated");
    assert.equal(Date.parse(trial_ends_at) - Date.parse(await q.now()), 30 * 60_000);
});

test("one trial per customer and plan; a paid plan is never given up for one", async () => {
    const customer = await q.customer();
    await till.attach(customer, "trial");
    await cancel(customer, "trial", { immediate: true });
    const again = await till.attach(customer, "trial");
    assert.deepEqual([again.trial, again.type, again.requiresCheckout], [undefined, "new", true]);
    const payer = await till.paid("max");
    const instead = await till.attach(payer, "trial");
    assert.deepEqual([instead.trial, instead.type, await till.status(payer, "max")], [undefined, "downgrade", "active"]);
});

test("a trial that needs a card: a page of 0, then the trial and the card", async () => {
    assert.equal((await q.get("/plans/carded")).body.plan.trialCardRequired, true);
    const customer = await q.customer();
    const answer = await till.attach(customer, "carded");
    assert.deepEqual([answer.success, answer.trial, answer.trial_days], [true, true, 7]);
    assert.match(answer.reference, /^pi_/);
    assert.doesNotMatch(await asked(answer.checkoutUrl), /[1-9]/);
    assert.equal(await till.status(customer, "carded"), undefined);
    await pay(answer.checkoutUrl);
    await till.untilStatus(customer, "carded", "trialing");
    assert.equal((await till.wallet(customer)).hasCard, true);
    assert.deepEqual(await till.invoices(customer), []);
});

test("with a card on file: as without, plus trial_days", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    const answer = await till.attach(customer, "carded");
    assert.deepEqual([answer.trial, answer.trial_days, answer.message, "checkoutUrl" in answer], [true, 7, "7-day trial activated", false]);
    assert.equal(await till.status(customer, "carded"), "trialing");
});

test("where nobody collects there is no card to ask for: it begins at once (ours; the reference has 400)", async () => {
    await q.ok("/billing/settings", { provider: "manual" });
    const answer = await till.attach(await q.customer(), "carded");
    await q.ok("/billing/settings", { provider: null });
    assert.deepEqual([answer.trial, "checkoutUrl" in answer], [true, false]);
});

test("a canceled trial ends canceled, and is not charged", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    await till.attach(customer, "trial");
    await cancel(customer, "trial");
    assert.equal((await check(customer)).allowed, true);
    await end(customer, "trial");
    assert.equal(await till.status(customer, "trial"), "canceled");
    assert.deepEqual(await till.invoices(customer), []);
});

test("without a card a trial ends expired", async () => {
    const customer = await q.customer();
    await till.attach(customer, "trial");
    await end(customer, "trial");
    assert.equal(await till.status(customer, "trial"), "expired");
    assert.equal((await check(customer)).code, "no_active_subscription");
    assert.deepEqual(await till.invoices(customer), []);
});

test("a free plan with trialDays ends expired", async () => {
    const customer = await q.customer("free-trial");
    await end(customer, "free-trial");
    assert.equal(await till.status(customer, "free-trial"), "expired");
});

test("with a card its end charges the plan and begins the paid period; its usage is not billed", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    await till.attach(customer, "trial");
    await q.ok("/track", { customer, feature: "calls", value: 3 });
    const { currentPeriodEnd: trialEnd } = await till.subscription(customer, "trial");
    await till.to(trialEnd);
    const invoice = await till.untilInvoice(customer, "the first fee", (each) => each.status === "paid");
    assert.deepEqual([invoice.total, invoice.items.length, invoice.items[0].kind], [1000, 1, "plan_fee"]);
    const { status, currentPeriodStart, id } = await till.subscription(customer, "trial");
    assert.deepEqual([status, currentPeriodStart, id], ["active", trialEnd, invoice.subscriptionId]);
    assert.deepEqual([(await check(customer)).usage, (await check(customer)).limit], [0, 10]);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 0);
});

test("a check right after the end changes nothing about the conversion", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    await till.attach(customer, "trial");
    await end(customer, "trial");
    assert.equal((await check(customer)).allowed, true);
    await till.untilInvoice(customer, "the first fee", (each) => each.status === "paid");
    assert.equal(await till.status(customer, "trial"), "active");
});

test("a card that is declined at its end: past due, no access; paying brings it back", async () => {
    const customer = await q.customer();
    await till.saveCard(customer, FAILS_LATER);
    await till.attach(customer, "trial");
    await end(customer, "trial");
    await till.untilStatus(customer, "trial", "past_due");
    assert.equal((await check(customer)).code, "no_active_subscription");
    const again = await till.attach(customer, "trial");
    assert.deepEqual([again.requiresCheckout, await asked(again.checkoutUrl)], [true, "10.00 USD"]);
    await pay(again.checkoutUrl);
    await till.untilStatus(customer, "trial", "active");
    assert.equal((await check(customer)).allowed, true);
});

test("a first fee that is declined for as long as it is tried again: expired", async () => {
    const customer = await q.customer();
    await till.saveCard(customer, FAILS_LATER);
    await till.attach(customer, "trial");
    await end(customer, "trial");
    await till.untilStatus(customer, "trial", "past_due");
    for (let days = 0; days < 12 && (await till.status(customer, "trial")) !== "expired"; ++days) {
        await till.days(1);
        await till.settled(); // with the charge of that day
    }
    await till.untilStatus(customer, "trial", "expired");
});

test("a scheduled downgrade happens at the period's end, and its fee is charged", async () => {
    const customer = await till.paid("max");
    await till.attach(customer, "pro");
    const { currentPeriodEnd } = await till.subscription(customer, "max");
    await till.to(currentPeriodEnd);
    assert.deepEqual([await till.status(customer, "max"), await till.status(customer, "pro")], ["canceled", "active"]);
    const invoice = await till.untilInvoice(customer, "the smaller fee", (each) => each.status === "paid" && each.total === 1000);
    assert.equal(invoice.subscriptionId !== null, true);
    assert.equal((await till.subscription(customer, "pro")).currentPeriodStart, currentPeriodEnd);
});

test("a check right after its date does not suppress a scheduled downgrade", async () => {
    const customer = await till.paid("max");
    await till.attach(customer, "free");
    await end(customer, "max");
    assert.deepEqual([(await check(customer)).limit, await till.status(customer, "free")], [5, "active"]);
});

test("canceling waits for the period's end, reported as pending_cancel", async () => {
    const customer = await till.paid("pro");
    const { currentPeriodEnd } = await till.subscription(customer, "pro");
    const answer = await cancel(customer, "pro");
    assert.deepEqual([answer.success, answer.plan, answer.status, answer.cancelAt], [true, "pro", "pending_cancel", currentPeriodEnd]);
    assert.equal((await check(customer)).allowed, true);
    await till.to(currentPeriodEnd);
    assert.equal(await till.status(customer, "pro"), "canceled");
    assert.equal((await till.invoices(customer)).length, 1);
});

test("uncancel takes it back: it renews", async () => {
    const customer = await till.paid("pro");
    await cancel(customer, "pro");
    const answer = await q.ok("/subscriptions/uncancel", { customer, product: "pro" });
    assert.deepEqual([answer.success, answer.status, answer.cancelAt], [true, "active", null]);
    await end(customer, "pro");
    await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end" && each.status === "paid");
    assert.equal(await till.status(customer, "pro"), "active");
    const nothing = await q.post("/subscriptions/uncancel", { customer, product: "pro" });
    assert.deepEqual([nothing.status, nothing.body.code], [404, "subscription_not_found"]);
});

test("renewal: the saved card is charged, the period advances, the window resets, pending entities leave", async () => {
    const customer = await till.paid("pro");
    await q.ok("/track", { customer, feature: "calls", value: 4 });
    await q.ok("/entities", { customer, feature: "seats", entity: "e1" });
    await q.ok("/entities/remove", { customer, feature: "seats", entity: "e1" });
    const { currentPeriodEnd } = await till.subscription(customer, "pro");
    await till.to(currentPeriodEnd);
    const renewed = await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end" && each.status === "paid");
    assert.deepEqual([renewed.total, renewed.paidAt, renewed.payment.slice(0, 3)], [1000, Date.parse(currentPeriodEnd), "pi_"]);
    const { status, currentPeriodStart } = await till.subscription(customer, "pro");
    assert.deepEqual([status, currentPeriodStart], ["active", currentPeriodEnd]);
    assert.equal((await check(customer)).usage, 0);
    assert.equal((await q.get(`/entities?customer=${customer}&feature=seats`)).body.entities.length, 0);
});

test("a renewal that is not paid grants for 72 hours, then it is past due; paying recovers it", async () => {
    const customer = await till.paid("pro", FAILS_LATER);
    await end(customer, "pro");
    const open = await till.untilInvoice(customer, "the unpaid renewal", (each) => each.trigger === "period_end");
    assert.deepEqual([open.status, await till.status(customer, "pro"), (await check(customer)).allowed], ["open", "active", true]);
    await till.hours(71);
    assert.equal((await check(customer)).allowed, true);
    await till.hours(1);
    assert.equal(await till.status(customer, "pro"), "past_due");
    assert.equal((await check(customer)).code, "no_active_subscription");
    const page = await q.ok(`/billing/invoice/${open.id}/pay`, {});
    await pay(page.checkoutUrl);
    await till.untilStatus(customer, "pro", "active");
    assert.equal((await check(customer)).allowed, true);
});

test("a better card is charged at once, and recovers what was past due", async () => {
    const customer = await till.paid("pro", FAILS_LATER);
    await end(customer, "pro");
    await till.untilInvoice(customer, "the unpaid renewal", (each) => each.trigger === "period_end");
    await till.hours(73);
    assert.equal(await till.status(customer, "pro"), "past_due");
    await till.saveCard(customer);
    await till.untilStatus(customer, "pro", "active");
    await till.untilInvoice(customer, "the renewal is paid", (each) => each.trigger === "period_end" && each.status === "paid");
});

const SELF_ENABLED = [
    plan("base", calls(1), { planGroup: "g", autoEnable: true }),
    plan("hold", calls(1), { planGroup: "h", price: 500, autoEnable: true }),
    plan("hold-trial", calls(2), { planGroup: "i", price: 500, autoEnable: true, trialDays: 2 }),
];

// One case per row of the table; `make` answers with the customer and the plan in question.
type Made = [customer: string, slug: string];
const carded = async (): Promise<string> => {
    const customer = await q.customer();
    await till.saveCard(customer);
    return customer;
};
const transitions: [name: string, to: string, make: () => Promise<Made>][] = [
    ["none to active: free attach", "active", async () => [await q.customer("free"), "free"]],
    ["none to active: a saved card is charged", "active", async () => {
        const customer = await carded();
        await till.attach(customer, "pro");
        return [customer, "pro"];
    }],
    ["none to active: the payment webhook", "active", async () => [await till.paid("pro"), "pro"]],
    ["none to active: one-time", "active", async () => [await till.paid("once"), "once"]],
    ["none to trialing: trial attach", "trialing", async () => [await q.customer("trial"), "trial"]],
    ["none to trialing: the webhook of a trial with a card", "trialing", async () => {
        const customer = await q.customer();
        await pay((await till.attach(customer, "carded")).checkoutUrl);
        return [customer, "carded"];
    }],
    ["trialing to active: charged at its end", "active", async () => {
        const customer = await carded();
        await till.attach(customer, "trial");
        await end(customer, "trial");
        return [customer, "trial"];
    }],
    ["trialing to expired: no card at its end", "expired", async () => {
        const customer = await q.customer("trial");
        await end(customer, "trial");
        return [customer, "trial"];
    }],
    ["trialing to canceled: immediate cancel", "canceled", async () => {
        const customer = await q.customer("trial");
        await cancel(customer, "trial", { immediate: true });
        return [customer, "trial"];
    }],
    ["active to canceled: replaced by attach", "canceled", async () => {
        const customer = await till.paid("pro");
        await pay((await till.attach(customer, "max")).checkoutUrl);
        await till.untilStatus(customer, "max", "active");
        return [customer, "pro"];
    }],
    ["pending_cancel to canceled: its date has passed", "canceled", async () => {
        const customer = await till.paid("pro");
        await cancel(customer, "pro");
        await end(customer, "pro");
        return [customer, "pro"];
    }],
    ["active to canceled: the downgrade's date has passed", "canceled", async () => {
        const customer = await till.paid("max");
        await till.attach(customer, "free");
        await end(customer, "max");
        return [customer, "max"];
    }],
    ["active to pending_cancel: cancel", "pending_cancel", async () => {
        const customer = await till.paid("pro");
        await cancel(customer, "pro");
        return [customer, "pro"];
    }],
    ["active to past_due: 72 hours after a renewal that is not paid", "past_due", async () => {
        const customer = await till.paid("pro", FAILS_LATER);
        await end(customer, "pro");
        await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end");
        await till.hours(72);
        return [customer, "pro"];
    }],
    ["canceled stays canceled: a late payment of its fee does not bring it back", "canceled", async () => {
        const customer = await till.paid("pro", FAILS_LATER);
        await end(customer, "pro");
        const { id } = await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end");
        await cancel(customer, "pro", { immediate: true });
        await pay((await q.ok(`/billing/invoice/${id}/pay`, {})).checkoutUrl);
        await till.untilInvoice(customer, "it is paid", (each) => each.id === id && each.status === "paid");
        return [customer, "pro"];
    }],
    ["active to refunded: a full refund", "refunded", async () => {
        const customer = await till.paid("pro");
        const [{ payment }] = (await till.invoices(customer)) as [Json];
        await till.event("payment.refunded", ofPayment(payment, { reference: `rfd_${customer}` }));
        return [customer, "pro"];
    }],
    ["active to active: renewal", "active", async () => {
        const customer = await till.paid("pro");
        await end(customer, "pro");
        await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end" && each.status === "paid");
        return [customer, "pro"];
    }],
    ["active to active: a free plan goes on at its period's end", "active", async () => {
        const customer = await q.customer("free");
        const { currentPeriodEnd } = await till.subscription(customer, "free");
        await till.to(currentPeriodEnd);
        assert.equal((await till.subscription(customer, "free")).currentPeriodStart, currentPeriodEnd);
        return [customer, "free"];
    }],
    // From here on, new customers get the plans that enable themselves.
    ["none to active: a free plan that enables itself", "active", async () => {
        await q.ok("/sync", { features: [], plans: SELF_ENABLED });
        return [await q.customer(), "base"];
    }],
    ["none to pending: a paid plan that enables itself", "pending", async () => [await q.customer(), "hold"]],
    ["pending to active: the activation's payment", "active", async () => {
        const customer = await q.customer();
        const { id } = await till.subscription(customer, "hold");
        await pay((await q.ok(`/subscriptions/${id}/checkout`, {})).checkoutUrl);
        return [customer, "hold"];
    }],
    ["pending to trialing: trial attach", "trialing", async () => {
        const customer = await q.customer("hold-trial");
        assert.equal((await q.get(`/customers/${customer}`)).body.subscriptions.filter((each: Json) => each.plan === "hold-trial").length, 1);
        return [customer, "hold-trial"];
    }],
];
for (const [name, to, make] of transitions) {
    test(`${name}`, async () => {
        const [customer, slug] = await make();
        await till.untilStatus(customer, slug, to);
        const grants = ["active", "trialing", "pending_cancel"].includes(to);
        const { subscriptions } = (await q.get(`/customers/${customer}`)).body;
        const live = subscriptions.some((each: Json) => ["active", "trialing", "pending_cancel"].includes(each.status));
        assert.ok(!grants || live);
        assert.equal((await check(customer)).code === "no_active_subscription", !live);
    });
}

test("canceled at once, and the free plan of the group that enables itself takes over", async () => {
    const customer = await till.paid("better");
    const answer = await cancel(customer, "better", { immediate: true });
    assert.equal(answer.status, "canceled");
    assert.notEqual(answer.endedAt, null);
    const { status, currentPeriodEnd } = await till.subscription(customer, "base");
    assert.equal(status, "active");
    assert.notEqual(currentPeriodEnd, null);
    assert.equal((await check(customer)).limit, 1);
});

test("at the period's end the free plan of the group takes over as well", async () => {
    const customer = await till.paid("better");
    await cancel(customer, "better");
    await end(customer, "better");
    assert.deepEqual([await till.status(customer, "better"), await till.status(customer, "base")], ["canceled", "active"]);
});
