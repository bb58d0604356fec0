import { ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import { quote } from "../oci/quote";
import { imagesIn } from "./archive";
import { resolveCollected } from "./collection";
import { connectEngine } from "./engine";
import { findEngineSocket } from "./engineSocket";
import type { DaemonSource, ResolvedImage, SourceWorld } from "./source";
import { spooled } from "./spool";

/**
 * Resolves an image of this machine's Docker or Podman engine. The engine gives an image away only as a whole, so all of it is
 * streamed, previews included, once a process and image id, into a temporary file; from there it is read as an archive.
 * @param source - the image's name or id.
 * @param platform - picks the image where the name stands for several.
 * @param world - the environment variables that say where the engine listens, see `findEngineSocket`.
 * @throws ERR_INPUT_INVALID with the path `source.daemon`; ERR_SOURCE_UNAVAILABLE when the engine cannot be reached or does not
 * have the image; as `resolveArchive` for what it gives.
 */
export async function resolveDaemon(
  { daemon }: DaemonSource,
  platform: Platform,
  world: Pick<SourceWorld, "environment" | "watch">,
): Promise<ResolvedImage> {
  requireName(daemon);
  const socket = await findEngineSocket(world.environment);
  const engine = connectEngine(socket, world.watch);
  try {
    const id = await engine.imageId(daemon);
    const name = `image ${quote(daemon)} of the engine at unix://${socket.path}`;
    // By its id, so that the name may move on meanwhile.
    const bytes = await spooled(`${socket.path} ${id}`, name, () => engine.exportImage(id));
    return await resolveCollected(await imagesIn(bytes), { platform, path: "source.daemon" });
  } finally {
    await engine.close();
  }
}

function requireName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,511}$/.test(name) && !name.includes("..")) return;
  const message = `source.daemon: ${quote(name)} is not an image's name or id. Write it as docker images or podman images lists it.`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: "source.daemon" });
}
