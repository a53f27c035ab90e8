// Publishing a catalog, what it refuses, and what it reports (docs/contract/catalog.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import * as catalog from "./catalog";
import { boolean, grant, metered, plan } from "./payloads";
import { type Json, serve, unique } from "./server";

const q = serve();

const nothing = { created: [], updated: [], unchanged: [] };

// Syncs one plan with one metered feature of fresh names; the error, or undefined.
async function refusal(terms: Json, feature = metered(unique("f"))): Promise<string | undefined> {
    const slug = unique("p");
    const answer = await q.post("/sync", { features: [feature], plans: [plan(slug, [grant(feature.slug, terms)])] });
    if (answer.status === 200) return undefined;
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.body.code, "validation_error");
    const prefix = `Invalid pricing config for plan '${slug}' feature '${feature.slug}': `;
    assert.ok(answer.body.error.startsWith(prefix), answer.body.error);
    assert.equal((await q.get(`/plans/${slug}`)).status, 404);
    return answer.body.error.slice(prefix.length);
}

// The stored form of a plan feature.
async function stored(terms: Json): Promise<Json> {
    const feature = metered(unique("f"));
    const slug = unique("p");
    await q.ok("/sync", { features: [feature], plans: [plan(slug, [grant(feature.slug, terms)])] });
    return (await q.get(`/plans/${slug}`)).body.plan.features[0];
}

test("the first sync creates everything, an identical second one leaves it unchanged", async () => {
    const names = ["a", "b", "sys", "pack", "pl"].map((name) => unique(name));
    const [a, b, system, pack, slug] = names as [string, string, string, string, string];
    const payload = {
        features: [metered(a), boolean(b)],
        creditSystems: [{ slug: system, name: "Credits", features: [{ feature: a, creditCost: 2 }] }],
        creditPacks: [{ slug: pack, name: "Pack", credits: 10, price: 100, currency: "USD", creditSystem: system }],
        plans: [plan(slug, [grant(a, { limit: 5 }), grant(b), grant(system, { limit: 100 })])],
    };
    const first = await q.ok("/sync", payload);
    assert.equal(first.success, true);
    assert.deepEqual(first.features, { ...nothing, created: [a, b] });
    assert.deepEqual(first.creditSystems, { ...nothing, created: [system] });
    assert.deepEqual(first.creditPacks, { ...nothing, created: [pack] });
    assert.deepEqual(first.plans, { ...nothing, created: [slug] });
    assert.deepEqual(first.warnings, []);
    const second = await q.ok("/sync", payload);
    assert.deepEqual(second.features, { ...nothing, unchanged: [a, b] });
    assert.deepEqual(second.creditSystems, { ...nothing, unchanged: [system] });
    assert.deepEqual(second.creditPacks, { ...nothing, unchanged: [pack] });
    assert.deepEqual(second.plans, { ...nothing, unchanged: [slug] });
});

test("the payload that the builders make is accepted and comes back as it was meant", async () => {
    const [calls, sso, seats, gpt] = ["calls", "sso", "seats", "gpt"].map((name) => unique(name));
    const handle = {
        calls: catalog.metered(calls!),
        sso: catalog.boolean(sso!),
        seats: catalog.entity(seats!),
        gpt: catalog.metered(gpt!, { name: "GPT" }),
    };
    const credits = catalog.creditSystem(unique("credits"), { features: [handle.gpt.cost(20)] });
    const slug = unique("pro");
    const sdk = q.sdk({
        catalog: [
            catalog.plan(slug, {
                ...{ name: "Pro", price: 2900, currency: "USD", interval: "monthly", planGroup: "base" },
                features: [
                    handle.calls.included(1000, { overage: "charge", overagePrice: 5, billingUnits: 10 }),
                    handle.sso.on(),
                    handle.seats.limit(3),
                    credits.credits(500),
                ],
            }),
            catalog.creditPack(unique("pack"), { name: "Pack", credits: 500, price: 900, currency: "USD", creditSystem: credits }),
        ],
    });
    const result = await sdk.sync();
    assert.deepEqual(result.features.created.sort(), [calls, sso, seats, gpt].sort());
    assert.deepEqual(result.creditSystems.created, [credits.slug]);
    const got = await sdk.plans.get(slug);
    const of = (name: string) => got.features.find((each: Json) => each.slug === name);
    assert.equal(of(calls!).name, handle.calls.name);
    assert.deepEqual([of(calls!).limit, of(calls!).overage, of(calls!).overagePrice, of(calls!).billingUnits], [1000, "charge", 5, 10]);
    assert.deepEqual([of(sso!).type, of(sso!).limit, of(sso!).resetInterval], ["boolean", null, null]);
    assert.deepEqual([of(seats!).meterType, of(seats!).limit, of(seats!).resetInterval], ["non_consumable", 3, "never"]);
    assert.deepEqual([of(credits.slug).type, of(credits.slug).limit], ["metered", 500]);
    assert.deepEqual((await sdk.sync()).plans.unchanged, [slug]);
});

