import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { diagnostics, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { changesOf, type Declared, declaring, image, index, type Kept, keptOf, keptResources } from "./resources";

/** One version of the program. */
type Version = "first" | "swapped" | "changed" | "last";
/** The commands, in their order, each with the program of the one before unless it has its own. */
type Command = "first" | "swapped" | "changed" | "next" | "targeted" | "destroyed in part" | "back" | "destroyed";

/** A row's own repository, and how its resources are declared there. */
interface Place {
  /** A PlatformImage of one file, `a` or `b`. */
  image(name: string, text: "a" | "b", more?: object, options?: Declared["options"]): Declared;
  /** An index over a PlatformImage of the row. */
  index(name: string, of: string, more: object): Declared;
}

/** What the row's repository and the state were like after each command. */
interface Seen {
  /** The digest of a resource in the state. */
  digest(after: Command, resource: string): unknown;
  /** Tags and what they name. */
  tags(after: Command): Readonly<Record<string, unknown>>;
  /** Whether the manifest that a resource had after a command was there after another one. */
  has(after: Command, resource: string, then: Command): boolean;
  /** The operations of a command on the row's resources. */
  changes(command: Command): readonly string[];
  /** Its output. */
  said(command: Command): string;
}

interface Row {
  readonly title: string;
  declare(place: Place, version: Version): readonly Declared[];
  /** Resources that a command is told of. */
  readonly taint?: string;
  readonly replace?: string;
  readonly exclude?: string;
  readonly target?: string;
  readonly destroy?: string;
  assert(seen: Seen): void;
}

const spare = { onDelete: "delete" };
const overwrite = { onConflict: "overwrite" };
const isOld = (version: Version) => version === "first" || version === "swapped";
const swapping =
  (more: object, when: Version): Row["declare"] =>
  (place, version) => {
    const [one, other] = version === when ? ["2.0", "1.0"] : ["1.0", "2.0"];
    return [place.image("one", "a", { tag: one, ...more }), place.image("other", "b", { tag: other, ...more })];
  };
const releasing =
  (more: object): Row["declare"] =>
  (place, version) => {
    const isNew = version === "changed";
    const tags = [isNew ? "1.5" : "1.4", "latest"];
    return [place.image("image", isNew ? "b" : "a"), place.index("index", "image", { tags, ...more })];
  };
/** One image without a tag, and from the second program on another resource with the same one. */
const twins: Row["declare"] = (place, version) => [
  place.image("one", "a", spare),
  ...(isOld(version) ? [] : [place.image("other", "a", spare)]),
];

const rows: readonly Row[] = [
  {
    title: "destroy",
    declare: (place) => [place.image("image", "a", { tag: "1.0" })],
    assert({ tags, has }) {
      assert.deepEqual(tags("destroyed"), {});
      assert.ok(has("first", "image", "destroyed"));
    },
  },
  {
    title: "destroy --target: one of two resources",
    declare: (place) => [place.image("one", "a", { tag: "1.0" }), place.image("other", "b", { tag: "2.0" })],
    destroy: "one",
    assert({ tags, digest, changes }) {
      assert.deepEqual(changes("destroyed in part"), ["one: deleted"]);
      assert.deepEqual(tags("destroyed in part"), { "2.0": digest("first", "other") });
      assert.deepEqual(tags("back"), { "1.0": digest("first", "one"), "2.0": digest("first", "other") });
    },
  },
  {
    title: 'destroy --target: an image without a tag that another resource is, too, with onDelete: "delete"',
    declare: twins,
    destroy: "one",
    assert({ has, changes, said }) {
      assert.match(
        said("changed"),
        /one and PlatformImage other are the same manifest|other and PlatformImage one are/,
      );
      assert.equal(has("first", "one", "destroyed in part"), false);
      assert.ok(changes("back").includes("one: created"));
      assert.ok(has("first", "one", "back"));
    },
  },
  {
    title: "up --target: an index whose image has changed",
    declare: (place, version) => [
      place.image("image", version === "last" ? "b" : "a"),
      place.index("index", "image", { tags: ["1.0"] }),
    ],
    target: "index",
    assert({ digest, tags, changes }) {
      assert.deepEqual(changes("targeted"), []);
      assert.deepEqual(tags("targeted"), { "1.0": digest("first", "index") });
      assert.deepEqual(changes("back"), ["image: updated", "index: updated"]);
    },
  },
  {
    title:
      'up --target: an image without a tag that another resource is, too, leaves the program, with onDelete: "delete"',
    declare: (place, version) => twins(place, version).filter((_, position) => version !== "last" || position > 0),
    target: "one",
    assert({ has, changes }) {
      assert.deepEqual(changes("targeted"), ["one: deleted"]);
      assert.equal(has("first", "one", "targeted"), false);
      assert.deepEqual(changes("back"), ["other: updated"]);
      assert.ok(has("first", "one", "back"));
    },
  },
  {
    title: "up --exclude: one of two resources that have changed",
    declare: (place, version) => [
      place.image("one", isOld(version) ? "a" : "b", { tag: "1.0" }),
      place.image("other", isOld(version) ? "b" : "a", { tag: "2.0" }),
    ],
    exclude: "one",
    assert({ changes }) {
      assert.deepEqual(changes("changed"), ["other: updated"]);
      assert.deepEqual(changes("next"), ["one: updated"]);
    },
  },
  {
    title: "up --replace: an index",
    declare: (place) => [place.image("image", "a"), place.index("index", "image", { tags: ["1.0"], ...spare })],
    replace: "index",
    assert({ tags, digest }) {
      assert.deepEqual(tags("changed"), { "1.0": digest("first", "index") });
      assert.deepEqual(tags("destroyed"), { "1.0": digest("first", "index") });
    },
  },
  {
    title: 'up --replace: an image without a tag, with onDelete: "delete"',
    declare: (place) => [place.image("image", "a", spare)],
    replace: "image",
    assert({ has }) {
      assert.ok(has("first", "image", "changed"));
      assert.ok(has("first", "image", "destroyed"));
    },
  },
  {
    title: 'state taint: an image without a tag, with onDelete: "delete"',
    declare: (place) => [place.image("image", "a", spare)],
    taint: "image",
    assert({ has, changes }) {
      assert.ok(changes("changed").includes("image: replaced"), changes("changed").join());
      assert.ok(has("first", "image", "changed"));
      assert.ok(has("first", "image", "destroyed"));
    },
  },
  {
    title: 'up --replace, with deleteBeforeReplace: an image with a tag, with onDelete: "delete"',
    declare: (place) => [place.image("image", "a", { tag: "1.0", ...spare }, { deleteBeforeReplace: true })],
    replace: "image",
    assert({ tags, digest, has, said }) {
      assert.deepEqual(tags("changed"), { "1.0": digest("first", "image") });
      assert.doesNotMatch(said("changed"), /PlatformImage image|PlatformImage \(image\)/);
      assert.deepEqual(tags("destroyed"), {});
      assert.equal(has("first", "image", "destroyed"), false);
    },
  },
  {
    title: 'an image without a tag gets another name in the program, with onDelete: "delete"',
    declare: (place, version) => [place.image(isOld(version) ? "image" : "renamed", "a", spare)],
    assert({ has, changes }) {
      assert.deepEqual(changes("changed"), ["image: deleted", "renamed: created"]);
      assert.ok(has("first", "image", "changed"));
    },
  },
  {
    title: "two resources swap their tags",
    declare: swapping({}, "swapped"),
    assert({ said, tags, digest }) {
      assert.match(said("swapped"), /[12]\.0 is not ours.* onConflict: "overwrite"/);
      assert.deepEqual(tags("changed"), { "1.0": digest("first", "one"), "2.0": digest("first", "other") });
    },
  },
  {
    title: 'two resources swap their tags, with onConflict: "overwrite"',
    declare: swapping(overwrite, "changed"),
    assert({ tags, digest }) {
      assert.deepEqual(tags("changed"), { "2.0": digest("first", "one"), "1.0": digest("first", "other") });
      assert.deepEqual(tags("back"), { "1.0": digest("first", "one"), "2.0": digest("first", "other") });
      assert.deepEqual(tags("destroyed"), {});
    },
  },
  {
    title: "the version goes from 1.4 to 1.5 and back",
    declare: releasing({}),
    assert({ tags, digest }) {
      const [old, later] = [digest("first", "index"), digest("changed", "index")];
      assert.deepEqual(tags("changed"), { "1.4": old, "1.5": later, latest: later });
      assert.deepEqual(tags("back"), { "1.4": old, "1.5": later, latest: old });
      assert.deepEqual(tags("destroyed"), { "1.5": later });
    },
  },
  {
    title: 'the version goes from 1.4 to 1.5 and back, with onUnlist: "untag"',
    declare: releasing({ onUnlist: "untag" }),
    assert({ tags, digest }) {
      const [old, later] = [digest("first", "index"), digest("changed", "index")];
      assert.deepEqual(tags("changed"), { "1.5": later, latest: later });
      assert.deepEqual(tags("back"), { "1.4": old, latest: old });
      assert.deepEqual(tags("destroyed"), {});
    },
  },
];

onOneRegistry("the CLI's commands", (registry) => {
  const repositories = new Map<Row, TestRepository>();
  const states = new Map<Command, ReadonlyMap<string, Kept>>();
  const results = new Map<Command, CommandResult>();
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  let plan: ReadonlyMap<string, Step>;
  let unchanged: CommandResult;
  let stack: Stack;

  const prefix = (row: Row) => `row${rows.indexOf(row)}-`;
  const repositoryOf = (row: Row) => repositories.get(row) ?? assert.fail(row.title);
  const placeOf = (row: Row): Place => {
    const { target } = repositoryOf(row);
    const named = (name: string) => prefix(row) + name;
    return {
      image(name, text, more = {}, options = {}) {
        const source = { files: { "/text": `${text}.txt` } };
        return image(named(name), { ...target, platform: "linux/amd64", source, ...more }, options);
      },
      index: (name, of, more) => index(named(name), { ...target, images: [{ resource: named(of) }], ...more }),
    };
  };
  const programAt = (version: Version) => declaring(...rows.flatMap((row) => row.declare(placeOf(row), version)));
  /** The URNs of the resources that rows have for a command. */
  const urns = (kind: "taint" | "replace" | "exclude" | "target" | "destroy") =>
    rows.flatMap((row) => {
      const resource = row[kind];
      return resource === undefined ? [] : [keptOf(states.get("first") ?? new Map(), prefix(row) + resource).urn];
    });
  const flags = (kind: "replace" | "exclude" | "target" | "destroy", flag: string = kind) =>
    urns(kind).map((urn) => `--${flag}=${urn}`);
  const digest = (row: Row, after: Command, resource: string) =>
    String(keptOf(states.get(after) ?? new Map(), prefix(row) + resource).outputs["digest"]);

  const run = async (command: Command, running: Promise<CommandResult>) => {
    results.set(command, await succeeding(running));
    states.set(command, await keptResources(stack));
    for (const row of rows) {
      const { tags, digestAt } = repositoryOf(row);
      const digests = [...states.values()].flatMap((kept) =>
        [...kept].flatMap(([name, { outputs }]) => (name.startsWith(prefix(row)) ? [String(outputs["digest"])] : [])),
      );
      const names = [...new Set([...(await tags()), ...digests])];
      const looks = await Promise.all(names.map(async (name) => [name, await digestAt(name)] as const));
      found.set(`${command} ${prefix(row)}`, Object.fromEntries(looks));
    }
  };
  const there = (row: Row, after: Command) => found.get(`${after} ${prefix(row)}`) ?? assert.fail(after);

  before(async function () {
    this.timeout(600_000);
    for (const row of rows) repositories.set(row, newTestRepository(registry()));
    const up = (...more: readonly string[]) => stack.run("up", "--yes", "--skip-preview", ...more);
    stack = await createStack({ program: programAt("first") });
    for (const text of ["a", "b"]) await writeFile(join(stack.directory, `${text}.txt`), text);
    await run("first", up());

    await stack.setProgram(programAt("swapped"));
    results.set("swapped", await stack.preview());

    await succeeding(stack.run("state", "taint", ...urns("taint"), "--yes"));
    await stack.setProgram(programAt("changed"));
    const changing = [...flags("exclude"), ...flags("replace")];
    plan = plannedSteps(await succeeding(stack.run("preview", "--json", ...changing)));
    await run("changed", up(...changing));
    await run("next", up());
    unchanged = await succeeding(up());

    await stack.setProgram(programAt("last"));
    await run("targeted", up(...flags("target")));
    await run("destroyed in part", stack.run("destroy", "--yes", "--skip-preview", ...flags("destroy", "target")));
    await run("back", up());
    await run("destroyed", stack.destroy());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
  });

  for (const row of rows) {
    it(row.title, () => {
      const result = (command: Command) => results.get(command) ?? assert.fail(command);
      row.assert({
        digest: (after, resource) => digest(row, after, resource),
        tags: (after) =>
          Object.fromEntries(Object.entries(there(row, after)).filter(([name]) => !name.startsWith("sha256:"))),
        has: (after, resource, then) => there(row, then)[digest(row, after, resource)] !== undefined,
        changes: (command) =>
          changesOf(result(command)).flatMap((line) =>
            line.startsWith(prefix(row)) ? [line.slice(prefix(row).length)] : [],
          ),
        said: (command) => diagnostics(result(command)).replaceAll(prefix(row), ""),
      });
    });
  }

  it("a preview with the options of an up shows the digests that it then has", () => {
    const digests = [...plan].flatMap(([name, { op, inputs }]) =>
      op === "delete" || !inputs["digest"] ? [] : [[name, inputs["digest"]]],
    );
    assert.ok(digests.length > 5);
    for (const [name, planned] of digests)
      assert.equal(keptOf(states.get("changed") ?? new Map(), String(name)).outputs["digest"], planned);
  });

  it("the run after them finds nothing to do", () => {
    assert.match(resourceCounts(unchanged).join(), /^\d+ unchanged$/);
  });
});
