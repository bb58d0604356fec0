import { createGate } from "../http/gate";
import { createTransport } from "../http/transport";
import { type ArmClient, createArmClient } from "./arm";
import { cloudOf } from "./cloud";
import type { AzureCredentials } from "./credentials";
import type { EntraToken } from "./entraToken";
import { requireAzureIdentity } from "./identity";
import { createStorage, type Storage } from "./storage";
import type { AzureWorld } from "./tokenRequest";

/** Who manages which registry. */
export interface ResourceManagerConnection {
  /** The registry's `host[:port]`, which may tell the cloud. */
  readonly address: string;
  readonly credentials: AzureCredentials;
}

/** Azure Resource Manager, and the storage that it points to. */
export interface ResourceManager {
  readonly arm: ArmClient;
  readonly storage: Storage;
}

const timeoutMs = 60_000;
// As azure-native does it: a token that is about to end is not used for something new.
const marginMs = 300_000;

/**
 * Connects to Azure Resource Manager; no request is made yet. Tokens are shared by all that is sent.
 * @throws ERR_INPUT_INVALID for an environment variable that names no cloud or URL.
 */
export function connectResourceManager(connection: ResourceManagerConnection, world: AzureWorld): ResourceManager {
  const { environment, clock, lookup, watch } = world;
  const { resourceManager: endpoint } = cloudOf(environment, connection.address);
  const transport = createTransport({ timeoutMs, environment, ...(lookup && { lookup }), ...(watch && { watch }) });
  const shared = { endpoint, transport, clock };
  return {
    arm: createArmClient({ ...shared, gate: createGate(clock), authorize: createAuthorize(connection, world) }),
    storage: createStorage({ ...shared, gate: createGate(clock) }),
  };
}

/** A process's connections: one for each address and credentials. */
export function createResourceManagerPool(
  world: AzureWorld,
): (connection: ResourceManagerConnection) => ResourceManager {
  const managers = new Map<string, ResourceManager>();
  return ({ address, credentials }) => {
    const key = JSON.stringify([address, ...Object.entries(credentials).sort()]);
    const manager = managers.get(key) ?? connectResourceManager({ address, credentials }, world);
    managers.set(key, manager);
    return manager;
  };
}

/** Gives the Authorization header's value, and a new one when the last one was refused. */
function createAuthorize({ address, credentials }: ResourceManagerConnection, world: AzureWorld) {
  let current: Promise<EntraToken> | undefined;

  async function getToken(): Promise<EntraToken> {
    const { resourceManagerAudience: audience } = cloudOf(world.environment, address);
    const identity = await requireAzureIdentity({ credentials, world, audience, address });
    return identity.token(audience);
  }

  return async (refused?: string): Promise<string> => {
    const held = current;
    const token = await held?.catch(() => undefined);
    const isUsable =
      token !== undefined && authorizationOf(token) !== refused && token.expiresAt - marginMs > world.clock.now();
    if (isUsable) return authorizationOf(token);
    // Of those who come at the same time, one gets it for all.
    if (current === held) current = getToken();
    return authorizationOf(await (current ?? getToken()));
  };
}

function authorizationOf({ value }: EntraToken): string {
  return `Bearer ${value}`;
}
