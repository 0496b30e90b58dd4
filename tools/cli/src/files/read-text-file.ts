/** Reads a file of which nothing is known yet. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { codeOf, systemReason } from './system-reason.js';

export type ReadText =
  | { readonly ok: true; readonly text: string }
  /** `reason` is why, in words. */
  | { readonly ok: false; readonly reason: string };

/** The input of this process, which ends when whoever writes it does. */
export const STDIN = '/dev/stdin';

/** Returns the text of a file of at most `maxBytes` bytes; no more than that is read. Of a pipe it might be waited for without end, so that only stdin may be one. */
export async function readTextFile(path: string, maxBytes: number): Promise<ReadText> {
  const chunks: Buffer[] = [];
  try {
    const stats = await stat(path);
    if (path !== STDIN && !stats.isFile() && !stats.isDirectory()) return { ok: false, reason: 'it is not a regular file' };
    // `end` is inclusive, so one byte too many is asked for, which tells that there are too many.
    for await (const chunk of createReadStream(path, { end: maxBytes }) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
  const bytes = unzipped(Buffer.concat(chunks), maxBytes);
  if (bytes === undefined || bytes.length > maxBytes) return { ok: false, reason: `it is larger than ${maxBytes} bytes` };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { ok: false, reason: 'it is not UTF-8 text' };
    throw error;
  }
}

/** A trail keeps its log files with gzip. Returns nothing when there would be more than `maxBytes`. */
function unzipped(bytes: Buffer, maxBytes: number): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    // Not gzip after all: no text either.
    return bytes;
  }
}
