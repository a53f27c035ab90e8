// Every row of "What is better now" in docs/migrating-from-owostack.md, and the test that shows it: one of
// this file, or one that stands elsewhere. That each of those is there is checked below; that it holds is
// checked where it stands.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const ELSEWHERE: [promise: string, file: string, name: string][] = [
    // Recording
    ["A retry counts once", "sdk/transport.test.ts", "the same Idempotency-Key: the same answer, marked duplicate; another body: 409"],
    ["A retry counts once", "sdk/transport.test.ts", "every POST that writes hears its first answer again"],
    ["A retry counts once", "sdk/collection.test.ts", "every POST about payments hears its first answer again under its key, and another body is a conflict"],
    ["An answer is durable", "e2e/durability_test.cc", "AnEventIsThereAfterAKillRightBehindItsAnswer"],
    ["There is one clock", "sdk/windows.test.ts", "resetsAt is the exact end of each window, on 20 March 12:00"],
    ["`never` never resets", "sdk/windows.test.ts", "never and none do not reset, however long"],
    ["Quantities and prices are exact", "sdk/track.test.ts", "three times a tenth is not more than three tenths"],
    ["A restart changes no balance", "e2e/durability_test.cc", "AStateFolderThatIsLostIsMadeAgainFromTheLog"],
    ["`sendEvent` records", "sdk/check.test.ts", "sendEvent records overage too"],
    ["`usage` is true usage", "sdk/check.test.ts", "in overage usage is what was used, and balance is never negative"],
    ["What was reported can be read and taken back", "sdk/track.test.ts", "metadata is kept with the event"],
    ["What was reported can be read and taken back", "sdk/collection.test.ts", "usage is corrected by a new fact"],
    ["`creditCost` multiplies once", "sdk/track.test.ts", "creditCost multiplies one quantity everywhere"],
    ["An unknown reset interval is refused", "sdk/sync.test.ts", "an unknown reset is refused"],
    // Access
    ["Check and track are one decision", "sdk/track.test.ts", "check and track decide alike on every value around the limit"],
    ["Limits add up", "sdk/track.test.ts", "limits of base plan and add-on plans add up"],
    ["Features of a credit system are found", "sdk/check.test.ts", "a child of a credit system is granted through it, at its cost"],
    ["Everything pays together", "sdk/credits.test.ts", "with 5 left and 30 in packs 32 is paid by both, 36 by neither"],
    ["Unlimited is never billed", "sdk/rating.test.ts", "unlimited features are never billable, prepaid neither"],
    ["What credits paid is not billed", "sdk/credits.test.ts", "units paid by credits are not billed again"],
    ["An override grants by itself", "sdk/collection.test.ts", "an override grants without a subscription, for check and track alike"],
    ["Seats are counted", "sdk/entities.test.ts", "check on seats counts the entities, pending removals too"],
    ["Seats are counted", "sdk/entities.test.ts", "the limit holds in a trial and after a cancellation at period end"],
    ["Seats are counted", "sdk/entities.test.ts", "a removal takes effect at the end of the billing period, by the clock, on free plans too"],
    ["Seats are counted", "sdk/entities.test.ts", "an entity has a window and an allowance of its own; the customer's is separate"],
    ["Seats are counted", "sdk/entities.test.ts", "each entity is rated with its own allowance"],
    ["Nothing is stale", "sdk/sync.test.ts", "a published catalog holds at once for existing subscribers"],
    ["A long trial lasts", "sdk/windows.test.ts", "a trial of 90 days lasts 90 days"],
    ["A one-time plan does not end", "sdk/attach.test.ts", "a paid one-time plan: a page; once paid it has no end"],
    // Rating and invoices
    ["A window is rated as a whole", "sdk/rating.test.ts", "the charge of a window is the price of its total, whatever was invoiced between"],
    ["Trial usage is never billed", "sdk/lifecycle.test.ts", "its usage is not billed"],
    ["Usage is billed whatever became of the subscription", "sdk/billing.test.ts", "usage of an ended subscription stays visible and is billed"],
    ["Usage is billed whatever became of the subscription", "sdk/collection.test.ts", "usage of who has canceled is invoiced and charged"],
    ["Usage is billed whatever became of the subscription", "sdk/collection.test.ts", "usage of who is past due at the period's end is invoiced"],
    ["Lines sum to the total", "api/billing_test.cc", "ARenameInMidPeriodLosesNothing"],
    ["A void invoice gives its usage back", "sdk/pay.test.ts", "voiding and invoicing again makes a new invoice, nothing is lost"],
    ["Each currency has its own invoice", "sdk/billing.test.ts", "currencies are never added up"],
    ["Numbers are gapless", "sdk/billing.test.ts", "numbers are gapless per customer"],
    ["A spending cap holds", "sdk/overage.test.ts", "the money cap is tested on the total after the request"],
    ["A spending cap holds", "sdk/overage.test.ts", "the money cap counts what the window already invoiced"],
    ["A spending cap holds", "sdk/overage.test.ts", "maxOverageUnits 0 means none"],
    ["A spending cap holds", "ledger/usage/notices_test.cc", "AnOverageLimitThatOnlyNotifiesDoes"],
    ["The last tier goes on", "sdk/rating.test.ts", "a bounded last tier goes on"],
    ["Nothing is charged twice", "sdk/pay.test.ts", "asking twice at the same time charges once"],
    ["Nothing is charged twice", "sdk/wallet.test.ts", "a removed card is not charged any more"],
    ["A payment settles what it was made for", "sdk/provider_webhooks.test.ts", "an event that does not match its payment is refused, not answered 200"],
    ["A payment settles what it was made for", "sdk/pay.test.ts", "void never becomes paid: a page that is paid too late gives the money back"],
    ["Failed charges are retried", "sdk/collection.test.ts", "a blocked customer is charged again by the schedule, which unblocks"],
    ["What one request does is one record", "sdk/sync.test.ts", "a sync that is refused by its schema changes nothing"],
    // Subscriptions
    ["Reading changes no status", "sdk/lifecycle.test.ts", "a check right after the end changes nothing about the conversion"],
    ["Reading changes no status", "sdk/lifecycle.test.ts", "a check right after its date does not suppress a scheduled downgrade"],
    ["A free plan stays until the paid one is paid", "sdk/attach.test.ts", "upgrade from a free plan: it stays until the paid one is paid"],
    ["A trial comes once", "sdk/lifecycle.test.ts", "one trial per customer and plan; a paid plan is never given up for one"],
    ["An add-on plan is held once", "sdk/attach.test.ts", "add-on plans stand beside the base plan, and are held once"],
    ["Attaching the plan one has undoes", "sdk/attach.test.ts", "the same plan undoes a pending cancel and a scheduled downgrade"],
    ["Plans without a group are a group", "sdk/attach.test.ts", "plans of different groups stand beside each other, the ungrouped ones are a group"],
    ["A subscription keeps the price it was sold at", "sdk/rating.test.ts", "a price edit does not change what is sold: subscribers keep their rate until they switch"],
    ["Months are calendar months", "sdk/attach.test.ts", "periods are calendar months from the anchor"],
    ["Canceling is a route", "sdk/lifecycle.test.ts", "canceling waits for the period's end, reported as pending_cancel"],
    ["A refund is of its own payment", "sdk/provider_webhooks.test.ts", "a partial refund is only recorded; the full one ends what it paid for, and nothing else"],
    ["A refund is of its own payment", "sdk/provider_webhooks.test.ts", "a refunded pack takes its credits back"],
    // Customers and protocol
    ["`customerData` is honoured", "sdk/customers.test.ts", "attach honours customerData and never takes an id for an e-mail"],
    ["Ids and e-mail addresses are unique", "sdk/customers.test.ts", "no two customers share an e-mail, so no look-up is ambiguous"],
    ["A provider's event counts once", "sdk/provider_webhooks.test.ts", "events that come twice count once"],
    ["Everything is scoped by the key", "api/access_test.cc", "TwoOrganisationsShareNothing"],
    ["Everything is scoped by the key", "sdk/attach.test.ts", "POST /subscriptions/:id/checkout answers with the page; unknown ones are 404"],
    ["Errors have one shape", "sdk/transport.test.ts", "a track that is refused with 4xx surfaces its sentence, not Request failed"],
    ["Errors have one shape", "sdk/transport.test.ts", "a very long customer id is a validation error, not a failure"],
];
const HERE = ["What costs nothing makes no invoice", "Customers do not wait for each other"];

