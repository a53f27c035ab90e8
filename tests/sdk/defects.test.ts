// Every defect of reference section 21, B-1 to B-53 (B-30 is merged into B-20), and the test that
// shows the corrected behaviour: one of this file, or one that stands elsewhere. That each of those
// is there is checked below; that it holds is checked where it stands.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { charged, grant, metered, plan } from "./payloads";
import { type Json, serve } from "./server";

const ELSEWHERE: [defect: string, file: string, name: string][] = [
    // 21.1 Recording usage
    ["B-1 a retry counts once", "sdk/transport.test.ts", "B-1 the same Idempotency-Key: the same answer, marked duplicate; another body: 409"],
    ["B-1 every write hears its first answer again", "sdk/transport.test.ts", "B-1 every POST that writes hears its first answer again"],
    ["B-1 payments too", "sdk/collection.test.ts", "B-1 B2 every POST about payments hears its first answer again under its key, and another body is a conflict"],
    ["B-2 what was answered is durable", "e2e/durability_test.cc", "AnEventIsThereAfterAKillRightBehindItsAnswer"],
    ["B-3 one clock: resetsAt is the real boundary", "sdk/windows.test.ts", "7.3 B3 resetsAt is the exact end of each window, on 20 March 12:00"],
    ["B-4 never does not reset", "sdk/windows.test.ts", "7.1 B-4 never and none do not reset, however long"],
    ["B-5 quantities are exact", "sdk/track.test.ts", "B-5 three times a tenth is not more than three tenths"],
    ["B-6 a replay makes the same state", "e2e/durability_test.cc", "AStateFolderThatIsLostIsMadeAgainFromTheLog"],
    ["B-6 entity usage is not the customer's", "sdk/entities.test.ts", "13.4 an entity has a window and an allowance of its own; the customer's is separate (B-6)"],
    ["B-7 sendEvent records overage, and answers with the numbers after it", "sdk/check.test.ts", "8.5 B-7 sendEvent records overage too"],
    ["B-8 usage is true usage in overage", "sdk/check.test.ts", "8.3.11c B-8 in overage usage is what was used, and balance is never negative"],
    ["B-9 metadata is kept", "sdk/track.test.ts", "B-9 metadata is kept with the event"],
    ["B-9 usage can be corrected", "sdk/collection.test.ts", "B-9 C usage is corrected by a new fact"],
    ["B-16 creditCost multiplies one quantity", "sdk/track.test.ts", "12.2 B-16 creditCost multiplies one quantity everywhere"],
    ["B-52 unknown resets are refused", "sdk/sync.test.ts", "4.4 B-52 an unknown reset is refused"],
    // 21.2 Deciding access
    ["B-10 check and track are one decision", "sdk/track.test.ts", "B-10 check and track decide alike on every value around the limit"],
    ["B-11 limits add up", "sdk/track.test.ts", "B-11 limits of base plan and add-on plans add up"],
    ["B-12 a system's children are granted through it", "sdk/check.test.ts", "8.4.3 B-12 a child of a credit system is granted through it, at its cost"],
    ["B-13 plan and add-on credits pay together", "sdk/credits.test.ts", "12.1 B-13 5 left and 30 in packs: 32 is paid by both, 36 by neither"],
    ["B-14 unlimited is never billable", "sdk/rating.test.ts", "11 B-14 unlimited features are never billable, prepaid neither"],
    ["B-15 units paid by credits are not billed", "sdk/credits.test.ts", "12.3 B-15 units paid by credits are not billed again"],
    ["B-17 overrides are grants, for check and track", "sdk/collection.test.ts", "18.5 B-17 an override grants without a subscription, for check and track alike"],
    ["B-18 check on seats counts entities", "sdk/entities.test.ts", "8.3 B-18 D-8 check on seats counts the entities, pending removals too"],
    ["B-18 the seat limit holds in a trial", "sdk/entities.test.ts", "13.1 B-18 the limit holds in a trial and after a cancellation at period end"],
    ["B-18 removal by the clock", "sdk/entities.test.ts", "13.2 B-18 a removal takes effect at the end of the billing period, by the clock, on free plans too"],
    ["B-18 each entity is rated on its own", "sdk/entities.test.ts", "13.4 B-18 each entity is rated with its own allowance"],
    ["B-19 nothing is stale", "sdk/sync.test.ts", "B-19 a published catalog holds at once for existing subscribers"],
    ["B-35 long trials last", "sdk/windows.test.ts", "B-35 a trial of 90 days lasts 90 days"],
    ["B-36 one-time plans have no end", "sdk/attach.test.ts", "14.5 B-36 a paid one-time plan: a page; once paid it has no end"],
    // 21.3 Rating and invoicing
    ["B-20 a window is rated as a whole", "sdk/rating.test.ts", "B-20 the charge of a window is the price of its total, whatever was invoiced between"],
    ["B-21 trial usage is not billed", "sdk/lifecycle.test.ts", "its usage is not billed (B-21)"],
    ["B-22 usage is billed whatever became of the subscription", "sdk/billing.test.ts", "17.1 B-22 usage of an ended subscription stays visible and is billed"],
    ["B-22 automatically too", "sdk/collection.test.ts", "18.1 B-22 usage of who has canceled is invoiced and charged"],
    ["B-22 also while past due", "sdk/collection.test.ts", "18.1 B-22 usage of who is past due at the period's end is invoiced"],
    ["B-24 a rename loses nothing", "server/api_billing_test.cc", "ARenameInMidPeriodLosesNothing"],
    ["B-25 voided usage is invoiced again", "sdk/pay.test.ts", "17.5 B-25 voiding and invoicing again makes a new invoice, nothing is lost"],
    ["B-26 one invoice per currency", "sdk/billing.test.ts", "17.1 B-26 currencies are never added up"],
    ["B-27 numbers have no gaps", "sdk/billing.test.ts", "17.2 B-27 numbers are gapless per customer"],
    ["B-28 the money cap is tested after the request", "sdk/overage.test.ts", "10.4 B-28 the money cap is tested on the total after the request"],
    ["B-28 and counts what was invoiced", "sdk/overage.test.ts", "10.4 B-28 the money cap counts what the window already invoiced"],
    ["B-28 maxOverageUnits 0 is none", "sdk/overage.test.ts", "10.3 B-28 maxOverageUnits 0 means none"],
    ["B-28 notify tells", "ledger/notices_test.cc", "AnOverageLimitThatOnlyNotifiesDoes"],
    ["B-29 the last tier goes on", "sdk/rating.test.ts", "11 B-29 a bounded last tier goes on"],
    ["B-31 one charge however often it is asked for", "sdk/pay.test.ts", "17.4 B-31 asking twice at the same time charges once"],
    ["B-31 a removed card is not charged", "sdk/wallet.test.ts", "16 B-31 a removed card is not charged any more"],
    ["B-32 a payment has to match", "sdk/provider_webhooks.test.ts", "15.7 B-32 an event that does not match its payment is refused, not answered 200 (B-48)"],
    ["B-32 void never becomes paid", "sdk/pay.test.ts", "17.5 B-32 void never becomes paid: a page that is paid too late gives the money back"],
    ["B-33 blocks end by the retries", "sdk/collection.test.ts", "18.2 B-33 a blocked customer is charged again by the schedule, which unblocks"],
    ["B-51 a publish is one fact", "sdk/sync.test.ts", "B-51 a sync that is refused by its schema changes nothing"],
    // 21.4 Subscriptions
    ["B-34 reads never write a status: conversion", "sdk/lifecycle.test.ts", "15.3.4 B-34 a check right after the end changes nothing about the conversion"],
    ["B-34 reads never write a status: downgrade", "sdk/lifecycle.test.ts", "15.4 B-34 a check right after its date does not suppress it"],
    ["B-37 the free plan stays until the paid one is paid", "sdk/attach.test.ts", "14.4 B-37 upgrade from a free plan: it stays until the paid one is paid"],
    ["B-38 one trial", "sdk/lifecycle.test.ts", "15.1 B-38 one trial per customer and plan; a paid plan is never given up for one"],
    ["B-39 an add-on plan is held once", "sdk/attach.test.ts", "14.3 add-on plans stand beside the base plan, and are held once (B-39)"],
    ["B-40 attaching again undoes", "sdk/attach.test.ts", "14.3 B-40 the same plan undoes a pending cancel and a scheduled downgrade"],
    ["B-41 ungrouped plans are a group", "sdk/attach.test.ts", "14.3 plans of different groups stand beside each other, the ungrouped ones are a group (B-41)"],
    ["B-42 subscriptions keep their version", "sdk/rating.test.ts", "B-42 a price edit does not change what is sold: subscribers keep their rate until they switch"],
    ["B-43 calendar months", "sdk/attach.test.ts", "14.4 B-43 periods are calendar months from the anchor"],
    ["B-44 canceling is an endpoint", "sdk/lifecycle.test.ts", "15.5 canceling waits for the period's end, reported as pending_cancel"],
    ["B-45 a refund is of its own charge", "sdk/provider_webhooks.test.ts", "15.7 B-45 a partial refund is only recorded; the full one ends what it paid for, and nothing else"],
    ["B-45 a refunded pack", "sdk/provider_webhooks.test.ts", "15.7 B-45 a refunded pack takes its credits back"],
    // 21.5 Customers, security, protocol
    ["B-46 an id is no e-mail", "sdk/customers.test.ts", "3.2 B-46 attach honours customerData and never takes an id for an e-mail"],
    ["B-47 e-mails are unique", "sdk/customers.test.ts", "3.3 B-47 no two customers share an e-mail, so no look-up is ambiguous"],
    ["B-48 events count once", "sdk/provider_webhooks.test.ts", "15.7 B-48 events that come twice count once"],
    ["B-49 everything is scoped by the key", "server/api_access_test.cc", "TwoOrganisationsShareNothing"],
    ["B-49 a subscription of nobody", "sdk/attach.test.ts", "14.6 POST /subscriptions/:id/checkout answers with the page; unknown ones are 404 (B-49)"],
    ["B-50 one shape of errors", "sdk/transport.test.ts", "1.3 B-50 a track that is refused with 4xx surfaces its sentence, not Request failed"],
    ["B-50 a very long id", "sdk/transport.test.ts", "B-50 a very long customer id is a validation error, not a failure"],
];
const HERE = ["B-23", "B-53"];

