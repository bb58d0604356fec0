import { startGitea } from "./gitea";
import { startReferrersRegistry } from "./olareg";
import type { Registry } from "./registries";
import { startServer } from "./server";

/** A registry of another make that a test has started. */
export interface OtherRegistry extends Registry {
  /** The account that may do everything, where the registry has accounts. */
  readonly account?: { readonly username: string; readonly password: string };
  /** Ends the process; all that it held is gone. */
  stop(): Promise<void>;
}

/** The ways of one make of registry, as far as tests expect different things of them. Declared here once. */
export interface Make {
  readonly name: string;
  start(): Promise<OtherRegistry>;
  /** Whether it lists referrers itself. */
  readonly hasReferrersApi: boolean;
  /** Whether it takes manifests by a sha512 digest. */
  readonly takesSha512: boolean;
  /** Whether an index may list an index. */
  readonly nestsIndexes: boolean;
  /** Whether a manifest that only a moved tag named is still there under its digest. */
  readonly keepsMovedManifest: boolean;
  /** Whether the untagged manifests that an index lists are still there after the index is deleted. */
  readonly keepsChildren: boolean;
  /** Whether a manifest goes from its tag, too, when it is deleted by digest. */
  readonly deletesTagsWithManifest: boolean;
}

const lenient = {
  hasReferrersApi: false,
  takesSha512: true,
  nestsIndexes: true,
  keepsMovedManifest: true,
  keepsChildren: true,
  deletesTagsWithManifest: true,
};

/** Every make of registry that runs in CI, beside distribution 2.8 and 3. */
export const makes: readonly Make[] = [
  { ...lenient, name: "Gitea", start: startGitea, takesSha512: true, nestsIndexes: false, keepsMovedManifest: false },
  {
    ...lenient,
    name: "ocimem",
    start: () => startServer("ocimem", (address) => [`--addr=${address}`]),
    hasReferrersApi: true,
    takesSha512: false,
    deletesTagsWithManifest: false,
  },
  {
    ...lenient,
    name: "ocimem with ECR's switches",
    start: () =>
      startServer("ocimem", (address) => [
        `--addr=${address}`,
        "--max-page=1000",
        "--no-referrers",
        "--no-link",
        "--no-digest",
      ]),
    takesSha512: false,
    deletesTagsWithManifest: false,
  },
  {
    ...lenient,
    name: "ggcr",
    start: () => startServer("crane", (address) => ["registry", "serve", `--address=${address}`]),
    deletesTagsWithManifest: false,
  },
  { ...lenient, name: "olareg", start: startReferrersRegistry, hasReferrersApi: true, keepsChildren: false },
];

/**
 * Describes the same behaviour on each of {@link makes}.
 * @param body - declares the tests; its first argument gives the registry inside hooks and tests.
 */
export function forEachMake(title: string, body: (registry: () => OtherRegistry, make: Make) => void): void {
  for (const make of makes)
    describe(`${title}, on ${make.name}`, () => {
      let registry: OtherRegistry | undefined;
      before(async function () {
        this.timeout(60_000);
        registry = await make.start();
      });
      body(() => {
        if (!registry) throw new Error("The registry is there inside hooks and tests only.");
        return registry;
      }, make);
      after(() => registry?.stop());
    });
}
