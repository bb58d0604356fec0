// Run in a process of its own: prints the digests of a fixed image, so that a test can vary everything around it.
import { goldenDigests } from "./golden";

goldenDigests(process.argv[2] ?? "").then((digests) => process.stdout.write(JSON.stringify(digests)));
