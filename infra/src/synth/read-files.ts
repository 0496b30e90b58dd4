import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { types } from 'node:util';
import type { CompiledBaseline } from '@portcullis/baseline';
import { readBaselineFile } from '@portcullis/baseline/file';
import { formatFileProblem, type FileProblem } from '@portcullis/yaml-file';

export type Read<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly P[] };

export function readSynthBaselineFile(file: string): Read<CompiledBaseline, string> {
  return readSynthInputFile(file, readBaselineFile);
}

/** Reads a file and parses its text with `read`. Each problem is one line that begins with the file's path. */
export function readSynthInputFile<T>(file: string, read: (text: string) => Read<T, FileProblem>): Read<T, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = types.isNativeError(error) ? error.message : String(error);
    return { ok: false, problems: [`${pathInSynthMessage(file)}: cannot be read: ${reason}`] };
  }
  const result = read(text);
  return result.ok
    ? result
    : { ok: false, problems: result.problems.map((problem) => formatFileProblem(pathInSynthMessage(file), problem)) };
}

/** Returns the path relative to the working directory, or the unchanged path if the file is outside the working directory. */
export function pathInSynthMessage(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}
