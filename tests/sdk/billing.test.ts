// Unbilled usage, invoices, and their list (docs/contract/invoices.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import { boolean, charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const tiers = [{ upTo: 10, unitPrice: 5 }, { upTo: null, unitPrice: 2, flatFee: 50 }];
const q = serve({
    features: [...["calls", "packs", "graded", "volume", "euros", "free"].map((slug) => metered(slug)), boolean("sso")],
    creditSystems: [{ slug: "ai", name: "AI", features: [] }],
    creditPacks: [{ slug: "pack", name: "Pack", credits: 10, price: 100, currency: "USD", creditSystem: "ai" }],
    plans: [
        plan("pro", [
            charged("calls", 1000, 5),
            charged("packs", 100, 5, { billingUnits: 10 }),
            grant("graded", { usageModel: "usage_based", ratingModel: "graduated", tiers }),
            grant("volume", { usageModel: "usage_based", ratingModel: "volume", tiers }),
            grant("free", { limit: null }),
            grant("sso"),
        ], { currency: "NGN" }),
        plan("euro", [charged("euros", 0, 3)], { currency: "EUR", isAddon: true }),
        plan("paid", [charged("calls", 10, 7)], { price: 2900 }),
    ],
});
const track = (customer: string, feature: string, value: number): Promise<Json> => q.ok("/track", { customer, feature, value });
const usage = (customer: string): Promise<Json> => q.sdk().billing.usage({ customer });
const invoice = async (customer: string): Promise<Json> => (await q.sdk().billing.invoice({ customer })).invoice;
const START_MS = Date.parse("2040-03-20T12:00:00.000Z");
const END_MS = Date.parse("2040-04-20T12:00:00.000Z");

test("nothing used: an empty list, total 0, the plan's currency; USD without a plan", async () => {
    const customer = await q.customer("pro");
    const answer = await usage(customer);
    assert.deepEqual([answer.success, answer.features, answer.totalEstimated, answer.currency], [true, [], 0, "NGN"]);
    assert.match(answer.customerId, /^cus_/);
    assert.deepEqual([answer.customer, answer.customer_id], [answer.customerId, answer.customerId]);
    assert.equal(typeof answer.usageWindowEnd, "number");
    assert.equal((await usage(await q.customer())).currency, "USD");
});

test("one graduated feature: every field", async () => {
    const customer = await q.customer("pro");
    await track(customer, "graded", 12);
    const { features } = await usage(customer);
    assert.equal(features.length, 1);
    const { featureId, subscriptionId, planId, billingGroupKey, ...of } = features[0];
    for (const id of [featureId, subscriptionId, planId]) assert.equal(typeof id, "string");
    const snapshot = {
        ...{ usageModel: "usage_based", ratingModel: "graduated", included: 0, pricePerUnit: null, billingUnits: 1 },
        ...{ overagePrice: null, tiers },
    };
    assert.deepEqual(of, {
        ...{ featureSlug: "graded", featureName: "Graded", usageModel: "usage_based", usage: 12, included: 0, billableQuantity: 12 },
        ...{ pricePerUnit: null, billingUnits: null, ratingModel: "graduated" },
        tierBreakdown: [
            { tier: 0, units: 10, unitPrice: 5, amount: 50 },
            { tier: 1, units: 2, unitPrice: 2, flatFee: 50, amount: 54 },
        ],
        ...{ estimatedAmount: 104, periodStart: START_MS, periodEnd: END_MS, pricingSnapshot: snapshot },
        // The documents' and ours.
        ...{ overageUnits: 12, overagePrice: null, estimatedCost: 104, alreadyInvoiced: 0, currency: "NGN" },
    });
    assert.equal(billingGroupKey, `${featureId}|${START_MS}|${END_MS}|${subscriptionId}|${planId}|${JSON.stringify(snapshot)}`);
});

test("included with overage: the documents' fields beside the reference's", async () => {
    const customer = await q.customer("pro");
    await track(customer, "packs", 145);
    const [of] = (await usage(customer)).features;
    assert.deepEqual(
        [of.featureSlug, of.featureName, of.overageUnits, of.overagePrice, of.estimatedCost],
        ["packs", "Packs", 45, 5, 25],
    );
    assert.deepEqual(
        [of.usage, of.included, of.billableQuantity, of.pricePerUnit, of.billingUnits, of.estimatedAmount],
        [145, 100, 45, 5, 10, 25],
    );
    assert.equal("tierBreakdown" in of, false);
    const expected = { usageModel: "included", ratingModel: "package", included: 100, pricePerUnit: null, billingUnits: 10, overagePrice: 5, tiers: null };
    assert.deepEqual(of.pricingSnapshot, expected);
});

