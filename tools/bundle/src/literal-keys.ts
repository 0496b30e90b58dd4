/** The same module text, its computed keys written out. */
export interface LiteralKeys {
  readonly text: string;
  /** How many schemas the module declares. */
  readonly schemas: number;
  /** How many computed keys were written as literals. */
  readonly keys: number;
}

const stringConstant = /^const (\w+) = ("(?:[^"\\]|\\.)*");$/gm;
const computedKey = /(?<=[{,]\s*)\[([^\][]*)\](?=\s*:)/g;
const schema = /^(?:export )?var [\w$]+ = \[/gm;

/**
 * Rewrites the text of an AWS SDK `schemas_N.js`: each `[_AKI]: …`, with `const _AKI = "AccessKeyId"` in the same
 * module, becomes `"AccessKeyId": …`. The objects mean the same, but a bundler may drop a literal object nobody uses,
 * while a computed key might run code (its `toString`) and so is kept with everything around it.
 *
 * @throws Error when the module has no schema, or a computed key that is not such a constant: its shape has changed
 *   since this was written, and passing it on as it is would quietly bring back half a megabyte.
 */
export function writeKeysAsLiterals(text: string): LiteralKeys {
  const constants = new Map<string, string>();
  for (const [, name = '', literal = ''] of text.matchAll(stringConstant)) constants.set(name, literal);
  const schemas = text.match(schema)?.length ?? 0;
  if (schemas === 0) throw new Error('no schema is declared here: expected lines such as `export var Name$ = [`');

  let keys = 0;
  const unknown = new Set<string>();
  const rewritten = text.replace(computedKey, (written, name: string) => {
    const literal = constants.get(name);
    // `{ ["__proto__"]: x }` is a property, `{ "__proto__": x }` sets the prototype: the only pair that differs.
    if (literal === undefined || literal === '"__proto__"') {
      unknown.add(written);
      return written;
    }
    keys += 1;
    return literal;
  });
  if (unknown.size > 0) {
    const names = [...unknown].map((written) => `\`${written}\``).join(', ');
    throw new Error(`computed keys that cannot be written as literals: ${names}: expected the name of a string constant`);
  }
  return { text: rewritten, schemas, keys };
}
