// Keys, mounts, bodies, errors and what the SDK makes of them (docs/contract/requests-and-errors.md).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Owostack, OwostackError, errorOf } from "./owostack";
import { type Answer, ROOT_KEY, serve, unique } from "./server";

const q = serve({
    features: [{ slug: "calls", type: "metered", name: "Calls" }],
    plans: [
        {
            ...{ slug: "free plan/ü", name: "Free", price: 0, currency: "USD", interval: "monthly" },
            features: [{ slug: "calls", enabled: true, limit: 5 }],
        },
        {
            ...{ slug: "auto", name: "Auto", price: 0, currency: "USD", interval: "monthly", autoEnable: true },
            features: [{ slug: "calls", enabled: true, limit: 5 }],
        },
    ],
});

// The one shape of errors (docs/contract/requests-and-errors.md#one-shape-of-errors).
function assertError(answer: Answer, status: number, code: string, message?: string): void {
    assert.equal(answer.status, status, answer.text);
    assert.deepEqual(Object.keys(answer.body), ["success", "code", "error", "message"]);
    assert.equal(answer.body.success, false);
    assert.equal(answer.body.code, code);
    assert.equal(answer.body.error, answer.body.message);
    if (message !== undefined) assert.equal(answer.body.error, message);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
}

test("a missing key is 401 Missing API Key, on every path below the mount", async () => {
    for (const path of ["/check", "/track", "/attach", "/customers", "/sync", "/nowhere"])
        assertError(await q.post(path, {}, { key: null }), 401, "missing_api_key", "Missing API Key");
    for (const path of ["/plans", "/wallet?customer=x", "/nowhere"])
        assertError(await q.get(path, { key: null }), 401, "missing_api_key", "Missing API Key");
});

test("a scheme that is not Bearer is 401 Missing API Key", async () => {
    for (const authorization of [`Basic ${ROOT_KEY}`, ROOT_KEY, "Bearer"]) {
        const answer = await q.get("/plans", { key: null, headers: { Authorization: authorization } });
        assertError(answer, 401, "missing_api_key", "Missing API Key");
    }
});

test("an unknown or malformed key is 401 Invalid API Key", async () => {
    for (const key of ["owo_sk_bad", "nonsense", `${ROOT_KEY}x`, ROOT_KEY.toUpperCase()])
        assertError(await q.get("/plans", { key }), 401, "invalid_api_key", "Invalid API Key");
});

test("the body is not looked at before the key", async () => {
    assertError(await q.post("/track", "{", { key: "owo_sk_bad" }), 401, "invalid_api_key");
});

test("an unknown route with a valid key is 404", async () => {
    assertError(await q.get("/nowhere"), 404, "not_found", "There is no route GET /v1/nowhere.");
    assertError(await q.post("/check/this", {}), 404, "not_found");
    assertError(await q.call("GET", "/v1"), 404, "not_found");
    assertError(await q.call("POST", "/v2/check", {}), 404, "not_found");
    assertError(await q.call("POST", "/check", {}), 404, "not_found");
});

test("a known path asked with another method is 405 and names those it takes", async () => {
    const wrong: [string, string, string][] = [
        ["GET", "/v1/track", "POST"],
        ["DELETE", "/v1/track", "POST"],
        ["PUT", "/v1/check", "GET, HEAD, POST"],
        ["POST", "/v1/plans", "GET, HEAD"],
        ["PATCH", "/v1/plans/auto", "GET, HEAD"],
        ["DELETE", "/api/v1/customers", "GET, HEAD, POST"],
        ["GET", "/v1/entities/remove", "POST"],
    ];
    for (const [method, path, allow] of wrong) {
        const answer = await q.call(method, path);
        assertError(answer, 405, "method_not_allowed", `${path} does not take ${method}, only ${allow}.`);
        assert.equal(answer.headers.get("allow"), allow);
    }
    const head = await q.call("HEAD", "/v1/plans");
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
});

test("GET / is healthy without a key", async () => {
    const answer = await q.call("GET", "/", undefined, { key: null });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { status: "healthy" });
});

test("the same routes are served below /api/v1", async () => {
    const there = await q.call("GET", "/api/v1/plans");
    assert.equal(there.status, 200);
    assert.deepEqual(there.body, (await q.get("/plans")).body);
    const customer = unique();
    const made = await q.call("POST", "/api/v1/customers", { email: `${customer}@example.com`, id: customer });
    assert.equal(made.body.externalId, customer);
});