test("usageWindowEnd is now: all that was recorded counts", async () => {
    const customer = await q.customer("pro");
    await track(customer, "packs", 145);
    assert.equal((await usage(customer)).usageWindowEnd, Date.parse(await q.now()));
});

test("what is not billable is not listed: included, unlimited, boolean", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 1000);
    await track(customer, "free", 1e6);
    await track(customer, "sso", 5);
    const { features, totalEstimated } = await usage(customer);
    assert.deepEqual([features, totalEstimated], [[], 0]);
});

test("usage of an ended subscription stays visible and is billed", async () => {
    const customer = await q.customer("pro");
    await track(customer, "packs", 145);
    const before = (await usage(customer)).totalEstimated;
    await q.ok("/subscriptions/cancel", { customer, product: "pro", immediate: true });
    const billed = (await q.get(`/billing/invoices?customer=${customer}`)).body.invoices;
    const left = (await usage(customer)).totalEstimated;
    assert.equal(left + billed.reduce((sum: number, each: Json) => sum + each.total, 0), before);
});

test("currencies are never added up", async () => {
    const customer = await q.customer("pro");
    await q.ok("/attach", { customer, product: "euro" });
    await track(customer, "packs", 110);
    await track(customer, "euros", 4);
    const answer = await usage(customer);
    assert.deepEqual([answer.currency, answer.totalEstimated], ["NGN", 5]);
    assert.deepEqual(answer.totals, [{ currency: "EUR", totalEstimated: 12 }, { currency: "NGN", totalEstimated: 5 }]);
    const made = await q.sdk().billing.invoice({ customer });
    assert.deepEqual(
        made.invoices.map((each: Json) => [each.currency, each.total]),
        [["EUR", 12], ["NGN", 5]],
    );
});

test("no customer is 400, an unknown one 404", async () => {
    for (const path of ["/billing/usage", "/billing/invoices"]) {
        const missing = await q.get(path);
        assert.deepEqual([missing.status, missing.body.error], [400, "customer query param required"]);
        const unknown = await q.get(`${path}?customer=ghost`);
        assert.deepEqual([unknown.status, unknown.body.code, unknown.body.error], [404, "customer_not_found", "Customer not found"]);
    }
    const none = await q.post("/billing/invoice", { customer: "ghost" });
    assert.deepEqual([none.status, none.body.error], [404, "Customer not found"]);
});

test("nothing to invoice is 400", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 10);
    const answer = await q.post("/billing/invoice", { customer });
    assert.equal(answer.status, 400);
    assert.equal(answer.body.error, "No unbilled usage to invoice");
    await assert.rejects(q.sdk().billing.invoice({ customer }), { message: "No unbilled usage to invoice" });
});

test("an invoice: the reference's fields and the documents' fields", async () => {
    const customer = await q.customer("pro");
    await track(customer, "packs", 145);
    const made = await invoice(customer);
    assert.equal(made.id, made.invoiceId);
    assert.match(made.number, /^INV-/);
    assert.deepEqual([made.status, made.currency, made.subtotal, made.tax, made.total], ["open", "NGN", 25, 0, 25]);
    assert.deepEqual([made.periodStart, made.periodEnd], [START_MS, END_MS]);
    assert.deepEqual([made.customerId, made.customer_id], [made.customerId, made.customerId]);
    for (const field of ["createdAt", "usageWindowEnd", "dueAt"]) assert.equal(typeof made[field], "number", field);
    assert.equal(made.paidAt, null);
    assert.equal(made.dueAt - made.createdAt, 7 * 24 * 3600 * 1000);
    assert.deepEqual(made.items, made.lineItems);
    const [item] = made.items;
    assert.deepEqual(
        [item.featureSlug, item.featureName, item.description, item.quantity, item.unitPrice, item.amount],
        ["packs", "Packs", "Packs: 45 units (10 per package)", 45, 1, 25],
    );
    assert.deepEqual([item.periodStart, item.periodEnd, "tierBreakdown" in item], [START_MS, END_MS, false]);
});

