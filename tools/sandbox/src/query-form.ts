import type { JsonObject } from './json.js';

/** The parameters of an EC2 or IAM call as they stand in its body: `IpPermissions.1.FromPort` → `80`. */
export type FormPairs = readonly (readonly [name: string, value: string])[];

export const parseForm = (text: string): FormPairs => [...new URLSearchParams(text)];

export const renderForm = (pairs: FormPairs): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of pairs) parameters.append(name, value);
  return parameters.toString();
};

interface Tree {
  text?: string;
  readonly members: Map<string, Tree>;
}

const emptyTree = (): Tree => ({ members: new Map() });

const valueOf = (tree: Tree): unknown => {
  if (tree.members.size === 0) return tree.text ?? '';
  const names = [...tree.members.keys()];
  const entries = [...tree.members].map(([name, member]) => [name, valueOf(member)] as const);
  if (!names.every((name) => /^\d+$/.test(name))) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
};

/**
 * The parameters as a tree: dotted names nest, numbered members are a list in the order of their numbers. Values stay
 * text, names stay as sent; `Action` and `Version` are left out, since they name the call and are not its input.
 */
export const inputOf = (pairs: FormPairs): JsonObject => {
  const root = emptyTree();
  for (const [name, text] of pairs) {
    if (name === 'Action' || name === 'Version') continue;
    let tree = root;
    for (const part of name.split('.')) {
      const member = tree.members.get(part) ?? emptyTree();
      tree.members.set(part, member);
      tree = member;
    }
    tree.text = text;
  }
  return Object.fromEntries([...root.members].map(([name, member]) => [name, valueOf(member)]));
};
