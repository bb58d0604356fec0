import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";

const dockerHub: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/**
 * The canonical form of a registry's address, so that references say the same whatever spelling a program chose: the host in lower
 * case, and `docker.io` for each host of Docker Hub. The provider refuses what is no address.
 */
export function canonicalAddress(address: pulumi.Input<string>): pulumi.Input<string> {
  return typeof address === "string" ? canonical(address) : outputs.output(address).apply(canonical);
}

function canonical(address: string): string {
  const lower = String(address).toLowerCase();
  return dockerHub.includes(lower) ? "docker.io" : lower;
}
