// Runners of the vectors whose rule needs a provider that collects: they are played on the sandbox.
// `compat: "divergent"` records a defect of the reference; the corrected value is asserted.
import assert from "node:assert/strict";
import { FAILS_LATER, ORGANISATION, Till, asked, collecting, pay } from "./payments";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, unique } from "./server";
import { until } from "./until";

export interface Vector {
    area: string;
    name: string;
    given: Json;
    when: Json;
    expect: Json;
    compat?: string;
}
export type Run = (vector: Vector) => Promise<void>;

const q = collecting();
const till = new Till(q);
const DEFAULTS = { thresholdEnabled: false, autoCollect: false, requirePaymentMethod: true };
const settings = (change: Json): Promise<Json> => q.ok("/billing/settings", change);
const track = async (customer: string, value: number): Promise<Json> => (await q.post("/track", { customer, feature: "calls", value })).body;
const check = (customer: string): Promise<Json> => q.ok("/check", { customer, feature: "calls" });
const unbilled = async (customer: string): Promise<number> => (await q.sdk().billing.usage({ customer })).totalEstimated;

// A plan of its own that has one plan feature, and its name.
async function sell(terms: Json, more: Json = {}): Promise<string> {
    const slug = unique("plan");
    await q.ok("/sync", { features: [metered("calls")], plans: [plan(slug, [terms], more)] });
    return slug;
}
// 70 minor units on an open invoice.
async function seventy(): Promise<{ customer: string; invoice: Json }> {
    const customer = await till.withCard(await sell(charged("calls", 0, 1)));
    await track(customer, 70);
    return { customer, invoice: (await q.ok("/billing/invoice", { customer })).invoice };
}
async function packOf(credits: number): Promise<string> {
    const slug = unique("pack");
    await q.ok("/sync", {
        ...{ features: [], creditSystems: [{ slug: "wallet", name: "Wallet", features: [] }] },
        creditPacks: [{ slug, name: slug, currency: "USD", creditSystem: "wallet", credits, price: 900 }],
        plans: [plan("with-credits", [grant("wallet", { limit: 0 })])],
    });
    return slug;
}
// Usage above the threshold, and what became of it.
async function run({ given }: Vector, card: string | null): Promise<string> {
    const slug = await sell(charged("calls", given.limit, given.overagePrice, { billingUnits: given.billingUnits }), { currency: given.currency });
    const customer = card === null ? await q.customer(slug) : await till.withCard(slug, card);
    await settings({ thresholdAmount: 1, autoCollect: true, requirePaymentMethod: card !== null });
    const { code } = await track(customer, given.usage);
    assert.equal(code, "tracked_overage");
    await till.hours(1);
    return customer;
}
const blockOf = (customer: string) => until("the block", async () => (await till.block(customer)) ?? undefined);

async function billingRun(vector: Vector): Promise<void> {
    const { name, expect } = vector;
    try {
        if (name.startsWith("threshold run")) {
            const customer = await run(vector, "4242424242424242");
            const paid = await till.untilInvoice(customer, "paid", (each) => each.status === expect.invoice.status);
            const { subtotal, total, amountPaid, amountDue, lines } = expect.invoice;
            assert.deepEqual([paid.subtotal, paid.total, paid.amountPaid, paid.amountDue, paid.items.length], [subtotal, total, amountPaid, amountDue, lines]);
            assert.equal(await till.block(customer), expect.block);
        } else if (name.startsWith("no card")) {
            const customer = await run(vector, null);
            const { reason, invoiceId } = await blockOf(customer);
            assert.equal(reason, expect.block.reason);
            const { status, amountPaid, amountDue } = await till.untilInvoice(customer, "open", (each) => each.id === invoiceId);
            assert.deepEqual({ status, amountPaid, amountDue }, expect.invoice);
        } else {
            const customer = await run(vector, "4242424242424242");
            assert.deepEqual([(await till.invoices(customer)).length, await till.block(customer)], [expect.invoices, expect.block]);
            assert.ok((await unbilled(customer)) > 0, "it waits");
        }
    } finally {
        await settings(DEFAULTS);
    }
}

