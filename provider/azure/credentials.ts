import type { EntraToken } from "./entraToken";
import type { AzureWorld } from "./tokenRequest";

/** The ways to sign in to Entra, in the order in which they are looked for. */
export const azureMethods = ["clientSecret", "oidc", "workloadIdentity", "managedIdentity", "cli"] as const;

/** One of {@link azureMethods}. */
export type AzureMethod = (typeof azureMethods)[number];

/** How to sign in to Entra: plain data without a secret, as it stands in inputs and state. */
export interface AzureCredentials {
  /** Default: the first of {@link azureMethods} for which the environment has what it needs. */
  readonly method?: AzureMethod;
  /** Default: ARM_TENANT_ID or AZURE_TENANT_ID. */
  readonly tenantId?: string;
  /** Of the application, or of a user-assigned managed identity. Default: ARM_CLIENT_ID or AZURE_CLIENT_ID. */
  readonly clientId?: string;
  /** Name of the variable with the client secret. Default: ARM_CLIENT_SECRET or AZURE_CLIENT_SECRET. */
  readonly clientSecretEnv?: string;
  /** Name of the variable with the OIDC token. Default: see `findOidc`. */
  readonly oidcTokenEnv?: string;
}

/** Who signs in to Azure. */
export interface AzureIdentity {
  readonly method: AzureMethod;
  /** For messages: `the application 11111111-… (client secret)`. */
  readonly name: string;
  /**
   * A token for an audience, for example `https://containerregistry.azure.net`; got anew at each call.
   * @throws ERR_AUTH when it is refused or cannot be had; ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT.
   */
  token(audience: string): Promise<EntraToken>;
}

/** What an identity is looked for with. */
export interface IdentitySearch {
  readonly credentials: AzureCredentials;
  readonly world: AzureWorld;
  /** Of the first token that will be wanted. */
  readonly audience: string;
  /** The registry's `host[:port]`, which may tell the cloud. */
  readonly address?: string;
}

/** Looks for an identity of one kind. @returns `undefined` when the environment lacks what it needs. */
export type FindIdentity = (search: IdentitySearch) => AzureIdentity | undefined | Promise<AzureIdentity | undefined>;
