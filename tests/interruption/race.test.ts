import assert from "node:assert/strict";
import type { PropertyBag } from "../../provider/resources/properties/bag";
import { uniqueName } from "../registry/distribution/content";
import { seedImage } from "../registry/resources/seed";
import { providerProcesses, RefusedCall } from "../support/providerProcess";
import { forEachRegistry } from "../support/registries";
import { type Course, digestRead, type Finish, race, racer } from "./race";

const processCount = 16;
const rounds = 25;
const tag = "1.4.0";

forEachRegistry(`${processCount} processes that update one tag ${rounds} times with two contents`, (registry) => {
  describe("all at once", function () {
    this.timeout(120_000);
    const processes = providerProcesses();
    const finishes: Finish[] = [];
    /** Every digest that a reader got from the tag in the meantime. */
    const read = new Set<string>();
    let digests: ReadonlySet<unknown>;

    before(async () => {
      const course = await newCourse();
      const first = racer(processes.start(), undefined, false);
      await first.image.up(course.programs[0] ?? {});
      const racers = Array.from({ length: processCount }, (_, index) =>
        racer(processes.start(), first.image.kept, index % 4 >= 2),
      );
      let isOver = false;
      const reading = readUntil(course, () => isOver);
      for (let round = 0; round < rounds; round++) finishes.push(...(await race(course, racers, round)));
      isOver = true;
      await reading;
      digests = new Set(finishes.map(({ wanted }) => wanted));
    });

    async function newCourse(): Promise<Course> {
      const { address } = registry();
      const repository = uniqueName();
      const program = async (): Promise<PropertyBag> => {
        const seeds = ["linux/amd64", "linux/arm64"].map((platform) => seedImage(address, repository, platform));
        const images = (await Promise.all(seeds)).map(({ digest }) => `@${digest}`);
        return { registry: { address }, repository, tags: [tag], images };
      };
      return { address, repository, tag, programs: [await program(), await program()] };
    }

    async function readUntil(course: Course, isOver: () => boolean): Promise<void> {
      while (!isOver()) {
        const digest = await digestRead(course);
        if (digest !== undefined) read.add(digest);
      }
    }

    it("were tried with two contents", () => {
      assert.equal(digests.size, 2);
    });

    it("leave the tag at one of the two each time", () => {
      assert.deepEqual(
        finishes.filter(({ final }) => !digests.has(final)),
        [],
      );
    });

    it("never show a reader anything but one of the two", () => {
      assert.deepEqual(
        [...read].filter((digest) => !digests.has(digest)),
        [],
      );
    });

    it("are told when they lost: by a conflict, or at the latest by the drift of the next preview", () => {
      const losers = finishes.filter(({ wanted, final }) => wanted !== final);
      const untold = losers.filter(({ refusal, drift, final }) => !refusal && !isDrift(drift, final));
      assert.deepEqual([untold, losers.length], [[], (processCount / 2) * rounds]);
    });

    it("are refused for no other reason than a conflict", () => {
      const refusals = finishes.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
      const others = refusals.filter(
        (refusal) => !(refusal instanceof RefusedCall && refusal.code === "ERR_TAG_CONFLICT"),
      );
      assert.deepEqual(others, []);
    });
  });
});

function isDrift(drift: unknown, final: string | undefined): boolean {
  return JSON.stringify(drift) === JSON.stringify({ [tag]: final });
}
