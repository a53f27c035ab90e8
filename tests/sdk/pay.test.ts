// Invoices: the provider's minimum, paying, marking paid, voiding (docs/contract/invoices.md#pay).
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS_LATER, Till, asked, collecting, form, pay } from "./payments";
import { charged, metered, plan } from "./payloads";
import { type Answer, type Json } from "./server";

const q = collecting({
    features: [metered("calls"), metered("cents")],
    plans: [plan("free", [charged("calls", 10, 100), charged("cents", 0, 1)]), plan("euro", [charged("calls", 0, 10)], { currency: "EUR" })],
});
const till = new Till(q);
const track = (customer: string, value: number, feature = "calls"): Promise<Json> => q.ok("/track", { customer, feature, value });
const unbilled = async (customer: string): Promise<number> => (await q.sdk().billing.usage({ customer })).totalEstimated;
const makeInvoice = async (customer: string): Promise<Json> => (await q.ok("/billing/invoice", { customer })).invoice;
const payIt = (id: string, body: Json = {}): Promise<Answer> => q.post(`/billing/invoice/${id}/pay`, body);
const invoice = async (id: string): Promise<Json> => (await q.get(`/invoices/${id}`)).body.invoice;

// An open invoice of 5 units at 100, of a customer with a card.
async function open(card?: string): Promise<{ customer: string; id: string; number: string }> {
    const customer = await till.withCard("free", card);
    await track(customer, 15);
    const { id, number } = await makeInvoice(customer);
    return { customer, id, number };
}
async function withoutCard(customer: string): Promise<void> {
    for (const { id } of (await till.wallet(customer)).methods) await q.ok("/wallet/remove", { customer, id });
}

test("below the provider's minimum: 400 with code and sentence, and the usage stays unbilled", async () => {
    const customer = await till.withCard("free");
    await track(customer, 49, "cents");
    const { status, body } = await q.post("/billing/invoice", { customer });
    const message = "Invalid invoice_amount: 49 USD is below the sandbox minimum charge of 50";
    assert.deepEqual([status, body], [400, { success: false, code: "invoice_below_provider_minimum", error: message, message }]);
    assert.equal(await unbilled(customer), 49);
    await track(customer, 1, "cents");
    assert.equal((await makeInvoice(customer)).total, 50);
});

test("without a payment method there is no minimum", async () => {
    const customer = await till.withCard("free");
    await track(customer, 3, "cents");
    await withoutCard(customer);
    assert.equal((await makeInvoice(customer)).total, 3);
});

test("an unknown invoice is 404", async () => {
    const { status, body } = await payIt("inv_none_1");
    assert.deepEqual([status, body.success, body.code, body.error], [404, false, "invoice_not_found", "Invoice not found"]);
});

test("a saved card pays it at once: five fields", async () => {
    const { id, number } = await open();
    const { status, body } = await payIt(id);
    assert.deepEqual([status, body.success, body.paid, "checkoutUrl" in body], [200, true, true, false]);
    const { invoiceId, ...five } = body.invoice;
    assert.deepEqual([invoiceId, five], [id, { id, number, total: 500, currency: "USD", status: "paid" }]);
    const paid = await invoice(id);
    assert.deepEqual([paid.status, paid.amountPaid, paid.amountDue, paid.paidAt], ["paid", 500, 0, Date.parse(await q.now())]);
});

test("paying it again is 200 and charges nothing", async () => {
    const { id } = await open();
    await payIt(id);
    const { payment } = await invoice(id);
    const { status, body } = await payIt(id);
    assert.deepEqual([status, body.success, body.paid, body.invoice.status], [200, true, true, "paid"]);
    assert.equal((await invoice(id)).payment, payment);
});

test("a void invoice cannot be paid", async () => {
    const { id } = await open();
    await q.ok(`/invoices/${id}/void`, {});
    const { status, body } = await payIt(id);
    assert.deepEqual([status, body.code, body.error], [400, "invoice_not_open", "Invoice is void — only open invoices can be paid"]);
});

test("without a provider: 400", async () => {
    const { id } = await open();
    await q.ok("/billing/settings", { provider: "manual" });
    const { status, body } = await payIt(id);
    await q.ok("/billing/settings", { provider: null });
    assert.deepEqual([status, body.code], [400, "provider_not_configured"]);
    assert.equal(body.error, "No payment provider configured for this customer or environment");
});

test("below the minimum of the card: voided, the usage unbilled again, 409", async () => {
    const customer = await till.withCard("free");
    await track(customer, 3, "cents");
    await withoutCard(customer);
    const { id, number } = await makeInvoice(customer);
    await till.saveCard(customer);
    assert.equal(await unbilled(customer), 0);
    const { status, body } = await payIt(id);
    const message = "Invalid invoice_amount: 3 USD is below the sandbox minimum charge of 50";
    assert.deepEqual([status, body.success, body.code, body.message, body.error], [409, false, "invoice_below_provider_minimum", message, message]);
    assert.deepEqual(body.invoice, { id, invoiceId: id, number, total: 3, currency: "USD", status: "void" });
    assert.deepEqual([await unbilled(customer), (await invoice(id)).status], [3, "void"]);
});

