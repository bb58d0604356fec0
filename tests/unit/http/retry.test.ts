import assert from "node:assert/strict";
import { hasStatus, ProviderError } from "../../../provider/errors";
import { createGate } from "../../../provider/http/gate";
import { isRetryable, retrying } from "../../../provider/http/retry";
import { virtualClock } from "./virtualClock";

function registryError(status: number, retryAfterMs?: number) {
  const details = { method: "GET", url: "https://r.example/v2/", status, errors: [] };
  return new ProviderError(
    "ERR_REGISTRY",
    `GET https://r.example/v2/: ${status}.`,
    retryAfterMs === undefined ? details : { ...details, retryAfterMs },
  );
}

function transportError(retryable: boolean) {
  return new ProviderError("ERR_TRANSPORT", "broken", { method: "GET", url: "https://r.example/v2/", retryable });
}

/** Fails with these errors in turn, then succeeds with the number of the attempt. */
function failing(errors: readonly Error[]) {
  return async (attempt: number) => {
    const error = errors[attempt - 1];
    if (error !== undefined) throw error;
    return attempt;
  };
}

function environment(random?: number) {
  const clock = virtualClock(random);
  return { clock, gate: createGate(clock) };
}

describe("isRetryable", () => {
  for (const status of [408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524])
    it(`is true for status ${status}`, () => assert.equal(isRetryable(registryError(status)), true));
  for (const status of [400, 401, 403, 404, 405, 409, 413, 415, 416, 501, 505, 525])
    it(`is false for status ${status}`, () => assert.equal(isRetryable(registryError(status)), false));
  it("is true for a time-out", () =>
    assert.equal(isRetryable(new ProviderError("ERR_TIMEOUT", "late", { timeoutMs: 1 })), true));
  it("is true for a broken connection", () => assert.equal(isRetryable(transportError(true)), true));
  it("is false for a transport error that will not go away", () =>
    assert.equal(isRetryable(transportError(false)), false));
  it("is false for an untrusted certificate", () =>
    assert.equal(isRetryable(new ProviderError("ERR_TLS", "no", { method: "GET", url: "x" })), false));
  it("is false for any other error", () => assert.equal(isRetryable(new TypeError("bug")), false));
});

describe("retrying", () => {
  it("gives the first attempt's result without a wait", async () => {
    const world = environment();
    assert.equal(await world.clock.settle(retrying(world, failing([]))), 1);
    assert.deepEqual(world.clock.sleeps, []);
  });

  it("tries a refused connection three times: nobody waits long in front of a mistyped address", async () => {
    const world = environment(0.9);
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const details = { method: "GET", url: "https://r.example/v2/", retryable: true };
    const refused = new ProviderError("ERR_TRANSPORT", "nothing listens", details, { cause });
    await assert.rejects(world.clock.settle(retrying(world, failing(Array(6).fill(refused)))), refused);
    assert.deepEqual(world.clock.sleeps.map(Math.round), [700, 1915]);
  });

  it("waits longer and longer, with jitter, up to 10 s", async () => {
    const world = environment(0.9);
    assert.equal(await world.clock.settle(retrying(world, failing(Array(5).fill(registryError(500))))), 6);
    assert.deepEqual(world.clock.sleeps.map(Math.round), [700, 1915, 5196, 10_000, 10_000]);
  });

  it("never waits less than 250 ms", async () => {
    const world = environment(0);
    await world.clock.settle(retrying(world, failing(Array(3).fill(transportError(true)))));
    assert.deepEqual(world.clock.sleeps, [250, 250, 250]);
  });

  it("throws the sixth attempt's error", async () => {
    const world = environment();
    const errors = [500, 500, 500, 500, 500, 503, 500].map((status) => registryError(status));
    await assert.rejects(world.clock.settle(retrying(world, failing(errors))), (error) => error === errors[5]);
  });

  it("throws at once what is not retryable", async () => {
    const world = environment();
    const error = registryError(404);
    await assert.rejects(world.clock.settle(retrying(world, failing([error]))), error);
    assert.deepEqual(world.clock.sleeps, []);
  });

  it("gives up when the next attempt would start after 120 s", async () => {
    const world = environment();
    const start = world.clock.now();
    const errors = Array(5).fill(registryError(503, 50_000));
    await assert.rejects(world.clock.settle(retrying(world, failing(errors))), errors[0]);
    assert.equal(world.clock.now() - start, 100_000);
  });

  it("waits as long as Retry-After says", async () => {
    const world = environment();
    await world.clock.settle(retrying(world, failing([registryError(429, 7000), registryError(500, 3000)])));
    assert.deepEqual(world.clock.sleeps, [7000, 3000]);
  });

  it("honours a Retry-After of 60 s", async () => {
    const world = environment();
    await world.clock.settle(retrying(world, failing([registryError(429, 60_000)])));
    assert.deepEqual(world.clock.sleeps, [60_000]);
  });

  it("fails at once on a longer Retry-After and tells when to try again", async () => {
    const world = environment();
    await assert.rejects(
      world.clock.settle(retrying(world, failing([registryError(429, 3_600_000)]))),
      (error) => hasStatus(error, 429) && /wait 3600 s.*after 2023-11-14T23:13:20.000Z/.test(error.message),
    );
    assert.deepEqual(world.clock.sleeps, []);
  });

  for (const status of [429, 503])
    it(`holds all operations of a registry after a ${status} with Retry-After`, async () => {
      const world = environment();
      const start = world.clock.now();
      const refused = retrying(world, failing([registryError(status, 4000)]));
      await new Promise(setImmediate);
      const other = retrying(world, async () => world.clock.now() - start);
      assert.ok((await world.clock.settle(other)) >= 4000);
      await refused;
    });

  it("does not hold other operations after a 500 with Retry-After", async () => {
    const world = environment();
    const first = retrying(world, failing([registryError(500, 4000)]));
    await new Promise(setImmediate);
    await retrying(world, async () => undefined);
    assert.deepEqual(world.clock.sleeps, [4000]);
    await world.clock.settle(first);
  });

  it("gets 60 operations at once through a limit of five a second", async () => {
    const world = environment();
    let second = 0;
    let used = 0;
    const operation = async () => {
      const arrived = Math.floor(world.clock.now() / 1000);
      used = arrived === second ? used + 1 : 1;
      second = arrived;
      const isRefused = used > 5;
      await world.clock.sleep(20);
      if (isRefused) throw registryError(429, 1000);
    };
    const all = Promise.all(Array.from({ length: 60 }, () => retrying(world, operation)));
    assert.equal((await world.clock.settle(all)).length, 60);
  });
});
