import assert from "node:assert/strict";
import { createIdentity } from "../../../provider/distribution/identity";
import { anonymous, type ResolvedCredentials } from "../../../provider/distribution/resolvedCredentials";

const first: ResolvedCredentials = { kind: "basic", username: "first", password: "pw" };
const second: ResolvedCredentials = { kind: "basic", username: "second", password: "pw" };

const refused = new Error("refused");

describe("createIdentity", () => {
  it("looks credentials up once, however often they are needed", async () => {
    let calls = 0;
    const identity = createIdentity(async () => {
      calls++;
      return first;
    }, undefined);
    await Promise.all([identity.current(), identity.current()]);
    assert.equal(calls, 1);
  });

  it("stays who it is without a fallback", async () => {
    const identity = createIdentity(async () => first, undefined);
    assert.deepEqual([await identity.refuse(first, refused), await identity.current()], [false, first]);
  });

  it("becomes the fallback when it is refused", async () => {
    const identity = createIdentity(
      async () => first,
      async () => second,
    );
    assert.deepEqual([await identity.refuse(first, refused), await identity.current()], [true, second]);
  });

  it("becomes the fallback once for many refusals at the same time", async () => {
    let calls = 0;
    const identity = createIdentity(
      async () => first,
      async () => {
        calls++;
        return second;
      },
    );
    const answers = await Promise.all([
      identity.refuse(first, refused),
      identity.refuse(first, refused),
      identity.refuse(first, refused),
    ]);
    assert.deepEqual([answers, calls], [[true, true, true], 1]);
  });

  it("has nobody left when the fallback is refused too", async () => {
    const identity = createIdentity(
      async () => first,
      async () => second,
    );
    await identity.refuse(first, refused);
    assert.equal(await identity.refuse(second, refused), false);
  });

  it("stays who it is when the fallback is nobody", async () => {
    const identity = createIdentity(
      async () => first,
      async () => anonymous,
    );
    assert.deepEqual([await identity.refuse(first, refused), await identity.current()], [false, first]);
  });

  it("stays who it is when the fallback cannot be looked up", async () => {
    const identity = createIdentity(
      async () => first,
      () => Promise.reject(new Error("broken file")),
    );
    assert.deepEqual([await identity.refuse(first, refused), await identity.current()], [false, first]);
  });

  /** Fails the first time, and gives these credentials from then on. */
  const failingOnce = (credentials: ResolvedCredentials) => {
    let calls = 0;
    return async () => {
      if (calls++ === 0) throw new Error("the helper is locked");
      return credentials;
    };
  };

  it("looks again after a look that failed, so that a helper which was locked serves the next resource", async () => {
    const identity = createIdentity(failingOnce(first), undefined);
    await assert.rejects(identity.current(), /the helper is locked/);
    assert.equal(await identity.current(), first);
  });

  it("looks for the fallback again, at the next refusal, after a look that failed", async () => {
    const identity = createIdentity(async () => first, failingOnce(second));
    assert.equal(await identity.refuse(first, refused), false);
    assert.deepEqual([await identity.refuse(first, refused), await identity.current()], [true, second]);
  });
});