test("the builders refuse what the SDK refuses before sending", () => {
    const calls = catalog.metered("calls");
    for (const price of [-1, NaN, Infinity]) assert.throws(() => calls.perUnit(price));
    assert.throws(() => calls.graduated([]));
    assert.throws(() => calls.graduated([{ upTo: 10, unitPrice: 1 }, { upTo: 5, unitPrice: 1 }]));
    assert.throws(() => calls.volume([{ upTo: null, unitPrice: 1 }, { upTo: 5, unitPrice: 1 }]));
    assert.throws(() => calls.volume([{ upTo: null }]));
});

test("what the payload must have", async () => {
    const feature = metered("f");
    const system = { slug: "s", name: "S", features: [] };
    const pack = { slug: "k", name: "K", credits: 1, price: 0, currency: "USD", creditSystem: "s" };
    const good = plan("p", []);
    const refused: [Json, string][] = [
        [{}, "features: Invalid input: expected array, received undefined"],
        [{ features: 1, plans: [] }, "features: Invalid input: expected array, received number"],
        [{ features: [] }, "plans: Invalid input: expected array, received undefined"],
        [{ features: [1], plans: [] }, "features.0: Invalid input: expected object, received number"],
        [{ features: [{ ...feature, slug: "" }], plans: [] }, "features.0.slug: Too small: expected string to have >=1 characters"],
        [{ features: [{ ...feature, name: "" }], plans: [] }, "features.0.name: Too small: expected string to have >=1 characters"],
        [{ features: [{ ...feature, type: "count" }], plans: [] }, 'features.0.type: Invalid option: expected one of "metered"|"boolean"|"static"'],
        [{ features: [{ slug: "f", name: "F" }], plans: [] }, 'features.0.type: Invalid option: expected one of "metered"|"boolean"|"static"'],
        [
            ...[{ features: [{ ...feature, meterType: "x" }], plans: [] }] as const,
            'features.0.meterType: Invalid option: expected one of "consumable"|"non_consumable"',
        ],
        [
            ...[{ features: [], creditSystems: [{ ...system, features: [{ feature: "f", creditCost: -1 }] }], plans: [] }] as const,
            "creditSystems.0.features.0.creditCost: Too small: expected number to be >=0",
        ],
        [
            ...[{ features: [], creditSystems: [{ ...system, features: [{ feature: "f" }] }], plans: [] }] as const,
            "creditSystems.0.features.0.creditCost: Invalid input: expected number, received undefined",
        ],
        [{ features: [], creditPacks: [{ ...pack, credits: 0 }], plans: [] }, "creditPacks.0.credits: Too small: expected number to be >=1"],
        [{ features: [], creditPacks: [{ ...pack, credits: 1.5 }], plans: [] }, "creditPacks.0.credits: Invalid input: expected int, received number"],
        [{ features: [], creditPacks: [{ ...pack, price: -1 }], plans: [] }, "creditPacks.0.price: Too small: expected number to be >=0"],
        [
            ...[{ features: [], creditPacks: [{ ...pack, currency: "US" }], plans: [] }] as const,
            "creditPacks.0.currency: Too small: expected string to have >=3 characters",
        ],
        [{ features: [], plans: [{ ...good, price: "1" }] }, "plans.0.price: Invalid input: expected number, received string"],
        [{ features: [], plans: [{ ...good, interval: undefined }] }, "plans.0.interval: Invalid input: expected string, received undefined"],
        [
            ...[{ features: [], plans: [{ ...good, billingType: "x" }] }] as const,
            'plans.0.billingType: Invalid option: expected one of "recurring"|"one_time"',
        ],
        [{ features: [], plans: [{ ...good, features: [{ slug: "f" }] }] }, "plans.0.features.0.enabled: Invalid input: expected boolean, received undefined"],
        [
            ...[{ features: [], plans: [{ ...good, features: [grant("f", { overage: "maybe" })] }] }] as const,
            'plans.0.features.0.overage: Invalid option: expected one of "block"|"charge"',
        ],
        [
            ...[{ features: [], plans: [{ ...good, features: [grant("f", { tiers: [{ unitPrice: 1 }] })] }] }] as const,
            "plans.0.features.0.tiers.0.upTo: Invalid input: expected number, received undefined",
        ],
        [
            ...[{ features: [], plans: [{ ...good, features: [grant("f", { limit: "5" })] }] }] as const,
            "plans.0.features.0.limit: Invalid input: expected number, received string",
        ],
    ];
    for (const [payload, message] of refused) {
        const answer = await q.post("/sync", payload);
        assert.equal(answer.status, 400, `${message}: ${answer.text}`);
        assert.deepEqual([answer.body.code, answer.body.error], ["validation_error", `Invalid ${message}`]);
    }
});

