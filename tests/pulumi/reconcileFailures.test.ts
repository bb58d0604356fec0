import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Fault } from "../registry/resources/faultProxy";
import { type FaultProxy, faultProxy } from "../registry/resources/faultProxy";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { diagnostics, plannedStep, plannedSteps, resourceCounts, succeeding } from "./plan";
import { type Declared, declaring, image, index, type Kept, keptResources } from "./resources";

/** What one row is about: a repository of its own, and another one from which images come. */
interface Place {
  readonly name: string;
  readonly address: string;
  readonly ours: TestRepository;
  readonly theirs: TestRepository;
  readonly layout: Layout;
  /** The digest of the layer of the layout's image. */
  readonly layer: string;
}

/** How one update went. */
interface Outcome {
  /** What is kept of the row's resource, if anything. */
  readonly kept: Kept | undefined;
  /** What the update said of it. */
  readonly said: string;
}

type Harm = (request: string) => Fault | undefined | Promise<Fault | undefined>;

interface Row {
  readonly title: string;
  declare(place: Place): Promise<Declared>;
  /** What happens to the registry's requests while the first update runs. */
  harm(place: Place): Harm | Promise<Harm>;
  /** Puts right what the next update cannot. */
  mend?(place: Place): void;
  assertFailed(place: Place, outcome: Outcome): Promise<void>;
  /** What is there after the next update, which is let be. */
  assertMended(place: Place, outcome: Outcome): Promise<void>;
}

const refusal: Fault = { status: 400, errors: [{ code: "DENIED", message: "not this one" }] };
const four = ["1", "2", "3", "4"];
const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
const digestsAt = (repository: TestRepository, names: readonly string[]) =>
  Promise.all(names.map((name) => repository.digestAt(name)));
const digestOf = ({ kept }: Outcome) => String(kept?.outputs["digest"]);
/** The row's tag names what the state tells. */
const assertWritten = async ({ ours }: Place, outcome: Outcome) => {
  assert.equal(await ours.digestAt("1.0"), digestOf(outcome));
  assert.deepEqual(outcome.kept?.initErrors, []);
};
/** Nothing is tagged, and nothing kept. */
const assertNothing = async ({ ours }: Place, { kept }: Outcome) => {
  assert.deepEqual([await ours.digestAt("1.0"), kept], [undefined, undefined]);
};
const reference = ({ address, theirs }: Place, tagOrDigest: string) => `${address}/${theirs.name}${tagOrDigest}`;
/** Runs a piece of work when a request is made for the given time. */
const when = (wanted: string, count: number, work: () => unknown) => {
  let left = count;
  return async (request: string) => {
    if (request !== wanted) return undefined;
    left -= 1;
    if (left === 0) await work();
    return undefined;
  };
};
const ownImage = ({ name, ours }: Place, source: object) =>
  image(name, { ...ours.target, tag: "1.0", platform: "linux/amd64", source });
async function theirTag(place: Place): Promise<string> {
  await place.theirs.image("linux/amd64", { tag: "built" });
  return reference(place, ":built");
}
/** The request that begins the upload of a blob, which is after the plan. */
const uploadOf = (repository: string, digest: string) =>
  `POST /v2/${repository}/blobs/uploads/?${new URLSearchParams({ mount: digest, from: repository })}`;
const moveTheirTag = ({ theirs }: Place) => theirs.image("linux/amd64", { tag: "built" });

