import { localFiles, tag } from "../interruption/scenarios";
import { uniqueName } from "../registry/distribution/content";
import { createStack, type Stack } from "../support/pulumi";
import type { Registry } from "../support/registries";
import { type WireProxy, wireProxy } from "../support/wireProxy";
import { serverProgram } from "./programs";

/** A stack of two PlatformImages and an index over them, whose registry is reached through a proxy. */
export interface StackBehindProxy {
  readonly stack: Stack;
  readonly repository: string;
  readonly proxy: WireProxy;
}

/** What a stack's state holds. */
export interface Deployment {
  readonly resources: readonly {
    /** The resource's own name. */
    readonly name: string;
    readonly outputs: Readonly<Record<string, unknown>>;
  }[];
  /** Operations of which the engine does not know how they ended: what was done, and the resource's name. */
  readonly pending: readonly string[];
}

/**
 * Gives the enclosing suite a stack that has not been updated yet; for hooks and tests.
 * @param registry - behind the proxy.
 * @param connection - how else the index reaches it.
 */
export function stackBehindProxy(registry: () => Registry, connection: object = {}): () => StackBehindProxy {
  const files = localFiles();
  let made: StackBehindProxy | undefined;
  before(async () => {
    const proxy = await wireProxy(registry().address);
    const binaries = { "linux/amd64": files("linux/amd64"), "linux/arm64": files("linux/arm64") };
    const repository = uniqueName();
    const { address } = proxy;
    const index = { registry: { address, ...connection } };
    const program = serverProgram({ address, repository, tags: [tag], binaries, index });
    made = { stack: await createStack({ program }), repository, proxy };
  });
  after(async () => {
    await made?.stack.dispose();
    await made?.proxy.stop();
  });
  return () => {
    if (!made) throw new Error("The stack is there inside hooks and tests only.");
    return made;
  };
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly { readonly urn: string; readonly outputs?: Readonly<Record<string, unknown>> }[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
  };
}

/** Reads a stack's state. */
export async function deploymentOf(stack: Stack): Promise<Deployment> {
  const { deployment }: Exported = JSON.parse((await stack.exportState()).stdout);
  const { resources = [], pending_operations: pending = [] } = deployment;
  return {
    resources: resources.map(({ urn, outputs = {} }) => ({ name: nameIn(urn), outputs })),
    pending: pending.map(({ type, resource }) => `${type} ${nameIn(resource.urn)}`),
  };
}

function nameIn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
