/** Translates the resources of a synthesised Terraform stack into CloudFormation. */
import { isDeepStrictEqual } from 'node:util';
import type { TerraformResources } from '@portcullis/aws-limits';
import type { Fields } from '@portcullis/yaml-file';
import { RESOURCE_TYPES, type Part, type Properties, type Property, type Whole } from './resource-types.js';

/** The keys of a `cdk.tf.json` that the translation reads. */
export interface TerraformConfiguration {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly resource: TerraformResources;
}

export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The CloudFormation pseudo parameters that replace the data sources of the stacks. */
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'data.aws_caller_identity.account.account_id': 'AWS::AccountId',
  'data.aws_partition.partition.partition': 'AWS::Partition',
};

interface Declared {
  /** `aws_iam_role.recorder_role` */
  readonly address: string;
  readonly terraformType: string;
  readonly values: Fields;
  readonly kind: Whole | Part;
}

/**
 * Returns the CloudFormation resources, keyed by logical id.
 *
 * @throws {Error} if `RESOURCE_TYPES` lacks a resource type, attribute, value or reference of the stack
 */
export function translateToCloudFormation({ resource }: TerraformConfiguration): Readonly<Record<string, CloudFormationResource>> {
  const declared = new Map<string, Declared>();
  for (const [terraformType, byName] of Object.entries(resource))
    for (const [name, values] of Object.entries(byName)) {
      const address = `${terraformType}.${name}`;
      const kind = RESOURCE_TYPES[terraformType];
      if (kind === undefined) throw new Error(`\`${address}\` has an unknown type: add it to RESOURCE_TYPES`);
      declared.set(address, { address, terraformType, values, kind });
    }
  const translator = new Translator(declared);
  const resources: Record<string, CloudFormationResource> = {};
  for (const each of declared.values()) {
    if ('partOf' in each.kind) continue;
    const id = cloudFormationLogicalId(each.address);
    if (id in resources) throw new Error(`two resources would have the logical id \`${id}\``);
    resources[id] = translator.resourceOf(each, each.kind);
  }
  return resources;
}

class Translator {
  constructor(private readonly declared: ReadonlyMap<string, Declared>) {}

  resourceOf(whole: Declared, kind: Whole): CloudFormationResource {
    const parts = [...this.declared.values()].filter((each) => this.ownerOf(each) === whole && each !== whole);
    const properties: Record<string, unknown> = { ...this.propertiesOf(whole, kind.attributes), ...kind.constants };
    for (const part of parts) this.add(part, properties);
    const dependencies = this.dependenciesOf(whole, kind, parts, JSON.stringify(properties));
    return {
      Type: kind.type,
      Properties: properties,
      ...(dependencies.length > 0 && { DependsOn: dependencies }),
      ...(kind.retained === true && { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }),
    };
  }

  /** Returns the owner of a part, or the resource itself if it is not a part. */
  private ownerOf(each: Declared): Declared {
    if (!('partOf' in each.kind)) return each;
    const [, address = ''] = /^\$\{(aws_\w+\.[\w-]+)\.\w+\}$/.exec(String(each.values[each.kind.partOf])) ?? [];
    return this.declaredAt(address, each.address);
  }

  private declaredAt(address: string, from: string): Declared {
    const found = this.declared.get(address);
    if (found === undefined) throw new Error(`\`${from}\` refers to \`${address}\`, which the stack does not declare`);
    return found;
  }

  private add(part: Declared, properties: Record<string, unknown>): void {
    const { partOf, attributes, addedTo, within } = part.kind as Part;
    const own = this.propertiesOf(part, { ...attributes, [partOf]: { always: part.values[partOf] } });
    const added = addedTo !== undefined ? { [addedTo]: [own] } : within !== undefined ? { [within]: own } : own;
    for (const [key, value] of Object.entries(added)) {
      const present = properties[key];
      if (present !== undefined && !(Array.isArray(present) && Array.isArray(value)))
        throw new Error(`\`${part.address}\` would replace the property \`${key}\` of another resource`);
      properties[key] = present === undefined ? value : [...(present as unknown[]), ...(value as unknown[])];
    }
  }

  /**
   * Returns the logical ids for `DependsOn`. `DependsOn` omits resources that the resource refers to, because a reference already implies
   * the dependency.
   */
  private dependenciesOf(
    whole: Declared,
    { independentOf = [] }: Whole,
    parts: readonly Declared[],
    properties: string,
  ): readonly string[] {
    const sources = [whole, ...parts.filter(({ kind }) => (kind as Part).dropsDependencies !== true)];
    const addresses = sources.flatMap(({ values }) => (values.depends_on ?? []) as readonly string[]);
    const owners = new Set(addresses.map((address) => this.ownerOf(this.declaredAt(address, whole.address))));
    return [...owners]
      .filter((owner) => owner !== whole && !independentOf.includes(owner.terraformType))
      .map(({ address }) => cloudFormationLogicalId(address))
      .filter((id) => ![`{"Ref":"${id}"}`, `["${id}",`, `\${${id}}`, `\${${id}.`].some((reference) => properties.includes(reference)))
      .sort();
  }

