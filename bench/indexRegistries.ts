import { contentAt, seedImage } from "../tests/registry/resources/seed";
import { type Admission, countingProxy, longestChain } from "../tests/support/countingProxy";
import { startRegistry } from "../tests/support/registries";
import type { Case, IndexWork } from "./clients";
import { partsOf } from "./target";

/** Two registries of one version, each with images of its own, behind proxies that count. */
export interface IndexRegistries {
  /** How the proxies let requests through from now on. */
  setAdmission(admitted: Admission): void;
  /** What went through since the last call. */
  takeCount(): { readonly requests: number; readonly chain: number };
  /** An index that nobody has made yet. */
  newWork(which: Case, size: number): IndexWork;
  /** @throws when the index is not there, or does not list so many images. */
  requireMade(work: IndexWork, size: number): Promise<void>;
  stop(): Promise<void>;
}

const platforms = [
  ..."linux/amd64 linux/arm64 linux/arm/v7 linux/s390x linux/ppc64le linux/riscv64 linux/386 linux/arm/v6".split(" "),
  ..."linux/arm/v5 linux/mips64le linux/mips64 linux/mipsle linux/mips linux/loong64 linux/ppc64".split(" "),
  ..."freebsd/amd64 freebsd/arm64 freebsd/arm/v7 freebsd/riscv64 freebsd/386".split(" "),
];
const repository = "bench/images";

/** Starts them. Each holds as many images as there are platforms: a config and one layer, under tags. */
export async function startIndexRegistries(version: 2 | 3): Promise<IndexRegistries> {
  const near = await startRegistry({ version });
  const far = await startRegistry({ version });
  for (const [index, platform] of platforms.entries()) {
    // Unlike on each, or else some clients would find on the one what they are to fetch from the other.
    await Promise.all(
      [near, far].map(({ address }) => seedImage(address, repository, platform, { tag: `image-${index}` })),
    );
  }
  let admitted: Admission = async () => () => {};
  const nearProxy = await countingProxy(near.address, () => admitted());
  const farProxy = await countingProxy(far.address, () => admitted());
  let made = 0;
  return {
    setAdmission(admission) {
      admitted = admission;
    },
    takeCount() {
      const all = [...nearProxy.requests, ...farProxy.requests];
      nearProxy.reset();
      farProxy.reset();
      return { requests: all.length, chain: longestChain(all) };
    },
    newWork(which, size) {
      made += 1;
      const source = `${which === "C" ? farProxy.address : nearProxy.address}/${repository}`;
      const target = which === "A" ? `${repository}:index-${made}` : `bench/index-${made}:1.0`;
      const images = platforms.slice(0, size).map((_, index) => `${source}:image-${index}`);
      const direct = `${near.address}/${repository}`;
      const earlier = { target: `${direct}:earlier-${made}`, images: [`${direct}:image-0`, `${direct}:image-1`] };
      return { target: `${nearProxy.address}/${target}`, images, earlier };
    },
    async requireMade({ target }, size) {
      const { repository: name, tag } = partsOf(target);
      const content = await contentAt(near.address, name, tag);
      const manifests = content && JSON.parse(Buffer.from(content.bytes).toString()).manifests;
      if (manifests?.length !== size) throw new Error(`${target} is not an index over ${size} images.`);
    },
    async stop() {
      await Promise.all([nearProxy.stop(), farProxy.stop()]);
      await Promise.all([near.stop(), far.stop()]);
    },
  };
}
