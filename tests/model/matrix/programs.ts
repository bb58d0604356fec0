import { type Declared, image, imported, index, type Program, use } from "../program";
import type { ModelRegistry } from "../registry";
import { pushSource } from "../source";

/** A create or an update of a program, in which every write is disturbed once. */
export interface Phase {
  readonly name: "create" | "update of the content" | "update that renames a tag";
  /** The program before it; `undefined` for a create. */
  readonly from: Program | undefined;
  readonly to: Program;
  /** How many requests that write it sends. */
  readonly writes: number;
}

/** A program of the matrix. */
export interface Case {
  readonly name: string;
  /** Puts there what strangers have pushed before the program begins. */
  readonly prepare: (registry: ModelRegistry) => void;
  readonly phases: readonly Phase[];
}

const nothing = () => {};
const removing = { onDelete: "delete", onUnlist: "untag" };
const referrers = { copyReferrers: "direct" };

/** The phases of a program that has a content and, unless it has none, a first tag. */
function phases(
  program: (content: "1" | "2", tag: string) => Program,
  { create, change, rename }: { readonly create: number; readonly change: number; readonly rename?: number },
): readonly Phase[] {
  const from = program("1", "1.0");
  return [
    { name: "create", from: undefined, to: from, writes: create },
    { name: "update of the content", from, to: program("2", "1.0"), writes: change },
    ...(rename === undefined
      ? []
      : [{ name: "update that renames a tag", from, to: program("1", "1.1"), writes: rename } as const]),
  ];
}

const tagged = (content: string, tag: string) => [image("one", content, { tag, onUnlist: "untag" })];
const untagged = (content: string) => [image("one", content, { onDelete: "delete" })];

const copied = (content: string, tag: string) => {
  const source = { image: `r.example/src/app:${content}`, ...referrers };
  return [image("one", "", { source, tag, onUnlist: "untag" })];
};

const server = (content: string, tag: string) => {
  const arm = image("arm", "arm", { platform: "linux/arm64" });
  const amd = image("amd", content);
  const more = { childTag: "{tag}-{os}-{arch}", onUnlist: "untag" };
  return [amd, arm, index("server", [tag, "latest"], [use(amd), use(arm)], more)];
};

const referenced = (content: string, tag: string) => [
  index("server", [tag], [`r.example/src/app:${content}`], removing),
];

const about = (content: string, tag: string) => {
  const one: Declared = image("one", content);
  const subject = { use: "one", output: "digest" };
  return [one, index("about", [tag], [use(one)], { artifactType: "application/x", subject, onUnlist: "untag" })];
};

const mirror = (content: string, tag: string) => [
  imported("mirror", [tag], `r.example/src/app:${content}`, { repository: "mirror/app", ...referrers, ...removing }),
];

/** Every program. */
export const cases: readonly Case[] = [
  {
    name: "a PlatformImage with a tag",
    prepare: nothing,
    phases: phases(tagged, { create: 5, change: 5, rename: 6 }),
  },
  {
    name: "a PlatformImage without a tag",
    prepare: nothing,
    phases: phases(untagged, { create: 5, change: 5 }),
  },
  {
    name: "a PlatformImage of a registry's image with its attestation and referrers",
    prepare: pushSource,
    phases: phases(copied, { create: 10, change: 10, rename: 6 }),
  },
  {
    name: "a MultiArchImage over PlatformImages with two tags and children's tags",
    prepare: nothing,
    phases: phases(server, { create: 16, change: 9, rename: 10 }),
  },
  {
    name: "a MultiArchImage over an image of another repository",
    prepare: pushSource,
    phases: phases(referenced, { create: 7, change: 7, rename: 6 }),
  },
  {
    name: "a MultiArchImage with a subject where there is no referrers API",
    prepare: nothing,
    phases: phases(about, { create: 7, change: 7, rename: 6 }),
  },
  {
    name: "an ImportedImage of an index with its referrers",
    prepare: pushSource,
    phases: phases(mirror, { create: 15, change: 15, rename: 6 }),
  },
];
