// What usage costs (docs/contract/rating.md), as /billing/usage tells it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve, unique } from "./server";

const q = serve();

// The unbilled feature after `usage` units under `terms`; undefined when nothing is billable.
async function rated(terms: Json, usage: number): Promise<Json> {
    const [feature, slug] = [unique("f"), unique("p")];
    await q.ok("/sync", { features: [metered(feature)], plans: [plan(slug, [grant(feature, terms)])] });
    const customer = await q.customer(slug);
    await q.ok("/track", { customer, feature, value: usage });
    const { features, totalEstimated } = await q.sdk().billing.usage({ customer });
    assert.equal(totalEstimated, features[0]?.estimatedAmount ?? 0);
    return features[0];
}
const payg = (terms: Json) => ({ usageModel: "usage_based", ...terms });
const graduated = (tiers: Json[]) => ({ ratingModel: "graduated", tiers });
const volume = (tiers: Json[]) => ({ ratingModel: "volume", tiers });
const amount = async (terms: Json, usage: number): Promise<[number, number]> => {
    const of = await rated(terms, usage);
    return [of.billableQuantity, of.estimatedAmount];
};

test("usage_based 1500 at 500 per 1000: 2 packages", async () => {
    const of = await rated(payg({ pricePerUnit: 500, billingUnits: 1000 }), 1500);
    assert.deepEqual(
        [of.billableQuantity, of.estimatedAmount, of.pricePerUnit, of.billingUnits, of.ratingModel, of.included],
        [1500, 1000, 500, 1000, "package", 0],
    );
});

test("included 5000, used 6500, graduated 1000@10, 5000@8, ∞@5", async () => {
    const tiers = [{ upTo: 1000, unitPrice: 10 }, { upTo: 5000, unitPrice: 8 }, { upTo: null, unitPrice: 5 }];
    const of = await rated({ limit: 5000, overage: "charge", pricePerUnit: 1, ...graduated(tiers) }, 6500);
    assert.deepEqual([of.usage, of.included, of.billableQuantity, of.estimatedAmount], [6500, 5000, 1500, 14_000]);
    assert.deepEqual([of.pricePerUnit, of.billingUnits], [null, null]);
    assert.deepEqual(of.tierBreakdown, [
        { tier: 0, units: 1000, unitPrice: 10, amount: 10_000 },
        { tier: 1, units: 500, unitPrice: 8, amount: 4000 },
    ]);
});

test("volume: the tier that holds the quantity prices all of it; bounds are inclusive", async () => {
    const tiers = [{ upTo: 1000, unitPrice: 100 }, { upTo: 10_000, unitPrice: 80 }, { upTo: null, unitPrice: 50 }];
    assert.deepEqual(await amount(payg(volume(tiers)), 1500), [1500, 120_000]);
    assert.deepEqual(await amount(payg(volume(tiers)), 1000), [1000, 100_000]);
    const of = await rated(payg(volume(tiers)), 1001);
    assert.deepEqual([of.estimatedAmount, of.pricePerUnit, of.billingUnits], [80_080, 80, 1]);
});

test("volume with a flat last tier", async () => {
    assert.deepEqual(await amount(payg(volume([{ upTo: 1000, unitPrice: 25 }, { upTo: null, flatFee: 25_000 }])), 1200), [1200, 25_000]);
});

test("included 1000, used 1250, graduated 100 flat 5000, ∞ 20 + flat 1000", async () => {
    const tiers = [{ upTo: 100, flatFee: 5000 }, { upTo: null, unitPrice: 20, flatFee: 1000 }];
    const of = await rated({ limit: 1000, overage: "charge", pricePerUnit: 1, ...graduated(tiers) }, 1250);
    assert.deepEqual([of.billableQuantity, of.estimatedAmount], [250, 9000]);
    assert.deepEqual(of.tierBreakdown, [
        { tier: 0, units: 100, unitPrice: 0, flatFee: 5000, amount: 5000 },
        { tier: 1, units: 150, unitPrice: 20, flatFee: 1000, amount: 4000 },
    ]);
});

