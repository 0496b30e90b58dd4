/**
 * Reports whether EventBridge delivers an event to a rule with the pattern, as far as our patterns go: exact values,
 * `{"prefix": "…"}`, `{"wildcard": "…"}`, `{"exists": false}`, and `$or` of patterns. Arrays of the event are flattened; every value of a pattern's list is an alternative; `exists` looks at leaves.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 */
export function matchesPattern(pattern: object, event: object): boolean {
  const leaves = leavesOf(event, '');
  return alternativesOf(pattern, '').some((conditions) => matchesAll(conditions, leaves));
}

type Conditions = readonly (readonly [path: string, alternatives: readonly unknown[]])[];

function matchesAll(conditions: Conditions, leaves: readonly [path: string, value: unknown][]): boolean {
  return conditions.every(([path, alternatives]) => {
    const values = leaves.filter(([leafPath]) => leafPath === path).map(([, value]) => value);
    return alternatives.some((alternative) =>
      typeof alternative === 'string' ? values.includes(alternative) : matchesFilter(alternative, values),
    );
  });
}

/** The sets of conditions of which one must hold: several where there is an `$or`. */
function alternativesOf(pattern: object, path: string): Conditions[] {
  return Object.entries(pattern).reduce<Conditions[]>(
    (sets, [key, value]: [string, unknown]) => {
      const more = partsOf(key, value, path);
      return sets.flatMap((set) => more.map((each) => [...set, ...each]));
    },
    [[]],
  );
}

function partsOf(key: string, value: unknown, path: string): Conditions[] {
  if (key === '$or' && Array.isArray(value)) return value.flatMap((each: object) => alternativesOf(each, path));
  if (Array.isArray(value)) return [[[`${path}/${key}`, value]]];
  if (typeof value === 'object' && value !== null) return alternativesOf(value, `${path}/${key}`);
  throw new Error(`a pattern's leaf must be a list: \`${path}/${key}\``);
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
    if ('wildcard' in filter && typeof filter.wildcard === 'string' && Object.keys(filter).length === 1) {
      const parts = filter.wildcard.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
      const expression = new RegExp(`^${parts.join('[^]*')}$`);
      return values.some((value) => typeof value === 'string' && expression.test(value));
    }
  }
  throw new Error(`this matcher knows no \`${JSON.stringify(filter)}\``);
}
