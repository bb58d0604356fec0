import type { ResourceManager } from "../../provider/azure/resourceManager";
import { connectResourceManager } from "../../provider/azure/resourceManager";
import { type StillClock, stillClock } from "../support/context";
import { type Arm, type ArmOptions, startArm } from "./arm";
import { type Entra, startEntra } from "./entra";

/** Entra and Azure Resource Manager, and the environment of an application that both know. */
export interface AzureStandIn {
  readonly entra: Entra;
  readonly arm: Arm;
  /** ARM_* variables, as azure-native takes them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The client secret, which must never be seen anywhere. */
export const secretCanary = "canary-of-the-client-secret";

const clientId = "99999999-8888-7777-6666-555555555555";

/** Starts both on free loopback ports. */
export async function startAzure(options: Omit<ArmOptions, "entra">): Promise<AzureStandIn> {
  const entra = await startEntra({ applications: { [clientId]: { secret: secretCanary } } });
  const arm = await startArm({ ...options, entra });
  return {
    entra,
    arm,
    environment: {
      ARM_TENANT_ID: entra.tenantId,
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_SECRET: secretCanary,
      AZURE_AUTHORITY_HOST: entra.url,
      ARM_RESOURCE_MANAGER_ENDPOINT: arm.url,
    },
    async stop() {
      await arm.stop();
      await entra.stop();
    },
  };
}

/** A connection to the stand-in over a clock that nobody waits for. */
export function connectTo(azure: AzureStandIn, clock: StillClock = azureClock()): ResourceManager {
  const { environment } = azure;
  return connectResourceManager({ address: "example.azurecr.io", credentials: {} }, { clock, environment });
}

/** A clock that stands at the present: the stand-in's tokens have real times. */
export function azureClock(): StillClock {
  const clock = stillClock();
  clock.advance((Date.now() - clock.now()) / 1000);
  return clock;
}

/** The same, for a process that follows builds: they take their time whatever the clock says, so that each pause lasts until the last one has ended. */
export function buildClock({ arm }: AzureStandIn): StillClock {
  const clock = azureClock();
  return {
    ...clock,
    async sleep(milliseconds) {
      await clock.sleep(milliseconds);
      await [...arm.runs.values()].at(-1)?.end;
    },
  };
}