test("included 100, used 145, 5 per 10", async () => {
    const of = await rated({ limit: 100, overage: "charge", overagePrice: 5, billingUnits: 10 }, 145);
    assert.deepEqual([of.billableQuantity, of.estimatedAmount, of.pricePerUnit, of.billingUnits], [45, 25, 5, 10]);
});

test("a bounded last tier goes on", async () => {
    const tiers = [{ upTo: 10, unitPrice: 5 }, { upTo: 20, unitPrice: 2 }];
    assert.deepEqual(await amount(payg(graduated(tiers)), 30), [30, 90]);
    assert.deepEqual(await amount(payg(volume(tiers)), 30), [30, 60]);
});

test("unlimited features are never billable, prepaid neither", async () => {
    assert.equal(await rated({ limit: null, overage: "charge", overagePrice: 5 }, 100), undefined);
    assert.equal(await rated({ usageModel: "prepaid", limit: 100, pricePerUnit: 5 }, 100), undefined);
});

test("fractions are exact and rounded once, half away from zero", async () => {
    const tenth = payg(graduated([{ upTo: null, unitPrice: 0.1 }]));
    assert.equal(await rated(tenth, 4.999999999), undefined); // nothing of it is billed
    assert.deepEqual(await amount(tenth, 5), [5, 1]);
    assert.deepEqual(await amount(tenth, 14.999999999), [14.999999999, 1]);
});

test("a package is at least one unit", async () => {
    assert.deepEqual(await amount(payg({ pricePerUnit: 3, billingUnits: 0.5 }), 1.25), [1.25, 6]);
});

test("package price: included takes overagePrice first, usage_based pricePerUnit", async () => {
    const terms = { pricePerUnit: 3, overagePrice: 7 };
    assert.deepEqual(await amount({ limit: 1, overage: "charge", ...terms }, 3), [2, 14]);
    assert.deepEqual(await amount({ limit: 1, overage: "charge", pricePerUnit: 3 }, 3), [2, 6]);
    assert.deepEqual(await amount(payg(terms), 3), [3, 9]);
});

test("the charge of a window is the price of its total, whatever was invoiced between", async () => {
    const cards: [Json, number[], number][] = [
        [{ limit: 1000, overage: "charge", overagePrice: 5 }, [1500, 600], 5500],
        [payg(graduated([{ upTo: 1000, unitPrice: 10 }, { upTo: null, unitPrice: 1 }])), [1500, 100], 10_600],
        [payg({ pricePerUnit: 7, billingUnits: 10 }), [1, 1, 9], 14],
        [payg(graduated([{ upTo: null, unitPrice: 0.4 }])), [1, 1, 1, 1, 1], 2],
    ];
    for (const [terms, steps, total] of cards) {
        const [feature, slug] = [unique("f"), unique("p")];
        await q.ok("/sync", { features: [metered(feature)], plans: [plan(slug, [grant(feature, terms)])] });
        const customer = await q.customer(slug);
        let invoiced = 0;
        for (const value of steps) {
            await q.ok("/track", { customer, feature, value });
            const answer = await q.post("/billing/invoice", { customer });
            if (answer.status === 200) invoiced += answer.body.invoice.total;
        }
        assert.equal(invoiced, total, JSON.stringify(terms));
    }
});

test("a price edit does not change what is sold: subscribers keep their rate until they switch", async () => {
    const [feature, slug] = [unique("f"), unique("p")];
    const sync = (price: number) => q.ok("/sync", { features: [metered(feature)], plans: [plan(slug, [charged(feature, 0, price)])] });
    await sync(5);
    const customer = await q.customer(slug);
    await sync(9);
    await q.ok("/track", { customer, feature, value: 10 });
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 50);
    const later = await q.customer(slug);
    await q.ok("/track", { customer: later, feature, value: 10 });
    assert.equal((await q.sdk().billing.usage({ customer: later })).totalEstimated, 90);
});
