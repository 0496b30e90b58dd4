/** HTML from a template in which every value is escaped unless it is HTML already. */

export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[];

/** Tags a template: `` html`<p>${anything}</p>` ``. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + markupOf(values[i - 1] ?? '') + part));
}

/** HTML where there is something, nothing where there is not. */
export const NOTHING = new Markup('');

function markupOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
      // What is not seen might turn round the text after it.
      .replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')
  );
}
