// Reservations (docs/reservations.md): units held before the work, settled with what it took.
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const q = serve({
    features: [metered("calls"), metered("tokens")],
    plans: [plan("pro", [grant("calls", { limit: 10 }), charged("tokens", 100, 10)])],
});
const reserve = (customer: string, feature: string, value: number, more: Json = {}): Promise<Json> =>
    q.ok("/reserve", { customer, feature, value, ...more });
const check = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/check", { customer, feature, value });

test("held units are not used, and nobody else may have them", async () => {
    const customer = await q.customer("pro");
    const held = await reserve(customer, "calls", 7, { id: "job-1" });
    assert.deepEqual(
        [held.success, held.allowed, held.code, held.reservation, held.held, held.usage, held.balance],
        [true, true, "access_granted", "job-1", 7, 0, 3],
    );
    assert.equal((await check(customer, "calls", 4)).allowed, false);
    assert.equal((await q.ok("/track", { customer, feature: "calls", value: 4 })).code, "limit_exceeded");
    const refused = await reserve(customer, "calls", 4);
    assert.deepEqual([refused.success, refused.allowed, refused.code, refused.reservation], [false, false, "limit_exceeded", undefined]);
    const { data } = (await q.get(`/reservations?customer=${customer}`)).body;
    assert.deepEqual(data.map((each: Json) => [each.reservation, each.feature, each.held]), [["job-1", "calls", 7]]);
});

test("settled with what it took, once", async () => {
    const customer = await q.customer("pro");
    const first = await reserve(customer, "calls", 7, { id: "job-2" });
    const body = { customer, reservation: "job-2", value: 5, id: "done-2" };
    const settled = await q.ok("/reserve/confirm", body);
    assert.deepEqual([settled.code, settled.usage, settled.balance, settled.reservation], ["tracked", 5, 5, "job-2"]);
    const again = await q.ok("/reserve/confirm", body);
    assert.deepEqual([again.duplicate, again.usage], [true, 5]);
    const gone = await q.post("/reserve/confirm", { customer, reservation: "job-2" });
    assert.deepEqual([gone.status, gone.body.code], [404, "reservation_not_found"]);
    const { duplicate, ...same } = await reserve(customer, "calls", 7, { id: "job-2" });
    assert.deepEqual([duplicate, same], [true, first]);
    assert.equal((await check(customer, "calls", 5)).allowed, true);
    const { entries } = (await q.get(`/customers/${customer}/entries`)).body;
    assert.deepEqual(
        entries.slice(0, 3).map((each: Json) => [each.kind, each.code, each.postings.length]),
        [["reserve_confirm", "reservation_not_found", 0], ["reserve_confirm", "tracked", 1], ["reserve", "access_granted", 0]],
    );
});

test("released, or expired by the ledger's clock", async () => {
    const customer = await q.customer("pro");
    await reserve(customer, "calls", 7, { id: "job-3" });
    assert.equal((await q.ok("/reserve/release", { customer, reservation: "job-3" })).success, true);
    assert.equal((await check(customer, "calls", 10)).allowed, true);
    const held = await reserve(customer, "calls", 7, { expiresIn: 60 });
    assert.equal((await check(customer, "calls", 4)).allowed, false);
    await q.setClock(held.expiresAt);
    assert.equal((await check(customer, "calls", 10)).allowed, true);
    assert.deepEqual((await q.get(`/reservations?customer=${customer}`)).body.data, []);
});

test("overage that is held is billed only when it is used", async () => {
    const customer = await q.customer("pro");
    const { reservation } = await reserve(customer, "tokens", 120);
    assert.equal((await q.get(`/billing/usage?customer=${customer}`)).body.totalEstimated, 0);
    await q.ok("/reserve/confirm", { customer, reservation, value: 110 });
    assert.equal((await q.get(`/billing/usage?customer=${customer}`)).body.totalEstimated, 100);
});

test("sixty-four at once never hold more than there is", async () => {
    const customer = await q.customer("pro");
    const answers = await Promise.all(Array.from({ length: 64 }, () => reserve(customer, "calls", 1)));
    assert.equal(answers.filter((each) => each.allowed).length, 10);
});

test("bad input is refused with its reason", async () => {
    const customer = await q.customer("pro");
    for (const [body, status, code] of [
        [{ customer, feature: "calls", value: 0 }, 400, "validation_error"],
        [{ customer, feature: "calls", expiresIn: 86401 }, 400, "validation_error"],
        [{ customer, feature: "calls", value: -1 }, 400, "validation_error"],
        [{ customer: "nobody", feature: "calls" }, 404, "customer_not_found"],
        [{ customer, value: 1 }, 400, "validation_error"],
    ] as const) {
        const answer = await q.post("/reserve", body);
        assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body));
    }
});
