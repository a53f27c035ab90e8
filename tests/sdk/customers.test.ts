// Who is meant, creating and updating customers (docs/contract/customers.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import { serve, unique } from "./server";

const feature = { slug: "calls", enabled: true, limit: 5, overage: "block", overagePrice: 2 };
const q = serve({
    features: [{ slug: "calls", type: "metered", name: "Calls" }],
    plans: [
        { slug: "auto-free", name: "Auto", price: 0, currency: "USD", interval: "monthly", autoEnable: true, features: [feature] },
        { slug: "auto-paid", name: "Paid", price: 900, currency: "USD", interval: "monthly", autoEnable: true, features: [feature] },
        { slug: "manual", name: "Manual", price: 0, currency: "USD", interval: "monthly", features: [feature] },
    ],
});
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test("a new customer: our id, ISO times, everything that was sent", async () => {
    const id = unique();
    const made = await q.sdk().customer({ email: `${id}@Example.com`, id, name: "Ada", metadata: { a: 1, b: { c: [2] } } });
    assert.equal(made.success, true);
    assert.match(made.id, /^cus_/);
    assert.equal(made.externalId, id);
    assert.equal(made.email, `${id}@example.com`);
    assert.equal(made.name, "Ada");
    assert.deepEqual(made.metadata, { a: 1, b: { c: [2] } });
    assert.match(made.createdAt, ISO);
    assert.equal(made.updatedAt, made.createdAt);
    assert.deepEqual(made.billing, { overageLimit: null, featureConfigs: [], overageBlock: null });
});

test("a customer without metadata has null there", async () => {
    const made = await q.sdk().customer({ email: `${unique()}@example.com` });
    assert.equal(made.metadata, null);
    assert.equal(made.externalId, null);
});

test("a later call overwrites the name and merges the metadata, each only when sent", async () => {
    const id = unique();
    const email = `${id}@example.com`;
    const made = await q.sdk().customer({ email, id, name: "Ada", metadata: { a: 1, b: { c: 1 } } });
    const same = await q.sdk().customer({ email, id });
    assert.deepEqual([same.id, same.name, same.metadata], [made.id, "Ada", { a: 1, b: { c: 1 } }]);
    const merged = await q.sdk().customer({ email, id, name: "Grace", metadata: { b: { d: 2 }, e: 3 } });
    assert.deepEqual([merged.id, merged.name], [made.id, "Grace"]);
    assert.deepEqual(merged.metadata, { a: 1, b: { d: 2 }, e: 3 });
});

test("an unknown id with a known e-mail links the two", async () => {
    const email = `${unique()}@example.com`;
    const made = await q.sdk().customer({ email });
    const id = unique();
    const linked = await q.sdk().customer({ email: email.toUpperCase(), id });
    assert.equal(linked.id, made.id);
    assert.equal(linked.externalId, id);
    assert.equal((await q.get(`/customers/${id}`)).body.id, made.id);
});

test("no two customers share an e-mail, so no look-up is ambiguous", async () => {
    const [first, second] = [unique(), unique()];
    const made = await q.ok("/customers", { email: `${first}@example.com`, id: first });
    const taken = await q.post("/customers", { email: `${first}@example.com`, id: second });
    assert.equal(taken.status, 409, taken.text);
    assert.equal(taken.body.code, "customer_conflict");
    assert.equal(taken.body.error, `The e-mail '${first}@example.com' belongs to customer '${first}'.`);
    // Nor does one that is known by its id take over another's.
    await q.ok("/customers", { email: `${second}@example.com`, id: second });
    const other = await q.post("/customers", { email: `${first}@example.com`, id: second });
    assert.deepEqual([other.status, other.body.code], [409, "customer_conflict"]);
    assert.equal((await q.get(`/customers/${second}`)).body.email, `${second}@example.com`);
    assert.equal((await q.get(`/customers/${first}@example.com`)).body.id, made.id);
});

