import type { JsonObject } from '../json.js';
import { ProvisionError, StackError } from './problem.js';
import type { Found, Place, Resource } from './resource-type.js';
import { isKnown, resolve, resolveArguments, type PlannedResource, type Stack, type Values } from './stack.js';

/** What was done about one resource. */
export interface Action {
  readonly address: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  /** The arguments that were not as they should be, and were changed. */
  readonly changes: readonly string[];
  /** The arguments that are not as they should be even now: AWS, or what plays it, did not keep them. */
  readonly unmet: readonly string[];
}

/** A stack that is there. */
export interface ProvisionedStack {
  readonly actions: readonly Action[];
  /** By address: the arguments of each resource, resolved, and what Terraform exports beside them. */
  readonly resources: Readonly<Record<string, JsonObject>>;
  readonly outputs: JsonObject;
}

/**
 * Makes a stack be there: creates what is missing, changes what differs. What is there is read from AWS and not from a state file, by the names the
 * stack gives: a resource of that name which somebody else made is taken over, and one that an earlier stack made and this one no longer names stays.
 * Rejects with a {@link ProvisionError} at the first call that fails.
 */
export const provision = async (stack: Stack, place: Place): Promise<ProvisionedStack> => {
  const values = await readData(stack, place);
  const actions: Action[] = [];
  for (const planned of stack.resources) {
    const { address } = planned;
    const args = resolveArguments(planned, values);
    const resource = bind(planned, args, stack);
    const { found, ...action } = await makeBeThere(address, resource, place);
    actions.push(action);
    values.set(address, { ...args, ...found.attributes });
  }
  return {
    actions,
    resources: Object.fromEntries(stack.resources.map(({ address }) => [address, values.get(address) ?? {}])),
    outputs: Object.fromEntries(Object.entries(stack.outputs).map(([name, output]) => [name, resolve(output, values)])),
  };
};

/**
 * Removes every resource of a stack that is there, dependents first, and returns their addresses. A resource that refers to one which is not there
 * is taken not to be there either.
 */
export const unprovision = async (stack: Stack, place: Place): Promise<readonly string[]> => {
  const values = await readData(stack, place);
  const there: { address: string; resource: Resource }[] = [];
  for (const planned of stack.resources) {
    if (!isKnown(planned, values)) continue;
    const { address } = planned;
    const args = resolveArguments(planned, values);
    const resource = bind(planned, args, stack);
    const found = await step(address, 'read', () => resource.find(place));
    if (found === undefined) {
      // Its arguments are known although it is not there: a dependent by name may be.
      values.set(address, args);
      continue;
    }
    values.set(address, { ...args, ...found.attributes });
    there.unshift({ address, resource });
  }
  for (const { address, resource } of there) await step(address, 'delete', () => resource.remove(place));
  return there.map(({ address }) => address);
};

const makeBeThere = async (
  address: string,
  resource: Resource,
  place: Place,
): Promise<Action & { readonly found: Found }> => {
  const read = (): Promise<Found | undefined> => step(address, 'read', () => resource.find(place));
  const before = await read();
  if (before?.differences.length === 0) return { address, outcome: 'unchanged', changes: [], unmet: [], found: before };
  if (before === undefined) await step(address, 'create', () => resource.create(place));
  else await step(address, 'change', () => resource.change(place));
  const after = await read();
  if (after === undefined) throw new ProvisionError(address, 'read', new Error('it is not there after it was created'));
  const outcome = before === undefined ? 'created' : 'changed';
  return { address, outcome, changes: before?.differences ?? [], unmet: after.differences, found: after };
};

const readData = async ({ dataSources }: Stack, place: Place): Promise<Values> => {
  const values: Values = new Map();
  for (const { address, dataSource } of dataSources)
    values.set(address, await step(address, 'read', () => dataSource.read(place)));
  return values;
};

const bind = ({ address, resourceType }: PlannedResource, args: JsonObject, { directory }: Stack): Resource =>
  resourceType.resource(args, {
    path: address,
    stackDir: directory,
    // A value that only now is known may be of the wrong type.
    report: (problem) => {
      throw new StackError(directory, [problem]);
    },
  });

const step = async <T>(address: string, name: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw new ProvisionError(address, name, error);
  }
};
