// What a meter keeps when its terms change (docs/contract/windows.md#own-meters), what the ledger writes
// down of an event, and the codes that are neither check's nor track's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { grant, metered, plan, seats } from "./payloads";
import { type Json, serve } from "./server";

const features = [metered("calls"), metered("chat"), seats("seats")];
const payload = (limit: number | null): Json => ({
    features,
    creditSystems: [{ slug: "credits", name: "Credits", features: [{ feature: "chat", creditCost: 3 }] }],
    plans: [
        plan("small", [grant("calls", { limit }), grant("credits", { limit: 100, reset: "monthly" }), grant("seats", { limit: 1 })], { price: 100 }),
        plan("large", [grant("calls", { limit: 50 })], { price: 200 }),
    ],
});
const q = serve(payload(10));
const track = (customer: string, feature: string, value: number): Promise<Json> => q.ok("/track", { customer, feature, value });
const numbers = async (customer: string, feature: string): Promise<unknown[]> => {
    const { usage, limit, balance } = await q.ok("/check", { customer, feature, value: 0 });
    return [usage, limit, balance];
};

test("a changed limit keeps the usage; the balance is what is left, never below 0", async () => {
    const customer = await q.customer("small");
    await track(customer, "calls", 8);
    for (const [limit, expected] of [
        [20, [8, 20, 12]],
        [5, [8, 5, 0]],
        [null, [8, null, null]],
        [10, [8, 10, 2]],
    ] as const) {
        await q.ok("/sync", payload(limit));
        assert.deepEqual(await numbers(customer, "calls"), expected, `limit ${limit}`);
    }
});

test("a new plan is another scope: included usage begins at 0", async () => {
    const customer = await q.customer("small");
    await track(customer, "calls", 8);
    await q.ok("/attach", { customer, product: "large" });
    assert.deepEqual(await numbers(customer, "calls"), [0, 50, 50]);
});

test("all or nothing: what is refused changes nothing, and the exact rest is taken", async () => {
    const customer = await q.customer("small");
    await track(customer, "calls", 8);
    assert.equal((await track(customer, "calls", 3)).code, "limit_exceeded");
    assert.deepEqual(await numbers(customer, "calls"), [8, 10, 2]);
    assert.equal((await track(customer, "calls", 2)).code, "tracked");
});

test("n times the credit cost is drawn", async () => {
    const customer = await q.customer("small");
    await track(customer, "chat", 2);
    assert.deepEqual(await numbers(customer, "credits"), [6, 100, 94]);
    assert.equal((await q.ok("/check", { customer, feature: "chat", value: 32 })).code, "limit_exceeded");
    assert.equal((await q.ok("/check", { customer, feature: "chat", value: 31 })).allowed, true);
});

test("an entry says the feature, the units, what was drawn, the window and the subscription", async () => {
    const customer = await q.customer("small");
    await track(customer, "chat", 2);
    const [entry] = (await q.get(`/customers/${customer}/entries`)).body.entries;
    assert.deepEqual([entry.kind, entry.value, entry.code, entry.feature], ["track", 2, "tracked", "chat"]);
    const [posting] = entry.postings;
    assert.deepEqual([posting.bucket, posting.feature, posting.units, posting.amount, posting.subscription], ["included", "credits", 2, 6, 1]);
    assert.ok(posting.windowStart <= entry.recordedAt && entry.recordedAt < posting.windowEnd);
});

test("entities, invoices and bodies have codes of their own", async () => {
    const customer = await q.customer("small");
    await q.ok("/entities", { customer, feature: "seats", entity: "ada" });
    const codeOf = async (path: string, body: Json): Promise<unknown[]> => {
        const { status, body: answer } = await q.post(path, body);
        return [status, answer.success, answer.code];
    };
    assert.deepEqual(await codeOf("/entities", { customer, feature: "seats", entity: "bob" }), [400, false, "limit_exceeded"]);
    assert.deepEqual(await codeOf("/billing/invoice", { customer }), [400, false, "nothing_to_invoice"]);
    assert.deepEqual(await codeOf("/track", { customer }), [400, false, "validation_error"]);
});
