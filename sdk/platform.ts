import type * as pulumi from "@pulumi/pulumi";

/** A platform, field by field, in the words of the OCI image index. */
export interface PlatformArgs {
  architecture: pulumi.Input<string>;
  os: pulumi.Input<string>;
  "os.version"?: pulumi.Input<string>;
  "os.features"?: pulumi.Input<pulumi.Input<string>[]>;
  variant?: pulumi.Input<string>;
}

/** `os/arch[/variant]`, for example `linux/arm64` or `windows(10.0.20348.1)/amd64`; or the same field by field. */
export type PlatformInput = pulumi.Input<string> | pulumi.Input<PlatformArgs>;