test("a new e-mail takes the place of the old one, which is free then", async () => {
    const [id, next] = [unique(), unique()];
    const made = await q.ok("/customers", { email: `${id}@example.com`, id });
    const changed = await q.ok("/customers", { email: `${next}@example.com`, id });
    assert.deepEqual([changed.id, changed.email], [made.id, `${next}@example.com`]);
    assert.equal((await q.get(`/customers/${next}@example.com`)).body.id, made.id);
    assert.equal((await q.get(`/customers/${id}@example.com`)).status, 404);
    const heir = await q.ok("/customers", { email: `${id}@example.com` });
    assert.notEqual(heir.id, made.id);
    assert.equal((await q.get(`/customers/${id}@example.com`)).body.id, heir.id);
});

test("an id begins and ends with no blank", async () => {
    for (const id of [` ${unique()}`, `${unique()}\t`]) {
        const refused = await q.post("/customers", { email: `${unique()}@example.com`, id });
        assert.deepEqual([refused.status, refused.body.error], [400, "Invalid id: An id begins and ends with no blank"]);
        const made = await q.post("/check", { customer: id, feature: "calls", customerData: { email: `${unique()}@example.com` } });
        assert.deepEqual([made.status, made.body.error], [400, "Invalid customer: An id begins and ends with no blank"]);
    }
});

test("GET /customers/:id by our id, the caller's id and the e-mail", async () => {
    const id = unique();
    const email = `${id}+tag@example.com`;
    const made = await q.ok("/customers", { email, id });
    for (const reference of [made.id, id, email]) {
        const got = await q.get(`/customers/${encodeURIComponent(reference)}`);
        assert.equal(got.status, 200);
        for (const field of ["id", "externalId", "email", "name", "metadata", "createdAt", "updatedAt"])
            assert.deepEqual(got.body[field], made[field], field);
    }
});

test("an unknown customer is 404 Customer not found", async () => {
    const got = await q.get("/customers/ghost");
    assert.equal(got.status, 404);
    assert.equal(got.body.code, "customer_not_found");
    assert.equal(got.body.error, "Customer not found");
});

test("look-up: our id, then the caller's id exactly, then the e-mail in any case", async () => {
    const id = unique("CaseSensitive");
    const made = await q.ok("/customers", { email: `${id}@example.com`, id });
    for (const customer of [made.id, id, `${id}@EXAMPLE.com`]) {
        const answer = await q.ok("/check", { customer, feature: "calls" });
        assert.equal(answer.code, "access_granted");
    }
    const other = await q.ok("/check", { customer: id.toLowerCase(), feature: "calls" });
    assert.equal(other.code, "customer_not_found");
});

test("check, track and POST /customers start the plans that enable themselves: free active, paid pending", async () => {
    const [byCheck, byTrack, byCall] = [1, 2, 3].map(() => `${unique()}@example.com`);
    const checked = await q.ok("/check", { customer: byCheck, feature: "calls" });
    assert.equal(checked.code, "access_granted");
    assert.equal((await q.ok("/track", { customer: byTrack, feature: "calls" })).code, "tracked");
    await q.ok("/customers", { email: byCall });
    for (const customer of [byCheck, byTrack, byCall]) {
        const { subscriptions } = (await q.get(`/customers/${customer}`)).body;
        assert.deepEqual(
            subscriptions.map((s: any) => [s.plan, s.status]).sort(),
            [["auto-free", "active"], ["auto-paid", "pending"]],
        );
    }
});

test("attach and entities do not start them", async () => {
    const attached = `${unique()}@example.com`;
    await q.ok("/attach", { customer: attached, product: "manual" });
    const seated = `${unique()}@example.com`;
    const add = await q.post("/entities", { customer: seated, feature: "calls", entity: "e" });
    assert.equal(add.body.code, "no_active_subscription");
    const plans = async (customer: string) =>
        (await q.get(`/customers/${customer}`)).body.subscriptions.map((s: any) => s.plan);
    assert.deepEqual(await plans(attached), ["manual"]);
    assert.deepEqual(await plans(seated), []);
});

