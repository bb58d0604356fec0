import type { RegistryConnection } from "../distribution/connection";
import type { RegistryClient } from "../distribution/repository";
import type { Clock } from "../http/clock";
import type { Claims } from "./claims";
import type { TagLooks } from "./tagLooks";

/** What the lifecycles need of the world. One a process. */
export interface Context {
  readonly clock: Clock;
  /** The process's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which resource claims which tag in this process. */
  readonly claims: Claims;
  /** When each tag was last looked at, and what it named. */
  readonly looks: TagLooks;
  registry(connection: RegistryConnection): RegistryClient;
  /** Tells the user something that is not an error; the text is redacted. */
  warn(message: string): void;
}
