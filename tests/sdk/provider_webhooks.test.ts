// What a provider reports (docs/contract/payments.md#provider-webhooks): signed, twice, late, never, or
// wrong; refunds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DECLINED, ORGANISATION, Till, collecting, form, ofPayment, pay } from "./payments";
import { grant, metered, plan } from "./payloads";
import { type Json } from "./server";
import { until } from "./until";

const q = collecting({
    features: [metered("calls")],
    creditSystems: [{ slug: "ai", name: "AI", features: [{ feature: "calls", creditCost: 1 }] }],
    creditPacks: [{ slug: "pack", name: "Pack", credits: 100, price: 900, currency: "USD", creditSystem: "ai" }],
    plans: [
        plan("free", [grant("calls", { limit: 5 })]),
        plan("pro", [grant("calls", { limit: 10 })], { price: 1000 }),
        plan("extra", [grant("calls", { limit: 5 })], { price: 300, isAddon: true }),
    ],
});
const till = new Till(q);
const answered = ({ status, body }: Json) => [status, body.success, body.code, body.error];

test("authentication: missing and wrong signatures, unknown organisation and provider", async () => {
    await till.paid("pro");
    const path = `/webhooks/${ORGANISATION}/sandbox`;
    assert.deepEqual(answered(await till.webhook(path, "{}", null)), [401, false, "signature_missing", "Missing x-sandbox-signature header"]);
    for (const signature of ["", "x", "t=1,v1=00", `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`].slice(1))
        assert.deepEqual(answered(await till.webhook(path, "{}", signature)), [401, false, "signature_invalid", "Invalid webhook signature"]);
    assert.deepEqual(answered(await till.webhook("/webhooks/unknown-org", "{}")), [404, false, "organisation_not_found", "Organization not found"]);
    assert.equal((await till.webhook(`/webhooks/${ORGANISATION}/paypal`, "{}")).status, 400);
    assert.deepEqual(answered(await till.webhook(path, "no json")), [400, false, "payload_malformed", "Failed to parse webhook payload"]);
    assert.equal((await till.webhook(`/webhooks/${ORGANISATION}`, "no json")).body.code, "payload_malformed", "the default provider");
});

test("an unknown event is received and skipped", async () => {
    await till.paid("pro");
    const answer = await till.event("customer.identified", {});
    assert.deepEqual([answer.status, answer.body], [200, { success: true, received: true, skipped: true }]);
});

test("events that come twice count once", async () => {
    await till.sandbox({ webhooks: "twice" });
    const before = await till.webhooksTaken();
    const customer = await q.customer();
    await pay((await q.ok("/addon", { customer, pack: "pack", quantity: 2 })).checkoutUrl);
    await till.untilInvoice(customer, "the pack", (each) => each.status === "paid");
    assert.equal((await till.attach(customer, "pro")).requiresCheckout, false); // the page left a card
    await till.sandbox({ webhooks: "once" });
    await until("both copies of both events", async () => (await till.webhooksTaken()) === before + 4);
    const { grants } = (await q.get(`/customers/${customer}/balances`)).body;
    assert.deepEqual(grants.map((each: Json) => each.granted), [200]);
    const { subscriptions } = (await q.get(`/customers/${customer}`)).body;
    assert.deepEqual([(await till.invoices(customer)).length, subscriptions.length], [2, 1]);
});

test("a late event counts when it comes; until then nothing is bought", async () => {
    await till.sandbox({ webhooks: "late", delayMs: 3_600_000 });
    const customer = await q.customer();
    await pay((await till.attach(customer, "pro")).checkoutUrl);
    assert.equal(await till.status(customer, "pro"), undefined);
    await till.sandbox({ webhooks: "once", flush: true });
    await till.untilStatus(customer, "pro", "active");
});

test("an event that never comes: the page asks again, nothing is bought; the provider's own resend settles it", async () => {
    await till.sandbox({ webhooks: "never" });
    const customer = await q.customer();
    const { checkoutUrl, reference } = await till.attach(customer, "pro");
    await pay(checkoutUrl);
    await till.sandbox({ webhooks: "once" });
    assert.equal(await till.status(customer, "pro"), undefined);
    assert.equal((await till.event("payment.succeeded", ofPayment(reference))).status, 200);
    assert.equal(await till.status(customer, "pro"), "active");
});

