/** HTML templates that escape every value. */

/** Text that is already HTML. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[];

/**
 * A template tag: `` html`<p>${anything}</p>` ``. The tag removes the indentation of the template, because a third of a large page would be
 * indentation.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const unindented = literals.map((literal) => literal.replaceAll(/\n\s+/g, '\n'));
  return new Markup(unindented.reduce((text, literal, i) => text + escapeHtml(values[i - 1] ?? '') + literal));
}

export const NOTHING = new Markup('');

function escapeHtml(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return (
    String(value)
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      // Replaces invisible characters, because such a character could reverse the text after it. Keeps line breaks, because they separate
      // commands.
      .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, '\uFFFD')
  );
}
