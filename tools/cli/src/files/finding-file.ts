/**
 * Reads findings from a file with the JSON of a finding, a log, or a message of EventBridge, SNS or SQS.
 */
import type { Finding } from '@portcullis/finding';
import { findingSchema } from '@portcullis/finding/schema';
import { formatPermissionProblem, readRules, type Direction, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { jsonMember } from './json-members.js';
import { readFileOrStdin } from './read-text-file.js';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';

/** Ignores unknown keys, because a later release can add keys. */
const readable = findingSchema.strip();

/** Returns the finding; `undefined` if the value is not a valid finding. */
export function parseFindingInFile(value: unknown): Finding | undefined {
  return readable.safeParse(value).data;
}

/** The maximum depth of nested JSON. For example, an SQS message can contain an SNS message that contains an EventBridge event. */
const MAX_DEPTH = 12;

/** The log of one day can contain thousands of findings. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Returns the only finding in the file, or the finding with the id. Searches JSON, strings that contain JSON, and each line of a log.
 *
 * @param fileName `-` is stdin
 * @param isWanted reports whether the command can use the finding; not called for the finding with the `id`
 * @throws {Failure} when the file cannot be read, contains no finding to return, or contains several findings to return.
 */
export async function readFindingFile(
  fileName: string,
  id: string | undefined,
  isWanted: (finding: Finding) => boolean,
  io: Pick<Io, 'cwd'>,
): Promise<Finding> {
  const text = await readFileOrStdin(fileName, MAX_FILE_BYTES, io);
  const found = new Finder().find(text);
  const { findings } = found;
  if (findings.length === 0) throw new Failure(`\`${fileName}\` contains no finding; ${found.hint(text)}`);
  const wanted = findings.filter(isWanted);
  const chosen = id !== undefined ? findings.filter((finding) => finding.id === id) : wanted.length > 0 ? wanted : findings;
  const [finding, ...others] = chosen;
  const ids = findings.map((each) => `  ${each.id}  ${each.kind}, ${each.event.time ?? 'unknown time'}: ${each.summary}`).join('\n');
  if (finding === undefined) throw new Failure(`\`${fileName}\` contains no finding with the id \`${id ?? ''}\`; expected one of\n${ids}`);
  if (others.length > 0) throw new Failure(`\`${fileName}\` contains several findings; expected \`--id\` with one of\n${ids}`);
  return finding;
}

/**
 * Returns the error for a finding that a command cannot use.
 *
 * @param reason the predicate of a sentence about the finding, such as `is about a group in eu-west-1`
 */
export function findingFileFailure({ id }: Finding, reason: string): Failure {
  return new Failure(`finding \`${id}\` ${reason}`);
}

/** @throws {Failure} when `--region` is given and is not the region of the finding. */
export function refuseFindingFileOfOtherRegion(finding: Finding, region: string, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== region)
    throw findingFileFailure(finding, `is about a group in ${region}; expected \`--region ${region}\` or no \`--region\``);
}

/** Converts permissions from the finding to rules. @throws {Failure} when a permission is invalid. */
export function readRulesOfFindingFile(
  finding: Finding,
  ingress: readonly IpPermission[],
  egress: readonly IpPermission[] = [],
): readonly Rule[] {
  const inDirection = (permissions: readonly IpPermission[], direction: Direction): readonly Rule[] => {
    const read = readRules(permissions, { direction, descriptions: 'trusted' });
    if (!read.ok) throw findingFileFailure(finding, `has an invalid rule: ${read.problems.map(formatPermissionProblem).join('; ')}`);
    return read.value;
  };
  return [...inDirection(ingress, 'ingress'), ...inDirection(egress, 'egress')];
}

class Finder {
  private readonly byId = new Map<string, Finding>();
  /** Why the text contains no valid finding: the error in the first object that looks like a finding. */
  private problem: string | undefined;

  get findings(): readonly Finding[] {
    return [...this.byId.values()];
  }

  find(text: string): this {
    this.inText(text, MAX_DEPTH);
    return this;
  }

  /** Says what to do if the text contains no finding. */
  hint(text: string): string {
    if (this.problem !== undefined) return `its JSON is not a valid finding: ${this.problem}`;
    // The text message that SNS sends to people contains the finding's id, but not the finding's JSON.
    const [, id] = /^Finding +(\S+)$/m.exec(text) ?? [];
    const other = "expected the JSON of a finding, from the function's log or from EventBridge";
    if (id === undefined) return other;
    return `${other}. The file contains the text message of SNS; \`aws logs filter-log-events --log-group-name /aws/lambda/portcullis-config-remediator --filter-pattern '"${id.replaceAll("'", '')}"'\` finds the JSON`;
  }

  private inText(text: string, depth: number): void {
    const whole = jsonInFindingFile(text);
    if (whole !== undefined) this.inValue(whole, depth - 1);
    else if (text.includes('\n')) for (const line of text.split('\n')) this.inValue(jsonInFindingFile(line), depth - 1);
  }

  private inValue(value: unknown, depth: number): void {
    if (depth < 0) return;
    if (typeof value === 'string' && value.includes('{')) this.inText(value, depth);
    if (typeof value !== 'object' || value === null) return;
    if (jsonMember(value, 'schemaVersion') === undefined || jsonMember(value, 'kind') === undefined) {
      for (const member of Object.values(value)) this.inValue(member, depth - 1);
      return;
    }
    const read = readable.safeParse(value);
    if (!read.success) this.problem ??= read.error.issues.map(({ path, message }) => `\`${path.join('.')}\`: ${message}`)[0];
    // EventBridge, SNS and SQS can omit the rules of a finding, so a finding with rules replaces the same finding without rules.
    else if (this.byId.get(read.data.id)?.rules === undefined) this.byId.set(read.data.id, read.data);
  }
}

/**
 * Returns the JSON at the end of the text; `undefined` for a text without JSON. In the output of `aws logs tail`, a time and the name of a
 * log stream precede the JSON. The name of a log stream contains brackets.
 */
function jsonInFindingFile(text: string): unknown {
  for (const start of [text.search(/[[{]/), text.indexOf('{')]) {
    if (start === -1) continue;
    try {
      return JSON.parse(text.slice(start));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}