test("a trailing slash in apiUrl makes //check, which works", async () => {
    const sdk = new Owostack({ secretKey: ROOT_KEY, apiUrl: `${q.url}/v1/` });
    const answer = await sdk.check({ customer: `${unique()}@example.com`, feature: "calls" });
    assert.equal(answer.code, "access_granted");
    assert.equal((await sdk.plans()).success, true);
});

test("the SDK's requests: what it concatenates and the headers it sends", async () => {
    const seen: { url: string; method: string; type: string | undefined; key: string | undefined }[] = [];
    const echo = createServer((request, response) => {
        const { "content-type": type, authorization: key } = request.headers;
        seen.push({ url: request.url ?? "", method: request.method ?? "", type, key });
        response.end('{"success":true,"plan":{"slug":"p"}}');
    });
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    const port = (echo.address() as AddressInfo).port;
    const sdk = new Owostack({ secretKey: "owo_sk_x", apiUrl: `http://127.0.0.1:${port}/v1` });
    await sdk.track({ customer: "c", feature: "f" });
    await sdk.plans({ group: "", interval: "monthly", includeInactive: true });
    assert.deepEqual(await sdk.plans.get("a b/c"), { slug: "p" });
    await sdk.listEntities({ customer: "a@b.co", feature: "seats" });
    echo.close();
    const key = "Bearer owo_sk_x";
    assert.deepEqual(seen, [
        { url: "/v1/track", method: "POST", type: "application/json", key },
        { url: "/v1/plans?interval=monthly&includeInactive=true", method: "GET", type: undefined, key },
        { url: "/v1/plans/a%20b%2Fc", method: "GET", type: undefined, key },
        { url: "/v1/entities?customer=a%40b.co&feature=seats", method: "GET", type: undefined, key },
    ]);
});

test("malformed JSON and no body are 400 in the one shape", async () => {
    const paths = ["/check", "/track", "/attach", "/customers", "/sync", "/entities", "/billing/invoice", "/addon"];
    for (const path of paths) {
        for (const body of ["{", "", "{'customer':1}", '{"a":1}}', "\ufeff{}", undefined])
            assertError(await q.post(path, body), 400, "malformed_json", "Malformed JSON in request body");
    }
});

test("a body that is no object is a validation error of the field input", async () => {
    for (const path of ["/check", "/track", "/attach", "/customers", "/sync", "/entities", "/entities/remove", "/addon"]) {
        for (const [body, kind] of [["[]", "array"], ["5", "number"], ['"x"', "string"], ["null", "null"], ["true", "boolean"]])
            assertError(
                ...[await q.post(path, body), 400, "validation_error"] as const,
                `Invalid input: Invalid input: expected object, received ${kind}`,
            );
    }
});

test("reasons are worded as zod words them", async () => {
    const reasons: [string, object, string][] = [
        ["/check", {}, "Invalid customer: Invalid input: expected string, received undefined"],
        ["/check", { customer: 5, feature: "f" }, "Invalid customer: Invalid input: expected string, received number"],
        ["/check", { customer: "c" }, "Invalid feature: Invalid input: expected string, received undefined"],
        ["/check", { customer: "c", feature: [] }, "Invalid feature: Invalid input: expected string, received array"],
        ["/check", { customer: "c", feature: "f", value: -1 }, "Invalid value: Too small: expected number to be >=0"],
        ["/check", { customer: "c", feature: "f", value: "1" }, "Invalid value: Invalid input: expected number, received string"],
        ["/check", { customer: "c", feature: "f", value: Infinity }, "Invalid value: Invalid input: expected number, received null"],
        ["/check", { customer: "c", feature: "f", sendEvent: 1 }, "Invalid sendEvent: Invalid input: expected boolean, received number"],
        ["/track", { customer: "c", feature: "f", value: NaN }, "Invalid value: Invalid input: expected number, received null"],
        ["/track", { customer: "c", feature: "f", metadata: 1 }, "Invalid metadata: Invalid input: expected record, received number"],
        ["/track", { customer: "c", feature: "f", entity: {} }, "Invalid entity: Invalid input: expected string, received object"],
        ["/track", { customer: "c", feature: "f", customerData: 1 }, "Invalid customerData: Invalid input: expected object, received number"],
        ["/track", { customer: "c", feature: "f", customerData: { email: "x" } }, "Invalid customerData.email: Invalid email address"],
        ["/attach", { customer: "c" }, "Invalid product: Invalid input: expected string, received undefined"],
        ["/attach", { customer: "c", product: "p", callbackUrl: "here" }, "Invalid callbackUrl: Invalid URL"],
        ["/attach", { customer: "c", product: "p", callbackUrl: 1 }, "Invalid callbackUrl: Invalid input: expected string, received number"],
        ["/attach", { customer: "c", product: "p", currency: "US" }, "Invalid currency: Too small: expected string to have >=3 characters"],
        ["/attach", { customer: "c", product: "p", channels: "card" }, "Invalid channels: Invalid input: expected array, received string"],
        ["/attach", { customer: "c", product: "p", channels: ["card", 1] }, "Invalid channels.1: Invalid input: expected string, received number"],
        ["/attach", { customer: "c", product: "p", metadata: [] }, "Invalid metadata: Invalid input: expected record, received array"],
        ["/customers", {}, "Invalid email: Invalid input: expected string, received undefined"],
        ["/customers", { email: "nobody" }, "Invalid email: Invalid email address"],
        ["/customers", { email: "a@b.co", name: 1 }, "Invalid name: Invalid input: expected string, received number"],
        ["/entities", { customer: "c", feature: "f" }, "Invalid entity: Invalid input: expected string, received undefined"],
        ["/entities", { customer: "c", feature: "f", entity: "e", email: "x" }, "Invalid email: Invalid email address"],
        ["/addon", { customer: "c" }, "Invalid pack: Invalid input: expected string, received undefined"],
        ["/addon", { customer: "c", pack: "p", quantity: 0 }, "Invalid quantity: Too small: expected number to be >=1"],
        ["/addon", { customer: "c", pack: "p", quantity: 1.5 }, "Invalid quantity: Invalid input: expected int, received number"],
        ["/addon", { customer: "c", pack: "p", quantity: NaN }, "Invalid quantity: Invalid input: expected number, received null"],
        ["/addon", { customer: "c", pack: "p", currency: "" }, "Invalid currency: Too small: expected string to have >=3 characters"],
        ["/addon", { customer: "c", pack: "p", callbackUrl: "x" }, "Invalid callbackUrl: Invalid URL"],
        ["/billing/invoice", {}, "Invalid customer: Invalid input: expected string, received undefined"],
    ];
    for (const [path, body, message] of reasons)
        assertError(await q.post(path, body), 400, "validation_error", message);
});

