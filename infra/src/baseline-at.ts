import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { types } from 'node:util';
import type { CompiledBaseline } from '@portcullis/baseline';
import { formatFileProblem, readBaselineFile, type FileProblem } from '@portcullis/baseline/file';

export type Read<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly P[] };

/** Reads a baseline file; each problem is one line with its place. */
export const readBaselineAt = (file: string): Read<CompiledBaseline, string> => readFileWith(file, readBaselineFile);

/** Reads a file and what is in it; each problem is one line with its place. */
export const readFileWith = <T>(file: string, read: (text: string) => Read<T, FileProblem>): Read<T, string> => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      ok: false,
      problems: [`${shownPath(file)}: cannot be read: ${types.isNativeError(error) ? error.message : String(error)}`],
    };
  }
  const result = read(text);
  if (result.ok) return result;
  return { ok: false, problems: result.problems.map((problem) => formatFileProblem(shownPath(file), problem)) };
};

/** A path as one would type it here. */
export const shownPath = (file: string): string => (relative('', file).startsWith('..') ? file : relative('', file));
