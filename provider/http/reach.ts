import { isIP, type LookupFunction } from "node:net";
import { type AddressKind, addressKind } from "./addresses";
import type { HttpRequest } from "./message";
import { bareHost } from "./url";

/** Where the hosts that the user named were found, and so where they may redirect to. */
export interface Reach {
  /** A look-up that takes note of the addresses that it yields. */
  noting(lookup: LookupFunction): LookupFunction;
  /**
   * The standing of another host that a named one redirects to: a registry of a site's own network has its storage there too, and
   * one on this machine has it on this machine. A host that was ever at two kinds of addresses has no such privilege: by
   * changing its address it could lead this client anywhere.
   * @param url - of the named host, which has answered.
   */
  standingBeyond(url: URL): HttpRequest["host"];
}

/** The reach of one registry's transport. */
export function createReach(): Reach {
  const seen = new Map<string, Set<AddressKind>>();

  function note(hostname: string, addresses: readonly string[]): void {
    const kinds = seen.get(hostname) ?? new Set();
    for (const address of addresses) kinds.add(addressKind(address));
    seen.set(hostname, kinds);
  }

  function kindsOf(url: URL): readonly AddressKind[] {
    const host = bareHost(url);
    return isIP(host) === 0 ? [...(seen.get(host) ?? [])] : [addressKind(host)];
  }

  return {
    noting: (lookup) => (hostname, options, callback) =>
      lookup(hostname, options, (error, found, family) => {
        if (error === null) note(hostname, typeof found === "string" ? [found] : found.map(({ address }) => address));
        callback(error, found, family);
      }),
    standingBeyond(url) {
      const [kind, ...others] = kindsOf(url);
      return others.length === 0 && (kind === "internal" || kind === "loopback") ? kind : "untrusted";
    },
  };
}
