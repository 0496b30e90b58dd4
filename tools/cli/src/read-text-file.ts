/** Reads a file of which nothing is known yet. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
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
    if (path !== STDIN && !stats.isFile() && !stats.isDirectory())
      return { ok: false, reason: 'it is not a regular file' };
    // `end` is inclusive, so one byte too many is asked for, which tells that there are too many.
    for await (const chunk of createReadStream(path, { end: maxBytes }) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxBytes) return { ok: false, reason: `it is larger than ${maxBytes} bytes` };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { ok: false, reason: 'it is not UTF-8 text' };
    throw error;
  }
}