  private propertiesOf({ address, values }: Declared, attributes: Properties): Readonly<Record<string, unknown>> {
    const own = Object.entries(values).filter(([key]) => key !== '//' && key !== 'depends_on');
    return this.objectOf(Object.fromEntries(own), attributes, address);
  }

  private objectOf(values: Fields, attributes: Properties, address: string): Readonly<Record<string, unknown>> {
    const entries = Object.entries(values).flatMap(([key, value]) => {
      const property = attributes[key];
      if (property === undefined) throw new Error(`\`${address}\` has the unknown attribute \`${key}\`: add it to RESOURCE_TYPES`);
      return this.entriesOf(property, value, `${address} ${key}`);
    });
    return Object.fromEntries(entries);
  }

  private entriesOf(property: Property, value: unknown, at: string): readonly (readonly [string, unknown])[] {
    const blocks = (of: Properties): readonly Readonly<Record<string, unknown>>[] =>
      (Array.isArray(value) ? value : [value]).map((each) => this.objectOf(each as Fields, of, at));
    const only = (of: Properties): Readonly<Record<string, unknown>> => {
      const [block = {}, ...others] = blocks(of);
      if (others.length > 0) throw new Error(`\`${at}\` has several blocks, expected one`);
      return block;
    };
    if (typeof property === 'string') return [[property, this.valueOf(value, at)]];
    if ('parsed' in property) return [[property.parsed, this.valueOf(JSON.parse(String(value)), at)]];
    if ('listed' in property) return [[property.listed, [this.valueOf(value, at)]]];
    if ('named' in property)
      return [[property.named, Object.entries(value as Fields).map(([Name, each]) => ({ Name, Value: this.valueOf(each, at) }))]];
    if ('block' in property) return [[property.block, only(property.of)]];
    if ('blocks' in property) return [[property.blocks, blocks(property.of)]];
    if ('inline' in property) return Object.entries(only(property.inline));
    if (!isDeepStrictEqual(value, property.always))
      throw new Error(`\`${at}\` has an unknown value, expected ${JSON.stringify(property.always)}`);
    return [];
  }

  private valueOf(value: unknown, at: string): unknown {
    if (typeof value === 'string') return this.textOf(value, at);
    if (Array.isArray(value)) return value.map((each) => this.valueOf(each, at));
    if (typeof value !== 'object' || value === null) return value;
    // CloudFormation cannot resolve a reference in a key.
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [cloudFormationTextWithoutReferences(key, at), this.valueOf(each, at)]),
    );
  }

  /** Returns plain text, one reference, or an `Fn::Sub` of text with references. */
  private textOf(text: string, at: string): unknown {
    if (splitTextForCloudFormation(text).every((part) => !('reference' in part))) return cloudFormationTextWithoutReferences(text, at);
    const parts = splitTextForCloudFormation(text).map((part) => ('reference' in part ? this.referenceOf(part.reference, at) : part));
    const [first] = parts;
    if (parts.length === 1 && first !== undefined && 'id' in first)
      return first.attribute === undefined ? { Ref: first.id } : { 'Fn::GetAtt': [first.id, first.attribute] };
    const written = parts.map((part) =>
      // `Fn::Sub` reads `${!` as the text `${`.
      'id' in part ? `\${${part.id}${part.attribute === undefined ? '' : `.${part.attribute}`}}` : part.literal.replaceAll('${', '${!'),
    );
    return { 'Fn::Sub': written.join('') };
  }

  private referenceOf(expression: string, at: string): { readonly id: string; readonly attribute?: string } {
    const pseudo = PSEUDO_PARAMETERS[expression];
    if (pseudo !== undefined) return { id: pseudo };
    const [, address = '', attribute = ''] = /^(aws_\w+\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
    const { kind } = this.declaredAt(address, at);
    const name = 'partOf' in kind ? undefined : kind.references?.[attribute];
    if (name === undefined) throw new Error(`\`${at}\` has the unknown reference \`${expression}\`: add it to RESOURCE_TYPES`);
    return { id: cloudFormationLogicalId(address), ...(name !== 'Ref' && { attribute: name }) };
  }
}

/**
 * Splits a Terraform template into texts and references. `$${` and `%%{` are the escapes of `${` and `%{`. Source:
 * https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
function splitTextForCloudFormation(text: string): readonly ({ readonly literal: string } | { readonly reference: string })[] {
  return text
    .split(/(\$\$\{|%%\{|\$\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === '$${' || part === '%%{') return { literal: part.slice(1) };
      return part.startsWith('${') ? { reference: part.slice(2, -1).trim() } : { literal: part };
    });
}

function cloudFormationTextWithoutReferences(text: string, at: string): string {
  return splitTextForCloudFormation(text)
    .map((part) => {
      if ('reference' in part)
        throw new Error(`\`${at}\` has the reference \`${part.reference}\` in a key, which CloudFormation cannot resolve`);
      return part.literal;
    })
    .join('');
}

/** Returns a logical id, which can have only letters and digits: `RecorderRole` for `aws_iam_role.recorder_role`. */
function cloudFormationLogicalId(address: string): string {
  const name = address.slice(address.indexOf('.') + 1);
  return name
    .split(/[_-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
