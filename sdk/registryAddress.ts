import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import { isLater } from "./input";

const dockerHub: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/**
 * The canonical form of a registry's address, so that references say the same whatever spelling a program chose: the host in lower
 * case, and `docker.io` for each host of Docker Hub. The provider refuses what is no address.
 */
export function canonicalAddress(address: pulumi.Input<string>): pulumi.Input<string> {
  return isLater(address) ? outputs.output(address).apply(canonical) : canonical(address);
}

function canonical(address: string): string {
  if (typeof address !== "string") return address;
  const lower = address.toLowerCase();
  return dockerHub.includes(lower) ? "docker.io" : lower;
}
