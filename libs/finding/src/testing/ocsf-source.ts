/**
 * Reads the source files of the official OCSF schema. The files are JSON: a dictionary of attributes, and files for classes, objects and
 * profiles, which extend and include each other. The format of the files is described in
 * https://github.com/ocsf/ocsf-schema/blob/main/metaschema and the code of the OCSF server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Attribute {
  /** The name of a scalar type, such as `string_t`, or the name of an object. */
  readonly type: string;
  readonly is_array?: boolean;
  readonly requirement?: 'required' | 'recommended' | 'optional';
  readonly enum?: Readonly<Record<string, { readonly caption: string }>>;
  /** The name of another attribute. Its value is the caption of this attribute's value. */
  readonly sibling?: string;
  /**
   * The profile of the attribute. Only events with this profile can have the attribute. Null or absent if all events can have the
   * attribute.
   */
  readonly profile?: string | null;
  readonly '@deprecated'?: unknown;
}

interface Entity {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: Readonly<Record<string, readonly string[]>>;
}

interface ScalarType {
  /** The base type that this type restricts. Absent for a basic type. */
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
}

interface OcsfSource {
  readonly version: string;
  /** Classes by their id, e.g. 2004. */
  readonly classes: ReadonlyMap<number, Entity>;
  readonly objects: ReadonlyMap<string, Entity>;
  readonly types: Readonly<Record<string, ScalarType>>;
}

type Json = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, Partial<Attribute>>>;

interface File {
  readonly name?: string;
  readonly meta?: string;
  readonly extends?: string;
  readonly uid?: number;
  readonly caption: string;
  readonly category?: string;
  readonly attributes: Attributes & { readonly $include?: string | readonly string[] };
  readonly constraints?: Entity['constraints'];
}

export function readOcsfSource(folder: string): OcsfSource {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const filesIn = (path: string): File[] =>
    readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => read(join(path, name)) as File);
  const dictionary = read('dictionary.json') as { attributes: Attributes; types: { attributes: OcsfSource['types'] } };
  const { attributes: categories } = read('categories.json') as { attributes: Record<string, { uid: number; caption: string }> };

  /** Returns the attributes of an included file. If the file is a profile, its attributes exist only in events with the profile. */
  const included = (path: string): Attributes => {
    const file = read(path) as File;
    const profile = file.meta === 'profile' ? { profile: file.name } : {};
    return mapped(withIncludes(file), (attribute) => ({ ...profile, ...attribute }));
  };
  const withIncludes = ({ attributes: { $include = [], ...own } }: File): Attributes => {
    const all = [$include].flat().map((path) => included(path));
    return [...all, own].reduce(merged, {});
  };
  /** Returns the attributes, constraints and category of the file, including values inherited from other files. */
  const resolved = (file: File, named: ReadonlyMap<string, File>): Pick<File, 'attributes' | 'constraints' | 'category'> => {
    const parent = file.extends === undefined ? undefined : named.get(file.extends);
    const inherited = parent && resolved(parent, named);
    const constraints = file.constraints ?? inherited?.constraints;
    const category = file.category ?? inherited?.category;
    return {
      attributes: merged(inherited?.attributes ?? {}, withIncludes(file)),
      ...(constraints && { constraints }),
      ...(category !== undefined && { category }),
    };
  };
  const entityOf = (file: File, named: ReadonlyMap<string, File>): Entity => {
    const { attributes, constraints } = resolved(file, named);
    const filled = mapped(attributes, (own, name) => merged({ [name]: dictionary.attributes[name] ?? {} }, { [name]: own })[name] ?? own);
    return { attributes: filled as Entity['attributes'], ...(constraints && { constraints }) };
  };
  const byName = (files: readonly File[]): ReadonlyMap<string, File> => new Map(files.map((file) => [file.name ?? '', file]));

  const [events, objects] = [byName(filesIn('events')), byName(filesIn('objects'))];
  const classes = [...events.values()].flatMap((file): [number, Entity][] => {
    const category = categories[resolved(file, events).category ?? ''];
    return file.uid === undefined || category === undefined ? [] : [classOf(file, entityOf(file, events), category)];
  });
  return {
    version: (read('version.json') as { version: string }).version,
    classes: new Map(classes),
    objects: new Map([...objects].map(([name, file]) => [name, entityOf(file, objects)])),
    types: dictionary.types.attributes,
  };
}

/**
 * Returns the class with its id. Adds the allowed values of `class_uid`, `category_uid` and `type_uid`, which follow from the ids of the
 * class, its category and its activities.
 */
