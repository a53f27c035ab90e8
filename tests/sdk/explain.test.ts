// Why an invoice says what it says, and usage over time (docs/explaining-an-invoice.md). All numbers
// are worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const q = serve({
    features: ["gpt4", "gpt3"].map((slug) => metered(slug)),
    creditSystems: [
        { slug: "ai", name: "AI credits", features: [{ feature: "gpt4", creditCost: 20 }, { feature: "gpt3", creditCost: 1 }] },
    ],
    creditPacks: [{ slug: "p50", name: "Fifty", credits: 50, price: 300, currency: "USD", creditSystem: "ai" }],
    plans: [
        plan("pro", [
            grant("ai", {
                limit: 100, rollover: true, overage: "charge", ratingModel: "graduated",
                tiers: [{ upTo: 100, unitPrice: 10 }, { upTo: null, unitPrice: 4 }],
            }),
        ], { price: 1000 }),
    ],
});

const read = async (path: string): Promise<Json> => {
    const answer = await q.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
};
const explained = async (invoice: string): Promise<Json> => {
    const body = await read(`/invoices/${invoice}/explain`);
    assert.equal(body.holds, true, JSON.stringify(body, null, 1));
    return body;
};
const invoices = async (customer: string): Promise<Json[]> => (await read(`/billing/invoices?customer=${customer}`)).invoices;
const used = (series: Json): Json =>
    Object.fromEntries(series.buckets.filter((each: Json) => each.events > 0).map((each: Json) => [each.start.slice(0, 10), each.usage]));

test("a period with rollover, a pack, tiers, a manual invoice, a correction and late usage", async () => {
    const customer = await q.customer("pro");
    const track = (id: string, feature: string, value: number, more: Json = {}) =>
        q.ok("/track", { customer, feature, value, id, ...more });
    await track("e1", "gpt3", 70);
    await q.setClock("2040-04-21T00:00:00Z"); // 30 are carried on
    await q.ok("/addon", { customer, pack: "p50", id: "buy" });
    await track("e2", "gpt4", 10); // 200 credits: 30 carried, 100 included, 50 bought, 20 over
    await q.setClock("2040-04-25T00:00:00Z");
    const manual = (await q.ok("/billing/invoice", { customer, id: "bill" })).invoice;
    assert.equal(manual.total, 200);
    await q.setClock("2040-04-30T00:00:00Z");
    await track("e3", "gpt3", 130);
    await q.setClock("2040-05-01T00:00:00Z");
    await q.ok("/usage/correct", { customer, feature: "gpt3", value: 40, id: "c1" });
    await q.setClock("2040-05-02T00:00:00Z");
    await track("e4", "gpt3", 15, { timestamp: "2040-04-22T10:00:00Z" });

    const ai = (await read(`/customers/${customer}/balances`)).balances.find((each: Json) => each.feature === "ai");
    const periods = await read(`/customers/${customer}/usage?feature=ai&window=period&from=2040-03-20T12:00:00Z`);
    assert.equal(periods.unit, "credits");
    assert.deepEqual(periods.buckets, [
        { start: "2040-03-20T12:00:00.000Z", end: "2040-04-20T12:00:00.000Z", usage: 70, included: 70, rollover: 0,
          credits: 0, prepaid: 0, overage: 0, events: 1 },
        { start: "2040-04-20T12:00:00.000Z", end: "2040-05-20T12:00:00.000Z", usage: 305, included: 100, rollover: 30,
          credits: 50, prepaid: 0, overage: 125, events: 4 },
    ]);
    assert.deepEqual([ai.usage, ai.overageUnits], [305, 125]);
    const days = await read(`/customers/${customer}/usage?feature=ai&from=2040-03-20&to=2040-05-03`);
    assert.deepEqual(used(days), { "2040-03-20": 70, "2040-04-21": 200, "2040-04-22": 15, "2040-04-30": 130, "2040-05-01": -40 });
    assert.equal(days.total.usage, periods.total.usage);
    const calls = await read(`/customers/${customer}/usage?feature=gpt4&from=2040-04-21&to=2040-04-22`);
    assert.deepEqual(calls.buckets, [
        { start: "2040-04-21T00:00:00.000Z", end: "2040-04-22T00:00:00.000Z", usage: 10, included: 5, rollover: 1.5,
          credits: 2.5, prepaid: 0, overage: 1, events: 1 },
    ]);
    assert.deepEqual(used(await read(`/customers/${customer}/usage?feature=gpt3&from=2040-04-21&to=2040-05-03`)),
        { "2040-04-22": 15, "2040-04-30": 130, "2040-05-01": -40 });

    await q.setClock("2040-05-20T12:00:00Z");
    const first = (await explained(manual.id)).lines[0];
    assert.deepEqual(first.events.map((each: Json) => each.eventId), ["e2"]);
    assert.deepEqual(first.summary, { included: 100, rollover: 30, credit: 50, prepaid: 0, overage: 20, total: 200, events: 1 });
    assert.deepEqual(first.events[0].postings.map((each: Json) => [each.bucket, each.units, each.amount]),
        [["rollover", 1.5, 30], ["included", 5, 100], ["credit", 2.5, 50], ["overage", 1, 20]]);

    const last = (await invoices(customer))[0] as Json;
    const whole = await explained(last.id);
    assert.deepEqual([whole.trigger, whole.issuedBy, whole.total], ["period_end", null, 1900]);
    const [usage, fee] = whole.lines;
    assert.deepEqual(usage.line, last.lineItems[0]);
    assert.deepEqual([usage.line.quantity, usage.line.amount], [105, 900]);
    assert.deepEqual(usage.events.map((each: Json) => [each.eventId, each.overageBefore, each.overageAfter]),
        [["e4", 110, 125], ["c1", 150, 110], ["e3", 20, 150]]);
    assert.deepEqual([usage.events[0].occurredAt, usage.events[0].recordedAt], ["2040-04-22T10:00:00.000Z", "2040-05-02T00:00:00.000Z"]);
    assert.deepEqual(usage.summary, { included: 0, rollover: 0, credit: 0, prepaid: 0, overage: 105, total: 105, events: 3 });
    assert.deepEqual(usage.windowSummary, { included: 100, rollover: 30, credit: 50, prepaid: 0, overage: 125, total: 305, events: 4 });
    assert.deepEqual(usage.price.steps, [
        { tier: 0, units: 100, unitPrice: 10, amount: 1000 },
        { tier: 1, units: 25, unitPrice: 4, amount: 100 },
    ]);
    assert.deepEqual(usage.price.billedBefore,
        { units: 20, amount: 200, invoices: [{ id: manual.id, number: manual.number, units: 20, amount: 200 }] });
    assert.equal(usage.price.text,
        "125 billable units from 2040-04-20T12:00:00.000Z to 2040-05-20T12:00:00.000Z. " +
            "Graduated: tier 1: 100 × 10 = 1000; tier 2: 25 × 4 = 100; in all 1100. " +
            `200 of it, for 20 units, was billed before by ${manual.number}; this line is 900. Amounts are minor units of USD.`);
    assert.deepEqual(usage.checks.map((each: Json) => [each.name, each.expected, each.actual]), [
        ["units_of_window", 125, 125], ["units_of_line", 105, 105], ["billed_before", 200, 200],
        ["price_of_window", 1100, 1100], ["sum_of_steps", 1100, 1100],
    ]);
    assert.deepEqual([fee.line.kind, fee.price.amount], ["plan_fee", 1000]);
    for (const { id } of await invoices(customer)) await explained(id);
    assert.deepEqual((await q.call("GET", `/api/v1/invoices/${last.id}/explain`)).body, whole);
});