test("unknown fields are refused, in a body and in a query", async () => {
    const customer = await q.customer();
    for (const path of ["/check", "/track"]) {
        const { status, body } = await q.post(path, { customer, feature: "calls", valu: 5 });
        assert.deepEqual([status, body.code, body.error], [400, "unknown_field", "Unknown field 'valu'. Did you mean 'value'?"]);
    }
    const filtered = await q.get("/plans?curency=USD");
    assert.deepEqual([filtered.status, filtered.body.error], [400, "Unknown query parameter 'curency'. Did you mean 'currency'?"]);
});

// Everything that the SDK may send, in one request each (docs/contract/requests-and-errors.md#fields-without-meaning).
test("no field that the SDK sends is refused", async () => {
    const id = unique();
    const email = `${id}@example.com`;
    const customerData = { email, name: "Ada", metadata: { a: 1 } };
    const usage = { customer: email, feature: "calls", value: 1, customerData, entity: "" };
    assert.equal((await q.post("/customers", { email, id, name: "Ada", metadata: { a: 1 } })).status, 200);
    assert.equal((await q.post("/check", { ...usage, sendEvent: false })).status, 200);
    assert.notEqual((await q.post("/track", { ...usage, metadata: { a: 1 } })).body.code, "unknown_field");
    const bought = { customer: email, customerData, currency: "USD", metadata: { a: 1 }, callbackUrl: "https://app.example.com" };
    for (const [path, body] of [
        ["/attach", { ...bought, product: "nothing", channels: ["card"] }],
        ["/addon", { ...bought, pack: "nothing", quantity: 1 }],
        ["/entities", { customer: email, feature: "calls", entity: "e", name: "E", email, metadata: {} }],
        ["/entities/remove", { customer: email, feature: "calls", entity: "e" }],
        ["/wallet/setup", { customer: email, callbackUrl: "https://app.example.com", provider: "manual" }],
        ["/wallet/remove", { customer: email, id: "pm_1" }],
        ["/billing/invoice", { customer: email }],
        ["/billing/invoice/inv_1/pay", { callbackUrl: "https://app.example.com" }],
    ] as const)
        assert.notEqual((await q.post(path, body)).body.code, "unknown_field", path);
    for (const path of ["/plans?group=a&interval=monthly&currency=USD&includeInactive=true", `/entities?customer=${id}&feature=calls`])
        assert.notEqual((await q.get(path)).body.code, "unknown_field", path);
});

