// Seats, and usage scoped by an entity (docs/contract/entities.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import * as catalog from "./catalog";
import { charged, grant, metered, plan, seats } from "./payloads";
import { type Json, serve, unique } from "./server";

const q = serve({
    features: [seats("members"), seats("billed"), seats("open"), seats("unsold"), metered("calls"), metered("tokens")],
    plans: [
        plan("pro", [
            grant("members", { limit: 2, reset: "never" }),
            charged("billed", 1, 500, { reset: "never" }),
            grant("open", { limit: null, reset: "never" }),
            charged("calls", 1000, 1),
            grant("tokens", { limit: 5 }),
        ]),
        plan("trial", [grant("members", { limit: 2, reset: "never" })], { price: 100, trialDays: 14 }),
        plan("extra-seats", [grant("members", { limit: 3, reset: "never" })], { isAddon: true }),
    ],
});
const add = (customer: string, entity: string, more: Json = {}) => q.post("/entities", { customer, feature: "members", entity, ...more });
const remove = (customer: string, entity: string) => q.post("/entities/remove", { customer, feature: "members", entity });
const list = async (customer: string, feature?: string): Promise<Json[]> =>
    (await q.sdk().listEntities({ customer, ...(feature ? { feature } : {}) })).entities;

test("two seats: added, refused, removed, restored", async () => {
    const customer = await q.customer("pro");
    const first = await add(customer, "e1");
    assert.equal(first.status, 200);
    const { eventId, position, ...body } = first.body;
    assert.ok(eventId && position);
    assert.deepEqual(body, { success: true, entityId: "e1", featureId: "members", count: 1, limit: 2, remaining: 1 });
    const again = await add(customer, "e1");
    assert.deepEqual([again.status, again.body.code, again.body.error], [409, "entity_exists", "Entity already exists"]);
    assert.equal((await add(customer, "e2")).body.remaining, 0);

    const third = await add(customer, "e3");
    const sentence = "Limit exceeded: 2/2 members used";
    assert.equal(third.status, 400);
    assert.deepEqual(third.body, {
        ...{ success: false, code: "limit_exceeded", error: sentence, message: sentence },
        ...{ current: 2, limit: 2, feature: "members" },
    });
    await assert.rejects(q.sdk().addEntity({ customer, feature: "members", entity: "e3" }), { code: "limit_exceeded", message: sentence });

    const removed = await remove(customer, "e1");
    assert.deepEqual([removed.status, removed.body.success, removed.body.entityId, removed.body.count], [200, true, "e1", 2]);
    assert.equal((await add(customer, "e3")).status, 400);
    const restored = await add(customer, "e1", { name: "Back" });
    assert.deepEqual([restored.status, restored.body.restored, restored.body.count], [200, true, 2]);
    assert.equal((await list(customer))[0].name, "Back");
});

test("an unknown customer or feature is 404, a malformed request 400", async () => {
    const customer = await q.customer("pro");
    const refused: [Json, number, string, string][] = [
        [{ customer: "ghost", feature: "members", entity: "e" }, 404, "customer_not_found", "Customer not found"],
        [{ customer, feature: "nope", entity: "e" }, 404, "feature_not_found", "Feature not found"],
        [{ customer, feature: "members", entity: "" }, 400, "validation_error", "Invalid entity: Too small: expected string to have >=1 characters"],
        [{ customer, feature: "members", entity: "e", email: "x" }, 400, "validation_error", "Invalid email: Invalid email address"],
        [{ customer, feature: "members", entity: "e", metadata: [] }, 400, "validation_error", "Invalid metadata: Invalid input: expected record, received array"],
    ];
    for (const [body, status, code, message] of refused) {
        const answer = await q.post("/entities", body);
        assert.deepEqual([answer.status, answer.body.code, answer.body.error], [status, code, message]);
    }
});

test("an unlimited seat feature has limit and remaining null", async () => {
    const customer = await q.customer("pro");
    const { body } = await q.post("/entities", { customer, feature: "open", entity: "e" });
    assert.deepEqual([body.count, body.limit, body.remaining], [1, null, null]);
});

test("the limit holds in a trial and after a cancellation at period end", async () => {
    const trialing = await q.customer("trial");
    const ending = await q.customer("pro");
    await q.ok("/subscriptions/cancel", { customer: ending, product: "pro" });
    for (const customer of [trialing, ending]) {
        await add(customer, "e1");
        await add(customer, "e2");
        assert.equal((await add(customer, "e3")).body.code, "limit_exceeded");
    }
});

test("off the plan there are no seats", async () => {
    const none = await add(await q.customer(), "e1");
    assert.deepEqual([none.status, none.body.code], [400, "no_active_subscription"]);
    const customer = await q.customer("pro");
    const unsold = await q.post("/entities", { customer, feature: "unsold", entity: "e1" });
    assert.deepEqual([unsold.status, unsold.body.code], [400, "feature_not_in_plan"]);
});

test("seats with a price go on above the limit, and are billed", async () => {
    const customer = await q.customer("pro");
    for (const entity of ["e1", "e2", "e3"])
        assert.equal((await q.post("/entities", { customer, feature: "billed", entity })).status, 200);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 1000);
});

test("seats of base plan and add-on plans add up", async () => {
    const customer = await q.customer("pro");
    await q.ok("/attach", { customer, product: "extra-seats" });
    assert.equal((await add(customer, "e1")).body.limit, 5);
});