function classOf(
  { uid = 0, caption }: File,
  { attributes, ...rest }: Entity,
  category: { readonly uid: number; readonly caption: string },
): [number, Entity] {
  const id = category.uid * 1_000 + uid;
  const types = Object.entries(attributes.activity_id?.enum ?? {}).map(([activity, { caption: name }]) => [
    id * 100 + Number(activity),
    { caption: `${caption}: ${name}` },
  ]);
  const values: Readonly<Record<string, Attribute['enum']>> = {
    class_uid: { [id]: { caption } },
    category_uid: { [category.uid]: { caption: category.caption } },
    type_uid: Object.fromEntries(types) as Attribute['enum'],
  };
  const filled = Object.entries(attributes).map(([name, attribute]) => [
    name,
    { ...attribute, ...(name in values && { enum: values[name] }) },
  ]);
  return [id, { attributes: Object.fromEntries(filled) as Entity['attributes'], ...rest }];
}

function mapped(attributes: Attributes, change: (attribute: Partial<Attribute>, name: string) => Partial<Attribute>): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, change(attribute, name)]));
}

/**
 * Merges two sets of attributes. If both sets contain an attribute, the merged attribute has the enumerated values of both. Its other keys
 * come from `own`, or else from `base`.
 */
function merged(base: Attributes, own: Attributes): Attributes {
  const names = [...new Set([...Object.keys(base), ...Object.keys(own)])];
  return Object.fromEntries(
    names.map((name) => {
      const [older, newer] = [base[name], own[name]];
      const values = { ...older?.enum, ...newer?.enum };
      return [name, { ...older, ...newer, ...(Object.keys(values).length > 0 && { enum: values }) }];
    }),
  );
}

/** Checks an event against the official schema. Returns a text for each violation. */
export function ocsfProblems(event: Json, source: OcsfSource): string[] {
  const { metadata } = event as { metadata?: { profiles?: readonly string[] } };
  const entity = source.classes.get(Number(event.class_uid));
  if (entity === undefined) return [`class_uid: unknown class ${String(event.class_uid)}`];
  return problemsOf(event, entity, '', { source, profiles: metadata?.profiles ?? [] });
}

interface Context {
  readonly source: OcsfSource;
  readonly profiles: readonly string[];
}

function problemsOf(value: Json, { attributes, constraints = {} }: Entity, path: string, context: Context): string[] {
  const exists = ({ profile }: Attribute): boolean => profile == null || context.profiles.includes(profile);
  const missing = Object.entries(attributes)
    .filter(([name, attribute]) => attribute.requirement === 'required' && exists(attribute) && value[name] === undefined)
    .map(([name]) => `${path}${name}: missing`);
  const unmet = (constraints.at_least_one ?? []).some((name) => value[name] !== undefined) || constraints.at_least_one === undefined;
  return [
    ...missing,
    ...(unmet ? [] : [`${path}: has none of ${String(constraints.at_least_one)}`]),
    ...Object.entries(value).flatMap(([name, item]) => {
      const attribute = attributes[name];
      if (attribute === undefined || !exists(attribute)) return [`${path}${name}: unknown attribute`];
      if (attribute['@deprecated'] !== undefined) return [`${path}${name}: deprecated`];
      if (attribute.is_array === true && !Array.isArray(item)) return [`${path}${name}: not a list`];
      const items: readonly unknown[] = attribute.is_array === true ? (item as unknown[]) : [item];
      return items.flatMap((each) => valueProblems(each, attribute, `${path}${name}`, value, context));
    }),
  ];
}

function valueProblems(value: unknown, attribute: Attribute, path: string, parent: Json, context: Context): string[] {
  const object = context.source.objects.get(attribute.type);
  if (object !== undefined) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`];
    return problemsOf(value as Json, object, `${path}.`, context);
  }
  const known = attribute.enum?.[String(value)];
  if (attribute.enum !== undefined && known === undefined) return [`${path}: ${String(value)} is not one of the values`];
  const caption = attribute.sibling === undefined ? undefined : (parent[attribute.sibling] as string | undefined);
  if (known !== undefined && caption !== undefined && value !== 99 && caption !== known.caption)
    return [`${path}: ${String(value)} is called ${known.caption}, not ${caption}`];
  return isOfType(value, attribute.type, context.source.types) ? [] : [`${path}: not a ${attribute.type}`];
}

function isOfType(value: unknown, type: string, types: OcsfSource['types']): boolean {
  const { type: base, regex, max_len } = types[type] ?? {};
  if (regex !== undefined && !new RegExp(regex).test(String(value))) return false;
  if (max_len !== undefined && String(value).length > max_len) return false;
  if (base !== undefined) return isOfType(value, base, types);
  if (type === 'integer_t' || type === 'long_t') return Number.isSafeInteger(value);
  if (type === 'boolean_t') return typeof value === 'boolean';
  return type === 'json_t' || (type === 'string_t' && typeof value === 'string');
}