test("the pages of a line are the events of one batch, newest first", async () => {
    const customer = await q.customer("pro");
    const sent = Array.from({ length: 900 }, (_, i) => ({ customer, feature: "gpt3", value: 1, id: `b${i}` }));
    await q.ok("/track/batch", sent);
    const { id, total } = (await q.ok("/billing/invoice", { customer })).invoice;
    // 800 over the 100 included: 100 x 10 + 700 x 4
    assert.equal(total, 3800);
    const whole = await explained(id);
    assert.equal(whole.lines[0].events.length, 25);
    assert.deepEqual([whole.lines[0].summary.events, whole.lines[0].summary.overage], [900, 800]);
    const ids = whole.lines[0].events.map((each: Json) => each.eventId);
    for (let cursor = whole.lines[0].nextCursor; cursor !== null; ) {
        const page = await read(`/invoices/${id}/explain?line=0&limit=300&cursor=${cursor}`);
        ids.push(...page.events.map((each: Json) => each.eventId));
        cursor = page.nextCursor;
    }
    assert.deepEqual(ids, sent.map((each) => each.id).reverse());
});

test("what cannot be explained is refused in the house's shape", async () => {
    const answer = await q.get("/invoices/inv_nobody_1/explain");
    assert.deepEqual([answer.status, answer.body.success, answer.body.code], [404, false, "invoice_not_found"]);
    const customer = await q.customer("pro");
    const [invoice] = await invoices(customer);
    const refused = await q.get(`/invoices/${invoice.id}/explain?line=9`);
    assert.deepEqual([refused.status, refused.body.code], [400, "validation_error"]);
    const wide = await q.get(`/customers/${customer}/usage?feature=gpt3&window=minute&from=2040-01-01`);
    assert.deepEqual([wide.status, wide.body.code], [400, "range_too_large"]);
    assert.match(wide.body.error, /more than 1000 buckets/);
});
