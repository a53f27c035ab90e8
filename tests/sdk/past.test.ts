// GET /check with `at` says what a check said then (docs/contract/checks-and-usage.md#the-past). The
// clock only moves forward, so the tests run in the order of their times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boolean, grant, metered, plan } from "./payloads";
import { type Answer, type Json, ROOT_KEY, serve } from "./server";

const q = serve({
    features: [metered("calls"), metered("gpt"), boolean("sso")],
    creditSystems: [{ slug: "ai", name: "AI credits", features: [{ feature: "gpt", creditCost: 20 }] }],
    creditPacks: [{ slug: "p500", name: "Five hundred", credits: 500, price: 900, currency: "USD", creditSystem: "ai" }],
    plans: [
        plan("free", [grant("calls", { limit: 10 }), grant("ai", { limit: 100 })]),
        plan("pro", [grant("calls", { limit: 1000 }), grant("ai", { limit: 100 }), grant("sso")], { price: 2000 }),
    ],
});
// Days of April, and with 100 added those of May.
const day = (n: number): string => `2040-${n < 100 ? "04" : "05"}-${String(n % 100).padStart(2, "0")}T12:00:00.000Z`;
const query = (parameters: Json): string => new URLSearchParams(parameters).toString();
const ask = (customer: string, feature: string, more: Json = {}): Promise<Answer> => q.get(`/check?${query({ customer, feature, ...more })}`);
const track = (customer: string, feature: string, value: number): Promise<Json> => q.ok("/track", { customer, feature, value });

async function at(customer: string, feature: string, instant: string, more: Json = {}): Promise<Json> {
    const answer = await ask(customer, feature, { at: instant, ...more });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.asOf, instant);
    return answer.body;
}

let ann = "";
let whatWasSaid: Json;

test("before and after an upgrade", async () => {
    await q.setClock(day(1));
    ann = await q.customer("free");
    await track(ann, "calls", 8);
    whatWasSaid = (await ask(ann, "calls", { value: 3 })).body;
    assert.equal(whatWasSaid.code, "limit_exceeded");
    await q.setClock(day(2));
    await q.ok("/attach", { customer: ann, product: "pro" });
    await track(ann, "calls", 100);
    await q.setClock(day(3));

    const { asOf, ...then } = await at(ann, "calls", day(1), { value: "3" });
    assert.equal(asOf, day(1));
    assert.deepEqual(then, whatWasSaid);
    assert.equal((await at(ann, "sso", day(1))).allowed, false);
    assert.equal((await at(ann, "sso", day(2))).allowed, true);
    assert.equal((await at(ann, "calls", day(2))).limit, 1000);
});

test("before credits were bought, and before they were spent", async () => {
    await track(ann, "gpt", 5);
    await q.setClock(day(4));
    await q.ok("/addon", { customer: ann, pack: "p500", quantity: 1 });
    await q.setClock(day(5));
    await track(ann, "gpt", 10);
    await q.setClock(day(6));
    const codes = await Promise.all(
        [day(3), day(4), day(5)].map(async (instant) => {
            const answer = await at(ann, "gpt", instant, { value: "25" });
            return [answer.code, answer.credits.addonBalance];
        }),
    );
    assert.deepEqual(codes, [
        ["limit_exceeded", 0],
        ["addon_credits_used", 500],
        ["limit_exceeded", 300],
    ]);
});

test("across a reset that nothing was recorded at", async () => {
    await q.setClock(day(120));
    const before = await at(ann, "calls", day(15));
    const window = await at(ann, "calls", day(120));
    assert.ok(before.usage > 0);
    assert.equal(window.usage, 0);
    assert.equal(before.resetsAt, window.windowStart);
    assert.equal((await at(ann, "calls", before.resetsAt)).usage, 0);
    const last = new Date(Date.parse(before.resetsAt) - 1).toISOString();
    assert.equal((await at(ann, "calls", last)).usage, before.usage);
});

test("a late report changes the past from when it was reported on", async () => {
    const late = await q.customer("free");
    await q.setClock(day(122));
    await q.ok("/track", { customer: late, feature: "calls", value: 4, timestamp: day(120) });
    assert.equal((await at(late, "calls", day(121))).usage, 0);
    assert.equal((await at(late, "calls", day(122))).usage, 4);
});

test("a customer who was not there yet, an instant that has not come, and none", async () => {
    const before = await at(ann, "calls", "2040-03-31T23:59:59.999Z");
    assert.deepEqual([before.allowed, before.code], [false, "customer_not_found"]);
    const nobody = await at("nobody@example.com", "calls", day(1));
    assert.equal(nobody.code, "customer_not_found");
    assert.equal((await q.get("/customers/nobody@example.com")).status, 404);

    const future = await ask(ann, "calls", { at: "2041-01-01T00:00:00Z" });
    assert.deepEqual([future.status, future.body.code], [400, "at_in_future"]);
    for (const bad of ["yesterday", ""]) {
        const refused = await ask(ann, "calls", { at: bad });
        assert.deepEqual([refused.status, refused.body.code], [400, "validation_error"]);
    }
});

test("asking records nothing, and reading while others write", async () => {
    const entries = async (): Promise<Json> => (await q.get(`/customers/${ann}/entries`)).body.entries;
    const known = await entries();
    const [past] = await Promise.all([at(ann, "calls", day(1)), ...Array.from({ length: 20 }, () => track(ann, "calls", 1))]);
    assert.equal(past.usage, whatWasSaid.usage);
    assert.equal((await entries()).length, known.length + 20);
});

test("more questions than may wait are told to come again", async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(ann, "calls", { at: day(1) })));
    for (const answer of answers) {
        if (answer.status === 200) {
            assert.equal(answer.body.usage, whatWasSaid.usage);
        } else {
            assert.deepEqual([answer.status, answer.body.code, answer.headers.get("retry-after")], [503, "history_busy", "1"]);
        }
    }
    assert.ok(answers.some((answer) => answer.status === 200));
});

test("a caller who goes away before the answer leaves the next one their turn", async () => {
    const url = `${q.url}/v1/check?${query({ customer: ann, feature: "calls", at: day(1) })}`;
    const gone = Array.from({ length: 3 }, async () => {
        const signal = AbortSignal.timeout(1);
        await fetch(url, { signal, headers: { Authorization: `Bearer ${ROOT_KEY}` } }).catch(() => undefined);
    });
    await Promise.all(gone);
    assert.equal((await at(ann, "calls", day(1))).usage, whatWasSaid.usage);
});