test("negative numbers are refused, each field by its stored name", async () => {
    const fields: [string, string][] = [
        ["limit", "limitValue"],
        ["pricePerUnit", "pricePerUnit"],
        ["overagePrice", "overagePrice"],
        ["billingUnits", "billingUnits"],
        ["maxOverageUnits", "maxOverageUnits"],
        ["creditCost", "creditCost"],
    ];
    for (const [field, named] of fields)
        assert.equal(await refusal({ [field]: -1 }), `${named} must be a non-negative number.`);
});

test("billingUnits of 0 is refused", async () => {
    assert.equal(await refusal({ billingUnits: 0 }), "billingUnits must be greater than 0.");
});

test("a usage_based package without a price is refused", async () => {
    assert.equal(await refusal({ usageModel: "usage_based" }), "Usage-based package pricing requires pricePerUnit.");
});

test("included with charge and no price at all is refused", async () => {
    const reason = "Charge overage pricing requires overagePrice or pricePerUnit.";
    assert.equal(await refusal({ limit: 5, overage: "charge" }), reason);
    assert.equal(await refusal({ limit: 5, overage: "charge", pricePerUnit: 3 }), undefined);
    assert.equal(await refusal({ limit: 5, overage: "charge", overagePrice: 0 }), undefined);
});

test("tiered without tiers is refused", async () => {
    for (const model of ["graduated", "volume"]) {
        const reason = `${model} pricing requires at least one tier.`;
        assert.equal(await refusal({ usageModel: "usage_based", ratingModel: model }), reason);
        assert.equal(await refusal({ usageModel: "usage_based", ratingModel: model, tiers: [] }), reason);
    }
});

test("each rule of tiers is told", async () => {
    const tiers = (list: Json[]) => refusal({ usageModel: "usage_based", ratingModel: "graduated", tiers: list });
    const open = { upTo: null, unitPrice: 1 };
    assert.equal(await tiers([{ upTo: 10 }, open]), "Tier 1 must define unitPrice, flatFee, or both.");
    assert.equal(await tiers([{ upTo: 10, unitPrice: 1 }, { upTo: null }]), "Tier 2 must define unitPrice, flatFee, or both.");
    assert.equal(await tiers([{ upTo: 10, unitPrice: -1 }, open]), "Tier 1 must have a non-negative unitPrice.");
    assert.equal(await tiers([{ upTo: 10, flatFee: -1 }, open]), "Tier 1 must have a non-negative flatFee.");
    assert.equal(await tiers([open, { upTo: 10, unitPrice: 1 }]), "Only the last tier can be open-ended.");
    assert.equal(await tiers([{ upTo: 10, unitPrice: 1 }, { upTo: 10, unitPrice: 1 }, open]), "Tier 2 must end above tier 1.");
    assert.equal(await tiers([{ upTo: 0, unitPrice: 1 }, open]), "Tier 1 must end above tier 0.");
    assert.equal(await tiers([{ upTo: 10, unitPrice: 0 }, { upTo: null, flatFee: 0 }]), undefined);
});

