import { isLoopbackAddress } from "../oci/reference";
import type { RegistryConnection } from "./connection";

// Docker Hub's references name a host that does not serve the API.
const apiHosts: ReadonlyMap<string, string> = new Map([["docker.io", "registry-1.docker.io"]]);

/**
 * Where a registry's API is served.
 * @returns the origin: https unless `plainHttp` says otherwise or, without it, the address is a loopback one and no certificate is
 * given.
 */
export function apiOrigin(connection: RegistryConnection): URL {
  const { address, caCertificate, clientCertificate } = connection;
  const { plainHttp = isLoopbackAddress(address) && !caCertificate && !clientCertificate } = connection;
  return new URL(`${plainHttp ? "http" : "https"}://${apiHosts.get(address) ?? address}`);
}
