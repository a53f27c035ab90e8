// The vectors whose rule is one of the HTTP edge: those that tests/vectors/elsewhere.cc says are run
// here. `compat: "divergent"` records a defect of the reference; the corrected value is asserted.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errorOf } from "./owostack";
import { grant, metered, plan } from "./payloads";
import { type Answer, type Json, Server, serve, unique } from "./server";
import { type Vector, paymentRunners } from "./vector_payments";

const sources = process.env["QUIPU_SOURCE_DIR"] ?? join(__dirname, "../../../../..");
const read = (path: string) => readFileSync(join(sources, "tests/vectors", path), "utf8");
const REASON = "run over HTTP: tests/sdk/vectors.test.ts";

// {file, area, name} of each entry of the list that has our reason; an empty name is the whole area.
function listed(): { file: string; area: string; name: string }[] {
    const joined = read("elsewhere.cc").replace(/"\s*\n\s*"/g, "");
    const entries = [...joined.matchAll(/\{\s*"([^"]*)",\s*"([^"]*)",\s*"([^"]*)",\s*"([^"]*)"\s*\}/g)];
    return entries.filter((entry) => entry[4] === REASON).map(([, file, area, name]) => ({ file: file!, area: area!, name: name! }));
}

function ours(): { file: string; vector: Vector }[] {
    return listed().flatMap(({ file, area, name }) => {
        const vectors: Vector[] = JSON.parse(read(`${file}.json`));
        return vectors.filter((v) => v.area === area && (name === "" || v.name === name)).map((vector) => ({ file, vector }));
    });
}

const q = serve();

// "POST /attach" of a vector, below the mount unless it is the root.
function ask(when: Json): Promise<Answer> {
    const [method, path] = when.http.split(" ");
    const key = when.headers?.Authorization?.replace("Bearer ", "");
    const options = key ? { key } : when.headers || path !== "/" ? {} : { key: null };
    return q.call(method, path === "/" ? "/" : `/v1${path}`, when.body ?? (method === "POST" ? {} : undefined), options);
}

function assertAnswer(answer: Answer, expect: Json): void {
    assert.equal(answer.status, expect.status, answer.text);
    for (const [name, value] of Object.entries(expect.body ?? {})) assert.deepEqual(answer.body[name], value);
    if ("success" in expect) assert.equal(answer.body.success, expect.success);
    for (const field of expect.has ?? []) assert.ok(field in answer.body, field);
    if (expect.errorContains) assert.ok(answer.body.error.includes(expect.errorContains), answer.text);
}

// Puts one plan on sale that has the plan feature of `terms`.
async function sell(slug: string, terms: Json, more: Json = {}): Promise<void> {
    await q.ok("/sync", { features: [metered("calls")], plans: [plan(slug, [grant("calls", terms)], more)] });
}

async function sellPack(pack: Json, slug: string): Promise<void> {
    await q.ok("/sync", {
        ...{ features: [], plans: [], creditSystems: [{ slug: "wallet", name: "Wallet", features: [] }] },
        creditPacks: [{ slug, name: slug, currency: "USD", creditSystem: "wallet", ...pack }],
    });
}

