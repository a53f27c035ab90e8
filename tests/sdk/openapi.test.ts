// Every example of the API's own description is sent, in its order, and every answer has the shape
// that is described.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Description, Names, callsOf, send } from "./openapi";
import { serve, type Json } from "./server";
import { until } from "./until";

const file = process.env["QUIPU_OPENAPI_JSON"];
if (!file) throw new Error("QUIPU_OPENAPI_JSON names the description that the build wrote");
const document: Json = JSON.parse(readFileSync(file, "utf8"));
const description = new Description(document);
const catalog = document.paths["/v1/sync"].post["x-examples"][0].body;

const q = serve(catalog, ["--payment-provider", "sandbox", "--allow-private-webhooks"]);
const names = new Names();

async function payPage(url: string): Promise<void> {
    const form = new URLSearchParams({ action: "pay", card: "4242 4242 4242 4242" });
    const answer = await fetch(url, { method: "POST", body: form, redirect: "manual" });
    assert.ok(answer.status === 200 || answer.status === 303, `the page answered ${answer.status}`);
}

// On the plan, with the card that paid it, and with overage to invoice.
async function payingCustomer(id: string): Promise<void> {
    await q.ok("/customers", { email: `${id}@example.com`, id });
    const attached = await q.ok("/attach", { customer: id, product: "pro" });
    assert.equal(attached.requiresCheckout, true);
    await payPage(attached.checkoutUrl);
    await until(`${id} to have the plan`, async () => {
        const { subscriptions } = (await q.get(`/customers/${id}`)).body;
        return subscriptions.some((each: Json) => each.plan === "pro" && each.status === "active");
    });
    await q.ok("/track", { customer: id, feature: "api-calls", value: 1500 });
}

test("the customers of the examples pay on the sandbox's page, and its webhooks start their plans", async () => {
    for (const id of ["grace", "hopper", "turing"]) await payingCustomer(id);
});

test("the description served is the one that the build wrote, without a key", async () => {
    const answer = await q.call("GET", "/openapi.json", undefined, { key: null });
    assert.deepEqual(answer.body, document);
});

test("each body that is shown is one of the examples that are sent", () => {
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
        for (const operation of Object.values<Json>(methods)) {
            const sent = operation["x-examples"].map((each: Json) => each.name);
            for (const content of Object.values<Json>(operation.requestBody?.content ?? {})) {
                for (const name of Object.keys(content.examples ?? {})) assert.ok(sent.includes(name), `${path}: ${name}`);
            }
        }
    }
});

test("a shape refuses what it does not describe", () => {
    const answer = description.answer(document.paths["/"].get, 200);
    assert.equal(description.problems(answer, { status: "healthy" }), "");
    assert.match(description.problems(answer, { status: "ill" }), /constant/);
    assert.match(description.problems(answer, { status: "healthy", more: 1 }), /additional/);
    assert.match(description.problems(answer, {}), /required/);
});

for (const call of callsOf(document)) {
    test(call.name, async () => {
        const { example, operation } = call;
        if (example.body !== undefined && example.status < 400) {
            const type = example.contentType ?? "application/json";
            assert.equal(description.problems(description.body(operation, type), example.body), "", "the request's body");
        }
        const answer = await send(q, description, names, call);
        assert.equal(answer.status, example.status, answer.text);
        for (const [name, path] of Object.entries<Json>(example.saves ?? {})) names.save(name, answer.body, path);
        const schema = description.answer(operation, answer.status);
        if (schema) assert.equal(description.problems(schema, answer.body), "", answer.text);
    });
}
