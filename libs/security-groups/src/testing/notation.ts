/** Rules in a compact notation, for tests: `tcp 22 from 10.0.0.0/8`, `-1 to ::/0`, `icmp 8 from sg-2`. */
import type { Baseline, CompiledBaseline, Limit } from '@portcullis/baseline';
import { compareRules, permissionsOf, type Bound, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { rulesFromWords } from '@portcullis/permission-diff/testing';
import type { LiveRule } from '../ec2/port.js';

/** @throws {Error} if the text is not a rule. */
export function rule(text: string): Rule {
  const [words = '', description] = text.split(' # ');
  const line = words.replace(' to ', ' from ').replace(/^icmp (-?\d+) /, 'icmp $1/-1 ');
  const [read, other] = rulesFromWords([line], words.includes(' to ') ? 'egress' : 'ingress');
  if (read === undefined || other !== undefined) throw new Error(`not a rule: ${text}`);
  return { ...read, ...(description !== undefined && { description }) };
}

/** Returns the rules in canonical order, the order of the rules in a baseline. */
function rules(texts: readonly string[]): Rule[] {
  return texts.map(rule).sort(compareRules);
}

export function permissions(...texts: string[]): IpPermission[] {
  return permissionsOf(texts.map(rule));
}

/** Returns rules with the ids `sgr-1`, `sgr-2`, … in the given order. */
export function liveRules(...texts: string[]): LiveRule[] {
  return texts.map((text, index) => ({ ...rule(text), ruleId: `sgr-${index + 1}`, tags: {} }));
}

/** The members of a baseline, except its ingress rules. The egress rules and the permitted rules are in the compact notation. */
export interface BaselineNotation extends Omit<Partial<Baseline>, 'ingress' | 'egress' | 'permit'> {
  /** @default the baseline declares no egress rules */
  readonly egress?: readonly string[];
  readonly permit?: readonly { readonly rule: string; readonly until?: string; readonly reason?: string }[];
}

/** Returns a baseline in mode `enforce`. By default, the baseline has the name `web` and selects the group `sg-1`. */
export function baseline(ingress: readonly string[], { egress, permit = [], ...rest }: BaselineNotation = {}): Baseline {
  return {
    name: 'web',
    groups: { ids: ['sg-1'] },
    mode: 'enforce',
    compare: 'rules',
    ingress: rules(ingress),
    ...(egress && { egress: rules(egress) }),
    permit: permit.map(permitOf),
    ignore: [],
    ...rest,
  };
}

/** A bound of a limit, with services and sources in the notation. */
export interface BoundNotation extends Omit<Partial<Bound>, 'services' | 'senders'> {
  /** Services such as `tcp 22`. @default all traffic */
  readonly services?: readonly string[];
  /** Sources such as `10.0.0.0/8`. @default none */
  readonly onlyFrom?: readonly string[];
}

export interface LimitNotation extends Omit<Partial<Limit>, 'ingress' | 'egress' | 'permit'> {
  readonly egress?: readonly BoundNotation[];
  readonly permit?: BaselineNotation['permit'];
}

/** Returns a limit in mode `enforce` with `repair: revoke`. By default, the limit has the name `no-admin` and applies to all groups. */
export function limit(ingress: readonly BoundNotation[], { egress, permit = [], ...rest }: LimitNotation = {}): Limit {
  return {
    name: 'no-admin',
    groups: { ids: [], all: true },
    mode: 'enforce',
    repair: 'revoke',
    otherwise: 'report',
    ingress: ingress.map(bound),
    ...(egress && { egress: egress.map(bound) }),
    permit: permit.map(permitOf),
    ...rest,
  };
}

function bound({ services = ['-1'], onlyFrom = [], groups = 'none', ...rest }: BoundNotation): Bound {
  return {
    services: services.map((traffic) => rule(`${traffic} from 0.0.0.0/0`).traffic),
    senders: onlyFrom.map((source) => rule(`-1 from ${source}`).source),
    groups,
    ...rest,
  };
}

function permitOf({ rule: text, ...terms }: NonNullable<BaselineNotation['permit']>[number]): Baseline['permit'][number] {
  return { rules: [rule(text)], ...terms };
}

/** Returns the baselines and limits in the compiled form that the Lambda functions read. */
export function compiled(...declared: readonly (Baseline | Limit)[]): CompiledBaseline {
  const isLimit = (each: Baseline | Limit): each is Limit => 'repair' in each;
  const limits = declared.filter(isLimit);
  const baselines = declared.filter((each): each is Baseline => !isLimit(each));
  return { baselines, ...(limits.length > 0 && { limits }) };
}
