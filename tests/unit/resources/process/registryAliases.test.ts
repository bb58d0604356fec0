import assert from "node:assert/strict";
import { createRegistryAliases } from "../../../../provider/resources/process/registryAliases";
import { stillClock } from "../../../support/context";

describe("createRegistryAliases", () => {
  const both = ["a.example", "b.example"] as const;

  /** Asks one after the other, as long after the first as told. @returns what was answered, and how often it was probed. */
  async function asked(
    questions: readonly {
      readonly addresses?: readonly [string, string];
      readonly repository?: string;
      readonly after?: number;
    }[],
    probe: () => Promise<boolean>,
  ) {
    const [aliases, clock] = [createRegistryAliases(), stillClock()];
    let probes = 0;
    const answers: unknown[] = [];
    for (const { addresses = both, repository = "team/server", after = 0 } of questions) {
      clock.advance(after);
      const counted = () => {
        probes += 1;
        return probe();
      };
      answers.push(await aliases.areOne(addresses, repository, clock, counted));
    }
    return { answers, probes };
  }

  for (const answer of [true, false])
    it(`asks once whether two addresses are one registry, in either order, when the answer is ${answer}`, async () => {
      const questions = [{}, { addresses: ["b.example", "a.example"] as const, after: 3600 }];
      assert.deepEqual(await asked(questions, async () => answer), { answers: [answer, answer], probes: 1 });
    });

  it("asks for each repository, which may be elsewhere behind the same address", async () => {
    const { probes } = await asked([{}, { repository: "team/other" }], async () => true);
    assert.equal(probes, 2);
  });

  it("asks again a minute after an attempt that failed, and until then has doubts", async () => {
    const fail = () => Promise.reject(new Error("no way"));
    const { answers, probes } = await asked([{}, { after: 59 }, { after: 1 }], fail);
    assert.deepEqual([answers, probes], [["doubt", "doubt", "doubt"], 2]);
  });

  it("asks once for callers that come at the same time", async () => {
    const aliases = createRegistryAliases();
    let probes = 0;
    const ask = () =>
      aliases.areOne(both, "team/server", stillClock(), async () => {
        probes += 1;
        return true;
      });
    await Promise.all([ask(), ask()]);
    assert.equal(probes, 1);
  });
});
