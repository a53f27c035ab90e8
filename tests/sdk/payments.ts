// Paying in tests: the sandbox's hosted page, its cards, its signed webhooks, and waiting for what
// the provider reports later.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Answer, type Json, type Server, serve } from "./server";
import { until } from "./until";

export const GOOD = "4242 4242 4242 4242";
export const DECLINED = "4000 0000 0000 0002";
export const ASKS = "4000 0025 0000 3155";
export const FAILS_LATER = "4000 0000 0000 0341";

export const ORGANISATION = "default";
const DAY = 86_400_000;

export const collecting = (payload?: Json): Server => serve(payload, ["--payment-provider", "sandbox"]);

// The form of a page; redirects are not followed.
export function form(url: string, fields: Record<string, string>): Promise<Response> {
    return fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

export async function pay(url: string, card = GOOD): Promise<void> {
    const { status } = await form(url, { action: "pay", card });
    assert.ok(status === 200 || status === 303, `the page answered ${status}`);
}

export class Till {
    constructor(private readonly q: Server) {}

    // One subscription of a customer, the newest first.
    async subscription(customer: string, plan?: string): Promise<Json> {
        const { subscriptions } = (await this.q.get(`/customers/${customer}`)).body;
        return [...subscriptions].reverse().find((each: Json) => !plan || each.plan === plan);
    }
    async status(customer: string, plan?: string): Promise<string | undefined> {
        return (await this.subscription(customer, plan))?.status;
    }
    async wallet(customer: string): Promise<Json> {
        return (await this.q.get(`/wallet?customer=${encodeURIComponent(customer)}`)).body;
    }
    async invoices(customer: string): Promise<Json[]> {
        return (await this.q.get(`/billing/invoices?customer=${customer}`)).body.invoices;
    }
    async block(customer: string): Promise<Json> {
        return (await this.q.get(`/customers/${customer}`)).body.billing.overageBlock;
    }
    attach(customer: string, product: string, more: Json = {}): Promise<Json> {
        return this.q.ok("/attach", { customer, product, ...more });
    }

    untilStatus(customer: string, plan: string, status: string): Promise<Json> {
        return until(`${plan} to be ${status}`, async () => {
            const found = await this.subscription(customer, plan);
            return found?.status === status && found;
        });
    }
    // The newest invoice that `is` holds for.
    untilInvoice(customer: string, what: string, is: (invoice: Json) => boolean): Promise<Json> {
        return until(`an invoice: ${what}`, async () => (await this.invoices(customer)).find(is));
    }

    async saveCard(customer: string, card = GOOD): Promise<Json> {
        const before = (await this.wallet(customer)).methods.length;
        await pay((await this.q.ok("/wallet/setup", { customer })).url, card);
        return until("the card", async () => {
            const wallet = await this.wallet(customer);
            return wallet.methods.length > before && wallet;
        });
    }

    // A customer who has paid for `plan` with `card`.
    async paid(plan: string, card = GOOD): Promise<string> {
        const customer = await this.q.customer();
        await pay((await this.attach(customer, plan)).checkoutUrl, card);
        await this.untilStatus(customer, plan, "active");
        return customer;
    }
    // A customer of a plan that costs nothing, with a card.
    async withCard(plan: string, card = GOOD): Promise<string> {
        const customer = await this.q.customer(plan);
        await this.saveCard(customer, card);
        return customer;
    }

    sandbox(behaviour: Json): Promise<Json> {
        return this.q.ok("/test/sandbox", behaviour);
    }
    async days(n: number): Promise<void> {
        await this.hours(n * 24);
    }
    async hours(n: number): Promise<void> {
        await this.q.setClock(new Date(Date.parse(await this.q.now()) + (n * DAY) / 24).toISOString());
    }
    async to(instant: string | number): Promise<void> {
        await this.q.setClock(new Date(instant).toISOString());
    }

    // When this returns, every charge that an answer so far has led to is recorded: the sandbox
    // charges at once, and this puts a record behind its answer on every partition.
    async settled(): Promise<void> {
        await this.q.setClock(await this.q.now());
    }
    // How many of the sandbox's webhooks, and of ours, the server has answered with 2xx.
    async webhooksTaken(): Promise<number> {
        const series = 'quipu_http_requests_total{route="POST /webhooks/:organisation/:provider",status="2xx"}';
        const metrics = await (await fetch(`${this.q.adminUrl}/metrics`)).text();
        const line = metrics.split("\n").find((each) => each.startsWith(`${series} `));
        return line === undefined ? 0 : Number(line.slice(series.length));
    }

    // The sandbox's webhook secret is shown nowhere, so it is read from the sandbox's own disk.
    // It is there once something has been paid.
    private secret(): string {
        const folder = join(this.q.data, "sandbox");
        for (const file of readdirSync(folder)) {
            const found = /whsec_\w{20,}/.exec(readFileSync(join(folder, file)).toString("latin1"));
            if (found) return found[0];
        }
        throw new Error("the sandbox has signed nothing yet");
    }
    // Posts an event as the provider would, signed unless told otherwise.
    event(type: string, data: Json, more: { id?: string; signature?: string | null } = {}): Promise<Answer> {
        const body = JSON.stringify({
            ...{ id: more.id ?? `evt_test${++events}`, type, created: Date.now(), organisation: ORGANISATION },
            data: { attempt: 0, refund: null, method: null, failure: "", message: "", permanent: false, ...data },
        });
        return this.webhook(`/webhooks/${ORGANISATION}/sandbox`, body, more.signature);
    }
    webhook(path: string, body: string, signature?: string | null): Promise<Answer> {
        const at = Math.floor(Date.now() / 1000);
        const signed = () => {
            const hex = createHmac("sha256", this.secret()).update(`${at}.${body}`).digest("hex");
            return `t=${at},v1=${hex}`;
        };
        const header = signature === undefined ? signed() : signature;
        const headers: Record<string, string> = header === null ? {} : { "x-sandbox-signature": header };
        return this.q.call("POST", path, body, { key: null, headers });
    }
}

let events = 0;

// The data of an event about an intent, as a paid page of 10.00 USD makes it.
export const ofPayment = (intent: string, more: Json = {}): Json => ({
    ...{ intent, customer: "", amount: 1000, currency: "USD", reference: "cs_test" },
    ...more,
});

// What a page asks for: "29.00 USD".
export async function asked(url: string): Promise<string> {
    const page = await (await fetch(url)).text();
    return /<p class="amount">([^<]*)<\/p>/.exec(page)?.[1] ?? page;
}
