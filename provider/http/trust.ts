import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { messageOf, ProviderError } from "../errors";
import type { Environment } from "./proxy";

/** Which servers a client believes, and how it proves who it is itself. */
export interface Trust {
  /** PEM of one or more certificates, trusted beside the system's and NODE_EXTRA_CA_CERTS. */
  readonly caCertificate?: string;
  /** PEM of the client's certificate, the certificates of its issuers after it. */
  readonly clientCertificate?: string;
  /** PEM of the client certificate's key. */
  readonly clientKey?: string;
}

/**
 * The TLS context of all connections to a registry, made once because reading the system's certificates takes time.
 * @returns `undefined` when Node's own defaults do.
 * @throws ERR_INPUT_INVALID with `path` `caCertificate` or `clientCertificate` for what is no PEM, or a key of another certificate.
 */
export function secureContext(trust: Trust, environment: Environment): SecureContext | undefined {
  const { caCertificate, clientCertificate, clientKey } = trust;
  if (caCertificate === undefined && clientCertificate === undefined) return undefined;
  if (caCertificate !== undefined)
    orInvalid("caCertificate", "a certificate in PEM form", () => new X509Certificate(caCertificate));
  return orInvalid("clientCertificate", "a certificate in PEM form that clientKey belongs to", () =>
    createSecureContext({
      ...(caCertificate !== undefined && {
        ca: trustedAuthorities(caCertificate, environment),
      }),
      ...(clientCertificate !== undefined && { cert: clientCertificate }),
      ...(clientKey !== undefined && { key: clientKey }),
    }),
  );
}

/**
 * The authorities to trust when one is given: Node's own and those of NODE_EXTRA_CA_CERTS stay.
 * @param caCertificate - PEM.
 * @returns PEM texts of one or more certificates each.
 */
export function trustedAuthorities(caCertificate: string, environment: Environment): string[] {
  return [...rootCertificates, ...extraCertificates(environment), caCertificate];
}

/** Node adds these itself only where no authorities are given. A file that it cannot read it ignores, with a warning at its start. */
function extraCertificates(environment: Environment): string[] {
  const path = environment["NODE_EXTRA_CA_CERTS"];
  if (!path) return [];
  try {
    return [readFileSync(path, "utf8")];
  } catch {
    return [];
  }
}

function orInvalid<T>(path: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ProviderError(
      "ERR_INPUT_INVALID",
      `${path} is not ${expected}: ${messageOf(cause)}. Give the text of the file, not its path.`,
      { path },
      { cause },
    );
  }
}
