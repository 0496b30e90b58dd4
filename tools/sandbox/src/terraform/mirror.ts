import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions, parseVersion, type Version } from './version.js';

/** The source address of the AWS provider; mirrors have a folder of that path. */
export const awsProvider = 'registry.terraform.io/hashicorp/aws';

/** One version of the AWS provider in a mirror. */
export interface MirroredProvider {
  /** The mirror: what a `filesystem_mirror` block names. */
  readonly directory: string;
  readonly version: Version;
  /** Whether the mirror holds the program itself or the archive of it. */
  readonly layout: 'packed' | 'unpacked';
}

/** This platform as Terraform calls it: `linux_amd64`. */
export const terraformPlatform = (platform: string = process.platform, arch: string = process.arch): string => {
  const systems: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };
  const machines: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return `${systems[platform] ?? platform}_${machines[arch] ?? arch}`;
};

/**
 * The versions of the AWS provider that a folder holds for a platform, newest first; none when it is no mirror.
 * Source of both layouts: https://developer.hashicorp.com/terraform/cli/config/config-file#explicit-installation-method-configuration
 */
export const mirroredProviders = async (directory: string, platform: string): Promise<readonly MirroredProvider[]> => {
  const folder = join(directory, awsProvider);
  const found = await Promise.all(
    (await namesIn(folder)).map(async (name): Promise<readonly MirroredProvider[]> => {
      const unpacked = parseVersion(name);
      if (unpacked !== undefined)
        return (await isFolder(join(folder, name, platform)))
          ? [{ directory, version: unpacked, layout: 'unpacked' }]
          : [];
      const archive = /^terraform-provider-aws_(?<version>[\d.]+)_(?<platform>\w+)\.zip$/.exec(name)?.groups;
      const packed = archive?.platform === platform ? parseVersion(archive.version ?? '') : undefined;
      return packed === undefined ? [] : [{ directory, version: packed, layout: 'packed' }];
    }),
  );
  return found.flat().sort((a, b) => compareVersions(b.version, a.version));
};

/** Reports whether a folder holds any version of the AWS provider for the platform. */
export const isMirror = async (directory: string, platform: string): Promise<boolean> =>
  (await mirroredProviders(directory, platform)).length > 0;

/** The names in a folder; none when it is not there or may not be read, which is no reason to stop looking elsewhere. */
export const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
