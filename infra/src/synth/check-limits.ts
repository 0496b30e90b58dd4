/** Checks synthesised stacks and their baselines against AWS's limits. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findAwsLimitExcesses, type LimitExcess, type TerraformResources, type SizeOfFile } from '@portcullis/aws-limits';
import type { CompiledBaseline } from '@portcullis/baseline';
import { unzipSync } from 'fflate';

/** @param folder the folder of the stack's `cdk.tf.json` */
export function synthStackExcesses(stack: string, folder: string): readonly LimitExcess[] {
  const { resource, provider } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as {
    readonly resource: TerraformResources;
    readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
  };
  const resources = { ...resource, provider: Object.fromEntries(provider.aws.map((each, i) => [`aws.${i}`, each])) };
  return findAwsLimitExcesses(stack, resources, { sizeOfFile: synthZipSize(folder) });
}

export function synthBaselineExcesses(file: string, { baselines }: CompiledBaseline): readonly LimitExcess[] {
  return findAwsLimitExcesses(file, { baseline: Object.fromEntries(baselines.map((each) => [each.name, { ...each }])) });
}

/** @param folder the stack's folder, to which the paths in the stack are relative */
export function synthZipSize(folder: string): SizeOfFile {
  return (path, measure) => (measure === 'file bytes' ? statSync(join(folder, path)).size : synthUnzippedBytes(join(folder, path)));
}

function synthUnzippedBytes(zip: string): number {
  let bytes = 0;
  unzipSync(readFileSync(zip), {
    filter: ({ originalSize }) => {
      bytes += originalSize;
      return false;
    },
  });
  return bytes;
}