// A customer blocked by a threshold invoice that their card did not pay.
async function blocked(): Promise<{ customer: string; invoiceId: string }> {
    const customer = await run({ given: { limit: 0, billingUnits: 1, overagePrice: 100, currency: "USD", usage: 10 } } as Vector, FAILS_LATER);
    return { customer, invoiceId: (await blockOf(customer)).invoiceId };
}
async function payingUnblocks(): Promise<void> {
    try {
        const { customer, invoiceId } = await blocked();
        await pay((await q.ok(`/billing/invoice/${invoiceId}/pay`, {})).checkoutUrl);
        const paid = await till.untilInvoice(customer, "paid", (each) => each.id === invoiceId && each.status === "paid");
        assert.deepEqual([paid.amountPaid, paid.amountDue, await till.block(customer)], [1000, 0, null]);
    } finally {
        await settings(DEFAULTS);
    }
}

export const paymentRunners: Record<string, Run> = {
    "meter.rollover": async ({ given, when, expect }) => {
        const customer = await q.customer(
            await sell(grant("calls", { limit: given.limit, rollover: given.rolloverEnabled, maxRollover: given.rolloverMaxBalance })),
        );
        await track(customer, given.usedBeforeReset);
        await till.to((await check(customer)).resetsAt);
        const after = await check(customer);
        assert.deepEqual([after.usage, after.balance], [expect.afterReset.usage, expect.afterReset.balance]);
        for (const [index, value] of when.values.entries()) {
            const answer = await track(customer, value);
            assert.deepEqual([answer.usage, answer.balance], [expect.after[index].usage, expect.after[index].balance]);
        }
    },

    "overage.block": async ({ given }) => {
        if (given.block) return payingUnblocks();
        const { customer, invoice } = await seventy();
        await q.ok(`/billing/invoice/${invoice.id}/pay`, {});
        assert.equal(await till.block(customer), null);
    },

    "overage.settings": async ({ when, expect }) => {
        const { data } = await settings({ billingInterval: when.value, thresholdAmount: 500, autoCollect: true });
        assert.equal(data.billingInterval, expect.value);
        await settings(DEFAULTS);
    },

    "access.precedence": async ({ given, expect }) => {
        const slug = await sell(grant("calls", { limit: given.planFeatureLimit }));
        const customer = await q.customer(slug);
        assert.equal((await check(customer)).limit, given.planEntitlementLimit);
        await q.ok("/overrides", { customer, feature: "calls", limit: given.manualLimit });
        assert.equal((await check(customer)).limit, expect.limit);
        assert.equal((await q.get(`/plans/${slug}`)).body.plan.features[0].limit, expect.planLimitStillReported);
    },

    // The sandbox saves a card without charging anything.
    wallet: async ({ given, when, expect }) => {
        if (given.customersWithEmail) {
            // A second customer of that e-mail cannot be made, so nobody is ambiguous.
            const email = `${unique()}@example.com`;
            await q.ok("/customers", { email, id: unique() });
            assert.equal((await q.post("/customers", { email, id: unique() })).status, expect.status);
            return assert.equal((await q.get(`/wallet?customer=${email}`)).status, 200);
        }
        await q.ok("/customers", { email: when.body.customer });
        const answer = await q.post("/wallet/setup", { ...when.body, provider: "sandbox" });
        assert.deepEqual([answer.status, typeof answer.body.reference], [expect.status, "string"]);
        assert.doesNotMatch(await asked(answer.body.url), /[1-9]/);
    },

    "billing.run": billingRun,

    // One delivery or two of one payment: one purchase.
    "webhook.credit_purchase": async () => {
        await till.sandbox({ webhooks: "twice" });
        const customer = await q.customer();
        await pay((await q.ok("/addon", { customer, pack: await packOf(20), quantity: 3 })).checkoutUrl);
        await till.untilInvoice(customer, "the pack", (each) => each.status === "paid");
        await till.sandbox({ webhooks: "once" });
        await till.attach(customer, "with-credits");
        const { grants } = (await q.get(`/customers/${customer}/balances`)).body;
        assert.deepEqual(grants.map((each: Json) => [each.granted, each.remaining]), [[60, 60]]);
    },

    "webhook.delivery": async (vector) => {
        if (vector.given.deliveries) return paymentRunners["webhook.credit_purchase"]!(vector);
        await seventy();
        const answer = await till.event("something.else", {});
        assert.deepEqual([answer.status, answer.body], [vector.expect.status, vector.expect.body]);
    },

    "webhook.refund": async ({ given, when, expect }) => {
        const slug = await sell(grant("calls", { limit: 5 }), { price: given.planPrice });
        const customer = await till.paid(slug);
        const intent = (await till.invoices(customer))[0].payment;
        const refund = { intent, customer, amount: when.amount, currency: "USD", reference: `rfd_${customer}` };
        assert.equal((await till.event("payment.refunded", refund)).status, 200);
        assert.deepEqual([await till.status(customer, slug), (await check(customer)).allowed], [expect.sub.status, !expect.entitlementsDeleted]);
    },

    "webhook.invoice": payingUnblocks,

    // One shape of errors: the code is ours.
    "webhook.auth": async ({ name, when, expect }) => {
        await seventy(); // the sandbox has a secret once it has been paid
        const path = when.http.split(" ")[1].replace("org-123", ORGANISATION);
        const signature = name.startsWith("missing") ? null : `t=${Math.floor(Date.now() / 1000)},v1=00`;
        const answer = await till.webhook(path, "{}", signature);
        assert.equal(answer.status, expect.status);
        assert.equal(answer.body.success, false);
        if (expect.error) assert.equal(answer.body.error, expect.error);
        if (expect["error.code"]) assert.equal(answer.body.code, "signature_missing");
    },

    // What does not match is refused, and void stays void.
    "flow.invoice": async ({ given, when }) => {
        const { customer, invoice } = await seventy();
        assert.equal(invoice.total, given.invoice.total);
        for (const { id } of (await till.wallet(customer)).methods) await q.ok("/wallet/remove", { customer, id });
        const { checkoutUrl } = await q.ok(`/billing/invoice/${invoice.id}/pay`, {});
        assert.match(checkoutUrl, /checkout/);
        await q.ok(`/invoices/${invoice.id}/void`, {});
        const intent = `pi_${invoice.id.split("_")[1]}_2`;
        const event = { intent, customer, currency: "USD", reference: "cs_x" };
        assert.equal((await till.event("payment.succeeded", { ...event, amount: when.amount })).status, 409);
        assert.equal((await till.event("payment.succeeded", { ...event, amount: 70 })).status, 200);
        const { status, amountPaid } = (await q.get(`/invoices/${invoice.id}`)).body.invoice;
        assert.deepEqual([status, amountPaid], ["void", 0]);
    },

    // The usage is on a new invoice, none of it is lost.
    "flow.billing": async ({ given, expect }) => {
        const { customer, invoice } = await seventy();
        await q.ok(`/invoices/${invoice.id}/void`, {});
        assert.equal(await unbilled(customer), given.usageAmount);
        const { invoice: second } = await q.ok("/billing/invoice", { customer });
        assert.notEqual(second.id, invoice.id);
        assert.deepEqual([second.total, await unbilled(customer)], [given.usageAmount, expect.unbilledAfter]);
        const statuses = (await till.invoices(customer)).map((each) => each.status);
        assert.deepEqual(statuses.sort(), expect.statuses);
    },

    "flow.overage": async ({ given, when, expect }) => {
        const slug = await sell(grant("calls", { usageModel: given.usageModel, pricePerUnit: given.pricePerUnit }));
        const customer = await q.customer(slug);
        const checked = await q.ok("/check", { customer, feature: "calls", ...when.body });
        const { allowed, code, usage, limit } = expect.check;
        assert.deepEqual(
            [checked.allowed, checked.code, checked.usage, checked.limit, checked.details.message],
            [allowed, code, usage, limit, expect.check["details.message"]],
        );
        const tracked = await track(customer, when.body.value);
        assert.deepEqual([tracked.success, tracked.code], [expect.track.success, expect.track.code]);
    },

    // The guard's refusal is the missing card.
    track: async ({ given, when, expect }) => {
        const customer = await q.customer(await sell(grant("calls", { usageModel: given.usageModel, pricePerUnit: 10 })));
        const answer = await q.post("/track", { customer, feature: "calls", value: when.body.value });
        const { success, allowed, code, details } = answer.body;
        assert.deepEqual([answer.status, success, allowed, code], [expect.status, expect.success, expect.allowed, expect.code]);
        assert.equal(details.pricing.usageModel, expect["details.pricing.usageModel"]);
        assert.ok(details.message.startsWith(given.guard));
        await till.saveCard(customer);
        assert.deepEqual([(await check(customer)).usage, await unbilled(customer)], [0, 0]);
    },

    attach: async ({ given, when, expect }) => {
        await q.ok("/sync", { features: [metered("calls")], plans: [plan(when.body.product, [grant("calls", { limit: 5 })], { price: given.plan.price })] });
        const answer = await q.post("/attach", when.body);
        assert.deepEqual([answer.status, answer.body.requiresCheckout], [expect.status, true]);
        assert.equal(await asked(answer.body.checkoutUrl), "200.00 USD");
    },
};