const rows: readonly Row[] = [
  {
    title: "the registry refuses the third of four tags",
    async declare({ name, ours }) {
      const { digest } = await ours.image("linux/amd64");
      return index(name, { ...ours.target, tags: four, images: [`@${digest}`] });
    },
    harm:
      ({ ours }) =>
      (request) =>
        request === `PUT /v2/${ours.name}/manifests/3` ? refusal : undefined,
    async assertFailed({ ours }, outcome) {
      const digest = digestOf(outcome);
      assert.deepEqual(await digestsAt(ours, four), [digest, digest, undefined, digest]);
      assert.deepEqual(outcome.kept?.outputs["createdTags"], ["1", "2", "4"]);
      assert.match(outcome.kept?.initErrors.join() ?? "", /manifests\/3: 400/);
    },
    async assertMended({ ours }, outcome) {
      assert.deepEqual(await digestsAt(ours, four), Array(4).fill(digestOf(outcome)));
      assert.deepEqual([outcome.kept?.outputs["createdTags"]].flat().sort(), four);
    },
  },
  {
    title: "the registry refuses the second of three children",
    async declare(place) {
      const children = await Promise.all(
        platforms.map((platform) => place.theirs.image(platform, { tag: platform.replaceAll("/", "-") })),
      );
      const images = children.map(({ digest }) => reference(place, `@${digest}`));
      return index(place.name, { ...place.ours.target, tags: ["1.0"], images });
    },
    async harm({ ours, theirs }) {
      const second = await theirs.digestAt("linux-arm64");
      return (request) => (request === `PUT /v2/${ours.name}/manifests/${second}` ? refusal : undefined);
    },
    async assertFailed({ ours, theirs }, { kept }) {
      const [first, second, third] = await digestsAt(theirs, ["linux-amd64", "linux-arm64", "linux-arm-v7"]);
      assert.match(kept?.initErrors.join() ?? "", new RegExp(`manifests/${second}: 400`));
      assert.deepEqual(await digestsAt(ours, [String(first), String(second), String(third), "1.0"]), [
        first,
        undefined,
        third,
        undefined,
      ]);
    },
    assertMended: assertWritten,
  },
  {
    title: "a local file changes between plan and push",
    declare: async (place) => ownImage(place, { ociLayout: place.layout.directory }),
    harm: ({ ours, layout, layer }) => when(uploadOf(ours.name, layer), 1, () => layout.damage(layer, "altered")),
    async assertFailed(place, outcome) {
      await assertNothing(place, outcome);
      assert.match(outcome.said, new RegExp(place.layer));
    },
    // Changing it once more makes it what it was.
    mend: ({ layout, layer }) => layout.damage(layer, "altered"),
    assertMended: assertWritten,
  },
  {
    title: "the tag that a PlatformImage is taken from is moved between plan and push",
    declare: async (place) => ownImage(place, { image: await theirTag(place) }),
    harm: (place) => when(`GET /v2/${place.theirs.name}/manifests/built`, 2, () => moveTheirTag(place)),
    async assertFailed(place, outcome) {
      await assertNothing(place, outcome);
      assert.match(outcome.said, /source: it gave sha256:\w+ when this change was planned, but gives sha256:\w+ now/);
    },
    assertMended: assertWritten,
  },
  {
    title: "the tag that an index takes an image from is moved between plan and push",
    declare: async (place) =>
      index(place.name, { ...place.ours.target, tags: ["1.0"], images: [await theirTag(place)] }),
    async harm(place) {
      const { config } = await place.theirs.documentAt("built");
      return when(`GET /v2/${place.theirs.name}/blobs/${Object(config).digest}`, 1, async () => {
        await moveTheirTag(place);
        // For a second the plan's look is fresh, and the CLI has no clock that could be moved.
        await setTimeout(1100);
      });
    },
    async assertFailed(place, outcome) {
      await assertNothing(place, outcome);
      assert.match(
        outcome.said,
        /images\[0\]: \S+:built named sha256:\w+ when this change was planned, but names sha256:\w+ now/,
      );
    },
    async assertMended(place, outcome) {
      await assertWritten(place, outcome);
      const { manifests } = await place.ours.documentAt("1.0");
      assert.equal(Object([manifests].flat()[0]).digest, await place.theirs.digestAt("built"));
    },
  },
  {
    title: "the registry falls silent, and the resource has customTimeouts",
    async declare({ name, ours }) {
      const { digest } = await ours.image("linux/amd64");
      const args = { ...ours.target, tags: ["1.0"], images: [`@${digest}`] };
      return index(name, args, { customTimeouts: { create: "1s" } });
    },
    harm:
      ({ ours }) =>
      (request) =>
        request === `PUT /v2/${ours.name}/manifests/1.0` ? new Promise(() => {}) : undefined,
    async assertFailed(place, outcome) {
      await assertNothing(place, outcome);
      assert.match(outcome.said, /PUT \S+\/manifests\/1\.0: .*was silent for 1000 ms/);
    },
    assertMended: assertWritten,
  },
];

const nothing: Outcome = { kept: undefined, said: "" };

