import { isDeepStrictEqual } from 'node:util';
import type { Clients } from '../clients.js';
import { isObject, type JsonObject } from '../json.js';
import { argumentNames, readArguments, type Arguments, type ReadOptions } from './arguments.js';

/** Where a stack is provisioned. */
export interface Place {
  readonly clients: Omit<Clients, 'ec2'>;
  readonly region: string;
}

/** What Terraform exports of a resource beside its arguments, by name. */
export type Attributes = Readonly<Record<string, string>>;

/** What is there of a resource. */
export interface Found {
  readonly attributes: Attributes;
  /** What is not as the arguments say, in their words; empty when all is. */
  readonly differences: readonly string[];
}

/** How resources of one type are made: what AWS calls it takes, with `A` the arguments as TypeScript sees them. */
export interface ResourceDefinition<A> {
  /** Reads the arguments; what it does not ask for, nobody understands. */
  readonly read: (args: Arguments) => A;
  /** The names of what {@link Found.attributes} holds. */
  readonly attributes: readonly string[];
  /** Looks for the resource by what identifies it in AWS. */
  find(args: A, place: Place): Promise<Found | undefined>;
  create(args: A, place: Place): Promise<void>;
  /** Makes what is there as the arguments say. @default as `create`, for resources which AWS puts, new or not */
  change?(args: A, place: Place): Promise<void>;
  remove(args: A, place: Place): Promise<void>;
}

/** One resource with its arguments. */
export interface Resource {
  find(place: Place): Promise<Found | undefined>;
  create(place: Place): Promise<void>;
  change(place: Place): Promise<void>;
  remove(place: Place): Promise<void>;
}

/** A type of resource, whatever its arguments. */
export interface ResourceType {
  /** The names of its arguments. */
  readonly arguments: readonly string[];
  /** The names of what it has beside its arguments. */
  readonly attributes: readonly string[];
  /** Reads the arguments of one resource, and reports what is wrong with them. */
  resource(args: JsonObject, options: ReadOptions): Resource;
}

export const resourceType = <A>(definition: ResourceDefinition<A>): ResourceType => ({
  arguments: argumentNames(definition.read),
  attributes: definition.attributes,
  resource: (raw, options) => {
    const args = readArguments(raw, options, definition.read);
    return {
      find: (place) => definition.find(args, place),
      create: (place) => definition.create(args, place),
      change: (place) => (definition.change ?? definition.create)(args, place),
      remove: (place) => definition.remove(args, place),
    };
  },
});

/** A data source: its attributes, all of them read from AWS. */
export interface DataSource {
  readonly attributes: readonly string[];
  read(place: Place): Promise<Attributes>;
}

/** The names, as Terraform writes them, of the wanted values that are not the actual ones. What is not wanted may be anything. */
export const differencesOf = (wanted: object, actual: object): readonly string[] => {
  const values: JsonObject = { ...actual };
  return Object.entries(wanted)
    .filter(
      ([name, value]) => value !== undefined && !isDeepStrictEqual(withoutAbsent(value), withoutAbsent(values[name])),
    )
    .map(([name]) => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`));
};

const withoutAbsent = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, withoutAbsent(member)]),
  );
};

/** What the call answers; undefined when AWS says, by one of these error names, that the thing is not there. */
export const unlessAbsent = async <T>(answer: Promise<T>, ...errorNames: readonly string[]): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && errorNames.includes(error.name)) return undefined;
    throw error;
  }
};

/** The text of an answer that AWS always gives. */
export const given = (value: string | undefined, name: string): string => {
  if (value === undefined) throw new Error(`the answer has no ${name}`);
  return value;
};
