// Calls from a web page: `serve --cors-origins`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "./server";

const PAGE = "https://app.example.com";
const q = serve(undefined, ["--cors-origins", `${PAGE},http://localhost:3000`]);

test("a preflight of a listed page is answered without a key", async () => {
    const headers = { Origin: PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" };
    const answer = await q.call("OPTIONS", "/v1/track", undefined, { key: null, headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get("access-control-allow-origin"), PAGE);
    assert.equal(answer.headers.get("access-control-allow-methods"), "GET, POST, DELETE");
    assert.equal(answer.headers.get("access-control-allow-headers"), "Authorization, Content-Type, Idempotency-Key");
    assert.equal(answer.headers.get("vary"), "Origin");
});

test("a preflight of another page gets no leave", async () => {
    const headers = { Origin: "https://evil.example.com", "Access-Control-Request-Method": "POST" };
    const answer = await q.call("OPTIONS", "/v1/track", undefined, { key: null, headers });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    assert.equal(answer.headers.get("vary"), "Origin");
});

test("answers and errors to a listed page carry its origin, others do not", async () => {
    for (const [origin, expected] of [[PAGE, PAGE], ["http://localhost:3000", "http://localhost:3000"], ["http://localhost:3001", null]]) {
        for (const key of [undefined, "owo_sk_bad"]) {
            const answer = await q.get("/plans", { headers: { Origin: origin! }, ...(key ? { key } : {}) });
            assert.equal(answer.status, key ? 401 : 200);
            assert.equal(answer.headers.get("access-control-allow-origin"), expected);
        }
    }
});

test("server-to-server calls are unaffected", async () => {
    const answer = await q.get("/plans");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
});