onOneRegistry("an update that fails half-way", (registry) => {
  const places = new Map<string, Place>();
  /** Why a row did not come to what it should, by moment. */
  const findings = { failed: new Map<string, unknown>(), mended: new Map<string, unknown>() };
  const approval = {
    refusal: "",
    untouched: "" as string | undefined,
    approved: "",
    written: "" as string | undefined,
  };
  let proxy: FaultProxy;
  let stack: Stack;
  let last: CommandResult;

  const placeOf = ({ title }: Row): Place => {
    const place = places.get(title);
    if (!place) throw new Error(`${title} has no place.`);
    return place;
  };
  const newPlace = (name: string): Place => {
    const layout = makeLayout();
    const platform = { os: "linux", architecture: "amd64" };
    const { digest, ...descriptor } = layout.image({ platform, layers: [name] });
    layout.publish({ digest, ...descriptor });
    const { layers } = JSON.parse(readFileSync(layout.path(digest), "utf8"));
    const [ours, theirs] = [newTestRepository(proxy), newTestRepository(proxy)];
    return { name, address: proxy.address, ours, theirs, layout, layer: layers[0].digest };
  };
  /** Looks at every row at once: what comes next changes what there is. */
  const judge = async (result: CommandResult, moment: "failed" | "mended") => {
    const resources = await keptResources(stack);
    const said = messagesByResource(result);
    for (const row of rows) {
      const place = placeOf(row);
      const outcome = { ...nothing, kept: resources.get(place.name), said: said.get(place.name) ?? "" };
      const judged = moment === "failed" ? row.assertFailed(place, outcome) : row.assertMended(place, outcome);
      findings[moment].set(row.title, await judged.catch((error: unknown) => error));
    }
  };

  before(async function () {
    this.timeout(600_000);
    proxy = await faultProxy(registry().address);
    const resources: Declared[] = [];
    for (const [position, row] of rows.entries()) {
      places.set(row.title, newPlace(`row${position}`));
      resources.push(await row.declare(placeOf(row)));
    }
    stack = await createStack({ program: declaring(...resources) });
    const harms = await Promise.all(rows.map((row) => row.harm(placeOf(row))));
    proxy.fail(async (method, path) => {
      const faults = harms.map((harm) => harm(`${method} ${path}`));
      return (await Promise.all(faults)).find((fault) => fault !== undefined);
    });
    const first = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    proxy.work();
    await judge(first, "failed");
    for (const row of rows) row.mend?.(placeOf(row));
    await judge(await succeeding(stack.up()), "mended");
    last = await succeeding(stack.up());
    await approve(resources);
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await proxy.stop();
    for (const { layout } of places.values()) layout.remove();
  });

  /** Binds an index to the digest of a preview, which another one overtakes. */
  async function approve(others: readonly Declared[]): Promise<void> {
    const place = newPlace("approved");
    places.set("approved", place);
    const images = [await theirTag(place)];
    const expect = (digest?: string) => {
      const args = { ...place.ours.target, tags: ["1.0"], images, ...(digest && { expectedDigest: digest }) };
      return stack.setProgram(declaring(...others, index("approved", args)));
    };
    const previewed = async () => {
      await expect();
      return String(plannedStep(plannedSteps(await stack.preview({ json: true })), "approved").inputs["digest"]);
    };
    const overtaken = await previewed();
    await moveTheirTag(place);
    await expect(overtaken);
    approval.refusal = diagnostics(await stack.up());
    approval.untouched = await place.ours.digestAt("1.0");
    approval.approved = await previewed();
    await expect(approval.approved);
    await succeeding(stack.up());
    approval.written = await place.ours.digestAt("1.0");
  }

  for (const row of rows) {
    it(row.title, () => {
      assert.ifError(findings.failed.get(row.title));
      assert.ifError(findings.mended.get(row.title));
    });
  }

  it("a source changes after the digest was approved with expectedDigest", () => {
    assert.match(approval.refusal, /expectedDigest: sha256:\w+ was approved, but the index would be sha256:\w+/);
    assert.equal(approval.untouched, undefined);
    assert.equal(approval.written, approval.approved);
  });

  it("the run after an update that made up for a failure finds nothing to do", () => {
    assert.deepEqual(resourceCounts(last), [`${rows.length + 1} unchanged`]);
  });
});

/** What a command says under "Diagnostics:" of each resource, by its name. */
function messagesByResource(result: CommandResult): ReadonlyMap<string, string> {
  const sections = diagnostics(result).split(/^ {2}(?=\S)/m);
  return new Map(
    sections.map((section) => {
      const [, name = "", message = ""] = /^\S+ \((\S+)\):\n([\s\S]*)$/.exec(section) ?? [];
      return [name, message];
    }),
  );
}
