/**
 * The difference of two sets of rules from its definition alone: cut everything there is at every edge that anybody names, and ask every
 * rule about every piece. It shares no code with the library, and knows rules as the generator made them, not as EC2 spells them.
 */

/** A rule: services `[first, last]` on the axis protocol × 65,536 + port, from a block of addresses or from an opaque source. */
export interface OracleRule {
  readonly first: number;
  readonly last: number;
  readonly from: OracleSource;
}

export type OracleSource = { readonly family: 4 | 6; readonly low: bigint; readonly high: bigint } | { readonly opaque: string };

/** Returns what is wrong with an answer, in words; nothing when it is exactly the difference. */
export function faultOf(
  required: readonly OracleRule[],
  actual: readonly OracleRule[],
  missing: readonly OracleRule[],
  excess: readonly OracleRule[],
): string | undefined {
  const all = [...required, ...actual, ...missing, ...excess];
  const senders = sendersOf(all);
  for (const service of piecesOf(all.flatMap(({ first, last }) => [first, last + 1]))) {
    const here = (rules: readonly OracleRule[]) => rules.filter(({ first, last }) => first <= service && service <= last);
    const lists = { required: here(required), actual: here(actual), missing: here(missing), excess: here(excess) };
    for (const sender of senders) {
      const letIn = (rules: readonly OracleRule[]) => rules.filter(({ from }) => isFrom(from, sender)).length;
      const isRequired = letIn(lists.required) > 0;
      const isActual = letIn(lists.actual) > 0;
      const told = [letIn(lists.missing), letIn(lists.excess)];
      const right = [isRequired && !isActual ? 1 : 0, isActual && !isRequired ? 1 : 0];
      if (told.join() !== right.join()) {
        return `service ${service}, ${wordsOf(sender)}: told ${told.join(' and ')} times as missing and excess, should be ${right.join(' and ')}`;
      }
    }
  }
  return undefined;
}

type Sender = { readonly family: 4 | 6; readonly address: bigint } | { readonly opaque: string };

/** Returns one sender of each kind that no rule tells apart. */
function sendersOf(rules: readonly OracleRule[]): readonly Sender[] {
  const opaque = new Set<string>();
  const edges: Record<4 | 6, bigint[]> = { 4: [], 6: [] };
  for (const { from } of rules) {
    if ('opaque' in from) opaque.add(from.opaque);
    else edges[from.family].push(from.low, from.high + 1n);
  }
  return [
    ...[...opaque].map((name) => ({ opaque: name })),
    ...([4, 6] as const).flatMap((family) => piecesOf(edges[family]).map((address) => ({ family, address }))),
  ];
}

/** Returns the first point of every piece between edges. The last edge ends the last piece. */
function piecesOf<T extends number | bigint>(edges: readonly T[]): readonly T[] {
  return [...new Set(edges)].sort((a, b) => (a < b ? -1 : 1)).slice(0, -1);
}

function isFrom(source: OracleSource, sender: Sender): boolean {
  if ('opaque' in source || 'opaque' in sender) return 'opaque' in source && 'opaque' in sender && source.opaque === sender.opaque;
  return source.family === sender.family && source.low <= sender.address && sender.address <= source.high;
}

function wordsOf(sender: Sender): string {
  return 'opaque' in sender ? sender.opaque : `IPv${sender.family} address ${sender.address.toString(16)}`;
}
