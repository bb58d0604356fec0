import { resolveFiles } from "../../../provider/sources/files";
import { noRegistry } from "./worlds";

/** What the golden image is made of: local name and content. */
export const goldenFiles: Readonly<Record<string, string>> = {
  server: "#!/bin/sh\nexec echo hello\n",
  config: "answer = 42\n".repeat(20_000),
  "größe.txt": "",
};

/** The digests of an image that is made of {@link goldenFiles} in a folder; everything else about it is fixed. */
export async function goldenDigests(directory: string): Promise<readonly string[]> {
  const { manifest, configDigest, layers } = await resolveFiles(
    {
      files: {
        "/usr/bin/server": "server",
        "/etc/app/config": { path: "config", mode: 0o600, uid: 1000, gid: 3_000_000 },
        "/usr/share/größe.txt": "größe.txt",
      },
      config: { entrypoint: ["/usr/bin/server"], env: { B: "2", A: "1" }, labels: { team: "a" } },
    },
    { architecture: "arm64", os: "linux", variant: "v8" },
    { environment: { SOURCE_DATE_EPOCH: "1700000000" }, directory, registry: noRegistry },
    { "org.opencontainers.image.version": "1.4.0" },
  );
  return [manifest.descriptor.digest, configDigest, ...layers];
}
