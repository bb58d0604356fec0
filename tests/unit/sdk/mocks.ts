import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine is told of it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** Secrets are wrapped: see {@link secretOf}. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Pulumi's mark of a secret: `specialSigKey` and `specialSecretSig` in @pulumi/pulumi's runtime/rpc. */
const signature = { key: "4dabf18193072939515e22adb298388d", secret: "1b47061264138c4ac30d75fd1eb44270" };

/**
 * Stands in for the engine while a suite runs: registers every resource with its inputs as outputs.
 * @param outputs - further outputs of every resource.
 * @param isPreview - whether outputs that no resource has are not known yet, rather than absent.
 * @returns what tells of a resource once it is registered.
 */
export function mockEngine(
  outputs: Readonly<Record<string, unknown>> = {},
  isPreview = false,
): (resource: pulumi.Resource) => Promise<Registration> {
  const registered = new Map<string, Registration>();
  before(() =>
    pulumi.runtime.setMocks(
      {
        newResource({ type, name, inputs }) {
          registered.set(`${type}::${name}`, { type, name, inputs });
          return { id: `id of ${name}`, state: { ...inputs, ...outputs } };
        },
        call: ({ inputs }) => inputs,
      },
      "project",
      "stack",
      isPreview,
    ),
  );
  after(() => pulumi.runtime.resetOptions("", "", -1, "", "", false, ""));
  return async (resource) => {
    const urn = await outputValue(resource.urn);
    const found = [...registered].find(([key]) => urn.endsWith(key))?.[1];
    if (!found) throw new Error(`${urn} is not registered.`);
    return found;
  };
}

/** An output's value, once it is there. */
export function outputValue<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** What a secret input holds, `undefined` when the input is no secret. */
export function secretOf(input: unknown): unknown {
  const wrapped = new Map(Object.entries(Object(input)));
  return wrapped.get(signature.key) === signature.secret ? wrapped.get("value") : undefined;
}
