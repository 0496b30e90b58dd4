/** Writes a file as a whole or not at all. */
import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, systemReason } from './system-reason.js';

export type Written =
  | { readonly ok: true }
  /** `reason` is why, in words. The file is as it was. */
  | { readonly ok: false; readonly reason: string };

/**
 * Writes the text into a new file beside the one to be replaced, which then takes its place at once: at no moment is there half a file,
 * and what was there before stays until there is something better. A symbolic link to a file is followed; permission bits are kept.
 */
export async function writeAtomically(path: string, text: string): Promise<Written> {
  try {
    const before = await existing(path);
    if (before !== undefined && !before.isFile) return { ok: false, reason: 'it is not a regular file' };
    await replace(before?.path ?? path, text, before?.mode);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
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

async function replace(path: string, text: string, mode: number | undefined): Promise<void> {
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
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
