import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import type { CredentialsArgs } from "./credentials";
import { defined } from "./defined";
import { isFields, type OptionalInput } from "./input";
import { canonicalAddress } from "./registryAddress";

/** How to reach a registry. */
export interface ConnectionArgs {
  /** `host[:port]`, for example `localhost:5000`, `docker.io` or `example.azurecr.io`. */
  address: pulumi.Input<string>;
  /** Default: what the environment holds (docker's and podman's files and credential helpers). */
  credentials?: OptionalInput<CredentialsArgs>;
  /** Speak HTTP without TLS. Default: only to a loopback address, unless a certificate is given. */
  plainHttp?: OptionalInput<boolean>;
  /** PEM of a certificate to be trusted beside the system's and those of NODE_EXTRA_CA_CERTS. */
  caCertificate?: OptionalInput<string>;
  /** PEM of this client's certificate, for registries that ask for one. */
  clientCertificate?: OptionalInput<string>;
  /** PEM of the client certificate's key. Always treated as a secret. @secret */
  clientKey?: OptionalInput<string>;
  /** Further hosts (`host[:port]`) that may receive the credentials when the registry sends clients there for a token. */
  authRealms?: OptionalInput<pulumi.Input<string>[]>;
  /**
   * The resource id of an Azure Container Registry (an azure-native Registry's `id`): for imports and builds that Azure itself does.
   */
  resourceId?: OptionalInput<string>;
  /**
   * How long a request may stay silent, in seconds: while connecting, before headers, between two chunks. Above 0, at most 3600. Default: 60,
   * or the longest of the `customTimeouts` for create, update and delete of the Registry, else of the resource that uses it, if
   * that is shorter.
   */
  timeoutSeconds?: OptionalInput<number>;
}

/** The names of a connection's members. */
export const connectionNames: ReadonlySet<string> = new Set(
  Object.keys({
    address: true,
    credentials: true,
    plainHttp: true,
    caCertificate: true,
    clientCertificate: true,
    clientKey: true,
    authRealms: true,
    resourceId: true,
    timeoutSeconds: true,
  } satisfies Record<keyof ConnectionArgs, true>),
);

/** The connection with its secrets marked as such, whatever the program did. Names that it does not have stay, for check to refuse. */
export function withSecrets(connection: ConnectionArgs): ConnectionArgs {
  const { address, credentials, clientKey, ...others } = connection;
  return {
    address: canonicalAddress(address),
    ...(credentials !== undefined && { credentials: secretCredentials(credentials) }),
    ...(clientKey !== undefined && { clientKey: outputs.secret(clientKey) }),
    ...defined(others),
  };
}

/** The members of credentials that say where a secret is. All others are or may be one, misspelt ones as well. */
const plainNames: ReadonlySet<string> = new Set([
  "username",
  "usernameEnv",
  "passwordEnv",
  "passwordConfig",
  "azure",
  "anonymous",
]);

function secretCredentials(credentials: OptionalInput<CredentialsArgs>): OptionalInput<CredentialsArgs> {
  if (!isFields(credentials)) return outputs.secret(credentials);
  const members = Object.entries(credentials).map(([name, value]) => [
    name,
    plainNames.has(name) ? value : outputs.secret(value),
  ]);
  return Object.assign({ ...credentials }, Object.fromEntries(members));
}