const runners: Record<string, (vector: Vector) => Promise<void>> = {
    auth: async ({ when, expect }) => assertAnswer(await ask(when), expect),
    health: async ({ when, expect }) => assertAnswer(await ask(when), expect),

    attach: async ({ given, when, expect }) => {
        await sell(when.body.product, { limit: 5 }, { price: given.plan.price });
        const answer = await ask(when);
        assertAnswer(answer, expect);
        assert.deepEqual([answer.body.success, answer.body.requiresCheckout], [true, false]);
    },

    addon: async ({ given, when, expect }) => {
        await sellPack(given.pack ?? { credits: 100, price: 2500 }, when.body.pack);
        if (!given.customersWithEmail) return assertAnswer(await ask(when), expect);
        // A second customer of that e-mail cannot be made, so nobody is ambiguous.
        const email = when.body.customer;
        await q.ok("/customers", { email, id: "first" });
        assert.equal((await q.post("/customers", { email, id: "second" })).status, expect.status);
        assert.equal((await ask(when)).status, 200);
    },

    plans: async ({ given, when, expect }) => {
        const slug = unique("plan");
        await sell(slug, given.planFeature);
        const answer = await ask(when);
        assert.equal(answer.status, expect.status);
        const { features } = answer.body.plans.find((each: Json) => each.slug === slug);
        for (const [name, value] of Object.entries(expect.feature)) assert.deepEqual(features[0][name], value, name);
    },

    sync: async ({ given, when, expect }) => {
        if (given.existingPack) {
            await sellPack({ ...given.existingPack }, given.existingPack.slug);
            const before = (await q.get("/credit-packs")).body.data.find((each: Json) => each.slug === given.existingPack.slug);
            const { slug, name, credits, price, currency, creditSystem, description, provider, metadata } = before;
            const pack = { slug, name, credits, price, currency, creditSystem, description, provider, metadata };
            const answer = await q.post("/sync", { features: [], plans: [], creditPacks: [pack] });
            assert.equal(answer.status, expect.status);
            return assert.deepEqual(answer.body.creditPacks.unchanged, expect["creditPacks.unchanged"]);
        }
        const fresh = new Server(); // the vector begins with an empty catalog
        await fresh.start();
        try {
            const [method, path] = when.http.split(" ");
            const answer = await fresh.call(method, `/v1${path}`, when.body);
            assert.equal(answer.status, expect.status, answer.text);
            assert.deepEqual(answer.body.creditSystems.created, expect["creditSystems.created"]);
            assert.deepEqual(answer.body.creditPacks.created, expect["creditPacks.created"]);
            // The mirrored feature shows where it can be granted and tracked.
            const { slug, type } = expect.mirroredFeature;
            await fresh.ok("/sync", { features: [], plans: [plan("p", [grant(slug, { limit: 5 })])] });
            const { features } = (await fresh.get("/plans/p")).body.plan;
            assert.deepEqual([features[0].slug, features[0].type], [slug, type]);
        } finally {
            await fresh.stop();
        }
    },

    "sdk.error": async ({ when, expect, compat }) => {
        const error = errorOf(JSON.stringify(when.response.body));
        assert.deepEqual({ code: error.code, message: error.message }, expect.OwostackError);
        if (compat !== "divergent") return;
        // Our body of that refusal carries its sentence where the SDK reads it.
        const customer = await q.customer();
        await sell(unique("plan"), { limit: 5 });
        const answer = await q.post("/track", { customer, feature: "calls" });
        const { code, details } = when.response.body;
        assert.equal(answer.status, when.response.status);
        const told = errorOf(answer.text);
        assert.deepEqual([told.code, told.message], [code, details.message]);
    },

    // The same key counts once: the reference counts every call.
    "flow.idempotency": async ({ given, when, expect }) => {
        const slug = unique("plan");
        await sell(slug, { limit: 100 });
        const customer = await q.customer(slug);
        const [name, value] = given.header.split(": ");
        const body = { customer, feature: "calls", ...when.body };
        for (let call = 0; call < given.calls; ++call) await q.post("/track", body, { headers: { [name]: value } });
        const { usage } = await q.ok("/check", { customer, feature: "calls" });
        assert.deepEqual([usage, expect.usageAfter], [when.body.value, given.calls * when.body.value]);
    },

    // One shape of errors: the code is ours, the sentence theirs.
    track: async ({ when, expect }) => {
        const answer = await q.post("/track", { customer: "c", feature: "f", ...when.body });
        assert.equal(answer.status, expect.status);
        assert.deepEqual([expect["error.code"], answer.body.code], ["ValidationError", "validation_error"]);
        assert.equal(answer.body.error, expect["error.message"]);
    },

    "ingest.bulk_limit": async ({ given, expect }) => {
        const slug = unique("plan");
        await sell(slug, { limit: null });
        const customer = await q.customer(slug);
        const events = Array.from({ length: given.events }, () => ({ customer, feature: "calls" }));
        const answer = await q.post("/track/batch", events);
        assert.equal(answer.status === 200, expect.accepted, answer.text.slice(0, 200));
        const { usage } = await q.ok("/check", { customer, feature: "calls" });
        assert.equal(usage, expect.accepted ? given.events : 0);
    },

    batch: async ({ given }) => {
        const slug = unique("plan");
        await sell(slug, { limit: given.balances[0].granted });
        const customer = await q.customer(slug);
        const same = { customer, feature: "calls" };
        const answer = await q.post("/track/batch", [same, same, same]);
        assert.equal(answer.status, 200);
        assert.equal((await q.ok("/check", { customer, feature: "calls" })).usage, 3);
    },
};

// Those of a provider, and of areas that are only about payments, are played on the sandbox.
function runnerOf({ area, name, compat }: Vector): ((vector: Vector) => Promise<void>) | undefined {
    const pays = compat === "provider" || name.startsWith("usage_based guard") || !(area in runners);
    return (pays ? paymentRunners : runners)[area];
}

test("the list names vectors, and each has a runner", () => {
    const vectors = ours();
    assert.ok(vectors.length >= 39, `${vectors.length} vectors`);
    for (const { vector } of vectors) assert.ok(runnerOf(vector), `${vector.area}: ${vector.name}`);
});

for (const { file, vector } of ours()) {
    test(`${file} ${vector.area}: ${vector.name}`, () => runnerOf(vector)!(vector));
}