test("created by a call: e-mail lower-cased, name its local part, the identifier kept as the caller's id", async () => {
    const id = unique();
    await q.ok("/check", { customer: `${id}@Example.COM`, feature: "calls" });
    const byEmail = (await q.get(`/customers/${id}@example.com`)).body;
    assert.deepEqual([byEmail.email, byEmail.name, byEmail.externalId], [`${id}@example.com`, id, null]);

    const own = unique();
    const customerData = { email: `Mail.${own}@example.com`, name: "Ada", metadata: { from: "check" } };
    await q.ok("/check", { customer: own, feature: "calls", customerData });
    const byId = (await q.get(`/customers/${own}`)).body;
    assert.deepEqual(
        [byId.email, byId.name, byId.externalId, byId.metadata],
        [`mail.${own}@example.com`, "Ada", own, { from: "check" }],
    );
});

test("attach honours customerData and never takes an id for an e-mail", async () => {
    const id = unique();
    const unknown = await q.post("/attach", { customer: id, product: "manual" });
    assert.equal(unknown.status, 400, unknown.text);
    assert.deepEqual([unknown.body.code, unknown.body.error], ["customer_not_found", "Could not resolve or create customer"]);
    await q.ok("/attach", { customer: id, product: "manual", customerData: { email: `${id}@example.com` } });
    assert.equal((await q.get(`/customers/${id}`)).body.email, `${id}@example.com`);
});

test("a known customer's e-mail and metadata are not changed by customerData", async () => {
    const id = await q.customer();
    const customerData = { email: "else@example.com", name: "Else", metadata: { x: 1 } };
    await q.ok("/check", { customer: id, feature: "calls", customerData });
    const { email, metadata } = (await q.get(`/customers/${id}`)).body;
    assert.deepEqual([email, metadata], [`${id}@example.com`, null]);
});

test("a customer is created even when the call then fails with feature_not_found", async () => {
    const email = `${unique()}@example.com`;
    assert.equal((await q.ok("/check", { customer: email, feature: "nope" })).code, "feature_not_found");
    assert.equal((await q.get(`/customers/${email}`)).status, 200);
});

test("feature configurations and the overage limit are set, shown with the customer, and cleared", async () => {
    const customer = await q.customer("manual");
    const config = { customer, feature: "calls", overage: "charge", maxOverageUnits: 10 };
    const set = await q.sdk().setFeatureConfig(config);
    assert.equal(set.success, true);
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: 5000, onLimitReached: "notify" });
    const shown = await q.sdk().customer({ email: `${customer}@example.com` });
    assert.deepEqual(shown.billing, {
        overageLimit: { maxOverageAmount: 5000, onLimitReached: "notify" },
        featureConfigs: [{ feature: "calls", overage: "charge", maxOverageUnits: 10 }],
        overageBlock: null,
    });
    await q.sdk().setFeatureConfig({ customer, feature: "calls", overage: null, maxOverageUnits: null });
    await q.sdk().setOverageLimit({ customer, maxOverageAmount: null, onLimitReached: "block" });
    const cleared = await q.sdk().customer({ email: `${customer}@example.com` });
    assert.deepEqual(cleared.billing, { overageLimit: null, featureConfigs: [], overageBlock: null });
});

test("GET /customers lists page by page", async () => {
    const first = (await q.get("/customers?limit=2")).body;
    assert.equal(first.customers.length, 2);
    const next = (await q.get(`/customers?limit=2&cursor=${first.nextCursor}`)).body;
    assert.notEqual(next.customers[0].id, first.customers[0].id);
    for (const limit of ["0", "-1", "x", "100000"])
        assert.equal((await q.get(`/customers?limit=${limit}`)).body.code, "validation_error");
});
