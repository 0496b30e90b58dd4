/** The keys and indexes that lead to a value in a file. */
export type Path = readonly (string | number)[];

/** Returns the path as text: `baselines[0].ingress[1].IpRanges[0].CidrIp`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Returns the value at the path, or `undefined` if the data has no value there. */
export function yamlValueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The values of an object, by key. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reports whether the value is an object. A list is not an object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
