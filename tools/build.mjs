import { buildPackage } from "./setup.mjs";

await buildPackage();
