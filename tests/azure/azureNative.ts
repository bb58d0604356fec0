import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Stands in for the plugin `pulumi-resource-azure-native`: forwards resource groups, registries and the functions about them to
 * Azure Resource Manager, as the program's SDK and the real engine want it. Names are the resource's own, without anything random.
 */

type Fields = Record<string, unknown>;

const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const {
  ARM_SUBSCRIPTION_ID,
  ARM_TENANT_ID,
  ARM_CLIENT_ID,
  ARM_CLIENT_SECRET,
  AZURE_AUTHORITY_HOST,
  ARM_RESOURCE_MANAGER_ENDPOINT,
} = process.env;

/** What differs between the kinds of resource. */
interface Kind {
  readonly nameInput: string;
  path(inputs: Fields): string;
  /** What only Azure knows. */
  readonly outputs: readonly string[];
}

const group = (name: unknown) => `/subscriptions/${ARM_SUBSCRIPTION_ID}/resourceGroups/${String(name)}`;
const registry = ({ resourceGroupName, registryName }: Fields) =>
  `${group(resourceGroupName)}/providers/Microsoft.ContainerRegistry/registries/${String(registryName)}`;

const kinds: Readonly<Record<string, Kind>> = {
  "azure-native:resources:ResourceGroup": {
    nameInput: "resourceGroupName",
    path: ({ resourceGroupName }) => group(resourceGroupName),
    outputs: [],
  },
  "azure-native:containerregistry:Registry": { nameInput: "registryName", path: registry, outputs: ["loginServer"] },
};

const functions: Readonly<Record<string, (args: Fields) => Promise<Fields>>> = {
  "azure-native:containerregistry:getRegistry": async (args) => flat(await ask("GET", registry(args))),
  "azure-native:containerregistry:listRegistryCredentials": (args) => ask("POST", `${registry(args)}/listCredentials`),
};

async function ask(method: string, path: string, body?: object): Promise<Fields> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: ARM_CLIENT_ID ?? "",
    client_secret: ARM_CLIENT_SECRET ?? "",
    scope: `${ARM_RESOURCE_MANAGER_ENDPOINT}/.default`,
  });
  const token = await fetch(`${AZURE_AUTHORITY_HOST}/${ARM_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    body: form,
  });
  const { access_token } = Object(await token.json());
  const response = await fetch(`${ARM_RESOURCE_MANAGER_ENDPOINT}${path}?api-version=2023-01-01-preview`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : Object(JSON.parse(text));
}

/** As azure-native shows a resource: its `properties` beside its other fields. */
function flat({ properties, ...fields }: Fields): Fields {
  return { ...fields, ...Object(properties) };
}

function kindOf(urn: string): Kind {
  const [type = ""] = urn.split("::").slice(2, 3);
  const kind = kinds[type.split("$").at(-1) ?? ""];
  if (kind === undefined) throw new Error(`The stand-in for azure-native has no ${type}.`);
  return kind;
}

function fieldsOf(struct: Struct | undefined): Fields {
  return Object(struct?.toJavaScript() ?? {});
}

function structOf(fields: Fields): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(fields)));
}

/** A method of the plugin, written as a function of its request. */
function method<Request, Response>(answer: (request: Request) => Promise<Response> | Response) {
  return ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => answer(request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ code: 2, details: String(error) }),
      );
  };
}

const service = {
  getPluginInfo: method(() => new PluginInfo().setVersion("3.28.0")),
  getSchema: method(() => new messages.GetSchemaResponse().setSchema("{}")),
  checkConfig: method((request: messages.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
  diffConfig: method(() => new messages.DiffResponse()),
  configure: method(() => new messages.ConfigureResponse().setSupportspreview(true)),
  cancel: method(() => new Empty()),
  invoke: method(async (request: messages.InvokeRequest) => {
    const run = functions[request.getTok()];
    if (run === undefined) throw new Error(`The stand-in for azure-native has no ${request.getTok()}.`);
    return new messages.InvokeResponse().setReturn(structOf(await run(fieldsOf(request.getArgs()))));
  }),
  check(
    call: ServerUnaryCall<messages.CheckRequest, messages.CheckResponse>,
    callback: sendUnaryData<messages.CheckResponse>,
  ) {
    method((request: messages.CheckRequest) => {
      const name = request.getUrn().split("::").at(-1) ?? "";
      const inputs = { [kindOf(request.getUrn()).nameInput]: name, ...fieldsOf(request.getNews()) };
      return new messages.CheckResponse().setInputs(structOf(inputs));
    })(call, callback);
  },
  diff: method((request: messages.DiffRequest) => {
    const [olds, news] = [request.getOldInputs(), request.getNews()].map((one) => JSON.stringify(fieldsOf(one)));
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    return new messages.DiffResponse().setChanges(olds === news ? DIFF_NONE : DIFF_SOME);
  }),
  create: method(async (request: messages.CreateRequest) => {
    const kind = kindOf(request.getUrn());
    const inputs = fieldsOf(request.getProperties());
    const name = inputs[kind.nameInput];
    if (request.getPreview()) {
      const later = Object.fromEntries(kind.outputs.map((output) => [output, unknownValue]));
      return new messages.CreateResponse().setProperties(structOf({ ...inputs, name, ...later }));
    }
    const made = flat(await ask("PUT", kind.path(inputs), inputs));
    return new messages.CreateResponse()
      .setId(String(made["id"]))
      .setProperties(structOf({ ...inputs, name, ...made }));
  }),
  read: method(async (request: messages.ReadRequest) => {
    const found = flat(await ask("GET", request.getId()));
    const properties = { ...fieldsOf(request.getProperties()), ...found };
    return new messages.ReadResponse()
      .setId(request.getId())
      .setProperties(structOf(properties))
      .setInputs(request.getInputs());
  }),
  update: method(async (request: messages.UpdateRequest) => {
    const inputs = fieldsOf(request.getNews());
    const made = request.getPreview() ? {} : flat(await ask("PUT", request.getId(), inputs));
    return new messages.UpdateResponse().setProperties(
      structOf({ ...fieldsOf(request.getOlds()), ...inputs, ...made }),
    );
  }),
  delete: method(async (request: messages.DeleteRequest) => {
    await ask("DELETE", request.getId());
    return new Empty();
  }),
};

const server = new Server();
server.addService(ResourceProviderService, service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
