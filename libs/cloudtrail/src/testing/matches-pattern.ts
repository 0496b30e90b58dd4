/**
 * Reports whether EventBridge delivers an event to a rule with the pattern, as far as our patterns go: exact values,
 * `{"prefix": "…"}` and `{"exists": false}`. Arrays of the event are flattened; every value of a pattern's list is an alternative; `exists` looks at leaves.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function matchesPattern(pattern: object, event: object): boolean {
  const leaves = leavesOf(event, '');
  return conditionsOf(pattern, '').every(([path, alternatives]) => {
    const values = leaves.filter(([leafPath]) => leafPath === path).map(([, value]) => value);
    return alternatives.some((alternative) =>
      typeof alternative === 'string' ? values.includes(alternative) : matchesFilter(alternative, values),
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

function matchesFilter(filter: unknown, values: readonly unknown[]): boolean {
  if (typeof filter === 'object' && filter !== null) {
    if (JSON.stringify(filter) === '{"exists":false}') return values.length === 0;
    if ('prefix' in filter && typeof filter.prefix === 'string' && Object.keys(filter).length === 1) {
      const { prefix } = filter;
      return values.some((value) => typeof value === 'string' && value.startsWith(prefix));
    }
  }
  throw new Error(`this matcher knows no \`${JSON.stringify(filter)}\``);
}
