/**
 * Reads a compiled baseline. By hand and without a schema library, since this is what runs in the functions; as strictly as the file
 * itself is read, since a key that an older function passed over might be the one that narrows what it restores.
 */
import { permissionsOf, readRules, type Direction, type IpPermission } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, GroupCriteria, GroupSelection, IgnoreClause, Permit } from './baseline.js';
import { canonicalBaselines } from './canonical.js';
import {
  BASELINE_NAME,
  DESCRIPTION_PREFIX,
  EXPECTED,
  GROUP_ID,
  isCalendarDate,
  NAME_PATTERN,
  PREFIX_LIST_ID,
  REASON,
  TAG_KEY,
  TAG_VALUE,
  VPC_ID,
} from './notation.js';
import { hasCriteria } from './select.js';

/** One reason why a text is not a compiled baseline. */
export interface BaselineProblem {
  /** Where it is, e.g. `baselines[0].ingress[1].IpRanges[0].CidrIp`; empty for the whole text. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters; lists and objects by their kind; `absent` when there is none. */
  readonly text: string;
  /** What would be right. */
  readonly expected: string;
}

/**
 * Thrown for a text that is not a compiled baseline. `problems` lists everything that is wrong with it; `cause` is the `SyntaxError`
 * when it is not JSON. Compiling the baseline file again mends it; a retry does not.
 */
export class InvalidBaselineError extends Error {
  override readonly name = 'InvalidBaselineError';

  constructor(
    readonly problems: readonly BaselineProblem[],
    options?: ErrorOptions,
  ) {
    super(problems.map(formatBaselineProblem).join('; '), options);
  }
}

/** Returns one line: where, what was found, what would be right. */
export function formatBaselineProblem({ path, text, expected }: BaselineProblem): string {
  return `${path === '' ? 'the compiled baseline' : `\`${path}\``}: found \`${text}\`, expected ${expected}`;
}

/**
 * Returns the baselines of a text that `renderCompiledBaseline` wrote, in canonical form whatever the order and spelling in the text.
 * Which group has which baseline is not looked at: `selectBaseline` tells where two select one group.
 *
 * @throws {InvalidBaselineError} listing everything that is wrong with the text.
 */