test("the first broken rule is the one that is told", async () => {
    assert.equal(await refusal({ limit: -1, billingUnits: 0, usageModel: "prepaid" }), "limitValue must be a non-negative number.");
    assert.equal(await refusal({ billingUnits: 0, limit: 5, overage: "charge" }), "billingUnits must be greater than 0.");
});

test("one bad plan refuses the whole sync before anything is written", async () => {
    const [feature, good, bad] = [unique("f"), unique("good"), unique("bad")];
    const answer = await q.post("/sync", {
        features: [metered(feature)],
        plans: [plan(good, [grant(feature, { limit: 1 })]), plan(bad, [grant(feature, { limit: -1 })])],
    });
    assert.equal(answer.status, 400);
    assert.equal((await q.get(`/plans/${good}`)).status, 404);
});

test("reset aliases are stored under their first names", async () => {
    const aliases = { hour: "hourly", day: "daily", week: "weekly", month: "monthly", quarter: "quarterly", year: "yearly", annually: "yearly" };
    for (const [alias, reset] of Object.entries(aliases)) assert.equal((await stored({ reset: alias })).resetInterval, reset);
    const own = ["none", "never", "5min", "15min", "30min", "hourly", "daily", "weekly", "monthly", "quarterly", "semi_annual", "yearly"];
    for (const reset of own) assert.equal((await stored({ reset })).resetInterval, reset);
});

test("an unknown reset is refused", async () => {
    for (const reset of ["fortnightly", "", "Monthly"]) {
        const feature = metered(unique("f"));
        const answer = await q.post("/sync", { features: [feature], plans: [plan(unique("p"), [grant(feature.slug, { reset })])] });
        assert.equal(answer.status, 400, reset);
        assert.equal(answer.body.error, `Invalid plans.0.features.0.reset: Unknown interval '${reset}'`);
    }
});

test("intervals of plans: every name of the reference, aliases in their stored form", async () => {
    const stored = {
        ...{ hourly: "hourly", daily: "daily", weekly: "weekly", monthly: "monthly", quarterly: "quarterly", yearly: "yearly" },
        ...{ semi_annual: "semi_annual", biannually: "semi_annual", annually: "yearly" },
    };
    for (const [interval, expected] of Object.entries(stored)) {
        const slug = unique("p");
        await q.ok("/sync", { features: [], plans: [plan(slug, [], { interval })] });
        assert.equal((await q.get(`/plans/${slug}`)).body.plan.interval, expected, interval);
    }
    const never = await q.post("/sync", { features: [], plans: [plan(unique("p"), [], { interval: "never" })] });
    assert.equal(never.body.error, "Invalid plans.0.interval: A recurring plan needs an interval that repeats");
    const unknown = await q.post("/sync", { features: [], plans: [plan(unique("p"), [], { interval: "fortnightly" })] });
    assert.equal(unknown.body.error, "Invalid plans.0.interval: Unknown interval 'fortnightly'");
});

test("usage_based has no limits, charges, and has no overage price", async () => {
    const got = await stored({ usageModel: "usage_based", limit: 5, trialLimit: 2, overage: "block", overagePrice: 7, pricePerUnit: 3 });
    assert.deepEqual([got.limit, got.trialLimit, got.overage, got.pricePerUnit], [null, null, "charge", 3]);
    assert.equal("overagePrice" in got, false);
});

test("package drops tiers; tiered drops the unit price and its packages", async () => {
    const tiers = [{ upTo: null, unitPrice: 2 }];
    const packages = await stored({ usageModel: "usage_based", ratingModel: "package", pricePerUnit: 1, tiers });
    assert.equal("tiers" in packages, false);
    const graduated = await stored({ usageModel: "usage_based", ratingModel: "graduated", pricePerUnit: 1, billingUnits: 10, tiers });
    assert.deepEqual([graduated.tiers, graduated.billingUnits, "pricePerUnit" in graduated], [tiers, 1, false]);
});

test("defaults of a plan feature; unknown models become the usual ones", async () => {
    for (const terms of [{}, { usageModel: "rented", ratingModel: "auction" }]) {
        const got = await stored(terms);
        assert.deepEqual(
            [got.limit, got.resetInterval, got.usageModel, got.ratingModel, got.billingUnits, got.overage, got.creditCost],
            [null, "monthly", "included", "package", 1, undefined, undefined],
        );
    }
});

