import { isOnPath, runCommand } from "./command";
import { type Phase, runProvider } from "./provider";
import { inTurn } from "./statistics";
import { partsOf } from "./target";

/** Where the images are, as seen from the index: the same repository, another one, another registry. */
export const cases = ["A", "B", "C"] as const;

/** One of {@link cases}. */
export type Case = (typeof cases)[number];

/** An index to make of images that are on a registry already. */
export interface Index {
  /** `host/repository:tag` of the index. */
  readonly target: string;
  /** `host/repository:tag` of each image. */
  readonly images: readonly string[];
}

/** One that is measured. */
export interface IndexWork extends Index {
  /** Another one, on a registry that is asked for nothing else and counts nothing. */
  readonly earlier: Index;
}

/** What it cost to make one. */
export interface IndexCost {
  /** Without the start of the process. */
  readonly workMs: number;
  /** The most memory that a process of the client held. */
  readonly peakBytes: number;
}

/** A client that makes indexes. */
export interface Client {
  readonly name: string;
  /** The cases that it does not refuse. */
  readonly cases: readonly Case[];
  /** @returns how long the client's process takes to start, in milliseconds. */
  start(home: string): Promise<number>;
  /** @param startMs - what `start` found. @throws when the client refuses. */
  makeIndex(work: IndexWork, home: string, startMs: number): Promise<IndexCost>;
}

const builtPeers: readonly Client[] = [
  peer("crane index append", ["crane", "version"], ({ target, images }) => [
    ["crane", "index", "append", "--tag", target, ...images.flatMap((image) => ["--manifest", image])],
  ]),
  peer("regctl index create", ["regctl", "version"], ({ target, images }) => {
    const references = images.flatMap((image) => ["--ref", image]);
    return [["regctl", ...regctlHosts(target, ...images), "index", "create", target, ...references]];
  }),
  peer("buildx imagetools create", ["buildx", "version"], ({ target, images }) => [
    ["buildx", "imagetools", "create", "--tag", target, ...images],
  ]),
];

const dockerManifest = peer(
  "docker manifest",
  ["docker", "--version"],
  ({ target, images }) => [
    ["docker", "manifest", "create", "--insecure", target, ...images],
    ["docker", "manifest", "push", "--insecure", target],
  ],
  ["A", "B"],
);

/** The clients of others; docker's where it is installed. */
export const peers: readonly Client[] = [...builtPeers, ...(isOnPath("docker") ? [dockerManifest] : [])];

/**
 * This project's provider, in the process of a preview and in the one of an update. `further`: in an update that has made another
 * index before, so that its code is loaded and compiled, as that of the other clients is from the start.
 */
export const ours: Readonly<Record<Phase | "further", Client>> = {
  preview: provider("preview", "preview", false),
  update: provider("update", "update", false),
  further: provider("update of a further index", "update", true),
};

/** Options of regctl for the registries of some references: it asks for HTTPS unless it is told. */
export function regctlHosts(...references: readonly string[]): readonly string[] {
  const addresses = new Set(references.map((reference) => reference.slice(0, reference.indexOf("/"))));
  return [...addresses].flatMap((address) => ["--host", `reg=${address},tls=disabled`]);
}

function peer(
  name: string,
  startCommand: readonly string[],
  commandsFor: (work: IndexWork) => readonly (readonly string[])[],
  able: readonly Case[] = cases,
): Client {
  return {
    name,
    cases: able,
    start: async (home) => (await runCommand(startCommand, home)).elapsedMs,
    async makeIndex(work, home, startMs) {
      const costs = await inTurn(commandsFor(work), (command) => runCommand(command, home));
      return {
        workMs: costs.reduce((sum, { elapsedMs }) => sum + elapsedMs - startMs, 0),
        peakBytes: Math.max(...costs.map(({ peakBytes }) => peakBytes)),
      };
    },
  };
}

function provider(name: string, phase: Phase, isFurther: boolean): Client {
  return {
    name: `pulumi-multiarch, ${name}`,
    cases,
    start: async (home) =>
      (await runProvider("registry", "preview", { address: "localhost", preflight: false }, home)).startMs,
    makeIndex: (work, home) =>
      runProvider("multiArchImage", phase, programFor(work), home, isFurther ? programFor(work.earlier) : undefined),
  };
}

function programFor({ target, images }: Index): object {
  const { registry, repository, tag } = partsOf(target);
  return { registry, repository, tags: [tag], images };
}
