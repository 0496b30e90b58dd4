/**
 * Generates CloudTrail records of calls on a guarded group, with invalid values in random fields. The detector must report each record,
 * because a real record may have an unknown form. The same number always produces the same record.
 */
import { callForms } from '@portcullis/cloudtrail/testing';
import { pathsIn, randomOf, replacedAt, type Path } from '@portcullis/permission-diff/testing';
import { detector, ec2With, guarding, type Detector } from './detector.js';
import { GROUP } from './records.js';

const PREFIX_LIST = 'pl-0c0c0c0c0c0c0c0c3';

/** The records of calls that the detector handles even if no baseline selects by tag, name or VPC. */
export const FORMS: readonly (readonly [name: string, event: unknown])[] = Object.entries(callForms).filter(
  ([name]) => !['createTags', 'deleteTags', 'modifyInstance'].includes(name),
);

/** Returns a detector whose guarded group has drifted. The records describe calls on this group. */
export function mutationDetector(): Detector {
  const ec2 = ec2With(['tcp 22 from 0.0.0.0/0', `tcp 443 from ${PREFIX_LIST}`]);
  // Some records name the group only by its name. Every lookup by name finds this group.
  ec2.findGroups = () => Promise.resolve([{ id: GROUP, name: 'web', vpcId: 'vpc-1', tags: {}, ownerId: null }]);
  return detector(ec2, { declared: [guarding(['tcp 80 from 0.0.0.0/0'])] });
}

export interface Mutation {
  /** The name of the call's form, and the replaced fields with their new values. */
  readonly name: string;
  readonly event: unknown;
}

/** Returns the generated record with this number. */
export function mutation(number: number): Mutation {
  const random = randomOf(number);
  const [name, form] = FORMS[number % FORMS.length] ?? ['', null];
  let event: unknown = structuredClone(form);
  const done: string[] = [];
  for (let times = 1 + random(3); times > 0; times--) {
    const leaves = pathsIn(event);
    const path = leaves[random(leaves.length)] ?? [];
    // Do not replace the name of the call or of the group with another text, because the detector rightly ignores other calls and groups.
    const scalars = names(valueAt(event, path)) || isName(path) ? [] : SCALARS;
    const all = [...STRUCTURES, ...scalars];
    const replacement = all[random(all.length)];
    if (replacement === undefined) continue;
    const [words, make] = replacement;
    event = replacedAt(event, path, make(valueAt(event, path)));
    done.push(`${path.join('.') || 'the whole record'} ${words}`);
  }
  // Serialization drops undefined fields.
  return { name: `${name}: ${done.join(', ')}`, event: event && (JSON.parse(JSON.stringify(event)) as unknown) };
}

type Replacement = readonly [words: string, make: (value: unknown) => unknown];

const STRUCTURES: readonly Replacement[] = [
  ['removed', () => undefined],
  ['null', () => null],
  ['an empty object', () => ({})],
  ['an empty list', () => []],
  ['empty text', () => ''],
  ['a list with the value', (value) => [value]],
  ['a list with the value twice', (value) => [value, value]],
  ['`items` with the value', (value) => ({ items: [value] })],
  ['an object with the value in `content`', (value) => ({ tag: 1, content: value })],
  ['a meaningless object', () => ({ unexpected: ['garbage'], __proto__: null })],
  ['an object that stands for an omitted value', () => ({ omitted: true })],
];

const SCALARS: readonly Replacement[] = [
  ['true', () => true],
  ['0', () => 0],
  ['-1', () => -1],
  ['JSON text of the value', (value) => JSON.stringify([value])],
  ['a fraction', () => 0.5],
  ['a huge number', () => 1e308],
  ['text', () => 'garbage'],
  ['long text', () => 'x'.repeat(10_000)],
  ['a lone surrogate', () => '\ud800'],
  ['the CIDR block 0.0.0.0/0', () => '0.0.0.0/0'],
  ['an invalid CIDR block', () => '300.0.0.0/99'],
];

/** Reports whether the value looks like the name of a call, or like the id or name of a resource. */
function names(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(sg|sgr|pl)-|^ec2\.|^[A-Z][a-zA-Z]+(Group|Rules|List|Vpc|gress|Version)|^AWS API|^default$|^web$/.test(value)
  );
}

const NAMES = new Set('eventName eventSource source detail-type groupName GroupName groupId GroupId prefixListId PrefixListId'.split(' '));

/** Reports whether the field at the path names the call or its group. Ignores the source group of a rule. */
function isName(path: Path): boolean {
  return NAMES.has(String(path.at(-1))) && !path.includes('groups') && !path.includes('UserIdGroupPairs');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
}
