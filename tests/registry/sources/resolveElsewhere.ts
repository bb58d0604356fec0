// Run in a process of its own: prints the digest of an image of files on a base, so that a test can vary everything around it.
import type { RegistryClient } from "../../../provider/distribution/repository";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveSource } from "../../../provider/sources/resolve";
import { newClient } from "../distribution/content";

const [directory = "", platform = "", source = ""] = process.argv.slice(2);
const clients: RegistryClient[] = [];
const registry = ({ address }: { readonly address: string }) => {
  const client = newClient(address);
  clients.push(client);
  return client;
};

async function print(): Promise<void> {
  const world = { environment: process.env, directory, registry };
  const { manifest } = await resolveSource(JSON.parse(source), parsePlatform(platform), world, {});
  process.stdout.write(manifest.descriptor.digest);
  for (const client of clients) await client.close();
}

void print();
