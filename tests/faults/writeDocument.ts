import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../support/sourceFiles";
import { documentPath, faultsDocument } from "./document";

writeFileSync(join(checkout, documentPath), faultsDocument());
