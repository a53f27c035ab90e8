// A year of one customer in seconds, on the sandbox: trial, conversion, upgrade, seats, overage,
// credits, a failed payment and its recovery, downgrade, cancellation. Every invoice is held line by
// line against a table that was computed by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, metered, plan, seats } from "./payloads";
import { type Json, serve } from "./server";
import { until } from "./until";

const q = serve(
    {
        features: [metered("api"), metered("gpt"), seats("seats")],
        creditSystems: [{ slug: "ai", name: "AI", features: [{ feature: "gpt", creditCost: 10 }] }],
        creditPacks: [{ slug: "p500", name: "500 credits", credits: 500, price: 1000, currency: "USD", creditSystem: "ai" }],
        plans: [
            plan("starter", [charged("api", 1000, 2), charged("seats", 2, 500, { reset: "never" })], {
                ...{ name: "Starter", price: 2000, currency: "USD", trialDays: 14 },
            }),
            plan("growth", [charged("api", 5000, 1), charged("seats", 5, 400, { reset: "never" })], {
                ...{ name: "Growth", price: 5000, currency: "USD" },
            }),
        ],
    },
    ["--payment-provider", "sandbox"],
);
const customer = "acme";

async function pay(page: string, card = "4242424242424242"): Promise<void> {
    const form = new URLSearchParams({ card, action: "pay" });
    const answer = await fetch(page, { method: "POST", body: form, redirect: "manual" });
    assert.ok([200, 303].includes(answer.status), `the page answered ${answer.status}`);
}

// Oldest first.
async function invoices(): Promise<Json[]> {
    return (await q.get(`/billing/invoices?customer=${customer}`)).body.invoices.reverse();
}

const paid = (count: number) =>
    until(`invoice ${count} to be paid`, async () => {
        const all = await invoices();
        return all.length >= count && all.slice(0, count).every((each) => each.status === "paid") ? all : undefined;
    });

async function subscription(product: string): Promise<Json> {
    const all: Json[] = (await q.get(`/customers/${customer}`)).body.subscriptions;
    return all.filter((each) => each.plan === product).at(-1);
}

const status = (product: string, wanted: string) =>
    until(`${product} to be ${wanted}`, async () => ((await subscription(product))?.status === wanted ? true : undefined));

const track = (feature: string, value: number) => q.ok("/track", { customer, feature, value });

