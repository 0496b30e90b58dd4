/**
 * Generates CloudTrail records of every form of every call on a guarded group, in which parts are replaced by invalid values. The detector
 * must report each record, because CloudTrail may send anything. Each generated record has a number that reproduces it.
 */
import { callForms } from '@portcullis/cloudtrail/testing';
import { pathsIn, randomOf, replacedAt, type Path } from '@portcullis/permission-diff/testing';
import { detector, ec2With, guarding, type Detector } from './detector.js';
import { GROUP } from './records.js';

const PREFIX_LIST = 'pl-0c0c0c0c0c0c0c0c3';

/** The records of the calls that the detector watches if baselines name every group by its id. */
export const FORMS: readonly (readonly [name: string, event: unknown])[] = Object.entries(callForms).filter(
  ([name]) => !['createTags', 'deleteTags', 'modifyInstance'].includes(name),
);

/** Returns a detector whose guarded group has drifted. The records concern the guarded group. */
export function mutationDetector(): Detector {
  const ec2 = ec2With(['tcp 22 from 0.0.0.0/0', `tcp 443 from ${PREFIX_LIST}`]);
  // Some records name the group only by its name, so the simulated EC2 finds exactly one group by that name.
  ec2.findGroups = () => Promise.resolve([{ id: GROUP, name: 'web', vpcId: 'vpc-1', tags: {}, ownerId: null }]);
  return detector(ec2, { declared: [guarding(['tcp 80 from 0.0.0.0/0'])] });
}

export interface Mutation {
  /** The form of the call, and what was replaced. */
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
    // Fields that name the call or the group are only removed or replaced by structures. They never name another call or group, because the detector rightly
    // ignores the records of those.
    const scalars = names(valueAt(event, path)) || isName(path) ? [] : SCALARS;
    const all = [...STRUCTURES, ...scalars];
    const replacement = all[random(all.length)];
    if (replacement === undefined) continue;
    const [words, make] = replacement;
    event = replacedAt(event, path, make(valueAt(event, path)));
    done.push(`${path.join('.') || 'all of it'} ${words}`);
  }
  // Serialization drops undefined fields.
  return { name: `${name}: ${done.join(', ')}`, event: event && (JSON.parse(JSON.stringify(event)) as unknown) };
}

type Replacement = readonly [words: string, make: (value: unknown) => unknown];

const STRUCTURES: readonly Replacement[] = [
  ['gone', () => undefined],
  ['null', () => null],
  ['an empty object', () => ({})],
  ['an empty list', () => []],
  ['empty text', () => ''],
  ['a list of itself', (value) => [value]],
  ['a list of itself, twice', (value) => [value, value]],
  ['items of itself', (value) => ({ items: [value] })],
  ['itself under a tag', (value) => ({ tag: 1, content: value })],
  ['a meaningless object', () => ({ unexpected: ['garbage'], __proto__: null })],
  ['left out for its size', () => ({ omitted: true })],
];

const SCALARS: readonly Replacement[] = [
  ['true', () => true],
  ['0', () => 0],
  ['-1', () => -1],
  ['text of itself', (value) => JSON.stringify([value])],
  ['a fraction', () => 0.5],
  ['a huge number', () => 1e308],
  ['text', () => 'garbage'],
  ['long text', () => 'x'.repeat(10_000)],
  ['a lone surrogate', () => '\ud800'],
  ['the block of the whole world', () => '0.0.0.0/0'],
  ['an invalid block', () => '300.0.0.0/99'],
];

/** Reports whether the value looks like the name of a call or a group. */
function names(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(sg|sgr|pl)-|^ec2\.|^[A-Z][a-zA-Z]+(Group|Rules|List|Vpc|gress|Version)|^AWS API|^default$|^web$/.test(value)
  );
}

const NAMES = new Set('eventName eventSource source detail-type groupName GroupName groupId GroupId prefixListId PrefixListId'.split(' '));

/** Reports whether the field at the path names the call or its group. The id of a rule's source group does not count. */
function isName(path: Path): boolean {
  return NAMES.has(String(path.at(-1))) && !path.includes('groups') && !path.includes('UserIdGroupPairs');
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
}
