/** Where a value is in a file: the keys and indices that lead to it. */
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

/** Returns the path that `permission-diff` wrote: `[0].IpRanges[1].CidrIp`. Its keys are EC2's, all of them plain words. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) => key ?? Number(index));
}

/** Returns what is at the path, or `undefined` when the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