export function parseCompiledBaseline(text: string): CompiledBaseline {
  const reader = new Reader();
  const baselines = reader.readCompiled(jsonOf(text));
  if (reader.problems.length > 0) throw new InvalidBaselineError(reader.problems);
  return canonicalBaselines(baselines);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const expected = 'the JSON that `portcullis compile` writes';
    throw new InvalidBaselineError([{ path: '', text: shortened(text), expected }], { cause: error });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads on after a problem, to find the others; what it returns is of use only when there were none. */
class Reader {
  readonly problems: BaselineProblem[] = [];

  readCompiled(value: unknown): Baseline[] {
    const fields = this.fields(value, '', ['format', 'version', 'baselines']);
    if (fields === undefined) return [];
    this.oneOf(fields.format, 'format', ['portcullis-baseline']);
    this.oneOf(fields.version, 'version', [1]);
    return this.list(fields.baselines, 'baselines', (each, path) => this.readBaseline(each, path));
  }

  private readBaseline(value: unknown, path: string): Baseline[] {
    const keys = ['name', 'groups', 'mode', 'compare', 'ingress', 'egress', 'permit', 'ignore'];
    const fields = this.fields(value, path, keys);
    if (fields === undefined) return [];
    const egress = fields.egress === undefined ? {} : { egress: this.permissions(fields.egress, 'egress', `${path}.egress`) };
    return [
      {
        name: this.text(fields.name, `${path}.name`, BASELINE_NAME, EXPECTED.baselineName),
        groups: this.readSelection(fields.groups, `${path}.groups`),
        mode: this.oneOf(fields.mode, `${path}.mode`, ['enforce', 'report']),
        compare: this.oneOf(fields.compare, `${path}.compare`, ['rules', 'access']),
        ingress: this.permissions(fields.ingress, 'ingress', `${path}.ingress`),
        ...egress,
        permit: this.list(fields.permit, `${path}.permit`, (each, at) => this.readPermit(each, at)),
        ignore: this.list(fields.ignore, `${path}.ignore`, (each, at) => this.readClause(each, at)),
      },
    ];
  }

  private readSelection(value: unknown, path: string): GroupSelection {
    const groups = this.fields(value, path, ['ids', 'tags', 'names', 'vpcs']);
    if (groups === undefined) return { ids: [] };
    const texts = (key: string, form: RegExp, expected: string): string[] =>
      this.list(groups[key], `${path}.${key}`, (each, at) => [this.text(each, at, form, expected)]);
    const criterion = (key: 'names' | 'vpcs', form: RegExp, expected: string): GroupCriteria => {
      if (groups[key] === undefined) return {};
      const read = texts(key, form, expected);
      // An empty list would be met by no group, and a group that loses its guard is not to be had by accident.
      if (read.length === 0) this.problem(`${path}.${key}`, groups[key], 'at least one, or no such key');
      return { [key]: read };
    };
    const ids = texts('ids', GROUP_ID, EXPECTED.groupId);
    if (ids.length === 0 && !hasCriteria(groups)) this.problem(path, value, 'an id or a criterion');
    return {
      ids,
      ...(groups.tags === undefined ? {} : { tags: this.readTags(groups.tags, `${path}.tags`) }),
      ...criterion('names', NAME_PATTERN, EXPECTED.namePattern),
      ...criterion('vpcs', VPC_ID, EXPECTED.vpcId),
    };
  }

  private readTags(value: unknown, path: string): Record<string, string> {
    if (!isFields(value) || Object.keys(value).length === 0) {
      this.problem(path, value, EXPECTED.tags);
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        this.text(key, path, TAG_KEY, EXPECTED.tagKey),
        this.text(each, `${path}.${key}`, TAG_VALUE, EXPECTED.tagValue),
      ]),
    );
  }

  private readPermit(value: unknown, path: string): Permit[] {
    const fields = this.fields(value, path, ['direction', 'permission', 'until', 'reason']);
    if (fields === undefined) return [];
    const { until, reason } = fields;
    if (until !== undefined && !(typeof until === 'string' && isCalendarDate(until))) {
      this.problem(`${path}.until`, until, EXPECTED.date);
    }
    const direction = this.oneOf(fields.direction, `${path}.direction`, ['ingress', 'egress']);
    const terms = {
      ...(typeof until === 'string' ? { until } : {}),
      ...(reason === undefined ? {} : { reason: this.text(reason, `${path}.reason`, REASON, EXPECTED.reason) }),
    };
    return this.permissions([fields.permission], direction, `${path}.permission`, 1).map((permission) => ({
      direction,
      permission,
      ...terms,
    }));
  }

  private readClause(value: unknown, path: string): IgnoreClause[] {
    const keys = ['descriptionPrefix', 'tag', 'sourceGroup', 'prefixList'];
    const fields = this.fields(value, path, keys);
    if (fields === undefined) return [];
    if (Object.keys(fields).length !== 1) {
      this.problem(path, value, `exactly one of ${keys.map((key) => `\`${key}\``).join(', ')}`);
      return [];
    }
    const { descriptionPrefix, tag, sourceGroup, prefixList } = fields;
    if (descriptionPrefix !== undefined) {
      const at = `${path}.descriptionPrefix`;
      return [{ descriptionPrefix: this.text(descriptionPrefix, at, DESCRIPTION_PREFIX, EXPECTED.descriptionPrefix) }];
    }
    if (sourceGroup !== undefined) {
      return [{ sourceGroup: this.text(sourceGroup, `${path}.sourceGroup`, GROUP_ID, EXPECTED.groupId) }];
    }
    if (prefixList !== undefined) {
      return [{ prefixList: this.text(prefixList, `${path}.prefixList`, PREFIX_LIST_ID, EXPECTED.prefixListId) }];
    }
    return tag === undefined ? [] : this.readTag(tag, `${path}.tag`);
  }

  private readTag(value: unknown, path: string): IgnoreClause[] {
    const fields = this.fields(value, path, ['key', 'value']);
    if (fields === undefined) return [];
    const key = this.text(fields.key, `${path}.key`, TAG_KEY, EXPECTED.tagKey);
    if (fields.value === undefined) return [{ tag: { key } }];
    return [{ tag: { key, value: this.text(fields.value, `${path}.value`, TAG_VALUE, EXPECTED.tagValue) } }];
  }

  /**
   * Returns the permissions if EC2 would take every one of them.
   *
   * @param count how many there must be; any number by default. The path of the only one is then that of the list.
   */
  private permissions(value: unknown, direction: Direction, path: string, count?: 1): IpPermission[] {
    const read = readRules(value, { direction, path });
    if (read.ok) return permissionsOf(read.value);
    for (const problem of read.problems) {
      const at = count === 1 ? problem.path.replace(`${path}[0]`, path) : problem.path;
      this.problems.push({ path: at, text: problem.text, expected: problem.expected });
    }
    return [];
  }

  /** Returns the value if it is an object, having reported the keys that it should not have. */
  private fields(value: unknown, path: string, keys: readonly string[]): Fields | undefined {
    if (!isFields(value)) {
      this.problem(path, value, `an object with ${keys.map((key) => `\`${key}\``).join(', ')}`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      const expected = 'no such key: is the baseline compiled for a newer release?';
      this.problem(path === '' ? key : `${path}.${key}`, value[key], expected);
    }
    return value;
  }

  private list<T>(value: unknown, path: string, read: (each: unknown, path: string) => readonly T[]): T[] {
    if (Array.isArray(value)) return value.flatMap((each: unknown, i) => read(each, `${path}[${i}]`));
    this.problem(path, value, 'a list');
    return [];
  }

  private text(value: unknown, path: string, form: RegExp, expected: string): string {
    if (typeof value === 'string' && form.test(value)) return value;
    this.problem(path, value, expected);
    return '';
  }

  private oneOf<const T extends string | number>(value: unknown, path: string, allowed: readonly [T, ...T[]]): T {
    const found = allowed.find((each) => each === value);
    if (found === undefined) this.problem(path, value, allowed.map((each) => `\`${each}\``).join(' or '));
    return found ?? allowed[0];
  }

  private problem(path: string, value: unknown, expected: string): void {
    this.problems.push({ path, text: offendingText(value), expected });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as JSON text. Lists and objects are named, not printed: they may be of any size. */
function offendingText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return `list of ${value.length}`;
  return isFields(value) ? 'object' : shortened(JSON.stringify(value));
}

const MAX_TEXT = 120;

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
