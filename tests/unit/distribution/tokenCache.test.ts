import assert from "node:assert/strict";
import type { Scope } from "../../../provider/distribution/authorization";
import { createTokenCache } from "../../../provider/distribution/tokenCache";
import { manualClock } from "./manualClock";

const pull: readonly Scope[] = [{ repository: "a", actions: ["pull"] }];
const push: readonly Scope[] = [{ repository: "a", actions: ["pull", "push"] }];

function cache(lifetimeSeconds = 300) {
  const clock = manualClock();
  const asked: string[] = [];
  const tokens = createTokenCache(clock, async (scopes) => {
    asked.push(scopes.join(" "));
    return { value: `token-${asked.length}`, lifetimeMs: lifetimeSeconds * 1000 };
  });
  return { clock, asked, tokens };
}

describe("createTokenCache", () => {
  it("asks once for what is needed again", async () => {
    const { tokens, asked } = cache();
    assert.deepEqual([await tokens.get(pull), await tokens.get(pull), asked.length], ["token-1", "token-1", 1]);
  });

  it("asks once for what is needed many times at the same time", async () => {
    const { tokens, asked } = cache();
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.get(pull)));
    assert.deepEqual([new Set(got).size, asked.length], [1, 1]);
  });

  it("takes the same scopes in another order for the same", async () => {
    const { tokens, asked } = cache();
    await tokens.get([...pull, { repository: "b", actions: ["push", "pull"] }]);
    await tokens.get([{ repository: "b", actions: ["pull", "push"] }, ...pull]);
    assert.deepEqual(asked, ["repository:a:pull repository:b:pull,push"]);
  });

  it("keeps a token for each set of scopes", async () => {
    const { tokens, asked } = cache();
    assert.notEqual(await tokens.get(pull), await tokens.get(push));
    assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull,push"]);
  });

  const renewals: readonly (readonly [lifetime: number, kept: number, renewed: number])[] = [
    [300, 269, 270],
    [60, 44, 45],
    [8, 5, 6],
  ];
  for (const [lifetime, kept, renewed] of renewals)
    it(`renews a token of ${lifetime} s after ${renewed} s, before it expires`, async () => {
      const { tokens, clock } = cache(lifetime);
      await tokens.get(pull);
      clock.advance(kept);
      assert.equal(await tokens.get(pull), "token-1");
      clock.advance(renewed - kept);
      assert.equal(await tokens.get(pull), "token-2");
    });

  it("asks again after a failure", async () => {
    let calls = 0;
    const tokens = createTokenCache(manualClock(), async () => {
      calls++;
      if (calls === 1) throw new Error("the server is starting");
      return { value: "token", lifetimeMs: Number.MAX_SAFE_INTEGER };
    });
    await assert.rejects(tokens.get(pull), /starting/);
    assert.equal(await tokens.get(pull), "token");
  });

  describe("when the registry refuses a token", () => {
    it("fetches another one", async () => {
      const { tokens } = cache();
      assert.equal(tokens.replace(pull, await tokens.get(pull), undefined), true);
      assert.equal(await tokens.get(pull), "token-2");
    });

    it("fetches one other for many refusals of the same", async () => {
      const { tokens, asked } = cache();
      const refused = await tokens.get(pull);
      const got = await Promise.all(
        Array.from({ length: 5 }, () => {
          tokens.replace(pull, refused, undefined);
          return tokens.get(pull);
        }),
      );
      assert.deepEqual([new Set(got), asked.length], [new Set(["token-2"]), 2]);
    });

    it("gives up when the other one is refused too", async () => {
      const { tokens } = cache();
      tokens.replace(pull, await tokens.get(pull), undefined);
      assert.equal(tokens.replace(pull, await tokens.get(pull), undefined), false);
    });

    it("replaces again what has served for a minute", async () => {
      const { tokens, clock } = cache();
      tokens.replace(pull, await tokens.get(pull), undefined);
      const second = await tokens.get(pull);
      clock.advance(60);
      assert.equal(tokens.replace(pull, second, undefined), true);
    });

    it("replaces a token that was renewed in time like a first one", async () => {
      const { tokens, clock } = cache(60);
      tokens.replace(pull, await tokens.get(pull), undefined);
      await tokens.get(pull);
      clock.advance(50);
      assert.equal(tokens.replace(pull, await tokens.get(pull), undefined), true);
    });

    it("asks from then on for what the challenge named too", async () => {
      const { tokens, asked, clock } = cache();
      tokens.replace(pull, await tokens.get(pull), "repository:a:push");
      await tokens.get(pull);
      clock.advance(300);
      await tokens.get(pull);
      assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull,push", "repository:a:pull,push"]);
    });

    it("security row 11: does not ask for another repository that the challenge names", async () => {
      const { tokens, asked } = cache();
      tokens.replace(pull, await tokens.get(pull), "repository:other:push");
      await tokens.get(pull);
      assert.deepEqual(asked, ["repository:a:pull", "repository:a:pull"]);
    });
  });
});
