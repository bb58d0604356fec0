import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../provider/errors";
import { uniqueName } from "../registry/distribution/content";
import { digestAt } from "../registry/resources/seed";
import type { ProviderProcess } from "../support/providerProcess";
import type { LocalRegistry } from "../support/registries";
import type { Observer, WireProxy } from "../support/wireProxy";
import { type State, update } from "./engine";
import { type Reader, readerOf } from "./reader";
import { type Scenario, tag, type World } from "./scenarios";
import { type Recording, record } from "./wire";

/** Where pushes take place: a registry, and the proxies through which it is reached. */
export interface Site {
  readonly registry: LocalRegistry;
  readonly proxies: readonly WireProxy[];
  readonly world: Omit<World, "repository">;
}

/** What a push and its kill came to. */
export interface Aftermath {
  /** Whether the event came at which the provider process was to be killed. */
  readonly wasKilled: boolean;
  /** Children that a reader of the tag did not find. */
  readonly missing: readonly string[];
  /** What the tag names after the next update, or why that failed. */
  readonly outcome: string;
  /** How many upload sessions are left open of a blob that has another one. */
  readonly repeatedSessions: number;
}

/** One push into a repository of its own. */
interface Push {
  readonly site: Site;
  readonly scenario: Scenario;
  readonly world: World;
  readonly state: State;
  readonly reader: Reader;
}

function newPush(site: Site, scenario: Scenario): Push {
  const repository = uniqueName();
  const reader = readerOf(site.registry.url, repository, tag);
  return { site, scenario, world: { ...site.world, repository }, state: new Map(), reader };
}

/** Pushes without a kill. @returns the names of all events on the wire, and the digest under the tag. */
export async function undisturbedPush(site: Site, scenario: Scenario, provider: ProviderProcess) {
  const push = newPush(site, scenario);
  await prepare(push, provider);
  const { events, observer } = record("", push.reader.look);
  const digest = await observed(push, provider, observer);
  return { events, digest, missing: push.reader.missing };
}

/**
 * Pushes, kills the provider process at an event on the wire, and runs the next update in another process.
 * @param event - its name; it is the seed of the order of simultaneous requests, too.
 * @param providers - the one to be killed, and its successor.
 */
export async function killedPush(
  site: Site,
  scenario: Scenario,
  event: string,
  [victim, successor]: readonly [ProviderProcess, ProviderProcess],
): Promise<Aftermath> {
  const push = newPush(site, scenario);
  const { reader, world } = push;
  await prepare(push, victim);
  let wasKilled = false;
  const recording = record(event, async (now) => {
    if (now !== event) return;
    wasKilled = true;
    await victim.kill();
    await reader.look(`the kill at ${now}`);
    throw new Error(`killed at ${now}`);
  });
  await observed(push, victim, recording.observer).catch(() => {});
  await Promise.all(site.proxies.map((proxy) => proxy.idle()));
  const next = observed(push, successor, (_, moment) => reader.look(`the next update, ${moment}`));
  const outcome = await next.then(() => digestAt(site.registry.address, world.repository, tag), messageOf);
  const repeatedSessions = countRepeatedSessions(push, recording);
  return { wasKilled, missing: reader.missing, outcome: outcome ?? "nothing", repeatedSessions };
}

async function prepare(push: Push, provider: ProviderProcess): Promise<void> {
  const { scenario, world, state } = push;
  for (const proxy of push.site.proxies) proxy.observer = async () => {};
  if (scenario.before) await update(provider, scenario.before(world), state);
}

function observed({ site, scenario, world, state }: Push, provider: ProviderProcess, observer: Observer) {
  for (const proxy of site.proxies) proxy.observer = observer;
  return update(provider, scenario.program(world), state);
}

/** Looks into the registry's storage. A session that the proxy never saw counts as one of its own. */
function countRepeatedSessions({ site, world }: Push, { sessions }: Recording): number {
  const repositories = join(site.registry.directory, "data/docker/registry/v2/repositories");
  const uploads = join(repositories, world.repository, "_uploads");
  const open = existsSync(uploads) ? readdirSync(uploads) : [];
  return open.length - new Set(open.map((session) => sessions.get(session) ?? session)).size;
}
