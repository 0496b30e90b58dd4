import type { TerraformResources } from '@portcullis/aws-limits';
import type { Statement } from '../policies/statements.js';

/** A synthesised stack. */
export interface Template {
  /** The id of the stack. */
  readonly name: string;
  /** The ids of the stacks that must be deployed before this stack. */
  readonly dependencies: readonly string[];
  /** The text of the stack's `cdk.tf.json`. */
  readonly text: string;
  /** Returns the resources of a type, sorted by name. */
  resources(type: string): readonly Resource[];
  /** Returns the only resource of a type. Throws if there are several or none. */
  only(type: string): Resource;
  /** Returns the resource with this type and name. */
  resource(type: string, name: string): Resource;
  /** Returns the statements of the IAM policy in this attribute of a resource. */
  statements(type: string, name: string, attribute?: string): readonly Statement[];
  /** Returns the number of resources of each type. */
  counts(): Readonly<Record<string, number>>;
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly provider: Readonly<Record<string, unknown>>;
}

export type Resource = Readonly<Record<string, unknown>> & { readonly address: string };

interface Configuration {
  readonly '//': { readonly metadata: { readonly stackName: string } };
  readonly resource: TerraformResources;
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
}

/** Returns the statements of an IAM policy in JSON. */
export function statementsIn(policy: unknown): readonly Statement[] {
  return (JSON.parse(String(policy)) as { readonly Statement: readonly Statement[] }).Statement;
}

/** Reads a synthesised stack from the text of a `cdk.tf.json` and from the stack's entry in a `manifest.json`. */
export function readTemplate(text: string, manifest = '{"stacks":{}}'): Template {
  const {
    '//': { metadata },
    resource: resourcesByType,
    terraform,
    provider,
  } = JSON.parse(text) as Configuration;
  const { stacks } = JSON.parse(manifest) as { stacks: Readonly<Record<string, Pick<Template, 'dependencies'>>> };
  const resources = (type: string): readonly Resource[] =>
    Object.entries(resourcesByType[type] ?? {}).map(([name, attributes]) => ({ ...attributes, address: `${type}.${name}` }));
  const resource = (type: string, name: string): Resource => {
    const found = resources(type).find(({ address }) => address === `${type}.${name}`);
    if (!found)
      throw new Error(
        `no ${type}.${name}: there are ${resources(type)
          .map(({ address }) => address)
          .join(', ')}`,
      );
    return found;
  };
  return {
    name: metadata.stackName,
    dependencies: stacks[metadata.stackName]?.dependencies ?? [],
    text,
    resources,
    resource,
    only: (type) => {
      const [found, ...others] = resources(type);
      if (!found || others.length > 0) throw new Error(`expected one ${type}, found ${resources(type).length}`);
      return found;
    },
    statements: (type, name, attribute = 'policy') => statementsIn(resource(type, name)[attribute]),
    counts: () => Object.fromEntries(Object.entries(resourcesByType).map(([type, named]) => [type, Object.keys(named).length])),
    terraform,
    provider: provider.aws[0] ?? {},
  };
}
