import type * as pulumi from "@pulumi/pulumi";
import * as outputs from "@pulumi/pulumi/output";
import type { CredentialsArgs } from "./credentials";
import { defined } from "./defined";
import { canonicalAddress } from "./registryAddress";

/** How to reach a registry. */
export interface ConnectionArgs {
  /** `host[:port]`, for example `localhost:5000`, `docker.io` or `example.azurecr.io`. */
  address: pulumi.Input<string>;
  /** Default: what the environment holds (docker's and podman's files and credential helpers). */
  credentials?: pulumi.Input<CredentialsArgs>;
  /** Speak HTTP without TLS. Default: only to a loopback address. */
  plainHttp?: pulumi.Input<boolean>;
  /** PEM of a certificate to be trusted beside the system's and those of NODE_EXTRA_CA_CERTS. */
  caCertificate?: pulumi.Input<string>;
  /** PEM of this client's certificate, for registries that ask for one. */
  clientCertificate?: pulumi.Input<string>;
  /** PEM of the client certificate's key. Always treated as a secret. */
  clientKey?: pulumi.Input<string>;
  /** Further hosts (`host[:port]`) that may receive the credentials when the registry sends clients there for a token. */
  authRealms?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The resource id of an Azure Container Registry (an azure-native Registry's `id`): for imports and builds that Azure itself does.
   */
  resourceId?: pulumi.Input<string>;
  /**
   * How long a request may stay silent, in seconds: while connecting, before headers, between two chunks. Above 0, at most 3600. Default: 60,
   * or the longest of the `customTimeouts` for create, update and delete of the Registry, else of the resource that uses it, if
   * that is shorter.
   */
  timeoutSeconds?: pulumi.Input<number>;
}

/** The connection with its secrets marked as such, whatever the program did. */
export function withSecrets(connection: ConnectionArgs): ConnectionArgs {
  const {
    address,
    credentials,
    plainHttp,
    caCertificate,
    clientCertificate,
    clientKey,
    authRealms,
    resourceId,
    timeoutSeconds,
  } = connection;
  return {
    address: canonicalAddress(address),
    ...(credentials !== undefined && { credentials: secretCredentials(credentials) }),
    ...(clientKey !== undefined && { clientKey: outputs.secret(clientKey) }),
    ...defined({ plainHttp, caCertificate, clientCertificate, authRealms, resourceId, timeoutSeconds }),
  };
}

function secretCredentials(credentials: pulumi.Input<CredentialsArgs>): pulumi.Input<CredentialsArgs> {
  if (outputs.Output.isInstance(credentials) || credentials instanceof Promise) return outputs.secret(credentials);
  if ("password" in credentials) return { ...credentials, password: outputs.secret(credentials.password) };
  return "token" in credentials ? { token: outputs.secret(credentials.token) } : credentials;
}
