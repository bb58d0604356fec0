import { digestOf } from "../../provider/oci/digest";
import type { Lifecycle } from "../../provider/resources/lifecycle";
import type { PropertyBag } from "../../provider/resources/properties/bag";
import { type Kept, type Resource, resource } from "../registry/resources/engine";
import { digestAt } from "../registry/resources/seed";
import type { ProviderProcess } from "../support/providerProcess";

/** A tag, and the programs that put different indexes under it; each has the tag and the repository. */
export interface Course {
  readonly address: string;
  readonly repository: string;
  readonly tag: string;
  readonly programs: readonly PropertyBag[];
}

/** What one update of a race, and the next preview of the same program, came to. */
export interface Finish {
  /** The digest that the program asks for. */
  readonly wanted: unknown;
  /** What the tag named when everybody had finished. */
  readonly final: string | undefined;
  /** What the update threw, if it did. */
  readonly refusal: unknown;
  /** The drift that the next preview shows, if any. */
  readonly drift: unknown;
}

/** One of those that race. */
export interface Racer {
  readonly provider: ProviderProcess;
  readonly image: Resource;
}

/**
 * A racer on a state that others have, too.
 * @param isSlow - whether time passes between its looks and its writes.
 */
export function racer(provider: ProviderProcess, kept: Kept | undefined, isSlow: boolean): Racer {
  const lifecycle = provider.lifecycle("multiArchImage");
  const image = resource(isSlow ? slow(lifecycle, provider) : lifecycle, "server");
  image.kept = kept;
  return { provider, image };
}

/** Longer than a look counts. */
const pauseSeconds = 2;

function slow(lifecycle: Lifecycle, provider: ProviderProcess): Lifecycle {
  return {
    ...lifecycle,
    async check(...args) {
      const checked = await lifecycle.check(...args);
      provider.advance(pauseSeconds);
      return checked;
    },
  };
}

/** Reads the tag and hashes what comes. @returns `undefined` when nothing comes: distribution 2.8 moves a tag in two steps. */
export async function digestRead({ address, repository, tag }: Course): Promise<string | undefined> {
  const headers = { accept: "application/vnd.oci.image.index.v1+json" };
  const response = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return response.ok ? digestOf(bytes) : undefined;
}

/** Lets everybody update at once, each as the next in turn of the programs, and then preview. */
export async function race(course: Course, racers: readonly Racer[], round: number): Promise<readonly Finish[]> {
  const { address, repository, tag, programs } = course;
  const programOf = (index: number) => programs[(index + round) % programs.length] ?? {};
  const refusals = await Promise.all(
    racers.map(({ provider, image }, index) => {
      provider.forget();
      return image.up(programOf(index)).then(
        () => undefined,
        (refusal: unknown) => refusal,
      );
    }),
  );
  const final = await digestAt(address, repository, tag);
  return Promise.all(
    racers.map(async ({ provider, image }, index) => {
      provider.forget();
      const { inputs } = await image.preview(programOf(index));
      return { wanted: inputs["digest"], final, refusal: refusals[index], drift: inputs["drift"] };
    }),
  );
}
