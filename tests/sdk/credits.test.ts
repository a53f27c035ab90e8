// Credit systems, packs, and who pays first (docs/contract/credits.md).
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const q = serve({
    features: ["gpt4", "gpt3", "priced", "kept"].map((slug) => metered(slug)),
    creditSystems: [
        { slug: "ai", name: "AI credits", features: [{ feature: "gpt4", creditCost: 20 }, { feature: "gpt3", creditCost: 1 }] },
        { slug: "sold", name: "Sold", features: [{ feature: "priced", creditCost: 1 }] },
    ],
    creditPacks: [
        { slug: "p100", name: "Hundred", credits: 100, price: 500, currency: "USD", creditSystem: "ai" },
        { slug: "p500", name: "Five hundred", credits: 500, price: 900, currency: "USD", creditSystem: "ai", provider: "manual" },
        { slug: "p50", name: "Fifty", credits: 50, price: 100, currency: "USD", creditSystem: "sold" },
        { slug: "far", name: "Far", credits: 50, price: 100, currency: "USD", creditSystem: "ai", provider: "paystack" },
    ],
    plans: [
        plan("pro", [grant("ai", { limit: 100 }), charged("kept", 5, 1)]),
        plan("paid", [charged("sold", 100, 7)]),
        plan("other", [charged("kept", 5, 1)]),
    ],
});
const track = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/track", { customer, feature, value });
const check = (customer: string, feature: string, value = 1): Promise<Json> => q.ok("/check", { customer, feature, value });
const buy = (customer: string, pack: string, quantity?: number): Promise<Json> => q.sdk().addon({ customer, pack, quantity });

test("the reference's sequence, but what a request still lacks comes from the packs", async () => {
    const customer = await q.customer("pro");
    await buy(customer, "p100");
    const first = await track(customer, "gpt4", 4);
    assert.deepEqual([first.code, first.credits.plan.used, first.credits.addonBalance], ["tracked", 80, 100]);
    const second = await track(customer, "gpt4", 2);
    assert.deepEqual([second.code, second.credits.plan.used, second.credits.addonBalance], ["addon_credits_used", 100, 80]);
    assert.deepEqual([second.details.addonCreditsUsed, second.details.addonCreditsRemaining], [20, 80]);
    assert.equal((await track(customer, "gpt4", 4)).credits.addonBalance, 0);
    const refused = await track(customer, "gpt4");
    assert.deepEqual([refused.code, refused.success], ["limit_exceeded", false]);
});

test("with 5 left and 30 in packs 32 is paid by both, 36 by neither", async () => {
    const customer = await q.customer("pro");
    await track(customer, "gpt3", 95);
    await buy(customer, "p100");
    await track(customer, "gpt3", 75);
    const refused = await track(customer, "gpt3", 36);
    assert.deepEqual([refused.code, refused.credits.addonBalance], ["limit_exceeded", 30]);
    const paid = await track(customer, "gpt3", 30);
    assert.deepEqual([paid.code, paid.credits.addonBalance], ["addon_credits_used", 0]);
});

test("features of a system share its balance, at their own cost", async () => {
    const customer = await q.customer("pro");
    assert.equal((await track(customer, "gpt4", 2)).balance, 60);
    assert.equal((await track(customer, "gpt3", 10)).balance, 50);
    assert.equal((await track(customer, "ai", 5)).balance, 45);
    assert.deepEqual([(await check(customer, "gpt4", 2)).allowed, (await check(customer, "gpt4", 3)).allowed], [true, false]);
});

test("check on any feature of the system shows the spendable credits in balance", async () => {
    const customer = await q.customer("pro");
    await buy(customer, "p500");
    for (const feature of ["gpt4", "gpt3", "ai"]) {
        const answer = await check(customer, feature);
        assert.equal(answer.credits.addonBalance, 500);
        assert.deepEqual(answer.credits.plan, { used: 0, limit: 100, balance: 100, resetsAt: "2040-04-20T12:00:00.000Z" });
        assert.equal(answer.balance, 600, feature);
    }
});

test("packs cannot be spent without a live subscription", async () => {
    const customer = await q.customer();
    await buy(customer, "p100");
    assert.equal((await check(customer, "gpt4")).code, "no_active_subscription");
    await q.ok("/attach", { customer, product: "pro" });
    assert.equal((await check(customer, "gpt4", 10)).code, "addon_credits_used");
});

test("units paid by credits are not billed again", async () => {
    const customer = await q.customer("paid");
    await buy(customer, "p50");
    assert.equal((await track(customer, "priced", 100)).code, "tracked");
    const paid = await track(customer, "priced", 30);
    assert.deepEqual([paid.code, paid.credits.addonBalance], ["addon_credits_used", 20]);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 0);
    const over = await track(customer, "priced", 25);
    assert.deepEqual([over.code, over.overageUnits], ["tracked_overage", 5]);
    assert.equal((await q.sdk().billing.usage({ customer })).totalEstimated, 35);
});

test("addon with the manual provider: no checkout, credits usable at once", async () => {
    const customer = await q.customer("pro");
    const bought = await buy(customer, "p500", 3);
    assert.deepEqual(
        [bought.success, bought.requiresCheckout, bought.credits, bought.balance, bought.quantity, bought.creditSystemId],
        [true, false, 1500, 1500, 3, "ai"],
    );
    assert.equal("checkoutUrl" in bought, false);
    assert.deepEqual([bought.customerId, bought.customerId.slice(0, 4)], [bought.customer_id, "cus_"]);
    assert.equal((await buy(customer, "p100")).balance, 1600);
    assert.equal((await track(customer, "gpt4", 85)).code, "addon_credits_used");
});

test("an unknown pack is 404, before anybody is created", async () => {
    await assert.rejects(buy("new@example.com", "nope"), { code: "pack_not_found", message: "Credit pack 'nope' not found" });
    assert.equal((await q.get("/customers/new@example.com")).status, 404);
});

test("a pack of a provider that is not configured is 400", async () => {
    await assert.rejects(buy(await q.customer("pro"), "far"), {
        ...{ code: "provider_not_configured", message: "Provider 'paystack' not configured" },
    });
});

test("an e-mail creates its customer, another unknown identifier is 400", async () => {
    assert.equal((await buy("buyer@example.com", "p100")).balance, 100);
    const message = "Could not resolve customer. Use an existing customer ID/external ID or pass a customer email to auto-create.";
    const answer = await q.post("/addon", { customer: "ghost", pack: "p100" });
    assert.deepEqual([answer.status, answer.body.code, answer.body.error], [400, "customer_not_found", message]);
});

test("one purchase under one key is credited once", async () => {
    const customer = await q.customer("pro");
    const once = { headers: { "Idempotency-Key": "buy-1" } };
    const first = await q.post("/addon", { customer, pack: "p100" }, once);
    const again = await q.post("/addon", { customer, pack: "p100" }, once);
    assert.deepEqual([first.body.balance, again.body.balance, again.body.duplicate], [100, 100, true]);
    assert.equal((await check(customer, "ai")).credits.addonBalance, 100);
    assert.equal((await q.post("/addon", { customer, pack: "p500" }, once)).status, 409);
});

test("packs never expire and never reset", async () => {
    const customer = await q.customer("pro");
    await buy(customer, "p100");
    await track(customer, "gpt4", 8);
    await q.setClock("2041-03-20T12:00:00.000Z");
    const { credits } = await check(customer, "gpt4");
    assert.deepEqual([credits.addonBalance, credits.plan.used], [40, 0]);
});
