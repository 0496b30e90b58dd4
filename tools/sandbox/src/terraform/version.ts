/** A released version, `[major, minor, patch]`. */
export type Version = readonly [number, number, number];

/** Reads `5.100.0`; undefined for anything else, pre-releases too. */
export const parseVersion = (text: string): Version | undefined => {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
};

/** Negative when `a` is older than `b`, positive when it is newer, 0 when they are the same. */
export const compareVersions = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

export const formatVersion = (version: Version): string => version.join('.');