const root = process.env["QUIPU_SOURCE_DIR"] ?? join(__dirname, "../../../../..");
const tests = join(root, "tests");
for (const [promise, file, name] of ELSEWHERE) {
    test(`${promise}: ${file}, ${name}`, () => {
        assert.ok(existsSync(join(tests, file)), `${file} is not there`);
        const text = readFileSync(join(tests, file), "utf8");
        assert.ok(text.includes(name), `${file} has no test "${name}"`);
    });
}

test("every promise of the document has its test, and every test its promise", () => {
    const document = readFileSync(join(root, "docs", "migrating-from-owostack.md"), "utf8");
    const better = document.split("## What is better now")[1]!.split("\n## ")[0]!;
    const promised = [...better.matchAll(/^- \*\*\[(.+?)\]\(/gm)].map((row) => row[1]!);
    const shown = new Set([...HERE, ...ELSEWHERE.map(([promise]) => promise)]);
    assert.ok(promised.length > 0);
    assert.deepEqual([...shown].sort(), promised.sort());
});

const q = serve({
    features: [metered("calls"), metered("gifts")],
    plans: [plan("free", [charged("calls", 1, 5), grant("gifts", { limit: 0, overage: "charge", overagePrice: 0 })])],
});

test("no line and no invoice of amount 0", async () => {
    const customer = await q.customer("free");
    await q.ok("/track", { customer, feature: "gifts", value: 9 });
    const none = await q.post("/billing/invoice", { customer });
    assert.deepEqual([none.status, none.body.code], [400, "nothing_to_invoice"]);
    await q.ok("/track", { customer, feature: "calls", value: 2 });
    const { invoice } = await q.ok("/billing/invoice", { customer });
    assert.deepEqual(invoice.items.map((each: Json) => [each.featureSlug, each.amount]), [["calls", 5]]);
});

test("customers are spread over partitions, each customer in one", async () => {
    const places = new Map<string, Set<number>>();
    for (let n = 0; n < 12; ++n) {
        const customer = await q.customer("free");
        places.set(customer, new Set());
        for (let m = 0; m < 3; ++m) {
            const { position } = await q.ok("/track", { customer, feature: "gifts" });
            places.get(customer)!.add(position.partition);
        }
    }
    for (const partitions of places.values()) assert.equal(partitions.size, 1);
    assert.equal(new Set([...places.values()].flatMap((each) => [...each])).size, 2);
});
