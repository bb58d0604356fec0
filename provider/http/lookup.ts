import { isIP, type LookupFunction } from "node:net";
import { ProviderError } from "../errors";
import { isPrivateAddress } from "./addresses";

/**
 * A DNS look-up that yields public addresses only. Given to a connection, it decides about the very address that is connected
 * to: a name that resolves differently the next time gains nothing.
 * @param lookup - the look-up to filter, as `dns.lookup`.
 * @returns a look-up that fails with ERR_ADDRESS_REFUSED when no public address is left.
 */
export function publicLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, answer) => {
      if (error !== null) return callback(error, []);
      const addresses = typeof answer === "string" ? [{ address: answer, family: isIP(answer) }] : answer;
      const allowed = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = allowed;
      if (first === undefined) callback(refusal(hostname, addresses.map(({ address }) => address).join(", ")), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
}

/**
 * Refuses an untrusted host that is written as a private address: literals are never looked up.
 * @throws ERR_ADDRESS_REFUSED.
 */
export function refusePrivateLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw refusal(url.host, host);
}

function refusal(host: string, address: string) {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `A server named ${host}, which is at ${address}: a private address. A server may send this client to public addresses ` +
      "only, so no connection was made. If it is right, make the registry serve this itself, without a redirect.",
    { url: host },
  );
}
