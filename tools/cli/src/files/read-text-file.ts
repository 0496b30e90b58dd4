/** Reads text files. Refuses folders, devices and files that are too large. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DEFAULT_BASELINE_FILE } from '../command-line/default-files.js';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { fileErrorCode, fileErrorWords } from './file-error.js';

/** The path of this process's standard input. */
const STDIN = '/dev/stdin';

/**
 * Returns the text of the file. Unzips the file if it is compressed with gzip. Reads at most one byte more than `maxBytes`.
 *
 * @throws {Failure} when the file cannot be read, is larger than `maxBytes`, or is not UTF-8.
 */
export async function readTextFile(fileName: string, maxBytes: number, { cwd }: Pick<Io, 'cwd'>): Promise<string> {
  const refuse = (reason: string): Failure => new Failure(`cannot read \`${fileName}\`: ${reason}`);
  const path = resolve(cwd, fileName);
  const chunks: Buffer[] = [];
  try {
    const stats = await stat(path);
    // A read of a named pipe can wait forever for a writer. Standard input is allowed, because a pipe at standard input has a writer.
    if (path !== STDIN && !stats.isFile() && !stats.isDirectory()) throw refuse('it is not a regular file');
    // `end` is inclusive, so the stream reads one byte more than `maxBytes`.
    for await (const chunk of createReadStream(path, { end: maxBytes }) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const hint = fileName === DEFAULT_BASELINE_FILE && fileErrorCode(error) === 'ENOENT' ? '; `portcullis adopt` writes it' : '';
    throw refuse(`${fileErrorWords(error)}${hint}`);
  }
  const bytes = gunzipIfGzip(Buffer.concat(chunks), maxBytes);
  if (bytes === undefined || bytes.length > maxBytes) throw refuse(`it is larger than ${maxBytes} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw fileErrorCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? refuse('it is not UTF-8 text') : error;
  }
}

/** Returns the text of the file like `readTextFile`, or of stdin if the name is `-`. */
export function readFileOrStdin(fileName: string, maxBytes: number, io: Pick<Io, 'cwd'>): Promise<string> {
  return readTextFile(fileName === '-' ? STDIN : fileName, maxBytes, io);
}

/** Unzips the bytes, because trails compress their log files with gzip. Returns `undefined` if the result is larger than `maxBytes`. */
function gunzipIfGzip(bytes: Buffer, maxBytes: number): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (fileErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    // The bytes begin like gzip, but are not valid gzip. `readTextFile` refuses such bytes, because they are not UTF-8.
    return bytes;
  }
}
