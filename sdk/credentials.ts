import type * as pulumi from "@pulumi/pulumi";

/**
 * How to sign in to a registry. The first two forms and the environment (no credentials given) leave nothing in state and are
 * read afresh at each use, also at refresh and destroy.
 */
export type CredentialsArgs =
  | EnvironmentPasswordArgs
  | EnvironmentCredentialsArgs
  | ConfigPasswordArgs
  | PasswordArgs
  | TokenArgs
  | AnonymousArgs;

/** The password is in an environment variable. */
export interface EnvironmentPasswordArgs {
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
  username: pulumi.Input<string>;
  /** The key, with or without its namespace: `registryPassword` or `project:registryPassword`. */
  passwordConfig: pulumi.Input<string>;
}

/** The password is in the program; it stands encrypted in the state. */
export interface PasswordArgs {
  username: pulumi.Input<string>;
  /** Always treated as a secret. */
  password: pulumi.Input<string>;
}

/** A token that the registry itself accepts as it is. It stands encrypted in the state. */
export interface TokenArgs {
  /** Always treated as a secret. */
  token: pulumi.Input<string>;
}

/** No credentials, whatever the environment holds. */
export interface AnonymousArgs {
  anonymous: true;
}
