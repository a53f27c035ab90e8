// Waiting for what the server does by itself.
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_WAIT_MS = 10_000;

// The first answer of `ask` that is not undefined or false; fails when none comes in time.
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, longestMs = LONGEST_WAIT_MS): Promise<T> {
    const deadline = Date.now() + longestMs;
    while (Date.now() < deadline) {
        const answer = await ask();
        if (answer !== undefined && answer !== false) return answer;
        await sleep(10);
    }
    throw new Error(`waited in vain for ${what}`);
}
