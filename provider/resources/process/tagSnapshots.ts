import type { Clock } from "../../http/clock";
import type { Descriptor } from "../../oci/descriptor";

/** One look at a tag: what it named, `undefined` for nothing. */
export interface Look {
  readonly descriptor: Descriptor | undefined;
}

/** The last HEAD of each tag in this process, so that a write notices another writer in between. */
export interface TagSnapshots {
  /** Keeps what a look at `address/repository` and `tag` showed just now. */
  record(repository: string, tag: string, descriptor: Descriptor | undefined): void;
  /** The last look, however old. */
  last(repository: string, tag: string): Look | undefined;
  /** Whether the last look is at most one second old. */
  isFresh(repository: string, tag: string): boolean;
}

const freshMilliseconds = 1000;

/** Looks of one process, none at first. */
export function createTagSnapshots(clock: Clock): TagSnapshots {
  const looks = new Map<string, Look & { readonly at: number }>();
  const key = (repository: string, tag: string) => `${repository}:${tag}`;
  return {
    record: (repository, tag, descriptor) => {
      looks.set(key(repository, tag), { descriptor, at: clock.now() });
    },
    last: (repository, tag) => looks.get(key(repository, tag)),
    isFresh(repository, tag) {
      const look = looks.get(key(repository, tag));
      return look !== undefined && clock.now() - look.at <= freshMilliseconds;
    },
  };
}