test("an event that does not match its payment is refused, not answered 200", async () => {
    const customer = await q.customer();
    const { reference } = await till.attach(customer, "pro");
    for (const wrong of [{ amount: 1 }, { currency: "EUR" }]) {
        const answer = await till.event("payment.succeeded", ofPayment(reference, wrong));
        assert.deepEqual([answer.status, answer.body.code], [409, "payment_mismatch"], JSON.stringify(wrong));
    }
    const unknown = await till.event("payment.succeeded", ofPayment("pi_none_1"));
    assert.deepEqual([unknown.status, unknown.body.code], [404, "payment_not_found"]);
    assert.equal(await till.status(customer, "pro"), undefined);
});

test("an event id that comes again with something else is a conflict", async () => {
    const customer = await q.customer();
    const { reference } = await till.attach(customer, "pro");
    const id = `evt_conflict_${customer}`;
    assert.equal((await till.event("payment.succeeded", ofPayment(reference), { id })).status, 200);
    const other = await till.event("payment.failed", ofPayment(reference), { id });
    assert.deepEqual([other.status, other.body.code], [409, "idempotency_conflict"]);
    assert.equal(await till.status(customer, "pro"), "active");
});

test("a declined page and an abandoned one buy nothing", async () => {
    const customer = await q.customer();
    const { checkoutUrl } = await till.attach(customer, "pro");
    assert.equal((await form(checkoutUrl, { action: "pay", card: DECLINED })).status, 402);
    await form(checkoutUrl, { action: "abandon" });
    assert.equal(await till.status(customer, "pro"), undefined);
    assert.deepEqual(await till.invoices(customer), []);
});

test("a partial refund is only recorded; the full one ends what it paid for, and nothing else", async () => {
    const customer = await q.customer("free");
    await q.ok("/attach", { customer, product: "extra" }).then((addon: Json) => pay(addon.checkoutUrl));
    await till.untilStatus(customer, "extra", "active");
    const { payment } = (await till.invoices(customer))[0];
    const refund = (amount: number, reference: string) => till.event("payment.refunded", ofPayment(payment, { amount, reference }));
    assert.equal((await refund(100, "rfd_1")).status, 200);
    assert.deepEqual([await till.status(customer, "extra"), await till.status(customer, "free")], ["active", "active"]);
    assert.equal((await refund(100, "rfd_1")).status, 200); // the same refund again
    assert.deepEqual(answered(await refund(300, "rfd_2")).slice(0, 3), [409, false, "payment_mismatch"]);
    assert.equal((await refund(200, "rfd_3")).status, 200);
    assert.deepEqual([await till.status(customer, "extra"), await till.status(customer, "free")], ["refunded", "active"]);
});

test("a refunded pack takes its credits back", async () => {
    const customer = await q.customer("free");
    await pay((await q.ok("/addon", { customer, pack: "pack" })).checkoutUrl);
    const { payment } = await till.untilInvoice(customer, "the pack", (each) => each.status === "paid");
    const balance = async () => (await q.ok("/check", { customer, feature: "ai" })).allowed;
    assert.equal(await balance(), true);
    assert.equal((await till.event("payment.refunded", ofPayment(payment, { amount: 900, reference: "rfd_9" }))).status, 200);
    assert.equal(await balance(), false);
    assert.equal(await till.status(customer, "free"), "active");
});

test("a full refund of a renewal ends what it paid for", async () => {
    const customer = await till.paid("pro");
    await till.to((await till.subscription(customer, "pro")).currentPeriodEnd);
    const { payment } = await till.untilInvoice(customer, "the renewal", (each) => each.trigger === "period_end" && each.status === "paid");
    assert.equal((await till.event("payment.refunded", ofPayment(payment, { reference: "rfd_renewal" }))).status, 200);
    assert.equal(await till.status(customer, "pro"), "refunded");
});
