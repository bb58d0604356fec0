import { rememberSecret } from "../errors";
import { applicationIdentity } from "./application";
import type { FindIdentity } from "./credentials";
import { variable } from "./variables";

/** An application with a client secret: in the variable of `clientSecretEnv`, else in ARM_CLIENT_SECRET or AZURE_CLIENT_SECRET. */
export const findClientSecret: FindIdentity = (search) => {
  const { clientSecretEnv } = search.credentials;
  const names = clientSecretEnv === undefined ? ["ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"] : [clientSecretEnv];
  const secret = variable(search.world.environment, ...names)?.value;
  if (secret === undefined) return undefined;
  rememberSecret(secret);
  return applicationIdentity(search, "clientSecret", "client secret", async () => ({ client_secret: secret }));
};