test("check on seats counts the entities, pending removals too", async () => {
    const customer = await q.customer("pro");
    const check = (value = 1) => q.ok("/check", { customer, feature: "members", value });
    assert.deepEqual([(await check(2)).allowed, (await check(3)).allowed], [true, false]);
    await add(customer, "e1");
    await add(customer, "e2");
    const full = await check();
    assert.deepEqual([full.allowed, full.code, full.usage, full.limit, full.balance], [false, "limit_exceeded", 2, 2, 0]);
    await remove(customer, "e1");
    assert.equal((await check()).usage, 2);
});

test("removing twice, or what is not there, is 404 Entity not found", async () => {
    const customer = await q.customer("pro");
    await add(customer, "e1");
    assert.equal((await remove(customer, "e1")).status, 200);
    for (const entity of ["e1", "never"]) {
        const answer = await remove(customer, entity);
        assert.deepEqual([answer.status, answer.body.code, answer.body.error], [404, "entity_not_found", "Entity not found"]);
    }
    const nobody = await remove("ghost", "e1");
    assert.deepEqual([nobody.status, nobody.body.error], [404, "Customer not found"]);
    const nothing = await q.post("/entities/remove", { customer, feature: "nope", entity: "e1" });
    assert.deepEqual([nothing.status, nothing.body.error], [404, "Feature not found"]);
});

test("listing: every field, with both statuses, by feature and all", async () => {
    const customer = await q.customer("pro");
    await add(customer, "e1", { name: "Ada", email: "ada@example.com", metadata: { role: "admin" } });
    await add(customer, "e2");
    await q.ok("/entities", { customer, feature: "open", entity: "room" });
    await remove(customer, "e2");
    const createdAt = "2040-03-20T12:00:00.000Z";
    const [e1, e2] = await list(customer, "members");
    assert.deepEqual(e1, {
        ...{ id: "e1", featureId: "members", name: "Ada", email: "ada@example.com", metadata: { role: "admin" } },
        ...{ status: "active", createdAt },
    });
    assert.deepEqual([e2.id, e2.status, e2.name, e2.email, e2.metadata], ["e2", "pending_removal", null, null, null]);
    const all = await q.sdk().listEntities({ customer });
    assert.deepEqual([all.success, all.total, all.entities.length], [true, 3, 3]);
});

test("listing without a customer is 400, of unknown ones 404", async () => {
    const customer = await q.customer();
    const refused: [string, number, string][] = [
        ["/entities", 400, "Customer parameter required"],
        ["/entities?feature=members", 400, "Customer parameter required"],
        ["/entities?customer=ghost", 404, "Customer not found"],
        [`/entities?customer=${customer}&feature=nope`, 404, "Feature not found"],
    ];
    for (const [path, status, message] of refused) {
        const answer = await q.get(path);
        assert.deepEqual([answer.status, answer.body.error], [status, message]);
    }
    assert.deepEqual((await q.get(`/entities?customer=${customer}`)).body.total, 0);
});

test("the handle adds, lists and removes", async () => {
    const handle = catalog.entity("members");
    q.sdk({ catalog: [catalog.plan("pro", { features: [handle.limit(2)] })] });
    const customer = await q.customer("pro");
    assert.equal((await handle.add(customer, "e1", { name: "Ada" })).count, 1);
    assert.equal((await handle.list(customer)).entities[0].name, "Ada");
    assert.equal((await handle.check(customer)).balance, 1);
    assert.equal((await handle.remove(customer, "e1")).count, 1);
});

test("an entity has a window and an allowance of its own; the customer's is separate", async () => {
    const customer = await q.customer("pro");
    await add(customer, "e1");
    const track = (value: number, entity?: string) => q.ok("/track", { customer, feature: "tokens", value, ...(entity ? { entity } : {}) });
    assert.deepEqual([(await track(4, "e1")).balance, (await track(2)).balance], [1, 3]);
    assert.equal((await track(2, "e1")).code, "limit_exceeded");
    const check = async (entity?: string) => (await q.ok("/check", { customer, feature: "tokens", ...(entity ? { entity } : {}) })).usage;
    assert.deepEqual([await check("e1"), await check()], [4, 2]);
});

test("an entity of one feature scopes usage of any other", async () => {
    const customer = await q.customer("pro");
    await add(customer, "e1");
    assert.equal((await q.ok("/track", { customer, feature: "calls", entity: "e1" })).code, "tracked");
    assert.equal((await q.post("/track", { customer, feature: "calls", entity: "e2" })).status, 404);
});

test("each entity is rated with its own allowance", async () => {
    const customer = await q.customer("pro");
    for (const entity of ["e1", "e2"]) {
        await add(customer, entity);
        await q.ok("/track", { customer, feature: "calls", value: 900, entity });
    }
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 0);
    await q.ok("/track", { customer, feature: "calls", value: 300, entity: "e1" });
    const { features, totalEstimated } = await q.sdk().billing.usage({ customer });
    assert.deepEqual([totalEstimated, features[0].entity, features[0].billableQuantity], [200, "e1", 200]);
});

test("a removal takes effect at the end of the billing period, by the clock, on free plans too", async () => {
    const customer = await q.customer("pro");
    await add(customer, "e1");
    await add(customer, "e2");
    const removed = await remove(customer, "e1");
    assert.equal(removed.body.removeAt, "2040-04-20T12:00:00.000Z");
    await q.setClock("2040-04-20T11:59:59.999Z");
    assert.equal((await add(customer, "e3")).status, 400);
    await q.setClock("2040-04-20T12:00:00.000Z");
    assert.deepEqual((await list(customer)).map((each) => each.id), ["e2"]);
    assert.equal((await add(customer, "e3")).body.count, 2);
});

test("ids that need escaping", async () => {
    const customer = await q.customer("pro");
    const entity = `${unique()} ü/?&"`;
    assert.equal((await add(customer, entity)).body.entityId, entity);
    assert.equal((await list(customer))[0].id, entity);
});