test("every POST reads its body whatever the content type says, or when it is missing", async () => {
    for (const contentType of [null, "text/plain", "application/x-www-form-urlencoded"]) {
        const id = unique();
        const made = await q.post("/customers", { email: `${id}@example.com`, id }, { contentType });
        assert.equal(made.status, 200, made.text);
        const attached = await q.post("/attach", { customer: id, product: "auto" }, { contentType });
        assert.equal(attached.body.success, true);
        const tracked = await q.post("/track", { customer: id, feature: "calls" }, { contentType });
        assert.equal(tracked.body.code, "tracked");
        const checked = await q.post("/check", { customer: id, feature: "calls" }, { contentType });
        assert.equal(checked.body.usage, 1);
    }
});

test("a body that is text: code unknown_error, message the text", () => {
    const error = errorOf("404 Not Found");
    assert.deepEqual([error.code, error.message], ["unknown_error", "404 Not Found"]);
});

test("a body that is null or no object: Request failed", () => {
    for (const text of ["null", "5", '"gone"']) {
        const error = errorOf(text);
        assert.deepEqual([error.code, error.message], ["unknown_error", "Request failed"]);
    }
});

test("our errors surface with their code and their sentence", async () => {
    const nobody = unique();
    const failing: [Promise<unknown>, string, string][] = [
        [q.sdk({ secretKey: "owo_sk_bad" }).plans(), "invalid_api_key", "Invalid API Key"],
        [q.sdk().plans.get("none"), "plan_not_found", "Plan not found"],
        [q.sdk().customer({}), "validation_error", "Invalid email: Invalid input: expected string, received undefined"],
        [q.sdk().attach({ customer: nobody, product: "nope" }), "plan_not_found", "Plan 'nope' not found"],
        [q.sdk().billing.invoice({ customer: nobody }), "customer_not_found", "Customer not found"],
    ];
    for (const [promise, code, message] of failing)
        await assert.rejects(promise, (error: OwostackError) => {
            assert.ok(error instanceof OwostackError);
            assert.deepEqual([error.code, error.message], [code, message]);
            return true;
        });
});

test("an error object gives its own code and message", () => {
    const nested = errorOf('{"error":{"code":"ValidationError","message":"Product slug is required"},"code":"outer"}');
    assert.deepEqual([nested.code, nested.message], ["ValidationError", "Product slug is required"]);
    const outer = errorOf('{"error":{"error":"why"},"code":"outer"}');
    assert.deepEqual([outer.code, outer.message], ["outer", "why"]);
});

test("otherwise the top level code and message", () => {
    const error = errorOf('{"code":"no_active_subscription","details":{"message":"lost"}}');
    assert.deepEqual([error.code, error.message], ["no_active_subscription", "Request failed"]);
});

test("a track that is refused with 4xx surfaces its sentence, not Request failed", async () => {
    const customer = await q.customer();
    const refused: [object, string, string][] = [
        [{ customer, feature: "nope" }, "feature_not_found", "Feature 'nope' not found."],
        [{ customer: "ghost", feature: "calls" }, "customer_not_found", "Customer 'ghost' not found in this organization."],
        [
            ...[{ customer, feature: "calls", entity: "e" }, "entity_not_found"] as const,
            "Entity 'e' not found for feature 'calls'. Use addEntity() to create it first.",
        ],
    ];
    for (const [body, code, message] of refused)
        await assert.rejects(q.sdk().track(body), { name: "OwostackError", code, message });
});

test("bodies of 2xx are returned unmodified, plans.get returns .plan", async () => {
    const plan = await q.sdk().plans.get("free plan/ü");
    assert.equal(plan.slug, "free plan/ü");
    assert.equal((await q.sdk().plans()).plans.length, 2);
});

test("syncing an empty catalog answers locally", async () => {
    const sdk = new Owostack({ secretKey: "none", apiUrl: "http://127.0.0.1:1/v1" });
    const result = await sdk.sync();
    assert.deepEqual(result.warnings, ["No catalog entries to sync."]);
    assert.equal(result.success, true);
});

test("a very long customer id is a validation error, not a failure", async () => {
    const customer = "x".repeat(10_000);
    assert.equal((await q.post("/track", { customer, feature: "calls" })).status, 404);
    const made = await q.post("/customers", { email: "long@example.com", id: customer });
    assert.equal(made.status, 400, made.text);
    assert.equal(made.body.code, "validation_error");
});

test("an answer to a write names the event and its place in the log", async () => {
    const customer = await q.customer();
    const writes: [string, object][] = [
        ["/track", { customer, feature: "calls" }],
        ["/check", { customer, feature: "calls", sendEvent: true }],
        ["/customers", { email: `${customer}@example.com`, id: customer }],
        ["/attach", { customer, product: "auto" }],
    ];
    for (const [path, body] of writes) {
        const answer = await q.post(path, body);
        assert.match(answer.body.eventId, /^evt_/, path);
        assert.equal(typeof answer.body.position.offset, "number", path);
    }
    const check = await q.post("/check", { customer, feature: "calls" });
    assert.equal(check.body.eventId, undefined);
});

