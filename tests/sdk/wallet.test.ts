// Payment methods (docs/contract/payments.md#wallet).
import assert from "node:assert/strict";
import { test } from "node:test";
import { ASKS, FAILS_LATER, GOOD, Till, asked, collecting, form, pay } from "./payments";
import { grant, metered, plan } from "./payloads";
import { until } from "./until";

const q = collecting({
    features: [metered("calls")],
    plans: [plan("free", [grant("calls", { limit: 5 })]), plan("pro", [grant("calls", { limit: 10 })], { price: 1000 })],
});
const till = new Till(q);
const EMPTY = { hasCard: false, card: null, methods: [] };

test("GET /wallet of a customer without a card, and of an unknown one: 200 and empty", async () => {
    for (const customer of [await q.customer("free"), "nobody"]) {
        const answer = await q.get(`/wallet?customer=${customer}`);
        assert.deepEqual([answer.status, answer.body], [200, EMPTY]);
    }
});

test("GET /wallet without a customer is 400", async () => {
    const { status, body } = await q.get("/wallet");
    assert.deepEqual([status, body.success, body.error], [400, false, "customer query param required"]);
});

test("an e-mail is never ambiguous", async () => {
    const customer = await q.customer();
    assert.equal((await q.post("/customers", { email: `${customer}@example.com`, id: "another" })).status, 409);
    assert.deepEqual(await till.wallet(`${customer}@example.com`), EMPTY);
});

test("a saved card: every field, no success", async () => {
    const customer = await q.customer();
    const { url, reference, success } = await q.ok("/wallet/setup", { customer, callbackUrl: "https://example.com/back" });
    assert.equal(success, true);
    assert.match(reference, /^pi_/);
    const paid = await form(url, { action: "pay", card: GOOD });
    assert.match(paid.headers.get("location")!, /^https:\/\/example\.com\/back\?reference=.*&status=success$/);
    await until("the card", async () => (await till.wallet(customer)).hasCard);
    const wallet = await till.wallet(customer);
    const { id } = wallet.card;
    const card = { id, last4: "4242", brand: "visa", exp: "12/2030", provider: "sandbox" };
    assert.match(id, /^pm_/);
    assert.deepEqual(wallet, {
        ...{ hasCard: true, card },
        methods: [{ id, type: "card", provider: "sandbox", isDefault: true, isValid: true, card }],
    });
});

test("setting up a card charges nothing and makes no invoice", async () => {
    const customer = await q.customer();
    const { url } = await q.ok("/wallet/setup", { customer });
    assert.doesNotMatch(await asked(url), /[1-9]\.|\.[1-9]|\.\d[1-9]/);
    await pay(url);
    await until("the card", async () => (await till.wallet(customer)).hasCard);
    assert.deepEqual(await till.invoices(customer), []);
});

test("a card that asks for a confirmation is saved once it is confirmed", async () => {
    const customer = await q.customer();
    const { url } = await q.ok("/wallet/setup", { customer });
    const page = await (await form(url, { action: "pay", card: ASKS })).text();
    assert.equal((await till.wallet(customer)).hasCard, false);
    const confirmation = /name="confirmation" value="(cn_[^"]+)"/.exec(page)?.[1];
    assert.ok(confirmation, page);
    assert.equal((await form(url, { action: "confirm", confirmation })).status, 200);
    await until("the card", async () => (await till.wallet(customer)).hasCard);
    assert.equal((await till.wallet(customer)).card.last4, "3155");
});

test("the newest card is the default; removing it makes the other one the default", async () => {
    const customer = await q.customer();
    await till.saveCard(customer);
    const { methods } = await till.saveCard(customer, FAILS_LATER);
    assert.deepEqual(methods.map((each: { isDefault: boolean }) => each.isDefault), [false, true]);
    assert.equal((await till.wallet(customer)).card.last4, "0341");
    assert.deepEqual((await q.ok("/wallet/remove", { customer, id: methods[1].id })).success, true);
    const wallet = await till.wallet(customer);
    assert.deepEqual([wallet.card.last4, wallet.methods.length], ["4242", 1]);
});

test("a removed card is not charged any more", async () => {
    const customer = await q.customer();
    const { card } = await till.saveCard(customer);
    await q.ok("/wallet/remove", { customer, id: card.id });
    assert.deepEqual(await till.wallet(customer), EMPTY);
    assert.equal((await till.attach(customer, "pro")).requiresCheckout, true);
});

test("remove: 404 for an unknown customer and for an unknown method; both fields are needed", async () => {
    const customer = await q.customer();
    const nobody = await q.post("/wallet/remove", { customer: "nobody", id: "pm_x" });
    assert.deepEqual([nobody.status, nobody.body.code, nobody.body.error], [404, "customer_not_found", "Customer not found"]);
    const none = await q.post("/wallet/remove", { customer, id: "pm_x" });
    assert.deepEqual([none.status, none.body.code, none.body.error], [404, "payment_method_not_found", "Payment method not found"]);
    for (const body of [{ customer }, { id: "pm_x" }]) assert.equal((await q.post("/wallet/remove", body)).status, 400);
});

test("a card of another customer cannot be removed", async () => {
    const customer = await q.customer();
    const { card } = await till.saveCard(customer);
    assert.equal((await q.post("/wallet/remove", { customer: await q.customer(), id: card.id })).status, 404);
    assert.equal((await till.wallet(customer)).hasCard, true);
});

test("setup: 404 for an unknown customer, 400 for an unknown provider or a URL that is none", async () => {
    const customer = await q.customer();
    const nobody = await q.post("/wallet/setup", { customer: "nobody" });
    assert.deepEqual([nobody.status, nobody.body.error], [404, "Customer not found"]);
    const stripe = await q.post("/wallet/setup", { customer, provider: "stripe" });
    assert.deepEqual([stripe.status, stripe.body.code], [400, "provider_not_configured"]);
    assert.equal((await q.post("/wallet/setup", { customer, callbackUrl: "nowhere" })).status, 400);
    assert.match((await q.ok("/wallet/setup", { customer, provider: "sandbox" })).url, /\/sandbox\/checkout\//);
});

test("without a provider: 400 No payment provider configured", async () => {
    await q.ok("/billing/settings", { provider: "manual" });
    const { status, body } = await q.post("/wallet/setup", { customer: await q.customer() });
    await q.ok("/billing/settings", { provider: null });
    assert.deepEqual([status, body.code, body.error], [400, "provider_not_configured", "No payment provider configured"]);
});

test("setup under one key: the same page again", async () => {
    const customer = await q.customer();
    const ask = () => q.post("/wallet/setup", { customer }, { headers: { "Idempotency-Key": `setup-${customer}` } });
    const [first, second] = [await ask(), await ask()];
    assert.deepEqual([second.status, second.body.url, second.body.duplicate], [200, first.body.url, true]);
});