test("a charge that fails falls through to a page, which pays it", async () => {
    const { id, number } = await open(FAILS_LATER);
    const { status, body } = await payIt(id);
    assert.deepEqual([status, body.success, body.paid], [200, true, false]);
    assert.deepEqual(body.invoice, { id, invoiceId: id, number, total: 500, currency: "USD", status: "open" });
    assert.equal(await asked(body.checkoutUrl), "5.00 USD");
    await pay(body.checkoutUrl);
    await till.untilInvoice((await invoice(id)).customerId, "it is paid", (each) => each.id === id && each.status === "paid");
});

test("without a card: a page, with the callback URL; a body that cannot be read counts as none", async () => {
    const { customer, id } = await open();
    await withoutCard(customer);
    const unread = await payIt(id, { callbackUrl: 7 });
    assert.deepEqual([unread.status, unread.body.paid], [200, false]);
    const { body } = await payIt(id, { callbackUrl: "https://example.com/paid" });
    const back = await form(body.checkoutUrl, { action: "pay", card: "4242424242424242" });
    assert.match(back.headers.get("location")!, /^https:\/\/example\.com\/paid\?/);
    await till.untilInvoice(customer, "it is paid", (each) => each.id === id && each.status === "paid");
});

test("asking twice at the same time charges once", async () => {
    const { customer, id } = await open();
    const answers = await Promise.all([payIt(id), payIt(id), payIt(id)]);
    for (const { status, body } of answers) assert.deepEqual([status, body.paid], [200, true]);
    const again = await payIt(id);
    assert.equal(again.body.paid, true);
    assert.equal((await till.invoices(customer)).length, 1);
    const { payment } = await invoice(id);
    assert.equal(payment, `pi_${customer_of(id)}_2`, "the second intent: the first one saved the card");
});
const customer_of = (id: string) => id.split("_")[1];

test("an invoice of another customer's shape is not found under this key's organisation", async () => {
    const { id } = await open();
    assert.equal((await payIt(`${id}9`)).status, 404);
    assert.equal((await q.call("POST", `/v1/billing/invoice/${id}/pay`, {}, { key: null })).status, 401);
});

test("open to paid by hand: mark-paid, idempotent, with its reference", async () => {
    const { id } = await open();
    const answer = await q.ok(`/invoices/${id}/mark-paid`, { reference: "wire 77" });
    assert.deepEqual([answer.success, answer.invoice.status, answer.invoice.payment], [true, "paid", "wire 77"]);
    assert.equal((await q.ok(`/invoices/${id}/mark-paid`, { reference: "another" })).invoice.payment, "wire 77");
});

test("open to paid by webhook", async () => {
    const { customer, id } = await open();
    await withoutCard(customer);
    await pay((await payIt(id)).body.checkoutUrl);
    const paid = await till.untilInvoice(customer, "it is paid", (each) => each.id === id && each.status === "paid");
    assert.equal(paid.amountDue, 0);
});

test("open to void: amountDue 0, the usage unbilled again; only if open", async () => {
    const { customer, id } = await open();
    const { invoice: voided } = await q.ok(`/invoices/${id}/void`, { reason: "mistake" });
    assert.deepEqual([voided.status, voided.amountDue, voided.total], ["void", 0, 500]);
    assert.equal(await unbilled(customer), 500);
    const again = await q.post(`/invoices/${id}/void`, {});
    assert.deepEqual([again.status, again.body.code], [400, "invoice_not_open"]);
    const { id: other } = await open();
    await payIt(other);
    assert.equal((await q.post(`/invoices/${other}/void`, {})).status, 400);
    assert.equal((await q.post(`/invoices/${id}/mark-paid`, {})).status, 400);
});

test("voiding and invoicing again makes a new invoice, nothing is lost", async () => {
    const { customer, id } = await open();
    await q.ok(`/invoices/${id}/void`, {});
    const second = await makeInvoice(customer);
    assert.notEqual(second.id, id);
    assert.deepEqual([second.total, await unbilled(customer), (await invoice(id)).status], [500, 0, "void"]);
});

test("void never becomes paid: a page that is paid too late gives the money back", async () => {
    const { customer, id } = await open();
    await withoutCard(customer);
    const { checkoutUrl } = (await payIt(id)).body;
    await q.ok(`/invoices/${id}/void`, {});
    await pay(checkoutUrl);
    await till.saveCard(customer);
    assert.deepEqual([(await invoice(id)).status, await unbilled(customer)], ["void", 500]);
});