function assertRepeats(again: Answer, first: Answer, what?: string): void {
    assert.deepEqual(again.body, { ...first.body, duplicate: true }, what);
}

test("the same Idempotency-Key: the same answer, marked duplicate; another body: 409", async () => {
    const customer = await q.customer();
    const once = { headers: { "Idempotency-Key": unique("key") } };
    const body = { customer, feature: "calls", value: 2 };
    const first = await q.post("/track", body, once);
    const again = await q.post("/track", body, once);
    assert.equal(first.body.duplicate, undefined);
    assertRepeats(again, first);
    assertError(await q.post("/track", { ...body, value: 3 }, once), 409, "idempotency_conflict");
    assert.equal((await q.post("/check", { customer, feature: "calls" })).body.usage, 2);
});

test("the key may stand in the body as id, eventId or transactionId", async () => {
    for (const name of ["id", "eventId", "transactionId"]) {
        const customer = await q.customer();
        const body = { customer, feature: "calls", [name]: unique("key") };
        const first = await q.post("/track", body);
        assert.equal(first.body.eventId, body[name]);
        assertRepeats(await q.post("/track", body), first);
    }
});

test("every POST that writes hears its first answer again", async () => {
    const customer = await q.customer("auto");
    const id = unique();
    const writes: [string, object][] = [
        ["/customers", { email: `${id}@example.com`, id, name: "Ada" }],
        ["/attach", { customer, product: "free plan/ü" }],
        ["/check", { customer, feature: "calls", sendEvent: true }],
        ["/entities", { customer, feature: "calls", entity: "e1" }],
        ["/entities/remove", { customer, feature: "calls", entity: "e1" }],
        ["/customers/overage-limit", { customer, maxOverageAmount: 5 }],
        ["/customers/feature-config", { customer, feature: "calls", overage: "block", maxOverageUnits: null }],
    ];
    for (const [path, body] of writes) {
        const once = { headers: { "Idempotency-Key": unique("key") } };
        const first = await q.post(path, body, once);
        assert.equal(first.status, 200, `${path} ${first.text}`);
        const again = await q.post(path, body, once);
        assertRepeats(again, first, path);
    }
});

test("a key of one customer means nothing to another; under it another call is a conflict", async () => {
    const [one, two] = [await q.customer("auto"), await q.customer("auto")];
    const once = { headers: { "Idempotency-Key": unique("key") } };
    for (const customer of [one, two])
        assert.equal((await q.post("/track", { customer, feature: "calls" }, once)).body.duplicate, undefined);
    const other = await q.post("/entities", { customer: one, feature: "calls", entity: "e1" }, once);
    assertError(other, 409, "idempotency_conflict");
});

test("a sync and a customer under a key: the first answer again, another body is a conflict", async () => {
    const id = unique();
    const calls: [string, object, object][] = [
        ["/customers", { email: `${id}@example.com`, id }, { email: `${id}@example.com`, id, name: "Else" }],
        ["/sync", { features: [], plans: [] }, { features: [{ slug: "later", name: "Later", type: "metered" }], plans: [] }],
    ];
    for (const [path, body, other] of calls) {
        const once = { headers: { "Idempotency-Key": unique("key") } };
        const first = await q.post(path, body, once);
        assertRepeats(await q.post(path, body, once), first, path);
        assertError(await q.post(path, other, once), 409, "idempotency_conflict");
    }
});

test("keys are made, work and are revoked at once", async () => {
    const id = await q.customer("auto");
    const created = await q.post("/keys", { name: "second" });
    assert.equal(created.status, 200, created.text);
    const key = created.body.secret ?? created.body.key;
    assert.equal((await q.get(`/customers/${id}`, { key })).status, 200); // the same organisation
    assert.equal((await q.post("/keys/revoke", { id: created.body.id })).status, 200);
    assertError(await q.get(`/customers/${id}`, { key }), 401, "invalid_api_key", "Invalid API Key");
});

test("an entity that is added twice under one key is added once; without a key it is a conflict", async () => {
    const customer = await q.customer();
    const add = { customer, feature: "calls", entity: "e1" };
    const once = { headers: { "Idempotency-Key": unique("key") } };
    assert.equal((await q.post("/entities", add, once)).status, 200);
    assert.equal((await q.post("/entities", add, once)).body.duplicate, true);
    assert.equal((await q.post("/entities", add)).status, 409);
});