test("a year of one customer", async () => {
    // Signup, 20 March: a card is left, the trial begins.
    await q.ok("/billing/settings", { autoCollect: true });
    await q.ok("/customers", { id: customer, email: "acme@example.com" });
    await pay((await q.ok("/wallet/setup", { customer })).url);
    await until("the card", async () => ((await q.get(`/wallet?customer=${customer}`)).body.hasCard ? true : undefined));
    const trial = await q.ok("/attach", { customer, product: "starter" });
    assert.equal(trial.trial, true);
    assert.equal(trial.trial_ends_at, "2040-04-03T12:00:00.000Z");
    await track("api", 300);
    const refused = await q.post("/track", { customer, feature: "api", value: 701 });
    assert.equal(refused.body.code, "limit_exceeded", "no overage in a trial");

    // Conversion, 3 April.
    await q.setClock("2040-04-03T12:00:00Z");
    await paid(1);

    // Overage of Starter, then the upgrade at the middle of the period.
    await track("api", 1200);
    await q.setClock("2040-04-18T12:00:00Z");
    const upgrade = await q.ok("/attach", { customer, product: "growth" });
    assert.deepEqual([upgrade.type, upgrade.requiresCheckout], ["upgrade", true]);
    await pay(upgrade.checkoutUrl);
    await status("growth", "active");
    await paid(3);

    // Seats, credits, overage of Growth.
    for (let seat = 1; seat <= 7; ++seat) await q.ok("/entities", { customer, feature: "seats", entity: `seat_${seat}` });
    const pack = await q.ok("/addon", { customer, pack: "p500", quantity: 2 });
    assert.deepEqual([pack.requiresCheckout, pack.credits, pack.balance], [false, 1000, 1000]);
    const gpt = await track("gpt", 20);
    assert.deepEqual([gpt.code, gpt.balance], ["addon_credits_used", 800]);
    await track("api", 5600);

    // Renewal, 3 May.
    await q.setClock("2040-05-03T12:00:00Z");
    await paid(5);
    await q.setClock("2040-05-10T12:00:00Z");
    for (const entity of ["seat_6", "seat_7"]) await q.ok("/entities/remove", { customer, feature: "seats", entity });

    // The renewal of 3 June is declined, and so are its retries; access ends after three days.
    await q.ok("/test/sandbox", { charges: "decline" });
    await q.setClock("2040-06-03T12:00:00Z");
    const unpaid = await until("invoice 6", async () => (await invoices())[5]);
    assert.equal((await q.ok("/check", { customer, feature: "api" })).allowed, true);
    await q.setClock("2040-06-06T12:00:00Z");
    await status("growth", "past_due");
    assert.equal((await q.ok("/check", { customer, feature: "api" })).code, "no_active_subscription");

    // Recovery: the invoice is paid.
    await q.ok("/test/sandbox", { charges: "ok" });
    const recovered = await q.ok(`/billing/invoice/${unpaid.id}/pay`, {});
    assert.equal(recovered.paid, true);
    await status("growth", "active");

    // Downgrade at the end of the period, 3 July; three of five seats leave with the next one.
    const down = await q.ok("/attach", { customer, product: "starter" });
    assert.deepEqual([down.type, down.scheduledAt], ["downgrade", Date.parse("2040-07-03T12:00:00Z")]);
    await q.setClock("2040-07-03T12:00:00Z");
    await status("starter", "active");
    await paid(7);
    await q.setClock("2040-07-05T12:00:00Z");
    for (const entity of ["seat_3", "seat_4", "seat_5"]) await q.ok("/entities/remove", { customer, feature: "seats", entity });

    const renewals = ["2040-08-03", "2040-09-03", "2040-10-03", "2040-11-03", "2040-12-03", "2041-01-03", "2041-02-03"];
    for (const [index, day] of renewals.entries()) {
        await q.setClock(`${day}T12:00:00Z`);
        await paid(8 + index);
    }

    // Canceled at the period's end.
    const canceled = await q.ok("/subscriptions/cancel", { customer });
    assert.deepEqual([canceled.status, canceled.cancelAt], ["pending_cancel", "2041-03-03T12:00:00.000Z"]);
    await q.setClock("2041-03-20T12:00:00Z");
    await status("starter", "canceled");

    // By hand. Line: what, quantity, amount.
    const table: [string, number, string[]][] = [
        ["subscription period", 2000, ["Starter (monthly) 1 2000"]],
        // Half of April's 30 days: 2500 - 1000.
        ["upgrade", 1500, ["Starter to Growth (prorated) 1 1500"]],
        // 1200 in the first window of the paid life, 1000 included; the 300 of the trial are not there.
        ["usage of Starter", 400, ["Api: 200 units 200 400"]],
        ["pack", 2000, ["2 x 500 credits 2 2000"]],
        ["May", 6400, ["Growth (monthly) 1 5000", "Api: 600 units 600 600", "Seats: 2 units 2 800"]],
        ["June", 5800, ["Growth (monthly) 1 5000", "Seats: 2 units 2 800"]],
        ["July, on Starter", 2000, ["Starter (monthly) 1 2000"]],
        ["August", 3500, ["Starter (monthly) 1 2000", "Seats: 3 units 3 1500"]],
        ...renewals.slice(1).map((day): [string, number, string[]] => [day, 2000, ["Starter (monthly) 1 2000"]]),
    ];
    const all = await invoices();
    const shown = all.map((each) => ({
        total: each.total,
        status: each.status,
        lines: each.items.map((line: Json) => `${line.description} ${line.quantity} ${line.amount}`).sort(),
    }));
    const wanted = table.map(([, total, lines]) => ({ total, status: "paid", lines: [...lines].sort() }));
    assert.deepEqual(shown, wanted);
    // Gapless, and every invoice is the sum of its lines.
    assert.deepEqual(all.map((each) => Number(each.number.split("-")[1])), table.map((_, index) => index + 1));
    for (const each of all) assert.equal(each.items.reduce((sum: number, line: Json) => sum + line.amount, 0), each.total);
});
