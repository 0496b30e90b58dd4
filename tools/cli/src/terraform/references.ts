/** Finds the resources that an attribute of another resource refers to. Reads the configuration in a Terraform plan. */
import { jsonListMember, jsonMember, jsonTextMember } from '../files/json-members.js';

/** One part of a Terraform address. `name["a"]` has the key `"a"`. */
interface AddressPart {
  readonly name: string;
  readonly key: string | undefined;
}

/** A Terraform address or reference, split into its modules and the parts after the modules. */
interface Address {
  readonly modules: readonly AddressPart[];
  readonly rest: readonly AddressPart[];
}

/** The maximum length of a chain of outputs and variables. Longer chains are not followed. */
const MAX_DEPTH = 20;

/**
 * Returns the addresses in `among` that an attribute of a resource refers to: directly, or through variables and outputs of modules.
 * Returns an empty list if the configuration does not show the reference, as with a local value.
 *
 * @param configuration the `configuration` of a plan: https://developer.hashicorp.com/terraform/internals/json-format
 */
export function referredTerraformResources(
  configuration: unknown,
  address: string,
  attribute: string,
  among: readonly string[],
): readonly string[] {
  const own = parseTerraformAddress(address);
  const [type, name] = own.rest;
  const expression = jsonMember(
    jsonMember(configuredTerraformResource(configuredTerraformModule(configuration, own.modules), own), 'expressions'),
    attribute,
  );
  if (type === undefined || name === undefined) return [];
  const targets = referenceTargets(expression, own.modules, configuration, MAX_DEPTH);
  const all = among.filter((other) => targets.some((target) => isInstanceOfTarget(parseTerraformAddress(other), target)));
  // `aws_security_group.web[each.key].id` refers to the instance with the same key.
  const sameKey = all.filter((other) => name.key !== undefined && parseTerraformAddress(other).rest[1]?.key === name.key);
  return all.length > 1 && sameKey.length > 0 ? sameKey : all;
}

/** Returns the resources that an expression refers to. */
function referenceTargets(expression: unknown, modules: readonly AddressPart[], configuration: unknown, depth: number): readonly Address[] {
  if (depth === 0) return [];
  return jsonListMember(expression, 'references').flatMap((reference): readonly Address[] => {
    const { modules: inner, rest } = parseTerraformAddress(String(reference));
    const [first, second] = rest;
    if (first?.name === 'var' && second !== undefined) {
      const call = jsonMember(
        jsonMember(configuredTerraformModule(configuration, modules.slice(0, -1)), 'module_calls'),
        modules.at(-1)?.name ?? '',
      );
      return referenceTargets(jsonMember(jsonMember(call, 'expressions'), second.name), modules.slice(0, -1), configuration, depth - 1);
    }
    const path = [...modules, ...inner];
    if (inner.length === 0) return second === undefined ? [] : [{ modules, rest: [first, second].filter((step) => step !== undefined) }];
    const output = jsonMember(jsonMember(configuredTerraformModule(configuration, path), 'outputs'), first?.name ?? '');
    return referenceTargets(jsonMember(output, 'expression'), path, configuration, depth - 1);
  });
}

/** Reports whether the address is an instance of the target. A target without a key of `count` or `for_each` matches all instances. */
function isInstanceOfTarget(address: Address, target: Address): boolean {
  const [steps, wanted] = [
    [...address.modules, ...address.rest],
    [...target.modules, ...target.rest],
  ];
  return (
    steps.length === wanted.length &&
    steps.every(({ name, key }, i) => name === wanted[i]?.name && (wanted[i].key === undefined || key === wanted[i].key))
  );
}

function parseTerraformAddress(address: string): Address {
  const steps = [...address.matchAll(/([^.[\]]+)(?:\[("(?:[^"\\]|\\.)*"|[^\]]*)\])?(?:\.|$)/g)].map(([, name = '', key]) => ({
    name,
    key,
  }));
  const modules: AddressPart[] = [];
  let rest = steps;
  while (rest[0]?.name === 'module' && rest[1] !== undefined) {
    modules.push(rest[1]);
    rest = rest.slice(2);
  }
  return { modules, rest };
}

function configuredTerraformModule(configuration: unknown, modules: readonly AddressPart[]): unknown {
  return modules.reduce(
    (module, { name }) => jsonMember(jsonMember(jsonMember(module, 'module_calls'), name), 'module'),
    jsonMember(configuration, 'root_module'),
  );
}

function configuredTerraformResource(module: unknown, { rest: [type, name] }: Address): unknown {
  return jsonListMember(module, 'resources').find(
    (resource) => jsonTextMember(resource, 'type') === type?.name && jsonTextMember(resource, 'name') === name?.name,
  );
}
