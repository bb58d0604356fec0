import { isIP, type LookupFunction } from "node:net";
import { ProviderError } from "../errors";
import { addressKind } from "./addresses";
import type { HttpRequest } from "./message";
import { bareHost } from "./url";

/**
 * A DNS look-up that yields only addresses that a host of this standing may have. Given to a connection, it decides about the
 * very address that is connected to: a name that resolves differently the next time gains nothing.
 * @param lookup - the look-up to filter, as `dns.lookup`.
 * @returns a look-up that fails with ERR_ADDRESS_REFUSED when no such address is left.
 */
export function filteredLookup(lookup: LookupFunction, host: HttpRequest["host"]): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, answer) => {
      if (error !== null) return callback(error, []);
      const addresses = typeof answer === "string" ? [{ address: answer, family: isIP(answer) }] : answer;
      const allowed = addresses.filter(({ address }) => mayHave(host, address));
      const [first] = allowed;
      if (first === undefined) callback(refusal(hostname, addresses.map(({ address }) => address).join(", ")), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
}

/**
 * Refuses a host that is written as an address that it may not have: literals are never looked up.
 * @throws ERR_ADDRESS_REFUSED.
 */
export function refuseLiteral({ url, host }: Pick<HttpRequest, "url" | "host">): void {
  const literal = bareHost(url);
  if (isIP(literal) !== 0 && !mayHave(host, literal)) throw refusal(url.host, literal);
}

function mayHave(host: HttpRequest["host"], address: string): boolean {
  const kind = addressKind(address);
  return host === "named" || kind === "public" || kind === host;
}

function refusal(host: string, address: string) {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `A server named ${host}, which is at ${address}: an address that a server must not send this client to, so no connection ` +
      "was made. If it is right, make the registry serve this itself, without a redirect.",
    { url: host },
  );
}