const tests = join(process.env["QUIPU_SOURCE_DIR"] ?? join(__dirname, "../../../../.."), "tests");
for (const [defect, file, name] of ELSEWHERE) {
    test(`${defect}: ${file}`, () => {
        assert.ok(existsSync(join(tests, file)), `${file} is not there`);
        const text = readFileSync(join(tests, file), "utf8");
        assert.ok(text.includes(name), `${file} has no test "${name}"`);
    });
}

test("every defect has its test", () => {
    const shown = new Set([...HERE, ...ELSEWHERE.map(([defect]) => defect.split(" ")[0]!)]);
    const all = Array.from({ length: 53 }, (_, n) => `B-${n + 1}`).filter((defect) => defect !== "B-30");
    assert.deepEqual(all.filter((defect) => !shown.has(defect)), []);
});

const q = serve({
    features: [metered("calls"), metered("gifts")],
    plans: [plan("free", [charged("calls", 1, 5), grant("gifts", { limit: 0, overage: "charge", overagePrice: 0 })])],
});

test("B-23 no line and no invoice of amount 0", async () => {
    const customer = await q.customer("free");
    await q.ok("/track", { customer, feature: "gifts", value: 9 });
    const none = await q.post("/billing/invoice", { customer });
    assert.deepEqual([none.status, none.body.code], [400, "nothing_to_invoice"]);
    await q.ok("/track", { customer, feature: "calls", value: 2 });
    const { invoice } = await q.ok("/billing/invoice", { customer });
    assert.deepEqual(invoice.items.map((each: Json) => [each.featureSlug, each.amount]), [["calls", 5]]);
});

test("B-53 customers are spread over partitions, each customer in one", async () => {
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
