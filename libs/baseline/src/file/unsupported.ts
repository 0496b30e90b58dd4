/** Parts of the format that this release does not have yet. They are refused by name, since to pass over them would be to guard less. */
import type { Path } from './path.js';

export interface Unsupported {
  readonly message: string;
  readonly expected: string;
  /** The key to write instead of an unsupported one. */
  readonly meant?: string;
}

const BY_ID = 'this release selects groups by id only';
const WRITE_IDS = '`ids` with the id of each group';

// By place in the file, indices left out.
const KEYS = new Map<string, Unsupported>([
  [
    'baselines.groups.tags',
    { message: `groups cannot be selected by \`tags\` yet: ${BY_ID}`, expected: WRITE_IDS, meant: 'ids' },
  ],
  [
    'baselines.groups.names',
    { message: `groups cannot be selected by \`names\` yet: ${BY_ID}`, expected: WRITE_IDS, meant: 'ids' },
  ],
  [
    'baselines.groups.vpcs',
    { message: `groups cannot be selected by \`vpcs\` yet: ${BY_ID}`, expected: WRITE_IDS, meant: 'ids' },
  ],
]);

/** Returns why the key at the path cannot be used yet; `undefined` for a key that the format does not have at all. */
export function unsupportedKey(path: Path): Unsupported | undefined {
  return KEYS.get(withoutIndices(path));
}

/** Returns why the value cannot be used at the path yet; `undefined` for a value that means nothing. */
export function unsupportedValue(path: Path, value: unknown): Unsupported | undefined {
  const place = withoutIndices(path);
  if (place === 'baselines.compare' && value === 'access') {
    return {
      message: '`access` cannot be compared yet: this release compares rule by rule',
      expected: '`rules`, with every rule declared as the group has it',
    };
  }
  if (place === 'version' && typeof value === 'number' && Number.isInteger(value) && value > 1) {
    return { message: `version ${value} of the format is of a newer release`, expected: '`1`, or a newer release' };
  }
  return undefined;
}

function withoutIndices(path: Path): string {
  return path.filter((step) => typeof step === 'string').join('.');
}