test("features: changed by name, type or meter type; those not mentioned stay", async () => {
    const slug = unique("f");
    const sync = async (features: Json[]) => (await q.ok("/sync", { features, plans: [] })).features;
    assert.deepEqual((await sync([metered(slug)])).created, [slug]);
    assert.deepEqual((await sync([metered(slug, { name: "Other" })])).updated, [slug]);
    assert.deepEqual((await sync([metered(slug, { name: "Other", meterType: "non_consumable" })])).updated, [slug]);
    assert.deepEqual((await sync([boolean(slug)])).updated, [slug]);
    assert.deepEqual(await sync([]), nothing);
});

test("credit systems: only name and description count as a change; costs follow silently", async () => {
    const [slug, child] = [unique("s"), unique("f")];
    const sync = async (more: Json, creditCost = 1) =>
        (await q.ok("/sync", { features: [metered(child)], plans: [], creditSystems: [{ slug, name: "S", features: [{ feature: child, creditCost }], ...more }] }))
            .creditSystems;
    assert.deepEqual((await sync({})).created, [slug]);
    assert.deepEqual((await sync({}, 5)).unchanged, [slug]);
    const systems = (await q.get("/credit-systems")).body.creditSystems;
    assert.deepEqual(systems.find((s: Json) => s.slug === slug).features, [{ feature: child, creditCost: 5 }]);
    assert.deepEqual((await sync({ name: "T" })).updated, [slug]);
    assert.deepEqual((await sync({ name: "T", description: "d" })).updated, [slug]);
    assert.deepEqual((await sync({ name: "T", description: "d", features: [] })).unchanged, [slug]);
});

test("a pack of an unknown system is skipped with a warning and is in no list", async () => {
    const slug = unique("k");
    const result = await q.ok("/sync", {
        features: [],
        plans: [],
        creditPacks: [{ slug, name: "K", credits: 1, price: 1, currency: "USD", creditSystem: "ghost" }],
    });
    assert.deepEqual(result.warnings, [`Credit pack '${slug}' references unknown credit system 'ghost'. Skipping.`]);
    assert.deepEqual(result.creditPacks, nothing);
});

test("plans: what counts as a change and what does not", async () => {
    const slug = unique("p");
    const feature = metered(unique("f"));
    const sync = async (more: Json, terms: Json = { limit: 5 }) =>
        (await q.ok("/sync", { features: [feature], plans: [plan(slug, [grant(feature.slug, terms)], more)] })).plans;
    await sync({});
    for (const same of [{ metadata: { a: 1 } }, { provider: "manual" }, { trialDays: 0, autoEnable: false, isAddon: false, billingType: "recurring" }])
        assert.deepEqual((await sync(same)).unchanged, [slug], JSON.stringify(same));
    const changes = [
        ...[{ name: "Other" }, { price: 5 }, { currency: "EUR" }, { interval: "yearly" }, { billingType: "one_time" }],
        ...[{ description: "d" }, { planGroup: "g" }, { trialDays: 3 }, { autoEnable: true }, { isAddon: true }],
    ];
    for (const change of changes) {
        await sync({});
        assert.deepEqual((await sync(change)).updated, [slug], JSON.stringify(change));
    }
    await sync({});
    assert.deepEqual((await sync({}, { limit: 6 })).updated, [slug]);
    assert.deepEqual((await sync({}, { limit: 6, maxOverageUnits: 3 })).updated, [slug]);
});

test("plan features end when they are absent or disabled; unknown ones are skipped", async () => {
    const [slug, a, b] = [unique("p"), unique("a"), unique("b")];
    const sync = async (features: Json[]) =>
        (await q.ok("/sync", { features: [metered(a), metered(b)], plans: [plan(slug, features)] })).plans;
    const listed = async () => (await q.get(`/plans/${slug}`)).body.plan.features.map((f: Json) => f.slug);
    await sync([grant(a, { limit: 1 }), grant(b, { limit: 1 }), grant("ghost")]);
    assert.deepEqual(await listed(), [a, b]);
    assert.deepEqual((await sync([grant(a, { limit: 1 })])).updated, [slug]);
    assert.deepEqual(await listed(), [a]);
    assert.deepEqual((await sync([{ ...grant(a, { limit: 1 }), enabled: false }, grant(b)])).updated, [slug]);
    assert.deepEqual(await listed(), [b]);
});

