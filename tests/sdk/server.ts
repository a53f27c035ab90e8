// One `quipu serve` of its own for a test file: embedded log, manual clock, ports of its choosing.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { Owostack, type OwostackConfig } from "./owostack";
import { until } from "./until";

export const ROOT_KEY = "owo_sk_root0123456789";
export const START = "2040-03-20T12:00:00.000Z";
const LONGEST_START_MS = 30_000;

// Answers are JSON whose shape the tests assert, so they are not typed.
export type Json = any;

export interface Answer {
    status: number;
    headers: Headers;
    text: string;
    body: Json; // undefined when the text is no JSON
}

export interface CallOptions {
    key?: string | null; // null sends none
    headers?: Record<string, string>;
    contentType?: string | null; // null sends none
}

function portBehind(text: string, label: string): number | undefined {
    const found = new RegExp(`listening: .*${label} http://[^:]+:(\\d+).*\\n`).exec(text);
    return found ? Number(found[1]) : undefined;
}

export class Server {
    private child: ChildProcess | undefined;
    private folder = "";
    private log = "";
    private stopping = false;
    url = "";
    adminUrl = "";

    async start(moreArguments: string[] = []): Promise<void> {
        const program = process.env["QUIPU_PROGRAM"];
        if (!program) throw new Error("QUIPU_PROGRAM names the quipu binary to test");
        this.folder = await mkdtemp(join(tmpdir(), "quipu-sdk-"));
        const child = spawn(
            program,
            [
                ...["serve", "--data", join(this.folder, "data"), "--partitions", "2"],
                ...["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--clock", "manual"],
                ...moreArguments,
            ],
            { env: { ...process.env, QUIPU_ROOT_KEY: ROOT_KEY }, stdio: ["ignore", "pipe", "pipe"] },
        );
        this.child = child;
        child.once("exit", (code, signal) => {
            if (!this.stopping) console.error(`the server ended by itself (${code ?? signal}): ${this.log}`);
        });
        child.stdout.on("data", (text) => (this.log += text));
        child.stderr.on("data", (text) => (this.log += text));
        await this.untilReady(child);
        const set = await this.post("/test/clock", { now: START });
        if (set.status !== 200) throw new Error(`the clock was not set: ${set.text}`);
    }

    private async untilReady(child: ChildProcess): Promise<void> {
        const ready = async () => {
            if (child.exitCode !== null) throw new Error(`the server ended: ${this.log}`);
            const api = portBehind(this.log, "api");
            const admin = portBehind(this.log, "admin");
            if (!api || !admin) return false;
            this.url = `http://127.0.0.1:${api}`;
            this.adminUrl = `http://127.0.0.1:${admin}`;
            return (await fetch(`${this.adminUrl}/readyz`)).ok;
        };
        await until("the server to be ready", ready, LONGEST_START_MS);
    }

    async stop(): Promise<void> {
        const child = this.child;
        this.stopping = true;
        if (child && child.exitCode === null && child.signalCode === null) {
            const ended = new Promise((resolve) => child.once("exit", resolve));
            child.kill("SIGTERM");
            await ended;
        }
        await rm(this.folder, { recursive: true, force: true });
    }

    // The ledger's folder of this server.
    get data(): string {
        return join(this.folder, "data");
    }

    sdk(config: Partial<OwostackConfig> = {}): Owostack {
        return new Owostack({ secretKey: ROOT_KEY, apiUrl: `${this.url}/v1`, ...config });
    }

    // `path` from the root of the server; `body` is sent as it is when it is a string.
    async call(method: string, path: string, body?: Json, options: CallOptions = {}): Promise<Answer> {
        const headers: Record<string, string> = { ...options.headers };
        const key = options.key === undefined ? ROOT_KEY : options.key;
        if (key !== null) headers["Authorization"] = `Bearer ${key}`;
        const init: RequestInit = { method, headers, redirect: "manual" };
        if (body !== undefined) {
            // Bytes carry no content type of their own, text would.
            init.body = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
            const type = options.contentType === undefined ? "application/json" : options.contentType;
            if (type !== null) headers["Content-Type"] = type;
        }
        const response = await fetch(`${this.url}${path}`, init);
        const text = await response.text();
        let parsed: Json;
        try {
            parsed = JSON.parse(text);
        } catch {
            parsed = undefined;
        }
        return { status: response.status, headers: response.headers, text, body: parsed };
    }

    post(path: string, body?: Json, options: CallOptions = {}): Promise<Answer> {
        return this.call("POST", `/v1${path}`, body, options);
    }

    get(path: string, options: CallOptions = {}): Promise<Answer> {
        return this.call("GET", `/v1${path}`, undefined, options);
    }

    // A POST that must succeed.
    async ok(path: string, body: Json): Promise<Json> {
        const answer = await this.post(path, body);
        if (answer.status !== 200) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
        return answer.body;
    }

    async setClock(now: string): Promise<void> {
        await this.ok("/test/clock", { now });
    }

    async now(): Promise<string> {
        return (await this.get("/test/clock")).body.now;
    }

    // A customer with a subscription to `product`; returns the caller's id.
    async customer(product?: string): Promise<string> {
        const id = unique();
        await this.ok("/customers", { email: `${id}@example.com`, id });
        if (product) await this.ok("/attach", { customer: id, product });
        return id;
    }
}

// The server of a test file, started before its tests and stopped after them.
export function serve(payload?: Json, moreArguments: string[] = []): Server {
    const server = new Server();
    before(async () => {
        await server.start(moreArguments);
        if (payload) await server.ok("/sync", payload);
    });
    after(() => server.stop());
    return server;
}

let count = 0;
export function unique(prefix = "user"): string {
    return `${prefix}_${++count}`;
}
