import { join } from 'node:path';
import { isObject, type JsonObject } from '../json.js';
import { dataSources } from './data-sources.js';
import { orderByDependency } from './order.js';
import { StackError, type StackProblem } from './problem.js';
import { referencesIn, resolveReferences, type Reference } from './reference.js';
import type { DataSource, ResourceType } from './resource-type.js';
import { resourceTypes } from './resources/index.js';
import { readStackFile, type Declaration } from './stack-file.js';

export interface PlannedResource extends Declaration {
  readonly resourceType: ResourceType;
}

export interface PlannedDataSource extends Declaration {
  readonly dataSource: DataSource;
}

/** A stack that was found sound: every type, argument and reference in it is understood. */
export interface Stack {
  /** The folder that the paths of its files start from. */
  readonly directory: string;
  /** Each after all that it refers to or says it depends on. */
  readonly resources: readonly PlannedResource[];
  readonly dataSources: readonly PlannedDataSource[];
  /** Unresolved, by name. */
  readonly outputs: JsonObject;
}

/** Where a stack is to be provisioned. */
export interface Destination {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Reads and checks the `cdk.tf.json` in a folder.
 * Rejects with a {@link StackError} that lists everything which keeps it from being provisioned.
 */
export const readStack = async (directory: string, destination: Destination): Promise<Stack> => {
  const file = join(directory, 'cdk.tf.json');
  const { stack, problems: found } = await readStackFile(file);
  const problems = [...found];
  const report = (problem: StackProblem): void => {
    problems.push(problem);
  };

  if (stack.region !== destination.region) {
    const expected = `\`${destination.region}\`, the region it is provisioned in`;
    report({ code: 'bad-value', path: 'provider.aws.region', text: stack.region, expected });
  }
  if (stack.allowedAccountIds?.includes(destination.accountId) === false) {
    const expected = `\`${destination.accountId}\`, the account it is provisioned in, to be among them`;
    const text = stack.allowedAccountIds.join(', ');
    report({ code: 'bad-value', path: 'provider.aws.allowed_account_ids', text, expected });
  }

  const resources = stack.resources.flatMap((declaration): readonly PlannedResource[] => {
    const resourceType = resourceTypes.get(declaration.type);
    if (resourceType === undefined) report(unknownType(declaration, resourceTypes));
    return resourceType === undefined ? [] : [{ ...declaration, resourceType }];
  });
  const data = stack.dataSources.flatMap((declaration): readonly PlannedDataSource[] => {
    const dataSource = dataSources.get(declaration.type);
    if (dataSource === undefined) report(unknownType(declaration, dataSources));
    return dataSource === undefined ? [] : [{ ...declaration, dataSource }];
  });
  for (const { address, arguments: args, resourceType } of resources)
    resourceType.resource(args, { path: address, stackDir: directory, report });
  for (const { address, arguments: args } of data) {
    for (const name of Object.keys(args)) {
      if (name === '//') continue;
      const path = `${address}.${name}`;
      report({ code: 'unknown-argument', path, text: name, expected: 'a data source without arguments' });
    }
  }

  // References to what has an unknown type are not problems of their own.
  const declared = new Map<string, Declaration | PlannedResource | PlannedDataSource>(
    [...stack.resources, ...stack.dataSources, ...resources, ...data].map((each) => [each.address, each]),
  );
  const needs = new Map<string, ReadonlySet<string>>();
  for (const { address, arguments: args, dependsOn } of stack.resources) {
    const references = referencesIn(withoutMeta(args), address, report);
    for (const { reference, path } of references) checkReference(reference, path, declared, report);
    for (const dependency of dependsOn) {
      if (!declared.has(dependency)) report(unknownReference(dependency, `${address}.depends_on`));
    }
    needs.set(address, new Set([...dependsOn, ...references.map(({ reference }) => reference.address)]));
  }
  for (const { reference, path } of referencesIn(stack.outputs, 'output', report))
    checkReference(reference, path, declared, report);

  const { order, cycles } = orderByDependency(needs);
  for (const cycle of cycles) {
    const expected = 'resources that do not wait for each other';
    report({ code: 'cycle', path: cycle[0] ?? '', text: cycle.join(' → '), expected });
  }
  if (problems.length > 0) throw new StackError(file, problems);

  const planned = new Map(resources.map((resource) => [resource.address, resource]));
  return {
    directory,
    resources: order.flatMap((address) => planned.get(address) ?? []),
    dataSources: data,
    outputs: stack.outputs,
  };
};

const unknownType = ({ address, type }: Declaration, known: ReadonlyMap<string, unknown>): StackProblem => ({
  code: 'unknown-type',
  path: address,
  text: type,
  expected: `one of ${[...known.keys()].map((each) => `\`${each}\``).join(', ')}`,
});

const unknownReference = (text: string, path: string): StackProblem => ({
  code: 'unknown-reference',
  path,
  text,
  expected: 'the address of a resource or data source of this stack',
});

const checkReference = (
  reference: Reference,
  path: string,
  declared: ReadonlyMap<string, Declaration | PlannedResource | PlannedDataSource>,
  report: (problem: StackProblem) => void,
): void => {
  const target = declared.get(reference.address);
  if (target === undefined) {
    report(unknownReference(reference.text, path));
    return;
  }
  const type = 'resourceType' in target ? target.resourceType : 'dataSource' in target ? target.dataSource : undefined;
  if (type === undefined) return;
  const [name = '', ...rest] = reference.attribute;
  const isExported = type.attributes.includes(name) && rest.length === 0;
  if (isExported || valueAt(target.arguments, reference.attribute) !== undefined) return;
  const known = [...type.attributes, ...Object.keys(withoutMeta(target.arguments))];
  const expected = `one of ${known.map((each) => `\`${each}\``).join(', ')}`;
  report({ code: 'unknown-attribute', path, text: reference.text, expected });
};

/** The arguments without comments and without `depends_on`, whose addresses are no references. */
const withoutMeta = (args: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(args).filter(([name]) => name !== '//' && name !== 'depends_on'));

/** What is at `path` in a JSON value; undefined when there is nothing. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = (current as readonly unknown[])[Number(step)];
    else current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current ?? undefined;
};

/** What is known of a stack's resources and data sources so far: by address, what they were given and what they export. */
export type Values = Map<string, JsonObject>;

/** Puts known values in the place of references. Throws when one is not known: check {@link isKnown} where that may be. */
export const resolve = (value: unknown, values: Values): unknown =>
  resolveReferences(value, ({ text, address, attribute }) => {
    const resolved = valueAt(values.get(address), attribute);
    if (resolved === undefined) throw new Error(`${text} has no value`);
    return resolved;
  });

/** The arguments of a resource with known values in the place of references. */
export const resolveArguments = ({ arguments: args }: Declaration, values: Values): JsonObject => {
  const resolved = resolve(withoutMeta(args), values);
  return isObject(resolved) ? resolved : {};
};

/** Reports whether all that a resource refers to is known. */
export const isKnown = ({ arguments: args, address }: Declaration, values: Values): boolean =>
  referencesIn(withoutMeta(args), address, () => undefined).every(
    ({ reference }) => valueAt(values.get(reference.address), reference.attribute) !== undefined,
  );