test("plans that are not mentioned stay active", async () => {
    const [one, two] = [unique("p"), unique("p")];
    await q.ok("/sync", { features: [], plans: [plan(one, [])] });
    const second = await q.ok("/sync", { features: [], plans: [plan(two, [])] });
    assert.deepEqual(second.plans, { ...nothing, created: [two] });
    const slugs = (await q.get("/plans")).body.plans.map((p: Json) => p.slug);
    assert.ok(slugs.includes(one) && slugs.includes(two));
});

test("one-time plans have no trial and do not enable themselves", async () => {
    const slug = unique("p");
    await q.ok("/sync", { features: [], plans: [plan(slug, [], { billingType: "one_time", trialDays: 7, autoEnable: true })] });
    const [got] = (await q.get("/plans")).body.plans.filter((p: Json) => p.slug === slug);
    assert.deepEqual([got.billingType, got.trialDays, got.autoEnable], ["one_time", 0, false]);
});

test("a credit system's slug is a metered feature that plans can grant", async () => {
    const [system, child, slug] = [unique("s"), unique("f"), unique("p")];
    await q.ok("/sync", {
        features: [metered(child)],
        creditSystems: [{ slug: system, name: "Credits", features: [{ feature: child, creditCost: 4 }] }],
        plans: [plan(slug, [grant(system, { limit: 100 })])],
    });
    const [granted] = (await q.get(`/plans/${slug}`)).body.plan.features;
    assert.deepEqual([granted.slug, granted.type, granted.name], [system, "metered", "Credits"]);
    const customer = await q.customer(slug);
    assert.equal((await q.ok("/track", { customer, feature: child, value: 3 })).credits.plan.used, 12);
});

test("a published catalog holds at once for existing subscribers", async () => {
    const [slug, feature] = [unique("p"), unique("f")];
    await q.ok("/sync", { features: [metered(feature)], plans: [plan(slug, [grant(feature, { limit: 5 })])] });
    const customer = await q.customer(slug);
    assert.equal((await q.ok("/check", { customer, feature, value: 6 })).allowed, false);
    await q.ok("/sync", { features: [metered(feature)], plans: [plan(slug, [grant(feature, { limit: 50 })])] });
    const now = await q.ok("/check", { customer, feature, value: 6 });
    assert.deepEqual([now.allowed, now.limit], [true, 50]);
});

test("a sync that is refused by its schema changes nothing", async () => {
    const [slug, feature] = [unique("p"), unique("f")];
    const answer = await q.post("/sync", { features: [metered(feature)], plans: [plan(slug, []), plan("", [])] });
    assert.equal(answer.status, 400);
    assert.equal((await q.ok("/sync", { features: [metered(feature)], plans: [] })).features.created[0], feature);
});

test("two entries of one slug are refused", async () => {
    const feature = metered("twice");
    const answer = await q.post("/sync", { features: [feature, feature], plans: [] });
    assert.equal(answer.body.error, "Invalid features.1.slug: 'twice' is listed twice");
});

test("rollover and its cap, under the documents' names and the stored ones", async () => {
    const shown = async (terms: Json): Promise<Json> => {
        await q.ok("/sync", { features: [metered("calls")], plans: [plan("rolling", [grant("calls", { limit: 5, ...terms })])] });
        const { rollover, maxRollover } = (await q.get("/plans/rolling")).body.plan.features[0];
        return [rollover, maxRollover];
    };
    assert.deepEqual(await shown({ rollover: true, maxRollover: 3 }), [true, 3]);
    assert.deepEqual(await shown({ rolloverEnabled: true, rolloverMaxBalance: 4 }), [true, 4]);
    assert.deepEqual(await shown({ rollover: true }), [true, undefined]);
    assert.deepEqual(await shown({ maxRollover: 3 }), [undefined, undefined]);
    const bad = { features: [metered("calls")], plans: [plan("rolling", [grant("calls", { limit: 5, rollover: true, maxRollover: -1 })])] };
    assert.equal((await q.post("/sync", bad)).status, 400);
});
