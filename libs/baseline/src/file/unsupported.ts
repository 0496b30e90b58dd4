/** What a newer release may know and this one does not. It is refused by name, since to pass over it would be to guard less. */
import type { Path } from './path.js';

export interface Unsupported {
  readonly message: string;
  readonly expected: string;
}

/** Returns why the value cannot be used at the path yet; `undefined` for a value that means nothing. */
export function unsupportedValue(path: Path, value: unknown): Unsupported | undefined {
  if (path.length === 1 && path[0] === 'version' && typeof value === 'number' && Number.isInteger(value) && value > 1) {
    return { message: `version ${value} of the format is of a newer release`, expected: '`1`, or a newer release' };
  }
  return undefined;
}
