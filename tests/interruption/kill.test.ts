import assert from "node:assert/strict";
import { providerProcesses } from "../support/providerProcess";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { wireProxy } from "../support/wireProxy";
import { type Aftermath, killedPush, type Site, undisturbedPush } from "./killedPush";
import { localFiles, scenarios, seedSources } from "./scenarios";

const leastKills = 300;
// Pushes are killed in so many places at once: most of the time, one waits.
const siteCount = 2;

describe("a provider process killed at an event on the wire", function () {
  this.timeout(240_000);
  const processes = providerProcesses();
  const files = localFiles();
  let kills = 0;

  for (const version of [2, 3] as const) {
    describe(`to distribution ${version}`, () => {
      let registry: LocalRegistry;
      let sites: readonly Site[];
      before(async () => {
        registry = await startRegistry({ version });
        const sources = await seedSources(registry.address);
        sites = await Promise.all(Array.from({ length: siteCount }, () => newSite(sources)));
      });
      after(async () => {
        await Promise.all(sites.flatMap(({ proxies }) => proxies.map((proxy) => proxy.stop())));
        await registry.stop();
      });

      async function newSite(sources: readonly string[]): Promise<Site> {
        const [target, elsewhere] = await Promise.all([wireProxy(registry.address), wireProxy(registry.address)]);
        const world = { target: target.address, elsewhere: elsewhere.address, sources, files };
        return { registry, proxies: [target, elsewhere], world };
      }

      for (const scenario of scenarios) {
        describe(`during the push of ${scenario.title}`, () => {
          let undisturbed: Awaited<ReturnType<typeof undisturbedPush>>;
          /** By event. */
          const killed = new Map<string, Aftermath>();
          before(async () => {
            const [site] = sites;
            assert.ok(site);
            undisturbed = await undisturbedPush(site, scenario, processes.start());
            await Promise.all(sites.map(killInTurn));
            kills += killed.size;
          });

          async function killInTurn(site: Site, turn: number): Promise<void> {
            let [provider, successor] = [processes.start(), processes.start()];
            for (const event of undisturbed.events.filter((_, index) => index % siteCount === turn)) {
              provider.forget();
              killed.set(event, await killedPush(site, scenario, event, [provider, successor]));
              [provider, successor] = [successor, processes.start()];
            }
          }

          /** The events at which a kill did not come to what it should. */
          const exceptions = (isFine: (aftermath: Aftermath) => boolean) =>
            [...killed].filter(([, aftermath]) => !isFine(aftermath));

          it("was killed at each of them", () => {
            assert.deepEqual(
              exceptions(({ wasKilled }) => wasKilled),
              [],
            );
          });

          it("never shows a reader of the tag an index of which a child is missing", () => {
            assert.deepEqual([undisturbed.missing, exceptions(({ missing }) => missing.length === 0)], [[], []]);
          });

          it("is made up for by the next update", () => {
            assert.deepEqual(
              exceptions(({ outcome }) => outcome === undisturbed.digest),
              [],
            );
          });

          it("leaves at most one open upload session for each blob", () => {
            assert.deepEqual(
              exceptions(({ repeatedSessions }) => repeatedSessions === 0),
              [],
            );
          });
        });
      }
    });
  }

  describe("in all", () => {
    it(`was tried at least ${leastKills} times`, () => {
      assert.ok(kills >= leastKills, `${kills} kills`);
    });
  });
});
