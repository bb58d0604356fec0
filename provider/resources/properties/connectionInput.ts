import { type AzureCredentials, azureMethods } from "../../azure/credentials";
import { parseRegistryId } from "../../azure/registryId";
import type { Credentials, RegistryConnection } from "../../distribution/connection";
import { timeoutProblem } from "../../distribution/silence";
import { parseRegistryAddress } from "../../oci/reference";
import type { PropertyBag } from "./bag";
import {
  at,
  choice,
  inputError,
  memberPath,
  optionalBag,
  optionalBoolean,
  optionalNumber,
  optionalString,
  requiredBag,
  requiredString,
  stringList,
} from "./readers";

/**
 * Reads a registry connection from inputs.
 * @param bag - the object that holds its fields.
 * @param path - that object's path, `""` for a Registry resource itself.
 * @throws ERR_INPUT_INVALID naming the field.
 */
export function parseConnection(bag: PropertyBag, path: string): RegistryConnection {
  const text = (name: string) => optionalString(bag, name, path);
  const credentials = optionalBag(bag, "credentials", path);
  const clientCertificate = text("clientCertificate");
  const clientKey = text("clientKey");
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    const [given, missing] =
      clientKey === undefined ? ["clientCertificate", "clientKey"] : ["clientKey", "clientCertificate"];
    throw inputError(memberPath(path, missing), `${given} is given, so ${missing} is needed too`);
  }
  const realms = stringList(bag, "authRealms", path);
  const resourceId = text("resourceId");
  return withoutAbsent({
    address: at(memberPath(path, "address"), () => parseRegistryAddress(requiredString(bag, "address", path))),
    credentials: credentials && parseCredentials(credentials, memberPath(path, "credentials")),
    plainHttp: optionalBoolean(bag, "plainHttp", path),
    caCertificate: text("caCertificate"),
    clientCertificate,
    clientKey,
    authRealms: realms.length === 0 ? undefined : realms,
    resourceId: resourceId && at(memberPath(path, "resourceId"), () => parseRegistryId(resourceId)),
    timeoutSeconds: parseTimeout(bag, path),
  });
}

function parseTimeout(bag: PropertyBag, path: string): number | undefined {
  const seconds = optionalNumber(bag, "timeoutSeconds", path);
  const problem = seconds === undefined ? undefined : timeoutProblem(seconds);
  if (problem !== undefined) throw inputError(memberPath(path, "timeoutSeconds"), problem);
  return seconds;
}

type Optional<T> = { [K in keyof T]: T[K] | undefined };

function withoutAbsent(fields: Optional<Required<RegistryConnection>> & { address: string }): RegistryConnection {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { address: fields.address, ...Object.fromEntries(present) };
}

const credentialForms =
  "{username, passwordEnv}, {usernameEnv, passwordEnv}, {username, passwordConfig}, {username, password}, {token}, {azure: {…}} or {anonymous: true}";

function parseCredentials(bag: PropertyBag, path: string): Credentials {
  const text = (name: string) => requiredString(bag, name, path);
  switch (Object.keys(bag).sort().join()) {
    case "passwordEnv,username":
      return { username: text("username"), passwordEnv: text("passwordEnv") };
    case "passwordEnv,usernameEnv":
      return { usernameEnv: text("usernameEnv"), passwordEnv: text("passwordEnv") };
    case "passwordConfig,username":
      return { username: text("username"), passwordConfig: text("passwordConfig") };
    case "password,username":
      return { username: text("username"), password: text("password") };
    case "token":
      return { token: text("token") };
    case "azure":
      return { azure: parseAzure(requiredBag(bag, "azure", path), memberPath(path, "azure")) };
    case "anonymous":
      if (bag["anonymous"] === true) return { anonymous: true };
  }
  throw inputError(path, `one of ${credentialForms} is needed, but it has ${Object.keys(bag).join(", ") || "nothing"}`);
}

const azureNames = ["method", "tenantId", "clientId", "clientSecretEnv", "oidcTokenEnv"] as const;

/** Everything here stands in the state as it is: what is not known by name might be a secret. */
function parseAzure(bag: PropertyBag, path: string): AzureCredentials {
  const unknown = Object.keys(bag).find((name) => !azureNames.some((known) => known === name));
  if (unknown !== undefined) {
    const problem = `only ${azureNames.join(", ")} are known here; secrets are read from the environment variables that these name`;
    throw inputError(memberPath(path, unknown), problem);
  }
  const texts = azureNames.slice(1).flatMap((name) => {
    const text = optionalString(bag, name, path);
    return text === undefined ? [] : [[name, text] as const];
  });
  const method = bag["method"] === undefined ? {} : { method: choice(bag, "method", azureMethods, "cli", path) };
  return { ...method, ...Object.fromEntries(texts) };
}
