import type * as pulumi from "@pulumi/pulumi";
import type { OptionalInput } from "./input";

/** A platform, field by field, in the words of the OCI image index. */
export interface PlatformArgs {
  architecture: pulumi.Input<string>;
  os: pulumi.Input<string>;
  "os.version"?: OptionalInput<string>;
  "os.features"?: OptionalInput<pulumi.Input<string>[]>;
  variant?: OptionalInput<string>;
}

/** `os/arch[/variant]`, for example `linux/arm64` or `windows(10.0.20348.1)/amd64`; or the same field by field. */
export type PlatformInput = pulumi.Input<string> | pulumi.Input<PlatformArgs>;
