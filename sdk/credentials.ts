import type * as pulumi from "@pulumi/pulumi";
import type { AzureMethod } from "../provider/azure/credentials";
import type { OptionalInput } from "./input";

/**
 * How to sign in to a registry. The first two forms, `azure` and the environment (no credentials given) leave nothing in state and are
 * read afresh at each use, also at refresh and destroy.
 */
export type CredentialsArgs =
  | EnvironmentPasswordArgs
  | EnvironmentCredentialsArgs
  | ConfigPasswordArgs
  | PasswordArgs
  | TokenArgs
  | AzureCredentialsArgs
  | AnonymousArgs;

/** The password is in an environment variable. */
export interface EnvironmentPasswordArgs {
  /** The user's name, or the name that the registry takes with a token. */
  username: pulumi.Input<string>;
  /** The variable's name. */
  passwordEnv: pulumi.Input<string>;
}

/** User name and password are in environment variables. */
export interface EnvironmentCredentialsArgs {
  /** The variable's name. */
  usernameEnv: pulumi.Input<string>;
  /** The variable's name. */
  passwordEnv: pulumi.Input<string>;
}

/** The password is a secret of the stack's configuration. */
export interface ConfigPasswordArgs {
  /** The user's name, or the name that the registry takes with a token. */
  username: pulumi.Input<string>;
  /** The key, with or without its namespace: `registryPassword` or `project:registryPassword`. */
  passwordConfig: pulumi.Input<string>;
}

/** The password is in the program; it stands encrypted in the state. */
export interface PasswordArgs {
  /** The user's name, or the name that the registry takes with a token. */
  username: pulumi.Input<string>;
  /** Always treated as a secret. @secret */
  password: pulumi.Input<string>;
}

/** A token that the registry itself accepts as it is. It stands encrypted in the state. */
export interface TokenArgs {
  /** Always treated as a secret. @secret */
  token: pulumi.Input<string>;
}

/**
 * Azure Container Registry: an identity of Entra. A registry whose name says that it is one (`contoso.azurecr.io`) looks for it by
 * itself; this is for choosing among several ways, and for registries behind another name. Nothing secret stands here.
 */
export interface AzureCredentialsArgs {
  /** `{}`: the first way, in the order of `method`, for which the environment has what it needs. */
  azure: pulumi.Input<AzureIdentityArgs>;
}

/** Which identity of Entra to sign in with. */
export interface AzureIdentityArgs {
  /**
   * `clientSecret` and `oidc`: an application, with a client secret or a federated credential. `workloadIdentity`: the same, with
   * the token file of Kubernetes (AZURE_FEDERATED_TOKEN_FILE). `managedIdentity`: the machine's. `cli`: whoever is signed in to `az`.
   */
  method?: OptionalInput<AzureMethod>;
  /** Default: the variable ARM_TENANT_ID or AZURE_TENANT_ID. */
  tenantId?: OptionalInput<string>;
  /** The application's, or a user-assigned managed identity's. Default: the variable ARM_CLIENT_ID or AZURE_CLIENT_ID. */
  clientId?: OptionalInput<string>;
  /** Name of the variable with the client secret. Default: ARM_CLIENT_SECRET, then AZURE_CLIENT_SECRET. */
  clientSecretEnv?: OptionalInput<string>;
  /** Name of the variable with the OIDC token. Default: ARM_OIDC_TOKEN, the file of ARM_OIDC_TOKEN_FILE_PATH, then the job's service. */
  oidcTokenEnv?: OptionalInput<string>;
}

/** No credentials, whatever the environment holds. */
export interface AnonymousArgs {
  /** Nothing but `true`. */
  anonymous: true;
}
