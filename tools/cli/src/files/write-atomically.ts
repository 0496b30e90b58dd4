/** Writes a file as a whole or not at all. */
import { randomUUID } from 'node:crypto';
import { link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, systemReason } from './system-reason.js';

export type Written =
  | { readonly ok: true }
  /** `reason` is why, in words; `exists`: since there is such a file. It is as it was. */
  | { readonly ok: false; readonly reason: string; readonly exists: boolean };

/**
 * Writes the text into a new file beside the one to be replaced, which then takes its place at once: at no moment is there half a file,
 * and what was there before stays until there is something better; without `overwrite`, for good. A symbolic link to a file is followed; permission bits are kept.
 */
export async function writeAtomically(
  path: string,
  text: string,
  { overwrite = true }: { readonly overwrite?: boolean } = {},
): Promise<Written> {
  try {
    const before = await existing(path);
    if (before !== undefined && !before.isFile) return { ok: false, reason: 'it is not a regular file', exists: !overwrite };
    await replace(before?.path ?? path, text, before?.mode, overwrite);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: systemReason(error), exists: codeOf(error) === 'EEXIST' };
  }
}

interface Existing {
  readonly path: string;
  readonly isFile: boolean;
  readonly mode: number;
}

async function existing(path: string): Promise<Existing | undefined> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    return { path: target, isFile: found.isFile(), mode: found.mode };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(path: string, text: string, mode: number | undefined, overwrite: boolean): Promise<void> {
  const temporary = join(dirname(path), `.portcullis-${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      if (mode !== undefined) await file.chmod(mode);
      // Or after a power failure the new name might stand for an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    if (overwrite) await rename(temporary, path);
    else {
      // Fails where there is such a file by now; a renaming would replace it.
      await link(temporary, path);
      await rm(temporary);
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
