/**
 * Reports whether EventBridge delivers an event to a rule with the pattern, as far as our patterns go: exact values and
 * `{"exists": false}`. Arrays of the event are flattened; every value of a pattern's list is an alternative; `exists` looks at leaves.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function matchesPattern(pattern: object, event: object): boolean {
  const leaves = leavesOf(event, '');
  return conditionsOf(pattern, '').every(([path, alternatives]) => {
    const values = leaves.filter(([leafPath]) => leafPath === path).map(([, value]) => value);
    return alternatives.some((alternative) =>
      isAbsence(alternative) ? values.length === 0 : values.includes(alternative),
    );
  });
}

function conditionsOf(pattern: object, path: string): [path: string, alternatives: readonly unknown[]][] {
  return Object.entries(pattern).flatMap(([key, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [[`${path}/${key}`, value] satisfies [string, readonly unknown[]]];
    if (typeof value === 'object' && value !== null) return conditionsOf(value, `${path}/${key}`);
    throw new Error(`a pattern's leaf must be a list: \`${path}/${key}\``);
  });
}

function leavesOf(value: unknown, path: string): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((member) => leavesOf(member, path));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, field]) => leavesOf(field, `${path}/${key}`));
}

function isAbsence(alternative: unknown): boolean {
  if (typeof alternative !== 'object' || alternative === null) return false;
  if (JSON.stringify(alternative) === '{"exists":false}') return true;
  throw new Error(`this matcher knows no \`${JSON.stringify(alternative)}\``);
}
