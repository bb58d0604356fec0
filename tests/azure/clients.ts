import type { LookupFunction } from "node:net";
import type { Credentials } from "../../provider/distribution/connection";
import { registryClient } from "../../provider/distribution/registryClient";
import type { RegistryClient } from "../../provider/distribution/repository";
import { type StillClock, stillClock } from "../support/context";
import type { Acr } from "./acr";
import type { Entra } from "./entra";

/** The application that tests sign in as. */
export const clientId = "11112222-bbbb-3333-cccc-4444dddd5555";
/** Its client secret. */
export const clientSecret = "canary-client-secret-41c7";

/** The variables with which the application signs in by its client secret. */
export function secretEnvironment(entra: Entra): Readonly<Record<string, string>> {
  return {
    AZURE_AUTHORITY_HOST: entra.url,
    ARM_TENANT_ID: entra.tenantId,
    ARM_CLIENT_ID: clientId,
    ARM_CLIENT_SECRET: clientSecret,
  };
}

/** What {@link acrClient} can be told. */
export interface AcrClientOptions {
  /** `undefined`: by itself, at an address that is one of Azure by name. */
  readonly credentials?: Credentials;
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: StillClock;
}

/** The name under which a client finds the front by itself to be an Azure registry. */
export function azureAddress({ port }: Acr): string {
  return `contoso.azurecr.io:${port}`;
}

/** Every host name is this machine's. */
export const lookupHere: LookupFunction = (_hostname, { all }, callback) =>
  all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);

/** A client of the front as a new process has it; without credentials it goes by the front's Azure name. */
export function acrClient(acr: Acr, options: AcrClientOptions = {}): RegistryClient {
  const { credentials, environment = {}, clock = stillClock() } = options;
  const connection = { address: credentials ? acr.address : azureAddress(acr), plainHttp: true };
  return registryClient(
    { ...connection, ...(credentials && { credentials }) },
    { clock, environment, config: () => undefined, notify: () => {}, lookup: lookupHere },
  );
}
