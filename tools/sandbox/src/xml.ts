/** XML text that is well formed by construction. */
export interface XmlNode {
  readonly xml: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (value: string): string => value.replace(/[&<>"]/g, (character) => escapes[character] ?? character);

export const element = (
  name: string,
  members: readonly XmlNode[],
  attributes: Readonly<Record<string, string>> = {},
): XmlNode => {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(value)}"`)].join(' ');
  return { xml: `<${head}>${members.map(({ xml }) => xml).join('')}</${name}>` };
};

export const text = (name: string, value: string | number | boolean): XmlNode => ({
  xml: `<${name}>${escape(String(value))}</${name}>`,
});

/** One element for each entry whose value is there. */
export const texts = (entries: Readonly<Record<string, string | number | boolean | undefined>>): XmlNode[] =>
  Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [text(name, value)]));

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#34': '"',
};

/** The text that an element's content stands for. */
export const unescapeXml = (content: string): string =>
  content.replace(/&([a-z]+|#\d+);/g, (whole, name: string) => entities[name] ?? whole);
