import type { AzureCredentials } from "../azure/credentials";

/** Where a registry's credentials come from. Omitted altogether: the environment (docker's and podman's files and helpers). */
export type Credentials =
  /** The password is in the named environment variable, read at use. */
  | { readonly username: string; readonly passwordEnv: string }
  /** Both are in the named environment variables, read at use. */
  | { readonly usernameEnv: string; readonly passwordEnv: string }
  /** The password is the stack-config secret of this key (`project:key` or the bare key). */
  | { readonly username: string; readonly passwordConfig: string }
  /** The password is in the program, and so, encrypted, in the state. */
  | { readonly username: string; readonly password: string }
  /** A registry token, sent as the bearer token as it is. */
  | { readonly token: string }
  /** Azure Container Registry: an identity of Entra, of which nothing secret stands here. */
  | { readonly azure: AzureCredentials }
  | { readonly anonymous: true };

/** Everything needed to talk to one registry: plain data, as it stands in inputs and state. */
export interface RegistryConnection {
  /** `host[:port]`, canonical (see `parseRegistryAddress`): `docker.io`, never `index.docker.io`. */
  readonly address: string;
  readonly credentials?: Credentials;
  /** Speak HTTP without TLS. Default: only for a loopback host. */
  readonly plainHttp?: boolean;
  /** PEM, trusted beside the system's and NODE_EXTRA_CA_CERTS. */
  readonly caCertificate?: string;
  /** PEM of this client's certificate (mutual TLS). */
  readonly clientCertificate?: string;
  /** PEM of the client certificate's key. */
  readonly clientKey?: string;
  /** Further hosts (`host[:port]`) whose token realms may receive the credentials. */
  readonly authRealms?: readonly string[];
  /** The resource id of an Azure Container Registry, for what only Azure Resource Manager does. */
  readonly resourceId?: string;
  /** Bound of one operation's silence in seconds: connecting, waiting for headers, between two chunks of a body. Above 0, at most 3600; default 60. */
  readonly timeoutSeconds?: number;
}