test("descriptions and unit prices of the other models", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 1008);
    await track(customer, "graded", 12);
    await track(customer, "volume", 12);
    const made = await invoice(customer);
    const of = (slug: string) => made.items.find((each: Json) => each.featureSlug === slug);
    assert.deepEqual([of("calls").description, of("calls").unitPrice, of("calls").amount], ["Calls: 8 units", 5, 40]);
    assert.deepEqual([of("graded").description, of("graded").unitPrice, of("graded").ratingModel], ["Graded: 12 units (graduated pricing)", 0, "graduated"]);
    assert.equal(of("graded").tierBreakdown.length, 2);
    assert.deepEqual([of("volume").description, of("volume").unitPrice, of("volume").amount], ["Volume: 12 units (volume pricing)", 2, 74]);
    assert.equal(made.items.reduce((sum: number, each: Json) => sum + each.amount, 0), made.total);
});

test("an invoice in mid-period bills the difference", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 1500);
    assert.equal((await invoice(customer)).total, 2500);
    assert.equal((await q.post("/billing/invoice", { customer })).status, 400);
    await track(customer, "calls", 600);
    assert.equal((await usage(customer)).totalEstimated, 3000);
    const second = await invoice(customer);
    assert.deepEqual([second.total, second.items[0].quantity], [3000, 600]);
});

test("numbers are gapless per customer", async () => {
    const [one, two] = [await q.customer("pro"), await q.customer("pro")];
    const numbers: string[] = [];
    for (const customer of [one, one, two]) {
        await track(customer, "calls", 1100);
        numbers.push((await invoice(customer)).number);
    }
    const sequence = (number: string) => Number(/^INV-(\d{5})-[0-9A-F]+$/.exec(number)?.[1]);
    assert.deepEqual(numbers.map(sequence), [1, 2, 1], numbers.join());
    assert.equal(new Set(numbers).size, 3);
});

test("invoicing twice under one key makes one invoice", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 1001);
    const once = { headers: { "Idempotency-Key": "invoice-1" } };
    const first = await q.post("/billing/invoice", { customer }, once);
    const again = await q.post("/billing/invoice", { customer }, once);
    assert.deepEqual([again.body.invoice.id, again.body.duplicate], [first.body.invoice.id, true]);
    assert.equal((await q.sdk().billing.invoices({ customer })).invoices.length, 1);
});

test("the list: newest first, with every field of a row", async () => {
    const customer = await q.customer("pro");
    await track(customer, "calls", 1001);
    const first = await invoice(customer);
    await track(customer, "calls", 1);
    const second = await invoice(customer);
    const { success, invoices } = await q.sdk().billing.invoices({ customer });
    assert.equal(success, true);
    assert.deepEqual(invoices.map((each: Json) => each.id), [second.id, first.id]);
    const fields = [
        ...["id", "invoiceId", "organizationId", "customerId", "subscriptionId", "number", "idempotencyKey", "status", "currency"],
        ...["description", "subtotal", "tax", "total", "amountPaid", "amountDue", "periodStart", "periodEnd", "usageWindowStart"],
        ...["usageWindowEnd", "usageCutoffAt", "dueAt", "paidAt", "metadata", "createdAt", "updatedAt", "items", "lineItems"],
    ];
    for (const field of fields) assert.ok(field in invoices[0], field);
    const row = invoices[0].items[0];
    const rowFields = ["id", "invoiceId", "featureId", "description", "quantity", "unitPrice", "amount", "periodStart", "periodEnd", "metadata", "createdAt"];
    for (const field of rowFields) assert.ok(field in row, field);
    assert.deepEqual([invoices[0].amountDue, invoices[0].amountPaid], [5, 0]);
    assert.deepEqual((await q.get(`/invoices/${second.id}`)).body.invoice, invoices[0]);
});

test("GET /invoices/:id of nobody, and of another organisation's shape, is 404", async () => {
    for (const id of ["inv_none_1", "x", "inv_"]) {
        const answer = await q.get(`/invoices/${id}`);
        assert.deepEqual([answer.status, answer.body.code], [404, "invoice_not_found"]);
    }
});

test("a plan's fee and its overage come on invoices by the clock alone", async () => {
    const customer = await q.customer("paid");
    await track(customer, "calls", 12);
    await q.setClock("2040-04-20T12:00:00.000Z");
    const { invoices } = await q.sdk().billing.invoices({ customer });
    const lines = invoices.flatMap((each: Json) => each.items.map((item: Json) => [item.kind, item.amount]));
    assert.ok(lines.some(([, amount]: Json) => amount === 14), JSON.stringify(lines));
    assert.ok(lines.filter(([, amount]: Json) => amount === 2900).length >= 2, JSON.stringify(lines));
    assert.equal((await usage(customer)).totalEstimated, 0);
});
